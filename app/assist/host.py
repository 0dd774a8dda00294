"""The host process: exists only during a session, shows one screen, and is dead within a second of tray or consent.

`python -m app.assist.host`, fed by app/assist/orders.py on standard input. Three threads: this one looks and sends, one
listens to the viewer, one to the tray. The end of the tray's pipe ends the process without asking anybody.
"""

from __future__ import annotations

import os
import sys
import threading
from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime
from typing import TextIO

from app.assist.conduct import Conduct, is_counted
from app.assist.hands import Reach
from app.assist.link import Cut, Link
from app.assist.orders import Do, Order, Setup, Teller, order_of, setup_of
from app.assist.seal import Broken
from app.assist.show import Show
from app.assist.source import Gone, ScreenSource
from app.errors import HelpdeskError
from app.protocol.assist import (
    ACK_BODY,
    POINT_BODY,
    Chat,
    FromHost,
    FromViewer,
    Garbled,
    Ink,
    InputEvent,
    Status,
    ViewerMessage,
    Wanted,
    of_json,
    packed,
)
from app.protocol.session import (
    STARTED_WITHIN,
    Event,
    Grade,
    Outcome,
    Reason,
    Session,
    State,
    invite,
)
from app.system.base import Rect

RETRY_SECONDS = 1.0
ASKED: dict[str, Event] = {"ask_grade": Event.ASK_GRADE, "lower_grade": Event.LOWER_GRADE, "stop": Event.STOP}


