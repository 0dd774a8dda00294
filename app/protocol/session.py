"""A remote-assist session as a table of states and events, without sockets: host, relay and viewer use the same one.

The way is invited -> shown -> allowed -> active <-> paused -> ended. What is not in `TABLE` does not exist: there is
no transition for a frame before consent, for input outside control, or for an acceptance by anybody but the employee.
What an event makes of a session is judged in judging.py.
Ideas: the tables of the h11 library (a protocol without I/O), Quick Assist's graded consent.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from enum import IntEnum, StrEnum
from uuid import UUID

SHOWN_WITHIN = timedelta(seconds=120)
STARTED_WITHIN = timedelta(seconds=30)
RECONNECT_WITHIN = timedelta(seconds=120)


@dataclass(frozen=True, slots=True)
class Limits:
    """How long the employee may think, how long a session lasts without a confirmation, how long an agent may do
    nothing before control is taken back and before it is over. The employee's machine sets them.
    """

    answer: timedelta = timedelta(seconds=60)
    confirm: timedelta = timedelta(minutes=30)
    idle_to_view: timedelta = timedelta(minutes=5)
    idle_to_end: timedelta = timedelta(minutes=10)


class State(StrEnum):
    """Where a session stands."""

    INVITED = "invited"
    SHOWN = "shown"
    ALLOWED = "allowed"
    ACTIVE = "active"
    PAUSED = "paused"
    ENDED = "ended"


class Grade(IntEnum):
    """What the agent may do; each grade contains the ones before it."""

    VIEW = 1
    POINT = 2
    CONTROL = 3


class Party(StrEnum):
    """Who a message comes from. HOST is the employee's machine itself, EMPLOYEE the person in front of it."""

    EMPLOYEE = "employee"
    HOST = "host"
    AGENT = "agent"


class Offer(StrEnum):
    """What the agent would like to hand over, one thing at a time. CLOSED: a file was under way and is not any more."""

    NONE = "none"
    FILE_ASKED = "file_asked"
    FILE_TAKEN = "file_taken"
    TEXT_ASKED = "text_asked"
    CLOSED = "closed"


class Event(StrEnum):
    """What can happen in a session."""

    SHOW = "show"
    ALLOW = "allow"
    DENY = "deny"
    START = "start"
    FRAME = "frame"
    POINT = "point"
    INPUT = "input"
    CHAT = "chat"
    ASK_GRADE = "ask_grade"
    GRANT_GRADE = "grant_grade"
    REFUSE_GRADE = "refuse_grade"
    LOWER_GRADE = "lower_grade"
    ASK_SCREEN = "ask_screen"
    CHOOSE_SCREEN = "choose_screen"
    REFUSE_SCREEN = "refuse_screen"
    TURN_SCREEN = "turn_screen"
    PAUSE = "pause"
    RESUME = "resume"
    LOSE_LINK = "lose_link"
    REGAIN_LINK = "regain_link"
    CONFIRM = "confirm"
    OFFER_FILE = "offer_file"
    OFFER_TEXT = "offer_text"
    TAKE_OFFER = "take_offer"
    REFUSE_OFFER = "refuse_offer"
    WITHDRAW_OFFER = "withdraw_offer"
    SEND_PIECE = "send_piece"
    END_OFFER = "end_offer"
    GIVE_TEXT = "give_text"
    RECORD = "record"
    STOP = "stop"
    LOCK = "lock"


RECORDED = frozenset(
    {
        Event.ASK_GRADE,
        Event.GRANT_GRADE,
        Event.REFUSE_GRADE,
        Event.LOWER_GRADE,
        Event.ASK_SCREEN,
        Event.CHOOSE_SCREEN,
        Event.REFUSE_SCREEN,
        Event.PAUSE,
        Event.RESUME,
        Event.CONFIRM,
        Event.OFFER_FILE,
        Event.OFFER_TEXT,
        Event.TAKE_OFFER,
        Event.REFUSE_OFFER,
        Event.WITHDRAW_OFFER,
        Event.END_OFFER,
        Event.GIVE_TEXT,
        Event.RECORD,
    }
)
"""What a host tells the server for its ledger; the server's own routes and sockets tell it the rest."""


class Reason(StrEnum):
    """Why a session ended."""

    DENIED = "denied"
    NOT_ANSWERED = "not_answered"
    NOT_STARTED = "not_started"
    STOPPED_BY_EMPLOYEE = "stopped_by_employee"
    STOPPED_BY_AGENT = "stopped_by_agent"
    HOST_ENDED = "host_ended"
    LOCKED = "locked"
    EXPIRED = "expired"
    IDLE = "idle"
    LINK_LOST = "link_lost"
    VIOLATION = "violation"
    SHUT_OUT = "shut_out"
    UNSUPPORTED = "unsupported"
    DESKTOP_DENIED = "desktop_denied"
    DESKTOP_STOPPED = "desktop_stopped"


