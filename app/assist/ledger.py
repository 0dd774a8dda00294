"""The employee's own record of who looked at this screen: chained lines in SQLite that outlive a kill and a power cut.

Each session is a chain of its own (app.protocol.ledger), the same the server keeps; its first line's detail is the
digest of who asked and why, so that neither the events nor the person behind them can be changed unnoticed.
"""

from __future__ import annotations

import hashlib
import json
import sqlite3
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import asdict, dataclass
from datetime import UTC, datetime
from itertools import pairwise
from pathlib import Path
from uuid import UUID

from app.errors import StorageError
from app.protocol.assist import LedgerLine
from app.protocol.handover import Step
from app.protocol.ledger import digest_of, first_broken
from app.protocol.session import Event, Grade, Party, Reason

SCHEMA = """
CREATE TABLE IF NOT EXISTS visit(
 session TEXT PRIMARY KEY, agent TEXT NOT NULL, name TEXT NOT NULL, title TEXT NOT NULL, department TEXT NOT NULL,
 ticket TEXT NOT NULL, number TEXT NOT NULL, reason TEXT NOT NULL, told INTEGER NOT NULL DEFAULT 0);
CREATE TABLE IF NOT EXISTS line(
 session TEXT NOT NULL, number INTEGER NOT NULL, at TEXT NOT NULL, party TEXT NOT NULL, event TEXT NOT NULL,
 detail TEXT NOT NULL, digest TEXT NOT NULL, PRIMARY KEY (session, number));
"""
VISIT = "session, agent, name, title, department, ticket, number, reason"
LINE = "session, number, at, party, event, detail, digest"
INVITED, NOT_ANSWERED, ENDED = "invited", "not_answered", "ended"


@dataclass(frozen=True, slots=True)
class Visitor:
    """Who asked to look, about which ticket, and why."""

    session: UUID
    agent: UUID
    name: str
    title: str
    department: str
    ticket: UUID
    number: str
    reason: str

    @property
    def digest(self) -> str:
        """SHA-256 (hexadecimal) over everything that is said about the visitor."""
        told = {name: str(value) for name, value in asdict(self).items()}
        return hashlib.sha256(canonical(told).encode()).hexdigest()


@dataclass(frozen=True, slots=True)
class Visit:
    """One session as the employee reads it. `started` is None when nothing was ever shown."""

    visitor: Visitor
    lines: tuple[LedgerLine, ...]

    @property
    def asked_at(self) -> datetime:
        """When the invitation came."""
        return self.lines[0].at

    @property
    def started(self) -> datetime | None:
        """When the screen was shown first."""
        return next((line.at for line in self.lines if line.event == Event.START), None)

    @property
    def ended(self) -> datetime | None:
        """When it was over; None while it lasts."""
        return next((line.at for line in self.lines if line.event == ENDED), None)

    @property
    def reason(self) -> Reason | None:
        """How it ended."""
        told = next((line.detail for line in self.lines if line.event == ENDED), "")
        return Reason(told) if told in set(Reason) else None

    @property
    def grade(self) -> Grade | None:
        """The most the agent was ever allowed; None when nothing was shown."""
        if self.started is None:
            return None
        granted = (int(line.detail) for line in self.lines if line.event == Event.GRANT_GRADE)
        return Grade(max((Grade.VIEW, *granted)))

    @property
    def is_recorded(self) -> bool:
        """Whether the server recorded what was shown."""
        return any(line.event == Event.RECORD for line in self.lines)

    @property
    def files(self) -> tuple[str, ...]:
        """The names of files that were taken and kept, as the agent named them."""
        names, offered = [], ""
        for line in self.lines:
            if line.event == Event.OFFER_FILE:
                offered = line.detail.split(" ", 2)[-1]
            elif line.event == Event.END_OFFER and line.detail.startswith(Step.KEPT):
                names.append(offered)
        return tuple(names)

    @property
    def texts_taken(self) -> int:
        """How often text of the agent's reached the clipboard."""
        offers = [
            line.event for line in self.lines if line.event in (Event.OFFER_TEXT, Event.OFFER_FILE, Event.TAKE_OFFER)
        ]
        return sum(1 for one, other in pairwise(offers) if (one, other) == (Event.OFFER_TEXT, Event.TAKE_OFFER))

    @property
    def texts_given(self) -> int:
        """How often the employee sent copied text."""
        return sum(1 for line in self.lines if line.event == Event.GIVE_TEXT)

    @property
    def screens_chosen(self) -> int:
        """How often another screen was shown than before."""
        return sum(1 for line in self.lines if line.event == Event.CHOOSE_SCREEN)

    @property
    def seconds(self) -> float:
        """How long the session lasted from the first picture to its end; 0 without either."""
        if self.started is None or self.ended is None:
            return 0.0
        return (self.ended - self.started).total_seconds()

    @property
    def is_intact(self) -> bool:
        """Whether nothing was changed since it was written."""
        first = self.lines[0]
        is_first_right = first.event == INVITED and first.detail == self.visitor.digest
        return is_first_right and first_broken(self.lines) is None