class Host:
    """One session on this machine. `connect` makes a new line to the viewer each time it is called."""

    def __init__(
        self,
        setup: Setup,
        source: ScreenSource,
        reach: Reach,
        connect: Callable[[], Link],
        tray: Teller,
        covers: Callable[[tuple[int, ...]], tuple[Rect, ...]],
        now: Callable[[], datetime] = lambda: datetime.now(UTC),
    ) -> None:
        self._setup = setup
        self._source = source
        self._reach = reach
        self._connect = connect
        self._tray = tray
        self._covers = covers
        self._private: tuple[int, ...] = ()
        self._link: Link | None = None
        self._ended = threading.Event()
        self._telling = threading.RLock()
        self._now = now
        session = replace(
            invite(setup.ticket, setup.agent, setup.device, now()),
            state=State.ALLOWED,
            grade=setup.grade,
            deadline=now() + STARTED_WITHIN,
        )
        self._conduct = Conduct(session, now, self._changed)
        self._show = Show(source, lambda: self._covers(self._private))

    def run(self) -> Reason | None:
        """Until the session is over; why it ended. Nothing is captured while no viewer is there."""
        while not self._conduct.is_over:
            try:
                link = self._link = self._connect()
            except Cut:
                self._was_cut()
                self._ended.wait(RETRY_SECONDS)
                continue
            except HelpdeskError:
                self._conduct.end(Reason.LINK_LOST)
                break
            listener = threading.Thread(target=self._listen, args=(link,), name="viewer", daemon=True)
            listener.start()
            self._serve(link)
            link.close()
            listener.join(2)
        self._reach.release_all()
        return self._conduct.session.reason

    def obey(self, order: Order) -> None:
        """Carry out an order of the tray, which is the employee's hand."""
        conduct = self._conduct
        match order.do:
            case Do.STOP:
                conduct.employee(Event.STOP)
            case Do.LOCK:
                conduct.host(Event.LOCK)
            case Do.PAUSE:
                conduct.employee(Event.PAUSE)
            case Do.RESUME:
                conduct.employee(Event.RESUME)
            case Do.CONFIRM:
                conduct.employee(Event.CONFIRM)
            case Do.GRANT if order.grade is not None and order.grade == conduct.session.asked:
                conduct.employee(Event.GRANT_GRADE, order.grade)
            case Do.REFUSE:
                conduct.employee(Event.REFUSE_GRADE)
            case Do.LOWER if order.grade is not None and order.grade <= conduct.session.grade:
                conduct.employee(Event.LOWER_GRADE, order.grade)
            case Do.CHAT:
                if conduct.employee(Event.CHAT) is Outcome.ACCEPTED:
                    self._send(packed(FromHost.CHAT, {"text": order.text}))
            case Do.COVER:
                self._private = order.windows
            case Do.OURS:
                self._reach.ours = order.areas
                self._reach.is_ours_focused = order.is_focused
            case _:
                pass  # a grant of what is no longer asked: the moment has passed

    def _serve(self, link: Link) -> None:
        """Send frames over one line until it breaks or the session is over."""
        try:
            while not self._conduct.is_over:
                if not self._is_watched(link):
                    self._ended.wait(0.05)
                    continue
                frame = self._show.next_frame()
                if frame is not None and self._conduct.may_show():
                    link.send(frame)
        except Cut:
            self._was_cut()
        except Gone:
            self._conduct.end(Reason.HOST_ENDED)

    def _is_watched(self, link: Link) -> bool:
        """Whether a viewer is there and may see; keeps the session in step with the viewer's coming and going."""
        session = self._conduct.session
        if not link.is_peer_here:
            self._was_cut()
            return False
        if session.state is State.ALLOWED:
            self._conduct.host(Event.START)
            self._arrived()
        elif session.paused_by_link:
            self._conduct.host(Event.REGAIN_LINK)
            self._arrived()
        return self._conduct.session.may_show

    def _arrived(self) -> None:
        self._show.begin()
        self._send(self._status(self._conduct.session))

    def _was_cut(self) -> None:
        """Nobody sees anything: hands off at once; the session waits two minutes for the line."""
        self._reach.release_all()
        session = self._conduct.session
        if session.state in (State.ACTIVE, State.PAUSED) and not session.paused_by_link:
            self._conduct.host(Event.LOSE_LINK)

    def _listen(self, link: Link) -> None:
        """Take in what the viewer sends until the line breaks."""
        try:
            while not self._conduct.is_over:
                message = link.receive()
                if message is not None:
                    self._take(ViewerMessage.unpack(message))
        except (Broken, Garbled):
            self._conduct.end(Reason.VIOLATION)
        except Cut:
            link.close()  # wakes the sender, which then knows too

    def _take(self, message: ViewerMessage) -> None:
        """Judge one message and do what it says. Raises Garbled."""
        if not is_counted(message.kind):
            if message.kind is FromViewer.ACK and len(message.body) == ACK_BODY.size:
                self._show.acknowledged(ACK_BODY.unpack(message.body)[0])
            return
        event, grade = self._named(message)
        if self._conduct.heard(message, event, grade) is not Outcome.ACCEPTED:
            return
        match message.kind:
            case FromViewer.INPUT:
                self._reach.apply(of_json(InputEvent, message.body))
            case FromViewer.POINT:
                self._pointed(message.body)
            case FromViewer.INK:
                ink: Ink = of_json(Ink, message.body)
                self._tray.tell("ink", shape=ink.shape, points=ink.points)
            case FromViewer.CHAT:
                chat: Chat = of_json(Chat, message.body)
                self._tray.tell("chat", text=chat.text)
            case _:
                pass  # an event has done its work in the table

    @staticmethod
    def _named(message: ViewerMessage) -> tuple[Event | None, Grade | None]:
        """The event and grade an EVENT message names; nothing for the others. Raises Garbled."""
        if message.kind is not FromViewer.EVENT:
            return None, None
        wish: Wanted = of_json(Wanted, message.body)
        return ASKED[wish.event], wish.grade

    def _pointed(self, body: bytes) -> None:
        if len(body) != POINT_BODY.size:
            raise Garbled("a place has five bytes")
        x, y, visible = POINT_BODY.unpack(body)
        self._tray.tell("pointer", x=x, y=y, is_visible=bool(visible))

    def _changed(self, session: Session) -> None:
        """The session is another one now: let go of what may not be held any more, then tell both sides.

        What is told is the session as it is when its turn comes, so that the last word is always the latest.
        """
        if not session.may_do(Grade.CONTROL):
            self._reach.release_all()
        if session.state is State.ENDED:
            self._ended.set()
        with self._telling:
            latest = self._conduct.session
            self._tray.tell(
                "status",
                state=latest.state,
                grade=int(latest.grade),
                asked=None if latest.asked is None else int(latest.asked),
                expires_in=self._left(latest),
                reason=latest.reason,
            )
            self._send(self._status(latest))

    def _status(self, session: Session) -> bytes:
        setup = self._setup
        screen = (setup.screen_id, setup.screen_name, setup.monitor.width, setup.monitor.height)
        return Status(
            state=session.state,
            grade=session.grade,
            epoch=session.epoch,
            asked=session.asked,
            screen=setup.screen_id,
            screens=(screen,),
            expires_in=self._left(session),
            is_paused_by_person=session.paused_by_person,
            line_kbps=int(self._show.line_rate * 8 / 1000),
            reason=session.reason,
        ).pack()

    def _left(self, session: Session) -> float:
        """Seconds until the employee has to confirm; 0 before the session has begun."""
        return 0.0 if session.expires_at is None else (session.expires_at - self._now()).total_seconds()

    def _send(self, message: bytes) -> None:
        link = self._link
        if link is None:
            return
        try:
            link.send(message)
        except Cut:
            pass  # whoever sends frames notices as well and takes care of it


def follow_tray(host: Host, orders: TextIO) -> None:
    """Obey until the tray's pipe closes; then end the process at once: nobody is left to say stop."""
    for line in orders:
        try:
            host.obey(order_of(line))
        except HelpdeskError:
            break
    os._exit(0)


def main() -> int:
    """Run one session from the orders on standard input; 0 when it ended as sessions do."""
    tray = Teller(sys.stdout)
    try:
        setup = setup_of(sys.stdin.readline())
        host = build(setup, tray)
    except (HelpdeskError, Gone) as error:
        tray.tell("ended", reason=Reason.HOST_ENDED, detail=str(error))
        return 1
    threading.Thread(target=follow_tray, args=(host, sys.stdin), name="tray", daemon=True).start()
    reason = host.run()
    tray.tell("ended", reason=reason)
    return 0


def build(setup: Setup, tray: Teller) -> Host:
    """A host on this system's screen, hands and line. Raises HelpdeskError or Gone."""
    from app.assist.ways import connection, covers_of, hands, screen

    source = screen(setup.monitor)
    return Host(setup, source, Reach(hands(), setup.monitor), connection(setup), tray, covers_of(setup.monitor))


if __name__ == "__main__":
    sys.exit(main())
