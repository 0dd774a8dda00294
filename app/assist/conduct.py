"""The session as the host keeps it: every message is judged here before anything is done."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from threading import Lock

from app.protocol.judging import judge
from app.protocol.session import Event, Grade, Message, Outcome, Party, Reason, Session, State, at
from app.protocol.stream import EVENTS, FromViewer, ViewerMessage


class Conduct:
    """One session, used from several threads. `changed` is called, outside the lock, after each change that matters."""

    def __init__(self, session: Session, now: Callable[[], datetime], changed: Callable[[Session], None]) -> None:
        self._session = session
        self._now = now
        self._changed = changed
        self._lock = Lock()

    @property
    def session(self) -> Session:
        """The session now, after whatever the time has done to it."""
        with self._lock:
            before = self._session
            self._session = at(before, self._now())
            after = self._session
        if after != before:
            self._changed(after)
        return after

    @property
    def is_over(self) -> bool:
        """Whether nothing may happen any more."""
        return self.session.state is State.ENDED

    def heard(
        self, message: ViewerMessage, event: Event | None = None, grade: Grade | None = None, screen: str = ""
    ) -> Outcome:
        """Judge a viewer's message. `event`, `grade` and `screen` are given for messages that name their own."""
        found = event or EVENTS.get(message.kind)
        if found is None:
            return self.end(Reason.VIOLATION, Outcome.VIOLATION)
        return self._judged(found, Party.AGENT, message.number, message.epoch, grade, screen)

    def employee(self, event: Event, grade: Grade | None = None, screen: str = "") -> Outcome:
        """Something the employee did on this machine."""
        return self._own(event, Party.EMPLOYEE, grade, screen)

    def host(self, event: Event, screen: str = "", grade: Grade | None = None) -> Outcome:
        """Something this machine did."""
        return self._own(event, Party.HOST, grade, screen)

    def may_show(self, screen: str) -> bool:
        """Whether a frame of this screen may leave now; asked for each frame."""
        return self.session.may_show and self._own(Event.FRAME, Party.HOST, None, screen) is Outcome.ACCEPTED

    def end(self, reason: Reason, outcome: Outcome = Outcome.OVER) -> Outcome:
        """Over, for a reason no message carries."""
        with self._lock:
            before, self._session = self._session, self._session.ended(reason)
        if before != self._session:
            self._changed(self._session)
        return outcome

    def _own(self, event: Event, party: Party, grade: Grade | None, screen: str) -> Outcome:
        return self._judged(event, party, None, None, grade, screen)

    def _judged(
        self, event: Event, party: Party, number: int | None, epoch: int | None, grade: Grade | None, screen: str
    ) -> Outcome:
        """Judge under the lock, tell outside of it: telling may have to wait for the line."""
        with self._lock:
            before = self._session
            message = Message(
                event=event,
                party=party,
                sender=before.agent if party is Party.AGENT else before.device,
                ticket=before.ticket,
                number=before.last_number(party) + 1 if number is None else number,
                epoch=before.epoch if epoch is None else epoch,
                grade=grade,
                screen=screen,
            )
            verdict = judge(before, message, self._now())
            self._session = verdict.session
        if differs(before, verdict.session):
            self._changed(verdict.session)
        return verdict.outcome


def differs(before: Session, after: Session) -> bool:
    """Whether people or the other end need to know: not for every pointer move and frame."""
    return told(before) != told(after)


def told(session: Session) -> tuple[object, ...]:
    """What people and the other end know of a session."""
    return (
        session.state,
        session.grade,
        session.epoch,
        session.asked,
        session.screen,
        session.screen_asked,
        session.expires_at,
    )


def is_counted(kind: FromViewer) -> bool:
    """Whether a viewer's message is an event of the session; acknowledgements and wishes are not."""
    return kind not in (FromViewer.ACK, FromViewer.WISH)
