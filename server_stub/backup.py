"""Backups: one file with the database and every kept file, checked before it gets its name."""

from __future__ import annotations

import contextlib
import shutil
import sqlite3
import tempfile
import zipfile
from dataclasses import dataclass
from pathlib import Path, PurePosixPath

from app.errors import HelpdeskError, StorageError
from server_stub.database import Database
from server_stub.folder import DataFolder, sync_folder
from server_stub.uploads.storage import BlobFiles, digest_of

_DATABASE = "deskbell.sqlite3"


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
        unfinished.replace(out)
        sync_folder(out.parent)
    except (OSError, sqlite3.Error) as problem:
        raise StorageError("The backup {out} was not written: {reason}.", out=out, reason=why(problem)) from problem
    finally:
        unfinished.unlink(missing_ok=True)
    return Backup(tickets, len(kept), out.stat().st_size)


def restore(backup: Path, root: Path) -> Backup:
    """Make a data folder of a backup. Raises HelpdeskError unless the folder is empty and the backup sound."""
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
                # Names in a file are somebody's words: what is not a digest of the bytes themselves is not taken.
                target = blobs.workplace()
                _extract(archive, item, target)
                if digest_of(target) != PurePosixPath(item.filename).name:
                    raise StorageError("The backup {backup} is damaged at {name}.", backup=backup, name=item.filename)
                blobs.keep(target)
                files += 1
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
