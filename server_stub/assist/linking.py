"""The sockets of a session as the session table sees them: opened by tokens, complete, lost, complete again."""

from __future__ import annotations

from dataclasses import dataclass
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.protocol.session import Event, Grade, Party, Reason, State
from server_stub.assist.courses import Courses
from server_stub.assist.service import Assistance
from server_stub.assist.tables import AssistRecord
from server_stub.clock import Clock
from server_stub.database import Database
from server_stub.devices import secrets

LINKED = (State.ALLOWED, State.ACTIVE, State.PAUSED)
"""Only in these states may there be sockets at all."""


@dataclass(frozen=True, slots=True)
class Admitted:
    """A host that may link; `next_token` opens its next link."""

    session_id: UUID
    next_token: str


class Linking:
    """Redeems tokens and tells the session what becomes of its sockets, each in a transaction of its own."""

    def __init__(
        self, database: Database, courses: Courses, assistance: Assistance, now: Clock, here: UUID | None = None
    ) -> None:
        """`here` is this server's id where there are several."""
        self._here = here
        self._database = database
        self._courses = courses
        self._assistance = assistance
        self._now = now

    def admit_host(self, session_id: UUID, token: str) -> Admitted | None:
        """Redeem a host's token; None when it is none, used, too old, or the session is over."""
        with self._database.read() as session:
            # Whoever guesses must not take the writers' turn.
            if not is_token(session.get(AssistRecord, session_id), token):
                return None
        with self._database.write() as session:
            record = session.get(AssistRecord, session_id)
            if record is None or not is_token(record, token):
                return None
            self._courses.pass_time(session, record)
            is_late = record.host_token_until is not None and self._now() > record.host_token_until
            if record.state not in LINKED or is_late:
                return None
            return Admitted(record.id, self._assistance.host_token(session, record, lasts=None))

    def admit_viewer(self, session_id: UUID, agent_id: UUID, token: str) -> bool:
        """Redeem a viewer's token for the agent whose browser it is."""
        with self._database.write() as session:
            record = session.get(AssistRecord, session_id)
            if record is None or record.agent_id != agent_id or record.viewer_token is None:
                return False
            if not secrets.matches(token, record.viewer_token):
                return False
            record.viewer_token = None
            self._courses.pass_time(session, record)
            is_late = record.viewer_token_until is None or self._now() > record.viewer_token_until
            return record.state in LINKED and not is_late

    def next_number(self, session_id: UUID) -> int:
        """The number of a new pair of sockets."""
        with self._database.write() as session:
            record = session.get_one(AssistRecord, session_id)
            record.link_number += 1
            return record.link_number

    def complete(self, session_id: UUID) -> bool:
        """Both ends are there: the session starts, or goes on. Whether anything may be relayed now."""
        with self._database.write() as session:
            record = session.get_one(AssistRecord, session_id)
            if not self._is_ours(record):
                return False
            if record.state is State.ALLOWED:
                self._courses.judge(session, record, Event.START, Party.HOST)
            elif record.course.paused_by_link:
                self._courses.judge(session, record, Event.REGAIN_LINK, Party.HOST)
            else:
                self._courses.pass_time(session, record)
            return may_relay(record)

    def lost(self, session_id: UUID) -> None:
        """One end is gone."""
        with self._database.write() as session:
            record = session.get_one(AssistRecord, session_id)
            if self._is_ours(record):
                note_lost(self._courses, session, record)

    def heard(self, session_id: UUID, event: Event, party: Party, grade: Grade | None, detail: str = "") -> None:
        """The host tells what happened on its machine."""
        with self._database.write() as session:
            self._courses.hear(session, session.get_one(AssistRecord, session_id), event, party, grade, detail)

    def end(self, session_id: UUID, reason: Reason, party: Party | None) -> None:
        """The session is over."""
        with self._database.write() as session:
            self._courses.end(session, session.get_one(AssistRecord, session_id), reason, party)

    def reason(self, session_id: UUID) -> Reason | None:
        """Why a session is over; None while it is not. Time is let pass by `Assistance.sweep`."""
        with self._database.read() as session:
            return session.get_one(AssistRecord, session_id).ended

    def is_done_here(self, session_id: UUID) -> bool:
        """Whether a session is over, or relayed by another server by now, which took this one for gone."""
        with self._database.read() as session:
            record = session.get_one(AssistRecord, session_id)
            return record.ended is not None or not self._is_ours(record)

    def forget_all(self) -> None:
        """After a restart there are no sockets, whatever the table says: those who were linked may link again."""
        with self._database.read() as session:
            linked = list(session.scalars(select(AssistRecord.id).where(AssistRecord.state.in_(LINKED))))
        for session_id in linked:
            self.lost(session_id)

    def _is_ours(self, record: AssistRecord) -> bool:
        return self._here is None or record.server_id in (None, self._here)


def note_lost(courses: Courses, session: Session, record: AssistRecord) -> None:
    """An end of a session is gone. Before the start that means nothing: the time to start runs anyway."""
    if record.state in (State.ACTIVE, State.PAUSED) and not record.course.paused_by_link:
        courses.judge(session, record, Event.LOSE_LINK, Party.HOST)


def is_token(record: AssistRecord | None, token: str) -> bool:
    """Whether this opens the host's side of that session."""
    return record is not None and record.host_token is not None and secrets.matches(token, record.host_token)


def may_relay(record: AssistRecord) -> bool:
    """Whether bytes may pass between the ends now. A pause by the employee stops pictures on the machine itself;
    words go on meanwhile."""
    return record.state in (State.ACTIVE, State.PAUSED) and not record.course.paused_by_link