class Outcome(StrEnum):
    """What became of a message."""

    ACCEPTED = "accepted"
    STALE = "stale"
    VIOLATION = "violation"
    SHUT_OUT = "shut_out"
    OVER = "over"


E, S, P = Event, State, Party
TABLE: dict[tuple[State, Event], frozenset[Party]] = {
    (S.INVITED, E.SHOW): frozenset({P.HOST}),
    (S.INVITED, E.STOP): frozenset({P.EMPLOYEE, P.HOST, P.AGENT}),
    (S.INVITED, E.LOCK): frozenset({P.HOST}),
    (S.SHOWN, E.ALLOW): frozenset({P.EMPLOYEE}),
    (S.SHOWN, E.DENY): frozenset({P.EMPLOYEE, P.HOST}),
    (S.SHOWN, E.STOP): frozenset({P.EMPLOYEE, P.HOST, P.AGENT}),
    (S.SHOWN, E.LOCK): frozenset({P.HOST}),
    (S.ALLOWED, E.START): frozenset({P.HOST}),
    (S.ALLOWED, E.STOP): frozenset({P.EMPLOYEE, P.HOST, P.AGENT}),
    (S.ALLOWED, E.LOCK): frozenset({P.HOST}),
    (S.ALLOWED, E.LOSE_LINK): frozenset({P.HOST}),
    (S.ACTIVE, E.FRAME): frozenset({P.HOST}),
    (S.ACTIVE, E.POINT): frozenset({P.AGENT}),
    (S.ACTIVE, E.INPUT): frozenset({P.AGENT}),
    (S.ACTIVE, E.CHAT): frozenset({P.EMPLOYEE, P.AGENT}),
    (S.ACTIVE, E.ASK_GRADE): frozenset({P.AGENT}),
    (S.ACTIVE, E.GRANT_GRADE): frozenset({P.EMPLOYEE}),
    (S.ACTIVE, E.REFUSE_GRADE): frozenset({P.EMPLOYEE, P.HOST}),
    (S.ACTIVE, E.LOWER_GRADE): frozenset({P.EMPLOYEE, P.HOST, P.AGENT}),
    (S.ACTIVE, E.ASK_SCREEN): frozenset({P.AGENT}),
    (S.ACTIVE, E.CHOOSE_SCREEN): frozenset({P.EMPLOYEE}),
    (S.ACTIVE, E.REFUSE_SCREEN): frozenset({P.EMPLOYEE, P.HOST}),
    (S.ACTIVE, E.TURN_SCREEN): frozenset({P.HOST}),
    (S.ACTIVE, E.PAUSE): frozenset({P.EMPLOYEE, P.HOST}),
    (S.ACTIVE, E.CONFIRM): frozenset({P.EMPLOYEE}),
    (S.ACTIVE, E.OFFER_FILE): frozenset({P.AGENT}),
    (S.ACTIVE, E.OFFER_TEXT): frozenset({P.AGENT}),
    (S.ACTIVE, E.TAKE_OFFER): frozenset({P.EMPLOYEE}),
    (S.ACTIVE, E.REFUSE_OFFER): frozenset({P.EMPLOYEE, P.HOST}),
    (S.ACTIVE, E.WITHDRAW_OFFER): frozenset({P.AGENT}),
    (S.ACTIVE, E.SEND_PIECE): frozenset({P.AGENT}),
    (S.ACTIVE, E.END_OFFER): frozenset({P.HOST}),
    (S.ACTIVE, E.GIVE_TEXT): frozenset({P.EMPLOYEE}),
    (S.ACTIVE, E.RECORD): frozenset({P.HOST}),
    (S.ACTIVE, E.LOSE_LINK): frozenset({P.HOST}),
    (S.ACTIVE, E.STOP): frozenset({P.EMPLOYEE, P.HOST, P.AGENT}),
    (S.ACTIVE, E.LOCK): frozenset({P.HOST}),
    (S.PAUSED, E.RESUME): frozenset({P.EMPLOYEE}),
    (S.PAUSED, E.REGAIN_LINK): frozenset({P.HOST}),
    (S.PAUSED, E.LOSE_LINK): frozenset({P.HOST}),
    (S.PAUSED, E.CHAT): frozenset({P.EMPLOYEE, P.AGENT}),
    (S.PAUSED, E.GRANT_GRADE): frozenset({P.EMPLOYEE}),
    (S.PAUSED, E.REFUSE_GRADE): frozenset({P.EMPLOYEE, P.HOST}),
    (S.PAUSED, E.CHOOSE_SCREEN): frozenset({P.EMPLOYEE}),
    (S.PAUSED, E.REFUSE_SCREEN): frozenset({P.EMPLOYEE, P.HOST}),
    (S.PAUSED, E.TURN_SCREEN): frozenset({P.HOST}),
    (S.PAUSED, E.LOWER_GRADE): frozenset({P.EMPLOYEE, P.HOST, P.AGENT}),
    (S.PAUSED, E.CONFIRM): frozenset({P.EMPLOYEE}),
    (S.PAUSED, E.TAKE_OFFER): frozenset({P.EMPLOYEE}),
    (S.PAUSED, E.REFUSE_OFFER): frozenset({P.EMPLOYEE, P.HOST}),
    (S.PAUSED, E.WITHDRAW_OFFER): frozenset({P.AGENT}),
    (S.PAUSED, E.END_OFFER): frozenset({P.HOST}),
    (S.PAUSED, E.STOP): frozenset({P.EMPLOYEE, P.HOST, P.AGENT}),
    (S.PAUSED, E.LOCK): frozenset({P.HOST}),
}
NEEDED: dict[Event, Grade] = {E.POINT: Grade.POINT, E.INPUT: Grade.CONTROL}


