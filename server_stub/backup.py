"""Backups: one file with the database and every kept file, checked before it gets its name.

Of a PostgreSQL database it holds the files alone: `pg_dump`, run before, copies the rest. Recordings of remote
assistance are in none: they are kept as long as the employee was told, and a copy of them would be kept longer.
"""

from __future__ import annotations

import contextlib
import shutil
import sqlite3
import tempfile
import zipfile
from dataclasses import dataclass
from pathlib import Path, PurePosixPath

from sqlalchemy import func, select

from app.errors import HelpdeskError, StorageError
from server_stub.database import Database
from server_stub.folder import DataFolder, sync_folder
from server_stub.tickets.tables import Ticket
from server_stub.uploads.storage import BlobFiles, digest_of
from server_stub.uploads.tables import Blob

_DATABASE = "deskbell.sqlite3"
_NOTE = "on-postgresql.txt"


@dataclass(frozen=True, slots=True)
class Backup:
    """What a backup holds; `size` in bytes."""

    tickets: int
    files: int
    size: int


def back_up(database: Database, blobs: BlobFiles, out: Path) -> Backup:
    """Write a backup while the server works on. Raises StorageError, also when what was copied is not sound."""
    unfinished = out.with_name(out.name + ".new")
    try:
        if database.is_shared:
            tickets, kept = _known_files(database)
            with zipfile.ZipFile(unfinished, "w", zipfile.ZIP_STORED) as archive:
                archive.writestr(
                    _NOTE, "The database of these files is in PostgreSQL: pg_dump and pg_restore copy it.\n"
                )
                for sha256 in kept:
                    archive.write(blobs.path(sha256), f"blobs/{sha256}")
            return _named(unfinished, out, tickets, len(kept))
        with tempfile.TemporaryDirectory(dir=out.parent, prefix=".deskbell-backup-") as scratch:
            copy = Path(scratch) / _DATABASE
            _copy_database(database, copy)
            with contextlib.closing(sqlite3.connect(copy)) as connection:
                _check(connection, copy)
                tickets = int(connection.execute("SELECT count(*) FROM tickets").fetchone()[0])
                kept = [str(row[0]) for row in connection.execute("SELECT sha256 FROM blobs ORDER BY sha256")]
            with zipfile.ZipFile(unfinished, "w", zipfile.ZIP_DEFLATED, compresslevel=1) as archive:
                archive.write(copy, _DATABASE)
                for sha256 in kept:
                    archive.write(blobs.path(sha256), f"blobs/{sha256}", zipfile.ZIP_STORED)
        return _named(unfinished, out, tickets, len(kept))
    except (OSError, sqlite3.Error) as problem:
        raise StorageError("The backup {out} was not written: {reason}.", out=out, reason=why(problem)) from problem
    finally:
        unfinished.unlink(missing_ok=True)


def _named(unfinished: Path, out: Path, tickets: int, files: int) -> Backup:
    """Give what is whole its name."""
    unfinished.replace(out)
    sync_folder(out.parent)
    return Backup(tickets, files, out.stat().st_size)


def _known_files(database: Database) -> tuple[int, list[str]]:
    with database.read() as session:
        tickets = session.scalar(select(func.count()).select_from(Ticket)) or 0
        return tickets, list(session.scalars(select(Blob.sha256).order_by(Blob.sha256)))


def restore(backup: Path, root: Path) -> Backup:
    """Make a data folder of a backup; of PostgreSQL's, the files alone and no ticket counted. Raises HelpdeskError
    unless the folder is empty and the backup sound."""
    folder = DataFolder(root)
    if root.exists() and any(root.iterdir()):
        raise HelpdeskError("The folder {folder} is not empty.", "A backup is restored into an empty one.", folder=root)
    folder.prepare()
    blobs = BlobFiles(folder.blobs)
    files = 0
    try:
        with zipfile.ZipFile(backup) as archive:
            for item in archive.infolist():
                if item.filename == _DATABASE:
                    _extract(archive, item, folder.database)
                    continue
                if item.filename == _NOTE:
                    folder.mark()
                    continue
                # Names in a file are somebody's words: what is not a digest of the bytes themselves is not taken.
                target = blobs.workplace()
                _extract(archive, item, target)
                if digest_of(target) != PurePosixPath(item.filename).name:
                    raise StorageError("The backup {backup} is damaged at {name}.", backup=backup, name=item.filename)
                blobs.keep(target)
                files += 1
        tickets = 0
        if not folder.marker.exists():
            with contextlib.closing(sqlite3.connect(folder.database)) as connection:
                _check(connection, backup)
                tickets = int(connection.execute("SELECT count(*) FROM tickets").fetchone()[0])
    except (OSError, zipfile.BadZipFile, sqlite3.Error) as problem:
        raise StorageError(
            "The backup {backup} was not restored: {reason}.", backup=backup, reason=why(problem)
        ) from problem
    return Backup(tickets, files, backup.stat().st_size)


def _extract(archive: zipfile.ZipFile, item: zipfile.ZipInfo, target: Path) -> None:
    with archive.open(item) as source, target.open("wb") as destination:
        shutil.copyfileobj(source, destination)


def _copy_database(database: Database, target: Path) -> None:
    with database.reading_engine.connect() as connection, contextlib.closing(sqlite3.connect(target)) as copy:
        source = connection.connection.driver_connection
        assert isinstance(source, sqlite3.Connection)  # noqa: S101  # the engine is SQLite's
        source.backup(copy)
        copy.execute("PRAGMA journal_mode=DELETE").close()


def _check(connection: sqlite3.Connection, path: Path) -> None:
    found = connection.execute("PRAGMA integrity_check(1)").fetchone()[0]
    orphan = connection.execute("PRAGMA foreign_key_check").fetchone()
    if found != "ok" or orphan is not None:
        raise StorageError(
            "The copy {path} is not sound: {found}.", path=path, found=found if orphan is None else orphan
        )


def why(problem: Exception) -> object:
    """The system's own words for a failure, without its number."""
    return getattr(problem, "strerror", None) or problem
