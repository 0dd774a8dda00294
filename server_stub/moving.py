"""Moving what an SQLite file holds to a PostgreSQL database, for a server that is to become several."""

from __future__ import annotations

from dataclasses import dataclass

from sqlalchemy import Connection, Table, func, insert, select, text
from sqlalchemy.exc import DBAPIError

from app.errors import HelpdeskError
from server_stub.database import Database
from server_stub.events.log import first_broken
from server_stub.folder import DataFolder
from server_stub.migrations.steps import migrate
from server_stub.storage import open_database, open_storage
from server_stub.tables import metadata

_BATCH = 500


@dataclass(frozen=True, slots=True)
class Moved:
    """What was moved: rows of all tables, tickets among them. The SQLite file is kept under its new name."""

    rows: int
    tickets: int
    kept: str


def move(folder: DataFolder, address: str) -> Moved:
    """Copy everything in one transaction, check it, and have the folder belong to PostgreSQL from then on.

    Raises HelpdeskError when there is nothing to move, when the database is not empty, or when something cannot be
    copied, and then everything is as it was.
    """
    if not address or not folder.database.exists():
        raise HelpdeskError(
            "There is nothing to move: an SQLite file in {folder} and the address of a PostgreSQL database are needed.",
            "Name the database with --database.",
            folder=folder.root,
        )
    source = open_storage(folder, "")
    try:
        target = open_database(address)
        try:
            migrate(target)
            rows, tickets = _copy(source, target)
        finally:
            target.close()
    finally:
        source.close()
        folder.unlock()
    kept = folder.database.with_suffix(".moved")
    folder.mark()
    folder.database.replace(kept)
    return Moved(rows, tickets, kept.name)


def _copy(source: Database, target: Database) -> tuple[int, int]:
    rows = tickets = 0
    try:
        with source.read() as old, target.write() as new:
            reading, writing = old.connection(), new.connection()
            for table in metadata.sorted_tables:
                if writing.scalar(select(func.count()).select_from(table)):
                    raise HelpdeskError(
                        "The PostgreSQL database is not empty.", "Make a new one with createdb, and name that."
                    )
                count = _copy_table(table, reading, writing)
                rows += count
                tickets += count if table.name == "tickets" else 0
            # Numbers that the database gives out itself go on after those that came with the data.
            writing.execute(
                text("SELECT setval(pg_get_serial_sequence('pack_keys', 'id'), (SELECT count(*) + 1 FROM pack_keys))")
            )
            broken = first_broken(new)
            if broken is not None:
                raise HelpdeskError("The log of events does not hold from number {seq} on.", seq=broken)
    except DBAPIError as problem:
        raise HelpdeskError(
            "The data cannot be moved: {reason}.", reason=(str(problem.orig).strip().splitlines() or ["?"])[0]
        ) from problem
    return rows, tickets


def _copy_table(table: Table, reading: Connection, writing: Connection) -> int:
    count = 0
    for part in reading.execute(select(table)).mappings().partitions(_BATCH):
        writing.execute(insert(table), [dict(row) for row in part])
        count += len(part)
    return count
