"""Moving a session on: the session table judges, and every step is a line in the ledger and an event of the ticket."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.protocol.assist import LedgerLine
from app.protocol.judging import judge
from app.protocol.ledger import digest_of
from app.protocol.session import Event, Grade, Message, Outcome, Party, Reason, State, at
from app.protocol.session import Session as Course
from server_stub.agents.tables import Agent
from server_stub.assist.tables import AssistLine, AssistRecord
from server_stub.clock import Clock
from server_stub.devices.tables import Device
from server_stub.events.log import SYSTEM, Actor, EventLog
from server_stub.events.tables import AssistStep, Details, Happening
from server_stub.tickets.transitions import agent_actor, device_actor

LIVE = tuple(state for state in State if state is not State.ENDED)


class Courses:
    """Advances sessions, each in the caller's writing transaction."""

    def __init__(self, events: EventLog, now: Clock) -> None:
        self._events = events
        self._now = now

    def judge(
        self, session: Session, record: AssistRecord, event: Event, party: Party, grade: Grade | None = None
    ) -> Outcome:
        """Let the session table judge one event of an authenticated party, and keep what it makes of the session."""
        self.pass_time(session, record)
        course = record.course
        sender = course.agent if party is Party.AGENT else course.device
        number = course.last_number(party) + 1
        message = Message(event, party, sender, course.ticket, number, course.epoch, grade)
        verdict = judge(course, message, self._now())
        if verdict.outcome is Outcome.ACCEPTED and event.value in set(AssistStep):
            self.note(session, record, AssistStep(event.value), party, grade)
        self._keep(session, record, verdict.session, party)
        return verdict.outcome

    def hear(
        self,
        session: Session,
        record: AssistRecord,
        event: Event,
        party: Party,
        grade: Grade | None = None,
        detail: str = "",
    ) -> None:
        """Take note of what the controlled machine has decided.

        It is the machine that enforces; where our copy would have judged otherwise it stays as it is, and the line in
        the ledger stands all the same.
        """
        self.pass_time(session, record)
        course = record.course
        if course.state is State.ENDED:
            return
        sender = course.agent if party is Party.AGENT else course.device
        number = course.last_number(party) + 1
        message = Message(event, party, sender, course.ticket, number, course.epoch, grade, screen=detail)
        verdict = judge(course, message, self._now())
        # A word from here only says that the agent is at work; the words themselves are told by who said them.
        if event.value in set(AssistStep) and event is not Event.CHAT:
            self.note(session, record, AssistStep(event.value), party, grade, detail)
        if verdict.outcome is Outcome.ACCEPTED and verdict.session.state is not State.ENDED:
            self._keep(session, record, verdict.session, party)

    def end(self, session: Session, record: AssistRecord, reason: Reason, party: Party | None) -> None:
        """End a session; one that is over keeps its first reason."""
        self.pass_time(session, record)
        self._keep(session, record, record.course.ended(reason), party)

    def pass_time(self, session: Session, record: AssistRecord) -> None:
        """What time alone has made of a session."""
        self._keep(session, record, at(record.course, self._now()), None)

    def overdue(self, session: Session) -> list[AssistRecord]:
        """The sessions that time alone changes by now."""
        query = select(AssistRecord).where(AssistRecord.state.in_(LIVE), AssistRecord.due_at <= self._now())
        return list(session.scalars(query))

    def note(
        self,
        session: Session,
        record: AssistRecord,
        step: AssistStep,
        party: Party | None,
        grade: Grade | None = None,
        detail: str = "",
    ) -> None:
        """Write a line into the session's ledger, and the same as an event of the ticket."""
        reason = record.course.reason if step is AssistStep.ENDED else None
        line = str(int(grade)) if grade is not None else reason.value if reason else detail
        append_line(session, record.id, self._now(), party, step, line)
        details = Details(assist_id=record.id, step=step, grade=grade, reason=reason, told=detail)
        self._tell(session, record, self._actor(session, record, party), details)

    def note_by(self, session: Session, record: AssistRecord, step: AssistStep, agent: Agent) -> None:
        """Write down what an agent, who need not be the session's, did with it afterwards."""
        append_line(session, record.id, self._now(), Party.AGENT, step, agent.login)
        self._tell(session, record, agent_actor(agent), Details(assist_id=record.id, step=step))

    def _tell(self, session: Session, record: AssistRecord, actor: Actor, details: Details) -> None:
        self._events.append(
            session,
            Happening.ASSIST,
            actor,
            ticket_id=record.ticket_id,
            device_id=record.device_id,
            details=details,
        )

    def _keep(self, session: Session, record: AssistRecord, course: Course, party: Party | None) -> None:
        if course == record.course:
            return
        was_live = record.state is not State.ENDED
        record.course = course
        record.state = course.state
        record.ended = course.reason
        record.due_at = due(course)
        if was_live and course.state is State.ENDED:
            record.ended_at = self._now()
            record.host_token = record.viewer_token = None
            self.note(session, record, AssistStep.ENDED, party)

    @staticmethod
    def _actor(session: Session, record: AssistRecord, party: Party | None) -> Actor:
        if party is None:
            return SYSTEM
        if party is Party.AGENT:
            return agent_actor(session.get_one(Agent, record.agent_id))
        return device_actor(session.get_one(Device, record.device_id))


def append_line(
    session: Session, session_id: UUID, now: datetime, party: Party | None, step: AssistStep, detail: str
) -> None:
    """Add a line to the ledger of a session; party None is the server itself."""
    session.flush()
    last = session.execute(
        select(AssistLine.number, AssistLine.digest)
        .where(AssistLine.session_id == session_id)
        .order_by(AssistLine.number.desc())
        .limit(1)
    ).first()
    line = LedgerLine(
        session_id=session_id,
        number=last.number + 1 if last else 0,
        at=now,
        party=party.value if party else "server",
        event=step.value,
        detail=detail,
    )
    session.add(
        AssistLine(
            session_id=session_id,
            number=line.number,
            at=now,
            party=line.party,
            event=step,
            detail=detail,
            digest=digest_of(line, last.digest if last else ""),
        )
    )
    session.flush()


def lines_of(session: Session, session_id: UUID) -> tuple[LedgerLine, ...]:
    """The server's ledger of a session."""
    query = select(AssistLine).where(AssistLine.session_id == session_id).order_by(AssistLine.number)
    return tuple(
        LedgerLine(
            session_id=each.session_id,
            number=each.number,
            at=each.at,
            party=each.party,
            event=each.event.value,
            detail=each.detail,
            digest=each.digest,
        )
        for each in session.scalars(query)
    )


def due(course: Course) -> datetime | None:
    """When time alone changes a session next; None when it never does."""
    if course.state is State.ENDED:
        return None
    moments = [course.deadline, course.expires_at, course.reconnect_by]
    if course.last_input_at is not None:
        limits = course.limits
        moments.append(
            course.last_input_at + (limits.idle_to_view if course.grade > Grade.VIEW else limits.idle_to_end)
        )
    return min((moment for moment in moments if moment is not None), default=None)
