"""Which database a data folder belongs to, and opening it."""

from __future__ import annotations

import hashlib
import os
from pathlib import Path

from app.errors import HelpdeskError
from server_stub.database import Database
from server_stub.folder import DataFolder
from server_stub.migrations.steps import migrate

VARIABLE = "DESKBELL_DATABASE"


def address_of(root: Path, given: str = "") -> str:
    """The address of the PostgreSQL database a data folder belongs to; empty for the folder's own SQLite file.

    `given` on the command line goes before the variable DESKBELL_DATABASE, and that before the folder's file
    `database.address`. Each is an address, or a file that holds one. Raises HelpdeskError.
    """
    kept = DataFolder(root).database_address
    named = given or os.environ.get(VARIABLE, "") or (str(kept) if kept.exists() else "")
    if not named or named.startswith(("postgresql:", "postgres:", "postgresql+")):
        return named
    try:
        return Path(named).read_text("utf-8").strip()
    except (OSError, ValueError) as problem:
        raise HelpdeskError(
            "The database's address cannot be read from {path}: {reason}.",
            "Name an address such as postgresql://user@host/name, or a file that holds one.",
            path=named,
            reason=getattr(problem, "strerror", None) or "it is not text",
        ) from problem


def open_database(address: str) -> Database:
    """A database by its address or path; of PostgreSQL, once it answers. Raises HelpdeskError."""
    if not address.startswith("postgres"):
        from server_stub.sqlite import SqliteDatabase

        return SqliteDatabase(Path(address))
    from server_stub.postgres import PostgresDatabase

    database = PostgresDatabase(address)
    try:
        database.check()
    except HelpdeskError:
        database.close()
        raise
    return database


def open_storage(folder: DataFolder, address: str) -> Database:
    """Lock a prepared data folder and bring its database up to date; an empty address is the folder's own file.

    Raises FolderInUse, StorageError or HelpdeskError, and then leaves the folder to others.
    """
    _check_kind(folder, address)
    folder.lock(shared=bool(address))
    try:
        database = open_database(address or str(folder.database))
    except HelpdeskError:
        folder.unlock()
        raise
    try:
        migrate(database)
        if address:
            folder.mark(_identity(database))
    except HelpdeskError:
        database.close()
        folder.unlock()
        raise
    return database


def _identity(database: Database) -> str:
    """What tells a database, and every copy of it, from others."""
    from server_stub.servers.roll import shared_secret

    return hashlib.sha256(shared_secret(database, "identity")).hexdigest()[:32]


def _check_kind(folder: DataFolder, address: str) -> None:
    """Files that belong to one database are not to be mixed with another's."""
    if address and folder.database.exists():
        raise HelpdeskError(
            "The data folder {folder} holds an SQLite database.",
            "With PostgreSQL choose an empty folder, or start without the address of a database.",
            folder=folder.root,
        )
    if not address and folder.marker.exists():
        raise HelpdeskError(
            "The data folder {folder} belongs to a PostgreSQL database.",
            "Name it with --database, the variable DESKBELL_DATABASE or the file database.address in the folder.",
            folder=folder.root,
        )
