"""Inviting, showing, answering and ending: what agents and devices may do with a session."""

from __future__ import annotations

import base64
import hashlib
import hmac
from dataclasses import replace
from datetime import datetime, timedelta
from enum import StrEnum
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.protocol.assist import Answer, Ledger, Shown
from app.protocol.identity import uuid7
from app.protocol.ledger import first_broken
from app.protocol.message import one_line
from app.protocol.problems import ProblemCode
from app.protocol.session import Event, Grade, Outcome, Party, Reason, State, invite
from app.protocol.tickets import OPEN_STATES
from server_stub.agents.tables import Agent
from server_stub.assist.courses import LIVE, Courses, due
from server_stub.assist.recordings import Recordings
from server_stub.assist.tables import AssistRecord
from server_stub.clock import Clock
from server_stub.devices import secrets
from server_stub.devices.tables import Device
from server_stub.events.tables import AssistStep
from server_stub.problems import Refusal
from server_stub.tickets.access import ticket_for_agent

PROOF_LASTS = timedelta(minutes=15)
"""How long an agent's password counts; after that it is asked for again before an invitation."""

SHORTEST_REASON = 10
TOKEN_LASTS = timedelta(seconds=60)


class Hurdle(StrEnum):
    """Why an agent cannot invite now."""

    TICKET_CLOSED = "ticket_closed"
    REASON_SHORT = "reason_short"
    PROOF_NEEDED = "proof_needed"
    PROOF_WRONG = "proof_wrong"
    TOO_OFTEN = "too_often"
    BUSY = "busy"
    BUSY_YOURSELF = "busy_yourself"


class Hindered(Exception):  # it is an answer, not an error
    """An invitation that is not made."""

    def __init__(self, hurdle: Hurdle) -> None:
        self.hurdle = hurdle
        super().__init__(hurdle.value)


