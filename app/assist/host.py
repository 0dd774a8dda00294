"""The host process: exists only during a session, shows one screen, and is dead within a second of tray or consent.

Started by app/assist/start.py, fed by app/assist/orders.py on standard input. Three threads: this one looks and sends,
one listens to the viewer, one to the tray. The end of the tray's pipe ends the process without asking anybody.
"""

from __future__ import annotations

import threading
from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime
from typing import Protocol

from app.assist.conduct import Conduct
from app.assist.deliveries import Deliveries
from app.assist.hands import Reach
from app.assist.link import Cut, Link, Over
from app.assist.orders import Do, Order, Setup, Teller
from app.assist.permit import Permit
from app.assist.seal import Broken, as_bytes
from app.assist.show import Show
from app.assist.source import Gone, ScreenSource
from app.assist.standing import status_of
from app.assist.wishes import Wishes
from app.assist.witness import Witness
from app.errors import HelpdeskError, NotAvailable
from app.protocol.session import STARTED_WITHIN, TABLE, Event, Grade, Outcome, Party, Reason, Session, State, invite
from app.protocol.stream import FromHost, Garbled, ViewerMessage, packed
from app.system.base import Rect

RETRY_SECONDS = (0.2, 0.4, 0.8, 1.5, 3.0)
"""Between attempts to get a new line."""


class Covering(Protocol):
    """What must not be seen (app.assist.ways.Covers)."""

    @property
    def is_secret(self) -> bool: ...

    def __call__(self, windows: tuple[int, ...]) -> tuple[Rect, ...]: ...

    def turn_to(self, monitor: Rect) -> None: ...

    def leave(self) -> None: ...

    def close(self) -> None: ...


