"""The one SQLite file: a single connection that writes and checkpoints, and readers that cannot."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from sqlalchemy import Connection, create_engine, event
from sqlalchemy.pool import QueuePool, StaticPool

from server_stub.database import Database

BUSY_SECONDS = 5
FIXED_SQLITE = (3, 51, 3)
"""The first release without the WAL-reset bug, which needs two connections that write or checkpoint."""


class SqliteDatabase(Database):
    """Sessions on one SQLite file.

    Only one process may hold one on a file: `server_stub.folder` locks the data folder. Releases of SQLite before
    3.51.3 can damage a WAL database that two connections write to, so this rule is about correctness.
    """

    is_shared = False

    def __init__(self, path: Path) -> None:
        self.path = path
        writer = create_engine("sqlite+pysqlite://", poolclass=StaticPool, creator=self._connect)
        # Readers are read-only to SQLite itself, so the last one to close does not checkpoint either.
        readers = create_engine(
            "sqlite+pysqlite://", poolclass=QueuePool, pool_size=8, max_overflow=64, creator=self._connect_reading
        )
        event.listen(writer, "connect", _prepare_writer)
        event.listen(writer, "begin", _begin_writing)
        event.listen(readers, "connect", _prepare_reader)
        event.listen(readers, "begin", _begin_reading)
        super().__init__(writer, readers)

    @property
    def address(self) -> str:
        return str(self.path)

    @contextmanager
    def holding(self, name: str) -> Iterator[None]:  # noqa: ARG002  # the folder's lock keeps every other process out
        yield

    @contextmanager
    def holding_if_free(self, name: str) -> Iterator[bool]:  # noqa: ARG002  # as above
        yield True

    def _connect(self) -> sqlite3.Connection:
        return sqlite3.connect(self.path, timeout=BUSY_SECONDS, isolation_level=None, check_same_thread=False)

    def _connect_reading(self) -> sqlite3.Connection:
        address = f"{self.path.absolute().as_uri()}?mode=ro"
        return sqlite3.connect(address, uri=True, timeout=BUSY_SECONDS, isolation_level=None, check_same_thread=False)


def _prepare_writer(connection: sqlite3.Connection, _record: object) -> None:
    for pragma in (
        "journal_mode=WAL",
        "synchronous=FULL",
        "foreign_keys=ON",
        "mmap_size=0",
        "wal_autocheckpoint=1000",
        "journal_size_limit=33554432",
        "temp_store=MEMORY",
    ):
        connection.execute(f"PRAGMA {pragma}").close()


def _prepare_reader(connection: sqlite3.Connection, _record: object) -> None:
    for pragma in ("query_only=ON", "wal_autocheckpoint=0", "mmap_size=0", "temp_store=MEMORY"):
        connection.execute(f"PRAGMA {pragma}").close()


def _begin_writing(connection: Connection) -> None:
    connection.exec_driver_sql("BEGIN IMMEDIATE")


def _begin_reading(connection: Connection) -> None:
    connection.exec_driver_sql("BEGIN")