class Assistance:
    """Remote assistance. Every method works in the caller's writing transaction unless it says otherwise."""

    def __init__(self, courses: Courses, recordings: Recordings, now: Clock) -> None:
        self._courses = courses
        self._recordings = recordings
        self._now = now

    def invite(
        self, session: Session, agent: Agent, ticket_id: UUID, reason: str, commitment: str, proven_at: datetime
    ) -> AssistRecord:
        """Invite from an open ticket. `proven_at` is when the agent last gave the password. Raises Hindered."""
        now = self._now()
        ticket = ticket_for_agent(session, ticket_id)
        if ticket.state not in OPEN_STATES:
            raise Hindered(Hurdle.TICKET_CLOSED)
        if len(one_line(reason)) < SHORTEST_REASON:
            raise Hindered(Hurdle.REASON_SHORT)
        if now - proven_at > PROOF_LASTS:
            raise Hindered(Hurdle.PROOF_NEEDED)
        for live in self._live_on(session, ticket.device_id):
            self._courses.pass_time(session, live)
            if live.state is not State.ENDED:
                raise Hindered(Hurdle.BUSY_YOURSELF if live.agent_id == agent.id else Hurdle.BUSY)
        course = invite(ticket.id, agent.id, ticket.device_id, now)
        record = AssistRecord(
            id=uuid7(now),
            ticket_id=ticket.id,
            device_id=ticket.device_id,
            agent_id=agent.id,
            reason=one_line(reason)[:300],
            course=course,
            state=course.state,
            due_at=due(course),
            invited_at=now,
            commitment=commitment,
        )
        session.add(record)
        session.flush()
        self._recordings.begin(session, record)
        self._courses.note(session, record, AssistStep.INVITED, Party.AGENT)
        return record

    def show(self, session: Session, record: AssistRecord, shown: Shown) -> Outcome:
        """The question is on the employee's screen. The same once more changes nothing."""
        if record.state is State.SHOWN and record.host_public == shown.host_public:
            return Outcome.ACCEPTED
        record.course = replace(record.course, limits=shown.terms.limits)
        outcome = self._courses.judge(session, record, Event.SHOW, Party.HOST)
        if outcome is Outcome.ACCEPTED:
            record.host_public = shown.host_public
        return outcome

    def reveal(self, record: AssistRecord, viewer_public: str, nonce: str) -> None:
        """The browser opens its commitment, once. Raises Refusal(transition_refused), Refusal(malformed)."""
        if record.state is not State.SHOWN or record.viewer_public not in (None, viewer_public):
            raise Refusal(ProblemCode.TRANSITION_REFUSED)
        try:
            opened = base64.b64decode(viewer_public, validate=True) + base64.b64decode(nonce, validate=True)
        except ValueError as problem:
            raise Refusal(ProblemCode.MALFORMED, "not base64") from problem
        promised = base64.b64encode(hashlib.sha256(opened).digest()).decode()
        if not hmac.compare_digest(promised, record.commitment):
            raise Refusal(ProblemCode.MALFORMED, "the key is not the one that was promised")
        record.viewer_public, record.nonce = viewer_public, nonce

    def answer(self, session: Session, record: AssistRecord, answer: Answer) -> Outcome:
        """What the employee said. There is no grade in an answer: every session begins with looking only."""
        match answer:
            case Answer.ALLOW if record.viewer_public is None:
                # Nobody can have compared a phrase that was not there yet.
                self._courses.end(session, record, Reason.VIOLATION, Party.HOST)
                return Outcome.VIOLATION
            case Answer.ALLOW:
                return self._courses.judge(session, record, Event.ALLOW, Party.EMPLOYEE, Grade.VIEW)
            case Answer.DENY:
                return self._courses.judge(session, record, Event.DENY, Party.EMPLOYEE)
            case Answer.NOT_ANSWERED:
                if record.state is State.SHOWN:
                    self._courses.note(session, record, AssistStep.NOT_ANSWERED, Party.HOST)
                self._courses.end(session, record, Reason.NOT_ANSWERED, Party.HOST)
                return Outcome.ACCEPTED

    def stop(self, session: Session, record: AssistRecord, reason: Reason, party: Party) -> None:
        """It is over, whoever says so and however often."""
        self._courses.end(session, record, reason, party)

    def shut_out(self, session: Session, *, device_id: UUID | None = None, agent_id: UUID | None = None) -> None:
        """A computer or an agent is admitted no longer: what either has open ends with that."""
        whose = AssistRecord.device_id == device_id if device_id is not None else AssistRecord.agent_id == agent_id
        for record in session.scalars(select(AssistRecord).where(whose, AssistRecord.state.in_(LIVE))).all():
            self._courses.end(session, record, Reason.SHUT_OUT, None)

    def take_ledger(self, record: AssistRecord, ledger: Ledger) -> None:
        """Keep the device's account; a longer one replaces a shorter one. Raises Refusal(malformed)."""
        lines = ledger.lines
        if any(line.session_id != record.id for line in lines) or first_broken(lines) is not None:
            raise Refusal(ProblemCode.MALFORMED, "the ledger is not a chain of this session")
        kept = record.device_ledger or ()
        if lines[: len(kept)] != kept:
            raise Refusal(ProblemCode.KEY_REUSED, "the ledger contradicts what was sent before")
        record.device_ledger = lines

    def host_token(self, session: Session, record: AssistRecord, *, lasts: timedelta | None = TOKEN_LASTS) -> str:
        """A token that opens the host's side of the link once. Raises Refusal(transition_refused)."""
        self._courses.pass_time(session, record)
        if record.state not in (State.ALLOWED, State.ACTIVE, State.PAUSED):
            raise Refusal(ProblemCode.TRANSITION_REFUSED)
        token = secrets.new_secret()
        record.host_token = secrets.digest(token)
        record.host_token_until = self._now() + lasts if lasts is not None else None
        return token

    def viewer_token(self, session: Session, record: AssistRecord) -> str:
        """A token that opens the viewer's side of the link once. Raises Refusal(transition_refused)."""
        self._courses.pass_time(session, record)
        if record.state not in (State.ALLOWED, State.ACTIVE, State.PAUSED):
            raise Refusal(ProblemCode.TRANSITION_REFUSED)
        token = secrets.new_secret()
        record.viewer_token = secrets.digest(token)
        record.viewer_token_until = self._now() + TOKEN_LASTS
        return token

    def sweep(self, session: Session) -> None:
        """End or lower whatever time has overtaken, and nothing else."""
        for record in self._courses.overdue(session):
            self._courses.pass_time(session, record)
            record.due_at = due(record.course)

    @staticmethod
    def _live_on(session: Session, device_id: UUID) -> list[AssistRecord]:
        query = select(AssistRecord).where(AssistRecord.device_id == device_id, AssistRecord.state.in_(LIVE))
        return list(session.scalars(query))


def for_device(session: Session, device: Device, session_id: UUID) -> AssistRecord:
    """A session on this device. Another's is answered exactly like none: Refusal(not_found)."""
    record = session.get(AssistRecord, session_id)
    if record is None or record.device_id != device.id:
        raise Refusal(ProblemCode.NOT_FOUND)
    return record


def for_agent(session: Session, agent_id: UUID, session_id: UUID) -> AssistRecord:
    """A session this agent invited to. A colleague's is answered exactly like none: Refusal(not_found)."""
    record = session.get(AssistRecord, session_id)
    if record is None or record.agent_id != agent_id:
        raise Refusal(ProblemCode.NOT_FOUND)
    return record