class Host:
    """One session on this machine. `look` opens a screen, `connect` makes a new line to the viewer each time it is
    called.
    """

    def __init__(
        self,
        setup: Setup,
        source: ScreenSource,
        look: Callable[[Rect], ScreenSource],
        reach: Reach,
        connect: Callable[[], Link],
        tray: Teller,
        covers: Covering,
        now: Callable[[], datetime] = lambda: datetime.now(UTC),
        permit: Permit | None = None,
    ) -> None:
        """`source` is the chosen screen, `permit` what the desktop itself has to allow."""
        self._setup = setup
        self._look = look
        self._screens = setup.screens
        self._seen = setup.monitor
        self._source = source
        self._reach = reach
        self._connect = connect
        self._tray = tray
        self._covers = covers
        self._permit = permit or Permit()
        self._private: tuple[int, ...] = ()
        self._link: Link | None = None
        self._pause_wanted = False
        self._is_recorded = False
        self._is_secret = False
        self._ended = threading.Event()
        self._telling = threading.RLock()
        self._now = now
        session = replace(
            invite(setup.ticket, setup.agent, setup.device, now(), setup.limits),
            state=State.ALLOWED,
            grade=setup.grade,
            screen=setup.screen,
            deadline=now() + STARTED_WITHIN,
        )
        self._conduct = Conduct(session, now, self._changed)
        self._show = Show(self._source, self._covered)
        self._witness = Witness()
        self._deliveries = Deliveries(
            self._conduct,
            tray,
            self._witness,
            lambda event, detail: self._employee(event, detail=detail),
            self._send,
        )
        self._wishes = Wishes(
            self._conduct,
            self._show,
            reach,
            tray,
            self._witness,
            self._deliveries,
            self._is_screen,
            self._permit.highest,
        )
        self._permit.connect(self._desktop_refused, self._conduct.end, self._say_untyped)

    def run(self) -> Reason | None:
        """Until the session is over; why it ended. Nothing is captured while no viewer is there."""
        attempts = 0
        while not self._conduct.is_over:
            self._ended.wait(0 if attempts == 0 else RETRY_SECONDS[min(attempts, len(RETRY_SECONDS)) - 1])
            attempts += 1
            try:
                link = self._link = self._connect()
            except Cut:
                self._was_cut()
                continue
            except HelpdeskError:
                self._conduct.end(Reason.LINK_LOST)
                break
            self._witness.connected(link)
            listener = threading.Thread(target=self._listen, args=(link,), name="viewer", daemon=True)
            listener.start()
            if self._serve(link):
                attempts = 0
            link.close()
            listener.join(2)
        self._reach.release_all()
        self._permit.close()
        self._covers.close()
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
                # While the line is cut the table knows no pause; it holds from the moment the line is back.
                self._pause_wanted = conduct.session.paused_by_link
                self._employee(Event.PAUSE)
            case Do.RESUME:
                self._pause_wanted = False
                if conduct.session.paused_by_person:
                    self._employee(Event.RESUME)
            case Do.CONFIRM:
                self._employee(Event.CONFIRM)
            case Do.GRANT if order.grade is not None and order.grade == conduct.session.asked:
                self._employee(Event.GRANT_GRADE, order.grade)
            case Do.REFUSE:
                self._employee(Event.REFUSE_GRADE)
            case Do.LOWER if order.grade is not None and order.grade <= conduct.session.grade:
                self._employee(Event.LOWER_GRADE, order.grade)
            case Do.CHOOSE_SCREEN if self._is_screen(order.screen) and order.screen != conduct.session.screen:
                self._employee(Event.CHOOSE_SCREEN, screen=order.screen)
            case Do.REFUSE_SCREEN:
                self._employee(Event.REFUSE_SCREEN)
            case Do.SCREENS:
                self._screens = order.screens
                self._send(self._status(conduct.session))
            case Do.CHAT:
                if self._employee(Event.CHAT):
                    self._send(packed(FromHost.CHAT, {"text": order.text}))
            case Do.COVER:
                self._private = order.windows
            case Do.TAKE | Do.TURN_DOWN | Do.GOT | Do.FINISH | Do.GIVE:
                self._deliveries.obey(order)
            case Do.OURS:
                self._reach.keep_off(order.areas, order.is_focused)
            case _:
                pass  # a grant of what is no longer asked: the moment has passed

    def _employee(self, event: Event, grade: Grade | None = None, detail: str = "", screen: str = "") -> bool:
        """The employee's word, and the server's copy of it. What came too late is dropped: a person cannot forge."""
        may = Party.EMPLOYEE in TABLE.get((self._conduct.session.state, event), ())
        if not may or self._conduct.employee(event, grade, screen) is not Outcome.ACCEPTED:
            return False
        self._witness.saw(event, Party.EMPLOYEE, grade, detail or screen)
        return True

    def _serve(self, link: Link) -> bool:
        """Send frames over one line until it breaks or the session is over; whether it ever carried any."""
        was_used = False
        try:
            while not self._conduct.is_over and not link.is_cut:
                self._turn()
                if not self._is_watched(link):
                    self._source.rest()
                    self._ended.wait(0.05)
                    continue
                for frame in self._show.next_frames():
                    if not self._conduct.may_show(self._seen.id):
                        self._show.begin(is_same_line=True)  # what stays here is missing there
                        break
                    link.send(frame)
                    was_used = True
        except Cut:
            pass
        except Gone as gone:
            self._conduct.end(gone.reason)
        except NotAvailable:
            self._conduct.end(Reason.UNSUPPORTED)
        except HelpdeskError:
            self._conduct.end(Reason.HOST_ENDED)
        self._was_cut()
        self._source.rest()
        return was_used

    def _turn(self) -> None:
        """Look at the screen the employee has chosen, wherever it lies now. Raises Gone or HelpdeskError.

        What the viewer hears of the new screen and its first frame come from this thread, after the last of the old.
        """
        session = self._conduct.session
        wanted = next((each for each in self._screens if each.id == session.screen), None)
        if wanted is None:
            raise Gone("unplugged")
        if wanted != self._seen:
            self._source.close()
            self._source = self._look(wanted.rect)
            self._covers.turn_to(wanted.rect)
            self._show.turn_to(self._source)
            self._reach.turn_to(wanted)
            with self._telling:
                self._seen = wanted
                self._send(self._status(session))
            self._ask_desktop(session)
        if session.is_turning:
            self._conduct.host(Event.TURN_SCREEN, wanted.id)

    def _is_screen(self, screen: str) -> bool:
        return any(each.id == screen for each in self._screens)

    def _is_watched(self, link: Link) -> bool:
        """Whether a viewer is there and may see; keeps the session in step with the viewer's coming and going."""
        session = self._conduct.session
        if not link.is_peer_here:
            self._was_cut()
            return False
        if session.state is State.ALLOWED:
            self._conduct.host(Event.START)
            self._arrived(link)
        elif session.paused_by_link:
            self._conduct.host(Event.REGAIN_LINK)
            if self._pause_wanted:
                self._pause_wanted = False
                self._employee(Event.PAUSE)
            self._arrived(link)
        return self._conduct.session.may_show

    def _arrived(self, link: Link) -> None:
        """A viewer is there: from the beginning, and open to the recording the employee was told of. Raises Cut."""
        self._show.begin()
        if self._setup.recorder:
            link.open_to(as_bytes(self._setup.recorder))
            self._recorded()
        self._send(self._status(self._conduct.session))
        self._send(packed(FromHost.NOTICE, {"secret": self._is_secret}))
        self._deliveries.tell_again()

    def _covered(self) -> tuple[Rect, ...]:
        """What must not be seen now; the agent hears that a secret is asked for, and types nothing meanwhile."""
        areas = self._covers(self._private)
        if self._covers.is_secret is not self._is_secret:
            self._is_secret = self._covers.is_secret
            self._reach.keep_out_of_secrets(self._is_secret)
            self._send(packed(FromHost.NOTICE, {"secret": self._is_secret}))
        return areas

    def _recorded(self) -> None:
        """Both records say once that there is a recording."""
        if not self._is_recorded and self._conduct.host(Event.RECORD) is Outcome.ACCEPTED:
            self._is_recorded = True
            self._witness.saw(Event.RECORD, Party.HOST)
            self._tray.tell("recorded")

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
                    self._wishes.take(ViewerMessage.unpack(message))
        except (Broken, Garbled):
            self._conduct.end(Reason.VIOLATION)
        except Over as over:
            self._conduct.end(over.reason)
        except Cut:
            link.close()  # the sender then knows too

    def _changed(self, session: Session) -> None:
        """The session is another one now: let go of what may not be held any more, then tell both sides.

        What is told is the session as it is when its turn comes, so that the last word is always the latest.
        """
        if not session.may_do(Grade.CONTROL):
            self._reach.release_all()
        self._ask_desktop(session)
        if session.state is State.ENDED:
            self._ended.set()
            self._covers.leave()
        with self._telling:
            latest = self._conduct.session
            self._tray.tell(
                "status",
                state=latest.state,
                grade=int(latest.grade),
                asked=None if latest.asked is None else int(latest.asked),
                expires_in=self._left(latest),
                reason=latest.reason,
                screen=latest.screen,
                screen_asked=latest.screen_asked,
            )
            self._send(self._status(latest))
            if latest.state is State.ENDED and latest.reason is not None:
                self._witness.ended(latest.reason)

    def _ask_desktop(self, session: Session) -> None:
        """The desktop's permission to act is held as long as the grade is Control, and for the screen that is seen."""
        is_acting = session.grade is Grade.CONTROL and session.state is not State.ENDED
        self._permit.arm(self._seen if is_acting else None)

    def _desktop_refused(self) -> None:
        """The employee's yes to Control was not repeated in the desktop's own question: the agent may only look."""
        if self._conduct.host(Event.LOWER_GRADE, grade=Grade.VIEW) is Outcome.ACCEPTED:
            self._witness.saw(Event.LOWER_GRADE, Party.HOST, Grade.VIEW)
            self._tray.tell("by_desktop", event=Event.LOWER_GRADE, grade=int(Grade.VIEW))

    def _say_untyped(self) -> None:
        self._send(packed(FromHost.NOTICE, {"secret": self._is_secret, "untyped": True}))

    def _status(self, session: Session) -> bytes:
        return status_of(
            self._seen, self._screens, session, self._left(session), self._show.line_rate, self._permit.highest
        )

    def _left(self, session: Session) -> float:
        """Seconds until the employee has to confirm; 0 before the session has begun."""
        return 0.0 if session.expires_at is None else (session.expires_at - self._now()).total_seconds()

    def _send(self, message: bytes) -> None:
        link = self._link
        if link is None or not link.is_peer_here:
            return  # nobody to tell; who comes is told on arrival
        try:
            link.send(message)
        except Cut:
            pass  # whoever sends frames notices as well and takes care of it
