"""Where everything is kept: one SQLite file that one process works on, or a PostgreSQL database that many share."""

from __future__ import annotations

import threading
from abc import ABC, abstractmethod
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from typing import ClassVar

from sqlalchemy import Connection, Engine
from sqlalchemy.orm import Session


class Database(ABC):
    """Sessions that write, one after the other, and sessions that read. Safe to use from any thread.

    Whoever writes sees everything that was written before and nothing that comes after: numbers are given out without
    gaps, and an event that has a number is followed by higher ones only.
    """

    is_shared: ClassVar[bool]
    """Whether other processes may work on the same data at the same time."""

    def __init__(self, writer: Engine, readers: Engine) -> None:
        self._turn = threading.Lock()
        self._writer = writer
        self._readers = readers

    @property
    @abstractmethod
    def address(self) -> str:
        """What `server_stub.storage.open_database` opens once more, secrets included."""

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
        """A session on one unchanging snapshot; writing through it is refused by the database."""
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

    @abstractmethod
    def holding(self, name: str) -> AbstractContextManager[None]:
        """Keep every other process out of what `name` stands for; waits until it is free. Threads of this process
        have locks of their own for that. Nothing to wait for where no other process can be.
        """

    @abstractmethod
    def holding_if_free(self, name: str) -> AbstractContextManager[bool]:
        """The same without waiting: False when another process is in."""

    def close(self) -> None:
        """Close readers first, so that the last connection, the one that checkpoints in SQLite, is the writer."""
        self._readers.dispose()
        with self._turn:
            self._writer.dispose()


def after_commit(session: Session, callback: Callable[[], None]) -> None:
    """Have `callback` run when the session's transaction is on the disk, and not at all when it is rolled back."""
    session.info.setdefault("after_commit", []).append(callback)
