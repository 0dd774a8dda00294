"""One session as it goes on: what the agent may do, for how long already, and everything that ends it.

Whatever ends it, the host process is ended first and the server told afterwards.
"""

from __future__ import annotations

import time
from collections.abc import Callable
from uuid import UUID

from PySide6.QtCore import QObject, QTimer, Signal, Slot

from app.assist.orders import Do, Order, Setup
from app.assist.told import (
    Attention,
    ByDesktop,
    Drawn,
    FileOffered,
    Given,
    Gone,
    Heard,
    Lowered,
    OfferOver,
    Piece,
    Pointed,
    Recorded,
    Standing,
    Taken,
    TextOffered,
    ToClipboard,
    Told,
)
from app.protocol.assist import Invitation, Terms
from app.protocol.session import Event, Grade, Party, Reason, State
from app.system.base import Rect
from app.ui.assist.duration import Duration
from app.ui.assist.hosting import Hosting
from app.ui.assist.lines import line_of
from app.ui.assist.screens import Shareable

Note = Callable[[str, Party, str], None]
"""Writes a line into the ledger: event, whose doing it was, detail."""


class Visit(QObject):
    """Lives from Allow to the end. `ended` comes exactly once, with the Reason."""

    changed = Signal()
    began = Signal()
    asked = Signal(object)
    """A Grade the agent would like to have; None when the wish is gone."""
    screen_asked = Signal(object)
    """A Shareable the agent would like to see instead; None when the wish is gone."""
    turned = Signal()
    """Another screen is the shared one now."""
    ending_soon = Signal(float)
    """Seconds until the employee has to confirm."""
    confirmed = Signal()
    pointed = Signal(object)
    drawn = Signal(object)
    heard = Signal(str)
    attention_asked = Signal()
    """The agent would like Ctrl+Alt+Del to be pressed."""
    delivered = Signal(object)
    """What app.assist.told says about something the agent hands over."""
    ended = Signal(object)

    def __init__(
        self,
        invitation: Invitation,
        screen: Shareable,
        hosting: Hosting,
        note: Note,
        clock: Callable[[], float] = time.monotonic,
        parent: QObject | None = None,
        *,
        terms: Terms | None = None,
        stop_keys: str = "",
        by_portal: bool = False,
    ) -> None:
        """`by_portal`: the desktop itself shares the screen, asks as well, and hides nothing."""
        super().__init__(parent)
        self.by_portal = by_portal
        self.invitation = invitation
        self.terms = terms or Terms()
        self.stop_keys = stop_keys
        self.screen = screen
        self.screens: tuple[Shareable, ...] = (screen,)
        self.wanted: Shareable | None = None
        """The screen the agent would like to see instead."""
        self.seen = [screen.name]
        self.grade = Grade.VIEW
        self.highest = Grade.VIEW
        self.state = State.ALLOWED
        self.is_held = False
        """Whether the employee has paused it."""
        self.reason: Reason | None = None
        self._hosting = hosting
        self._note = note
        self._duration = Duration(clock)
        self._asked: Grade | None = None
        self._is_host_set_up = False
        self._wish = ""
        self._areas: tuple[tuple[Rect, ...], bool] | None = None
        hosting.told.connect(self._told)
        self._watch = QTimer(self)
        self._watch.setInterval(1_000)
        self._watch.timeout.connect(self.look_at_clock)

    @property
    def id(self) -> UUID:
        """The session's number."""
        return self.invitation.id

    @property
    def name(self) -> str:
        """Who looks."""
        return self.invitation.agent.name

    @property
    def is_over(self) -> bool:
        """Whether nothing is seen any more."""
        return self.reason is not None

    @property
    def has_begun(self) -> bool:
        """Whether the agent has ever seen anything."""
        return self._duration.has_begun

    @property
    def is_paused(self) -> bool:
        """Whether nothing is shown for the moment."""
        return self.state is State.PAUSED

    @property
    def is_back(self) -> bool:
        """Whether a cut connection has just come back."""
        return self._duration.is_back

    @property
    def seconds(self) -> float:
        """How long the agent has been there."""
        return self._duration.seconds

    def begin(self, setup: Setup) -> None:
        """Let the host show the screen."""
        if not self.is_over:
            self._hosting.host.begin(setup)
            self._is_host_set_up = True
            self._watch.start()

    def stop(self, reason: Reason = Reason.STOPPED_BY_EMPLOYEE, *, wait: bool = False) -> None:
        """End it: the host first, whatever the network does. `wait` until the process is gone, well below a second."""
        if self.is_over:
            return
        last = Do.LOCK if reason is Reason.LOCKED else Do.STOP
        if wait:
            self._hosting.host.close(last)
        else:
            self._hosting.host.stop(last)
        self._hosting.deliver()  # what the host had done before belongs in the record
        self._over(reason)

    def pause(self) -> None:
        """Show nothing until `resume`."""
        if self.state is State.ACTIVE:
            self._order(Event.PAUSE, Order(Do.PAUSE))
            self.is_held = True
            self.changed.emit()

    def resume(self) -> None:
        """Show the screen again."""
        if self.is_held:
            self._order(Event.RESUME, Order(Do.RESUME))
            self.is_held = False
            self.changed.emit()

    def answer(self, grade: Grade, *, is_granted: bool) -> None:
        """Grant or refuse what was asked; a wish that has changed meanwhile is not granted."""
        if self.is_over or self._asked != grade:
            return
        self._asked = None
        if is_granted:
            self._order(Event.GRANT_GRADE, Order(Do.GRANT, grade=grade), str(int(grade)))
        else:
            self._order(Event.REFUSE_GRADE, Order(Do.REFUSE))

    def take_back(self) -> None:
        """The agent may only look from now on."""
        if self.grade > Grade.VIEW and not self.is_over:
            self._order(Event.LOWER_GRADE, Order(Do.LOWER, grade=Grade.VIEW), str(int(Grade.VIEW)))

    def choose(self, screen: str) -> None:
        """Another screen is to be seen from now on: the employee's own choice, asked for or not."""
        if screen != self.screen.id:
            self._send(Order(Do.CHOOSE_SCREEN, screen=screen))

    def refuse_screen(self, screen: str) -> None:
        """The agent does not get to see that one; a wish that has changed meanwhile is another question."""
        if self._wish == screen and not self.is_over:
            self._wish, self.wanted = "", None
            self._order(Event.REFUSE_SCREEN, Order(Do.REFUSE_SCREEN))
            self.changed.emit()

    def there_are(self, screens: tuple[Shareable, ...]) -> None:
        """The monitors as they are now, after one was plugged in, moved or unplugged."""
        if screens != self.screens:
            self.screens = screens
            self.screen = next((each for each in screens if each.id == self.screen.id), self.screen)
            self._send(Order(Do.SCREENS, screens=tuple(each.monitor for each in screens)))

    def confirm(self) -> None:
        """As long again."""
        self._order(Event.CONFIRM, Order(Do.CONFIRM))

    def say(self, text: str) -> None:
        """Words for the agent."""
        self._send(Order(Do.CHAT, text=text))

    def deliver(self, order: Order) -> None:
        """The employee's word, or the disk's, about something handed over; the host judges it and tells the outcome."""
        self._send(order)

    def cover(self, windows: tuple[int, ...]) -> None:
        """These windows are grey for the agent from now on, and no others."""
        self._send(Order(Do.COVER, windows=windows))

    def tell_ours(self, areas: tuple[Rect, ...], *, is_focused: bool) -> None:
        """Where our own windows are, which the agent's hand must not touch; sent when it has changed."""
        if self._is_host_set_up and self._areas != (areas, is_focused):
            self._areas = (areas, is_focused)
            self._send(Order(Do.OURS, areas=areas, is_focused=is_focused))

    @Slot()
    def look_at_clock(self) -> None:
        """Warn before the time is over; the host ends the session itself."""
        left = None if self.is_over else self._duration.near_its_end()
        if left is not None:
            self.ending_soon.emit(left)

    @Slot(object)
    def _told(self, told: Told) -> None:
        if self.is_over:
            return
        match told:
            case Standing():
                self._stands(told)
            case Lowered():
                self._note(Event.LOWER_GRADE, Party.AGENT, str(int(told.grade)))
            case ByDesktop():
                self._note(told.event, Party.HOST, "" if told.grade is None else str(int(told.grade)))
            case Pointed():
                self.pointed.emit(told)
            case Drawn():
                self.drawn.emit(told)
            case Heard():
                self.heard.emit(told.text)
            case Attention():
                self.attention_asked.emit()
            case Recorded():
                self._note(Event.RECORD, Party.HOST, "")
            case FileOffered() | TextOffered() | Piece() | Taken() | OfferOver() | ToClipboard() | Given():
                line = line_of(told)
                if line is not None:
                    self._note(*line)
                self.delivered.emit(told)
            case Gone():
                self._over(told.reason or Reason.HOST_ENDED)

    def _stands(self, told: Standing) -> None:
        """The host's word counts: it is the one that judges every message."""
        began = not self.has_begun and told.state is State.ACTIVE
        if began:
            self._duration.begin()
            self._note(Event.START, Party.HOST, "")
        self._grade_is(told)
        self._screen_is(told.screen)
        if self.is_paused and not self.is_held and told.state is State.ACTIVE:
            self._duration.come_back()
        self.state = told.state
        if told.state is State.ACTIVE:
            self.is_held = False
        if told.state is not State.ENDED and told.expires_in > 0 and self._duration.left_is(told.expires_in):
            self.confirmed.emit()
        self._wish_is(told.asked)
        self._screen_wish_is(told.screen_asked)
        if began:
            self.began.emit()
        self.changed.emit()
        if told.state is State.ENDED:
            self._hosting.host.stop()
            self._over(told.reason or Reason.HOST_ENDED)

    def _grade_is(self, told: Standing) -> None:
        if told.state is State.ENDED:
            return
        self.grade = told.grade
        self.highest = max(self.highest, told.grade)

    def _wish_is(self, asked: Grade | None) -> None:
        if asked == self._asked:
            return
        self._asked = asked
        if asked is not None:
            self._note(Event.ASK_GRADE, Party.AGENT, str(int(asked)))
        self.asked.emit(asked)

    def _screen_is(self, screen: str) -> None:
        """Written down when the host has taken it: from here on it is the other screen that is seen."""
        found = next((each for each in self.screens if each.id == screen), None)
        if found is None or found.id == self.screen.id:
            return
        self.screen = found
        if found.name not in self.seen:
            self.seen.append(found.name)
        self._note(Event.CHOOSE_SCREEN, Party.EMPLOYEE, found.id)
        self.turned.emit()

    def _screen_wish_is(self, screen: str) -> None:
        if screen == self._wish:
            return
        self._wish = screen
        self.wanted = next((each for each in self.screens if each.id == screen), None)
        if screen:
            self._note(Event.ASK_SCREEN, Party.AGENT, screen)
        self.screen_asked.emit(self.wanted)
        if screen and self.wanted is None:
            self.refuse_screen(screen)  # unplugged in this very moment

    def _order(self, event: Event, order: Order, detail: str = "") -> None:
        if not self.is_over:
            self._note(event, Party.EMPLOYEE, detail)
            self._send(order)

    def _send(self, order: Order) -> None:
        """A host takes no orders before its set-up, which is its first line, and none after the end."""
        if self._is_host_set_up and not self.is_over:
            self._hosting.host.order(order)

    def _over(self, reason: Reason) -> None:
        if self.is_over:
            return
        self.reason = reason
        self.state = State.ENDED
        self._duration.end()
        self._watch.stop()
        self._hosting.forget()
        self.changed.emit()
        self.ended.emit(reason)
