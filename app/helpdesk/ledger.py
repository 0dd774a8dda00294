"""What the helpdesk told last, so that *My tickets* can be read without a network."""

from __future__ import annotations

import logging
import sqlite3
import threading
from collections.abc import Iterable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from uuid import UUID

from pydantic import ValidationError

from app.errors import StorageError
from app.helpdesk.durable import make_folder
from app.protocol.tickets import TicketSummary, TicketView

MOST_TICKETS = 500
SCHEMA = """
CREATE TABLE IF NOT EXISTS ticket(id TEXT PRIMARY KEY, place INTEGER NOT NULL, summary TEXT NOT NULL);
CREATE TABLE IF NOT EXISTS view(id TEXT PRIMARY KEY, content TEXT NOT NULL);
CREATE TABLE IF NOT EXISTS feed(one INTEGER PRIMARY KEY CHECK (one = 1), cursor INTEGER NOT NULL);
"""

log = logging.getLogger(__name__)


class Ledger:
    """Last known tickets and conversations at `path`; threads and programs may share it. Raises StorageError.

    Everything in it comes from the server and can be fetched again, so a damaged file is simply started anew.
    """

    def __init__(self, path: Path) -> None:
        self._path = path
        self._lock = threading.RLock()
        self._open: sqlite3.Connection | None = None

    def close(self) -> None:
        """Close the file; the next use opens it again."""
        with self._lock:
            if self._open is not None:
                self._open.close()
                self._open = None

    def tickets(self) -> tuple[TicketSummary, ...]:
        """The tickets as last told, in the order they were told in (newest first)."""
        with self._using() as connection:
            rows = connection.execute("SELECT summary FROM ticket ORDER BY place").fetchall()
        return tuple(found for (text,) in rows if (found := _summary(text)) is not None)

    def keep_tickets(self, tickets: Iterable[TicketSummary]) -> None:
        """Replace the list; conversations of tickets that are no longer in it are forgotten."""
        rows = [
            (str(ticket.id), place, ticket.model_dump_json())
            for place, ticket in enumerate(tickets)
            if place < MOST_TICKETS
        ]
        with self._using() as connection, connection:
            connection.execute("DELETE FROM ticket")
            connection.executemany("INSERT OR REPLACE INTO ticket VALUES (?, ?, ?)", rows)
            connection.execute("DELETE FROM view WHERE id NOT IN (SELECT id FROM ticket)")

    def view(self, ticket_id: UUID) -> TicketView | None:
        """A conversation as last read, None when it never was."""
        with self._using() as connection:
            row = connection.execute("SELECT content FROM view WHERE id=?", (str(ticket_id),)).fetchone()
        if row is None:
            return None
        try:
            return TicketView.model_validate_json(row[0])
        except ValidationError:
            return None

    def keep_view(self, view: TicketView) -> None:
        """Keep a conversation that was just read; its replies no longer count as unread."""
        summary = view.summary.model_copy(update={"unread": 0})
        with self._using() as connection, connection:
            connection.execute("INSERT OR REPLACE INTO view VALUES (?, ?)", (str(summary.id), view.model_dump_json()))
            connection.execute("UPDATE ticket SET summary=? WHERE id=?", (summary.model_dump_json(), str(summary.id)))

    @property
    def unread(self) -> int:
        """Agents' replies not looked at yet, over all tickets."""
        return sum(ticket.unread for ticket in self.tickets())

    @property
    def cursor(self) -> int | None:
        """The number of the last event that was taken in, None before the first."""
        with self._using() as connection:
            row = connection.execute("SELECT cursor FROM feed").fetchone()
        return int(row[0]) if row is not None else None

    def keep_cursor(self, cursor: int) -> None:
        """Remember up to which event the ledger is right."""
        with self._using() as connection, connection:
            connection.execute("INSERT OR REPLACE INTO feed VALUES (1, ?)", (cursor,))

    @contextmanager
    def _using(self) -> Iterator[sqlite3.Connection]:
        with self._lock:
            try:
                if self._open is None:
                    self._open = self._opened()
                yield self._open
            except sqlite3.Error as error:
                self.close()
                raise StorageError(
                    "What is known of your tickets cannot be kept: {reason}.",
                    "Free some space on the disk.",
                    reason=error,
                ) from error

    def _opened(self) -> sqlite3.Connection:
        try:
            make_folder(self._path.parent)
            self._path.touch(mode=0o600)
        except OSError as error:
            raise StorageError("{path} cannot be written: {reason}.", path=self._path, reason=error.strerror) from error
        try:
            return _connect(self._path)
        except sqlite3.OperationalError:
            raise
        except sqlite3.DatabaseError:
            log.info("the ledger was damaged and is started anew")
            for suffix in ("-journal", ""):
                with suppress(OSError):
                    Path(f"{self._path}{suffix}").unlink()
            return _connect(self._path)


def _connect(path: Path) -> sqlite3.Connection:
    connection = sqlite3.connect(path, timeout=5, check_same_thread=False)
    try:
        # It can be fetched again, so speed counts more than surviving a power cut with the last word.
        connection.execute("PRAGMA synchronous=NORMAL")
        connection.executescript(SCHEMA)
    except sqlite3.Error:
        connection.close()
        raise
    return connection


def _summary(text: str) -> TicketSummary | None:
    try:
        return TicketSummary.model_validate_json(text)
    except ValidationError:
        return None
