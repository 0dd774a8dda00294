"""The data folder: where the server's files lie, and the lock that lets one process in, or those of one database."""

from __future__ import annotations

import os
import sqlite3
from pathlib import Path

from app.errors import HelpdeskError, StorageError


class DataFolder:
    """Paths inside one folder. Nothing in it is named after anything a device said."""

    def __init__(self, root: Path) -> None:
        self.root = root
        self.database = root / "deskbell.sqlite3"
        self.blobs = root / "blobs"
        self.parts = root / "parts"
        self.knowledge = root / "knowledge"
        self.recordings = root / "recordings"
        self.control = root / "control.json"
        self.database_address = root / "database.address"
        self.marker = root / "on-postgresql.txt"
        self._lock: sqlite3.Connection | None = None

    def prepare(self) -> None:
        """Make the folders, readable by this user only. Raises StorageError."""
        try:
            for folder in (self.root, self.blobs, self.parts, self.knowledge):
                folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        except OSError as problem:
            raise StorageError(
                "The data folder {folder} cannot be used: {reason}.",
                "Choose another folder with --data, or give this user the right to write there.",
                folder=self.root,
                reason=problem.strerror or problem,
            ) from problem

    def lock(self, *, shared: bool = False) -> None:
        """Keep every other process out until `unlock` or the end of this process, however it comes; a `shared` lock
        lets in others that share it.

        Raises FolderInUse when somebody else is in.
        """
        # A lock of SQLite's is the one kind that behaves the same on every system and dies with its process.
        connection = sqlite3.connect(
            self.root / "lock.sqlite3", timeout=0, isolation_level=None, check_same_thread=False
        )
        try:
            connection.execute("PRAGMA journal_mode=MEMORY").close()
            connection.execute("BEGIN" if shared else "BEGIN EXCLUSIVE").close()
            # Reading within a transaction is what takes the lock that readers share.
            connection.execute("SELECT count(*) FROM sqlite_master").fetchone()
        except sqlite3.OperationalError as problem:
            connection.close()
            if problem.sqlite_errorcode == sqlite3.SQLITE_BUSY:
                raise FolderInUse(self.root) from problem
            raise StorageError(
                "The data folder {folder} cannot be locked: {reason}.", folder=self.root, reason=problem
            ) from problem
        self._lock = connection

    def unlock(self) -> None:
        """Let others in."""
        if self._lock is not None:
            self._lock.close()
            self._lock = None

    def mark(self, database: str = "") -> None:
        """Note, for whoever forgets the address, that what belongs to these files is kept in PostgreSQL; `database`
        tells one database from another.

        Raises HelpdeskError when the files belong to another database, StorageError.
        """
        try:
            noted = self.marker.read_text("ascii").splitlines()[1:] if self.marker.exists() else []
            if database and noted not in ([], [database]):
                raise HelpdeskError(
                    "The data folder {folder} belongs to another PostgreSQL database.",
                    "Correct the database's address, or choose an empty folder.",
                    folder=self.root,
                )
            text = "What belongs to the files in this folder is kept in a PostgreSQL database.\n"
            if not self.marker.exists() or (database and not noted):
                self.marker.write_text(f"{text}{database}\n" if database else text, "ascii")
        except (OSError, ValueError) as problem:
            raise StorageError(
                "The data folder {folder} cannot be used: {reason}.",
                folder=self.root,
                reason=getattr(problem, "strerror", None) or problem,
            ) from problem


class FolderInUse(HelpdeskError):
    """Another process works on the data folder, usually the running server."""

    def __init__(self, root: Path) -> None:
        super().__init__(
            "Another process is using the data folder {folder}.",
            "Stop it first, or choose another folder with --data.",
            retry=True,
            folder=root,
        )


def sync_folder(folder: Path) -> None:
    """Make the names in a folder survive a power cut; does nothing where folders cannot be opened."""
    try:
        handle = os.open(folder, os.O_RDONLY)
    except PermissionError:
        # Windows opens no folders; NTFS journals names itself.
        return
    try:
        os.fsync(handle)
    finally:
        os.close(handle)
