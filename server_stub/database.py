"""The one SQLite file: a single connection that writes and checkpoints, and readers that cannot."""

from __future__ import annotations

import sqlite3
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

from sqlalchemy import Connection, Engine, create_engine, event
from sqlalchemy.orm import Session
from sqlalchemy.pool import QueuePool, StaticPool

BUSY_SECONDS = 5
FIXED_SQLITE = (3, 51, 3)
"""The first release without the WAL-reset bug, which needs two connections that write or checkpoint."""


class Database:
    """Sessions on one SQLite file. Safe to use from any thread; writes take turns.

    Only one process may hold a Database on a file: `server_stub.folder` locks the data folder. Releases of SQLite
    before 3.51.3 can damage a WAL database that two connections write to, so this rule is about correctness.
    """

    def __init__(self, path: Path) -> None:
        self.path = path
        self._turn = threading.Lock()
        self._writer = create_engine("sqlite+pysqlite://", poolclass=StaticPool, creator=self._connect)
        # Readers are read-only to SQLite itself, so the last one to close does not checkpoint either.
        self._readers = create_engine(
            "sqlite+pysqlite://", poolclass=QueuePool, pool_size=8, max_overflow=64, creator=self._connect_reading
        )
        event.listen(self._writer, "connect", _prepare_writer)
        event.listen(self._writer, "begin", _begin_writing)
        event.listen(self._readers, "connect", _prepare_reader)
        event.listen(self._readers, "begin", _begin_reading)

    @contextmanager
    def write(self) -> Iterator[Session]:
        """A session in one durable transaction: committed at the end of the block, rolled back by any exception.

        Callbacks put on it by `after_commit` run once the transaction is on the disk, outside the writers' lock.
        """
        with self._turn, Session(self._writer, expire_on_commit=False) as session:
            with session.begin():
                yield session
            callbacks: list[Callable[[], None]] = session.info.pop("after_commit", [])
        for callback in callbacks:
            callback()

    @contextmanager
    def read(self) -> Iterator[Session]:
        """A session on one unchanging snapshot; writing through it is refused by SQLite."""
        with Session(self._readers, expire_on_commit=False) as session:
            yield session

    @contextmanager
    def writing_connection(self) -> Iterator[Connection]:
        """The writing connection itself, for migrations; transactions are the caller's."""
        with self._turn, self._writer.connect() as connection:
            yield connection

    @property
    def reading_engine(self) -> Engine:
        """The engine behind `read`, for the backup."""
        return self._readers

    def _connect(self) -> sqlite3.Connection:
        return sqlite3.connect(self.path, timeout=BUSY_SECONDS, isolation_level=None, check_same_thread=False)

    def _connect_reading(self) -> sqlite3.Connection:
        address = f"{self.path.absolute().as_uri()}?mode=ro"
        return sqlite3.connect(address, uri=True, timeout=BUSY_SECONDS, isolation_level=None, check_same_thread=False)

    def close(self) -> None:
        """Close readers first, so that the last connection, the one that checkpoints, is the writer."""
        self._readers.dispose()
        with self._turn:
            self._writer.dispose()


def after_commit(session: Session, callback: Callable[[], None]) -> None:
    """Have `callback` run when the session's transaction is on the disk, and not at all when it is rolled back."""
    session.info.setdefault("after_commit", []).append(callback)


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