@dataclass(frozen=True, slots=True)
class Message:
    """One event with what is needed to judge it.

    `number` grows by one with each message of a party; `epoch` is the session's as the sender last knew it, so that
    what crossed a change of grade on the wire is stale and no offence. `grade` goes with ALLOW, ASK_GRADE,
    GRANT_GRADE and LOWER_GRADE, `screen` (an id) with ALLOW, ASK_SCREEN, CHOOSE_SCREEN, TURN_SCREEN and FRAME. For an
    agent's message `sender` is the agent's id, for the others the device's.
    """

    event: Event
    party: Party
    sender: UUID
    ticket: UUID
    number: int
    epoch: int
    grade: Grade | None = None
    screen: str = ""


@dataclass(frozen=True, slots=True)
class Session:
    """A session at one moment; `judge` makes the next one. All moments are aware.

    `screen` is the one the employee chose last. While `is_turning` the host does not look at it yet: nothing is shown
    then, and what the agent does was meant for the screen before.
    """

    ticket: UUID
    agent: UUID
    device: UUID
    invited_at: datetime
    state: State = State.INVITED
    grade: Grade = Grade.VIEW
    epoch: int = 0
    asked: Grade | None = None
    screen: str = ""
    screen_asked: str = ""
    is_turning: bool = False
    offer: Offer = Offer.NONE
    deadline: datetime | None = None
    expires_at: datetime | None = None
    reconnect_by: datetime | None = None
    last_input_at: datetime | None = None
    paused_by_link: bool = False
    paused_by_person: bool = False
    reason: Reason | None = None
    heard: tuple[tuple[Party, int], ...] = ()
    limits: Limits = Limits()

    def last_number(self, party: Party) -> int:
        """The number of the party's last accepted message; -1 before the first."""
        return dict(self.heard).get(party, -1)

    @property
    def may_show(self) -> bool:
        """Whether a frame of the chosen screen may leave the employee's machine now."""
        return self.state is State.ACTIVE and not self.is_turning

    def may_do(self, grade: Grade) -> bool:
        """Whether the agent may do now what needs this grade."""
        return self.state is State.ACTIVE and self.grade >= grade

    def ended(self, reason: Reason) -> Session:
        """The session, over for this reason; one that is over keeps its first reason."""
        if self.state is State.ENDED:
            return self
        return replace(
            self,
            state=State.ENDED,
            reason=reason,
            grade=Grade.VIEW,
            asked=None,
            screen_asked="",
            epoch=self.epoch + 1,
        )


def invite(ticket: UUID, agent: UUID, device: UUID, now: datetime, limits: Limits | None = None) -> Session:
    """A session begins with an agent's invitation from an open ticket, and with nothing else."""
    made = Session(ticket, agent, device, invited_at=now, deadline=now + SHOWN_WITHIN)
    return made if limits is None else replace(made, limits=limits)


def at(session: Session, now: datetime) -> Session:
    """The session after time alone has passed. To be asked before every message and every frame.

    Nothing is ever accepted by waiting: every deadline ends the session or lowers the grade.
    """
    if session.state is State.ENDED:
        return session
    if session.deadline is not None and now >= session.deadline:
        return session.ended(Reason.NOT_STARTED if session.state is State.ALLOWED else Reason.NOT_ANSWERED)
    if session.expires_at is not None and now >= session.expires_at:
        return session.ended(Reason.EXPIRED)
    if session.reconnect_by is not None and now >= session.reconnect_by:
        return session.ended(Reason.LINK_LOST)
    if session.last_input_at is None:
        return session
    idle = now - session.last_input_at
    if idle >= session.limits.idle_to_end:
        return session.ended(Reason.IDLE)
    if idle >= session.limits.idle_to_view and session.grade > Grade.VIEW:
        return replace(session, grade=Grade.VIEW, asked=None, epoch=session.epoch + 1)
    return session
