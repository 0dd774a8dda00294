"""Input on a Wayland desktop by the portal's RemoteDesktop, whose permission is held only while the grade is Control.

Keys go by their place, text by keysyms, which every version of the portal knows. libei (ConnectToEIS) has no text, and
who connects to it may not use the portal's own calls any more. A desktop drops keysyms that its keyboard layout lacks
without a word (GNOME 48 does), so that text beyond ASCII is not begun; the agent is told to offer it for the clipboard.
"""

from __future__ import annotations

import threading
import time
from collections.abc import Callable
from typing import Protocol

from app.assist.hands_x11 import keysym
from app.assist.key_places import EVDEV
from app.assist.orders import Monitor
from app.assist.permit import Permit
from app.assist.portal import KEYBOARD, POINTER, PortalSession
from app.assist.source import Gone
from app.errors import NotAvailable
from app.protocol.session import Grade, Reason

BUTTONS = {0: 0x110, 1: 0x112, 2: 0x111, 3: 0x113, 4: 0x114}
"""BTN_LEFT and its neighbours of linux/input-event-codes.h."""
VERTICAL, HORIZONTAL = 0, 1
OURS_WITHIN = 0.06
"""Seconds in which the desktop's last input may still be our own deed."""
PARTING = 0.2
"""Seconds the end of a session waits for a permission to be given back."""
LISTEN_EVERY = 0.5
"""An agent at work without a pause is held up this often for so long, so that the employee's hand is noticed."""


class Idle(Protocol):
    """How long nobody has done anything (app.system.desktop_sharing.IdleMonitor). Raises NotAvailable."""

    def seconds(self) -> float: ...

    def close(self) -> None: ...


class PortalHands(Permit):
    """Hands, and the permission they need: `arm` asks the desktop, in a thread of its own; until it has said yes
    nothing is done, and nothing after `arm` was called with None. Used from several threads.
    """

    name = "portal"

    def __init__(
        self,
        idle: Idle | None,
        opened: Callable[[Callable[[], None]], PortalSession] | None = None,
        clock: Callable[[], float] = time.monotonic,
        sleep: Callable[[float], None] = time.sleep,
    ) -> None:
        """`opened` makes a session from what to call when the desktop ends it. Without `idle` nobody can tell when
        the employee's own hand is at work, which goes first: then no session is ever asked for.
        """
        self.highest = Grade.POINT if idle is None else Grade.CONTROL
        self._idle = idle
        self._opened = opened or acting
        self._clock, self._sleep = clock, sleep
        self._lock = threading.RLock()
        self._monitor: Monitor | None = None
        self._session: PortalSession | None = None
        self._asking: threading.Thread | None = None
        self._scale = 1.0
        self._done_at = self._heard_at = self._employee_at = 0.0
        self._refused: Callable[[], None] = lambda: None
        self._lost: Callable[[Reason], object] = lambda _: None
        self._untyped: Callable[[], None] = lambda: None

    def connect(
        self, refused: Callable[[], None], lost: Callable[[Reason], object], untyped: Callable[[], None]
    ) -> None:
        self._refused, self._lost, self._untyped = refused, lost, untyped

    def arm(self, monitor: Monitor | None) -> None:
        """Ask the desktop for mouse and keyboard on that monitor, or give them back; returns at once."""
        with self._lock:
            if monitor == self._monitor or self._idle is None:
                return
            self._monitor = monitor
            before, self._session = self._session, None
        if before is not None or monitor is not None:
            asking = threading.Thread(target=self._change, args=(before, monitor), name="portal hands", daemon=True)
            self._asking = asking
            asking.start()

    def move(self, x: int, y: int) -> None:
        with self._lock:
            if self._session is not None and self._monitor is not None:
                place = self._monitor.rect
                where = ((x - place.x) / self._scale, (y - place.y) / self._scale)
                self._do("NotifyPointerMotionAbsolute", "oa{sv}udd", self._session.stream.node, *where)

    def button(self, number: int, pressed: bool) -> None:
        self._do("NotifyPointerButton", "oa{sv}iu", BUTTONS[number], int(pressed))

    def wheel(self, dx: int, dy: int) -> None:
        for axis, steps in ((VERTICAL, dy), (HORIZONTAL, dx)):
            if steps:
                self._do("NotifyPointerAxisDiscrete", "oa{sv}ui", axis, steps)

    def key(self, code: str, pressed: bool) -> bool:
        place = EVDEV.get(code)
        return place is not None and self._do("NotifyKeyboardKeycode", "oa{sv}iu", place, int(pressed))

    def text(self, text: str) -> None:
        if not text.isascii():
            self._untyped()
            return
        for character in text.replace("\r\n", "\n"):
            for pressed in (1, 0):
                self._do("NotifyKeyboardKeysym", "oa{sv}iu", keysym(character), pressed)

    def secure_attention(self) -> bool:
        return False

    def employee_moved_at(self) -> float:
        """The desktop tells when the last input was, not whose: what comes longer after our own is the employee's."""
        if self._idle is None:
            return self._clock()
        with self._lock:
            since = self._clock() - self._done_at
            if since < OURS_WITHIN:
                if self._clock() - self._heard_at < LISTEN_EVERY:
                    return self._employee_at
                self._sleep(OURS_WITHIN - since)
            try:
                now = self._clock()
                last = now - self._idle.seconds()
            except NotAvailable:
                return self._clock()  # nobody can tell any more: the agent waits
            self._heard_at = now
            if last > self._done_at + OURS_WITHIN / 2:
                self._employee_at = last
            return self._employee_at

    def close(self) -> None:
        with self._lock:
            before, self._session, self._monitor = self._session, None, None
        if before is not None:
            before.close()
        if self._asking is not None:
            self._asking.join(PARTING)  # a question that still stands ends with the process
        if self._idle is not None:
            self._idle.close()

    def _change(self, before: PortalSession | None, monitor: Monitor | None) -> None:
        if before is not None:
            before.close()
        if monitor is None:
            return
        try:
            session = self._opened(self._taken_back)
            stream = session.start(monitor.rect)
        except (Gone, NotAvailable):
            with self._lock:
                is_wanted = self._monitor == monitor
                self._monitor = None if is_wanted else self._monitor
            if is_wanted:
                self._refused()
            return
        with self._lock:
            is_wanted = self._monitor == monitor
            if is_wanted:
                self._session = session
                self._scale = 1.0 if stream.place is None else monitor.rect.width / stream.place.width
        if not is_wanted:
            session.close()  # taken back while the employee read the desktop's question

    def _taken_back(self) -> None:
        self._lost(Reason.DESKTOP_STOPPED)

    def _do(self, method: str, signature: str, *values: float) -> bool:
        """One deed; nothing without a session, or when it has just ended, of which `lost` tells."""
        with self._lock:
            if self._session is None:
                return False
            try:
                self._session.call(method, signature, ({}, *values))
            except Gone:
                return False
            self._done_at = self._clock()
            return True


def acting(lost: Callable[[], None]) -> PortalSession:
    """A session of the real portal. Raises NotAvailable."""
    return PortalSession(devices=KEYBOARD | POINTER, lost=lost)
