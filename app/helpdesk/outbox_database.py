"""The outbox's SQLite file: how it is opened, made, checked, moved aside, and how its failures read.

A rollback journal, not WAL: the tray and the command line both write here, SQLite before 3.51.3 can corrupt a WAL
that two connections check-point, and one writer at a time is all an outbox needs. `synchronous=EXTRA` is FULL plus
the sync of the folder after the journal is gone, so a commit that returned survives a power cut.
"""

from __future__ import annotations

import logging
import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from datetime import datetime
from pathlib import Path

from app.errors import StorageError
from app.helpdesk.durable import make_folder, sync_folder

BUSY_SECONDS = 15.0
VERSION = 1
CORRUPT = frozenset({sqlite3.SQLITE_CORRUPT, sqlite3.SQLITE_NOTADB})
NOT_SAVED = "Your report could not be saved on this computer: {reason}."
FREE_SPACE = "Free some space on the disk, then press Send again. Nothing that was saved before is lost."
JOURNALS = ("", "-journal", "-wal", "-shm")

SCHEMA = """
CREATE TABLE IF NOT EXISTS item(
    seq INTEGER PRIMARY KEY AUTOINCREMENT,
    id TEXT NOT NULL UNIQUE,
    kind TEXT NOT NULL,
    state TEXT NOT NULL,
    subject TEXT NOT NULL,
    message TEXT NOT NULL,
    digest TEXT NOT NULL,
    ticket_id TEXT NOT NULL DEFAULT '',
    number TEXT NOT NULL DEFAULT '',
    created_at TEXT NOT NULL,
    delivered_at TEXT NOT NULL DEFAULT '',
    attempts INTEGER NOT NULL DEFAULT 0,
    next_attempt_at TEXT NOT NULL,
    not_before TEXT NOT NULL DEFAULT '',
    trouble TEXT NOT NULL DEFAULT ''
);
CREATE TABLE IF NOT EXISTS file(
    seq INTEGER PRIMARY KEY AUTOINCREMENT,
    id TEXT NOT NULL UNIQUE,
    item_id TEXT NOT NULL REFERENCES item(id) ON DELETE CASCADE,
    kind TEXT NOT NULL,
    name TEXT NOT NULL,
    size INTEGER NOT NULL,
    sha256 TEXT NOT NULL,
    state TEXT NOT NULL,
    sent INTEGER NOT NULL DEFAULT 0,
    attempts INTEGER NOT NULL DEFAULT 0,
    next_attempt_at TEXT NOT NULL,
    not_before TEXT NOT NULL DEFAULT '',
    trouble TEXT NOT NULL DEFAULT ''
);
CREATE TABLE IF NOT EXISTS content(
    file_seq INTEGER PRIMARY KEY REFERENCES file(seq) ON DELETE CASCADE,
    bytes BLOB NOT NULL
);
CREATE INDEX IF NOT EXISTS item_state ON item(state, next_attempt_at);
CREATE INDEX IF NOT EXISTS file_item ON file(item_id);
"""

log = logging.getLogger(__name__)


class DiskFullError(StorageError):
    """There is no room for what was to be written."""


def connect(path: Path) -> sqlite3.Connection:
    """A connection to an existing or a new outbox, its tables made durably. Raises StorageError or sqlite3.Error."""
    try:
        make_folder(path.parent)
        path.touch(mode=0o600)
        empty = path.stat().st_size == 0
    except OSError as error:
        raise cannot_store(path, error.strerror or str(error)) from error
    connection = sqlite3.connect(path, timeout=BUSY_SECONDS, isolation_level=None, check_same_thread=False)
    try:
        connection.row_factory = sqlite3.Row
        if empty:  # elsewhere it would write, which a full disk forbids
            connection.execute("PRAGMA auto_vacuum=INCREMENTAL")
        for pragma in ("journal_mode=TRUNCATE", "synchronous=EXTRA", "secure_delete=ON", "foreign_keys=ON"):
            connection.execute(f"PRAGMA {pragma}")
        connection.execute("PRAGMA mmap_size=0")
        if version_of(connection, path) < VERSION:
            connection.executescript(f"BEGIN IMMEDIATE; {SCHEMA} PRAGMA user_version={VERSION}; COMMIT;")
            sync_folder(path.parent)
    except BaseException:
        connection.close()
        raise
    return connection


def version_of(connection: sqlite3.Connection, path: Path) -> int:
    """The version of the tables, 0 for a new file. Raises StorageError when it is not ours to read."""
    version = int(connection.execute("PRAGMA user_version").fetchone()[0])
    if version > VERSION:
        raise StorageError(
            "{path} was written by a newer Deskbell.", "Install the newest version of Deskbell.", path=path
        )
    return version


def check(connection: sqlite3.Connection) -> None:
    """Raise sqlite3.DatabaseError when the file is damaged."""
    found = connection.execute("PRAGMA quick_check(1)").fetchone()[0]
    if found != "ok":
        raise sqlite3.DatabaseError(found)


def is_damage(error: sqlite3.Error) -> bool:
    """Whether an error says that the file's content is broken, rather than the disk full or the file in use."""
    code = getattr(error, "sqlite_errorcode", None)
    return (code & 0xFF) in CORRUPT if code is not None else isinstance(error, sqlite3.DatabaseError)


def move_aside(path: Path, now: datetime) -> Path:
    """Rename a damaged outbox and its journals; returns where it is now. Raises StorageError."""
    stem = f"{path.name}.damaged-{now:%Y%m%dT%H%M%SZ}"
    for count in range(1000):
        aside = path.with_name(stem if not count else f"{stem}-{count}")
        if not aside.exists():
            break
    try:
        # The journal first: were the database to go first, a journal left behind would spoil the new one.
        for suffix in reversed(JOURNALS):
            with suppress(FileNotFoundError):
                Path(f"{path}{suffix}").replace(f"{aside}{suffix}")
        sync_folder(path.parent)
    except OSError as error:
        raise cannot_store(path, error.strerror or str(error)) from error
    log.error("the outbox was damaged; it is kept as %s and a new one was started", aside)
    return aside


@contextmanager
def told(path: Path) -> Iterator[None]:
    """Turns SQLite's errors into StorageError; a full disk and a file in use say what they are."""
    try:
        yield
    except sqlite3.Error as error:
        code = getattr(error, "sqlite_errorcode", 0) & 0xFF
        if code in (sqlite3.SQLITE_BUSY, sqlite3.SQLITE_LOCKED):
            raise StorageError(
                "The outbox is in use by another program.", "Try again in a moment.", retry=True, path=path
            ) from error
        if code == sqlite3.SQLITE_FULL:
            raise DiskFullError(
                "Your report could not be saved: the disk of this computer is full.", FREE_SPACE, path=path
            ) from error
        if is_damage(error):
            raise StorageError(
                "The outbox {path} is damaged.",
                "Restart Deskbell: it keeps the damaged file, saves what can be read and starts a new one.",
                path=path,
            ) from error
        raise cannot_store(path, str(error)) from error


def cannot_store(path: Path, reason: str) -> StorageError:
    """Nothing could be saved; whatever was saved before is untouched."""
    return StorageError(NOT_SAVED, FREE_SPACE, reason=reason, path=path)