class Ledger:
    """The record at `path`; threads may share it. Every method raises StorageError."""

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

    def invited(self, visitor: Visitor, now: datetime) -> bool:
        """Begin a session's chain; False when it is known already. Durable when it returns."""
        values = tuple(str(value) for value in asdict(visitor).values())
        with self._writing() as connection:
            known = connection.execute("SELECT 1 FROM visit WHERE session = ?", (values[0],)).fetchone()
            if known is not None:
                return False
            connection.execute(f"INSERT INTO visit({VISIT}) VALUES (?,?,?,?,?,?,?,?)", values)  # noqa: S608
            _append(connection, visitor.session, now, Party.AGENT.value, INVITED, visitor.digest)
        return True

    def append(self, session: UUID, event: str, party: Party | None, now: datetime, detail: str = "") -> bool:
        """Add a line, durable when it returns. Nothing is added to an unknown session or one that has ended."""
        with self._writing() as connection:
            last = _last(connection, session)
            if last is None or last[1] == ENDED:
                return False
            _append(connection, session, now, party.value if party else "server", event, detail)
        return True

    def lines(self, session: UUID) -> tuple[LedgerLine, ...]:
        """The chain of one session."""
        with self._using() as connection:
            return _lines(connection, session)

    def visits(self) -> tuple[Visit, ...]:
        """Every session, newest first."""
        with self._using() as connection:
            rows = connection.execute(f"SELECT {VISIT} FROM visit ORDER BY rowid DESC").fetchall()  # noqa: S608
            found = [(_visitor(row), _lines(connection, UUID(row[0]))) for row in rows]
        return tuple(Visit(visitor, lines) for visitor, lines in found if lines)

    def first_broken(self) -> UUID | None:
        """The newest session that was tampered with; None when every chain holds."""
        return next((visit.visitor.session for visit in self.visits() if not visit.is_intact), None)

    def unended(self) -> tuple[UUID, ...]:
        """Sessions without an end: the program was killed while they lasted."""
        query = "SELECT session FROM visit WHERE session NOT IN (SELECT session FROM line WHERE event = ?)"
        with self._using() as connection:
            return tuple(UUID(row[0]) for row in connection.execute(query, (ENDED,)))

    def owed(self) -> tuple[Visit, ...]:
        """Sessions that are over and that the server has not heard the end of."""
        query = "SELECT session FROM visit WHERE told = 0"
        with self._using() as connection:
            untold = {UUID(row[0]) for row in connection.execute(query)}
        return tuple(visit for visit in self.visits() if visit.visitor.session in untold and visit.ended is not None)

    def told(self, session: UUID) -> None:
        """The server has the whole chain of a session."""
        with self._writing() as connection:
            connection.execute("UPDATE visit SET told = 1 WHERE session = ?", (str(session),))

    def export(self) -> str:
        """Everything as JSON, each chain complete so that anybody can check it."""
        told = [
            {
                "visitor": {name: str(value) for name, value in asdict(visit.visitor).items()},
                "is_intact": visit.is_intact,
                "lines": [json.loads(line.model_dump_json()) for line in visit.lines],
            }
            for visit in self.visits()
        ]
        return json.dumps(told, ensure_ascii=False, indent=1) + "\n"

    @contextmanager
    def _using(self) -> Iterator[sqlite3.Connection]:
        with self._lock:
            try:
                yield self._connection()
            except (sqlite3.Error, OSError) as error:
                raise StorageError(
                    "{path} cannot be used: {reason}.",
                    "Free some space on the disk or check the permissions of the folder, then try again.",
                    path=self._path,
                    reason=error,
                ) from error

    @contextmanager
    def _writing(self) -> Iterator[sqlite3.Connection]:
        with self._using() as connection:
            connection.execute("BEGIN IMMEDIATE")
            try:
                yield connection
            except BaseException:
                connection.execute("ROLLBACK")
                raise
            connection.execute("COMMIT")

    def _connection(self) -> sqlite3.Connection:
        if self._open is None:
            self._path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
            self._path.touch(mode=0o600)
            made = sqlite3.connect(self._path, timeout=5, isolation_level=None, check_same_thread=False)
            made.execute("PRAGMA synchronous = FULL")
            made.executescript(SCHEMA)
            self._open = made
        return self._open


def canonical(value: object) -> str:
    """JSON in its one form: sorted keys, no spaces."""
    return json.dumps(value, ensure_ascii=False, sort_keys=True, separators=(",", ":"))


def _last(connection: sqlite3.Connection, session: UUID) -> tuple[int, str, str] | None:
    """Number, event and digest of a session's last line."""
    query = "SELECT number, event, digest FROM line WHERE session = ? ORDER BY number DESC LIMIT 1"
    row: tuple[int, str, str] | None = connection.execute(query, (str(session),)).fetchone()
    return row


def _append(connection: sqlite3.Connection, session: UUID, now: datetime, party: str, event: str, detail: str) -> None:
    last = _last(connection, session)
    number, previous = (0, "") if last is None else (last[0] + 1, last[2])
    line = LedgerLine(session_id=session, number=number, at=now, party=party, event=event, detail=detail)
    at = now.astimezone(UTC).isoformat(timespec="microseconds")
    values = (str(session), number, at, line.party, line.event, line.detail, digest_of(line, previous))
    connection.execute(f"INSERT INTO line({LINE}) VALUES (?,?,?,?,?,?,?)", values)  # noqa: S608


def _lines(connection: sqlite3.Connection, session: UUID) -> tuple[LedgerLine, ...]:
    query = f"SELECT {LINE} FROM line WHERE session = ? ORDER BY number"  # noqa: S608
    return tuple(
        LedgerLine(
            session_id=UUID(row[0]),
            number=row[1],
            at=datetime.fromisoformat(row[2]),
            party=row[3],
            event=row[4],
            detail=row[5],
            digest=row[6],
        )
        for row in connection.execute(query, (str(session),))
    )


def _visitor(row: tuple[str, ...]) -> Visitor:
    return Visitor(UUID(row[0]), UUID(row[1]), row[2], row[3], row[4], UUID(row[5]), row[6], row[7])
