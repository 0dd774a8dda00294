"""The agent's hands on this machine: what every way of injecting input can do, and what it must never touch."""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import dataclass, field
from threading import RLock
from typing import Protocol

from app.assist.orders import LOCAL_PRIORITY, Monitor
from app.protocol.stream import InputEvent, InputKind
from app.system.base import Rect


class Hands(Protocol):
    """One system's way to inject input. Coordinates are desktop coordinates."""

    name: str

    def move(self, x: int, y: int) -> None:
        """Put the pointer somewhere."""
        ...

    def button(self, number: int, pressed: bool) -> None:
        """Press or release a button: 0 left, 1 middle, 2 right, 3 back, 4 forward."""
        ...

    def wheel(self, dx: int, dy: int) -> None:
        """Turn the wheel by notches; positive is right and down."""
        ...

    def key(self, code: str, pressed: bool) -> bool:
        """Press or release the key at a place on the keyboard (`KeyA`, `Enter`, `ControlLeft`); False when unknown."""
        ...

    def text(self, text: str) -> None:
        """Type text whatever the keyboard layout and the input method."""
        ...

    def secure_attention(self) -> bool:
        """Ctrl+Alt+Del; False where the system does not let a program do it."""
        ...

    def employee_moved_at(self) -> float:
        """Monotonic seconds of the employee's own last input, as far as the system tells it from ours; else 0."""
        ...

    def close(self) -> None:
        """Give back what injecting needed."""
        ...


@dataclass
class Reach:
    """Applies the agent's input within its limits: on the shared monitor, off our own windows, after the employee.

    Used from several threads: what is pressed while another thread lets go of everything must not stay pressed.
    """

    hands: Hands
    monitor: Monitor
    hold_seconds: float = LOCAL_PRIORITY
    clock: Callable[[], float] = time.monotonic
    ours: tuple[Rect, ...] = ()
    is_ours_focused: bool = False
    """Whether the keyboard is with one of our own windows: nothing is typed there for the employee."""
    is_secret: bool = False
    """Whether a password or the like is being asked for: an agent types none, not even their own."""
    _held: set[str] = field(default_factory=set)
    _buttons: set[int] = field(default_factory=set)
    _place: tuple[int, int] = (0, 0)
    _is_over_ours: bool = False
    _lock: RLock = field(default_factory=RLock)

    def keep_off(self, areas: tuple[Rect, ...], is_focused: bool) -> None:
        """Where our own windows are, and whether one of them has the keyboard: a held key must not repeat into it."""
        with self._lock:
            self.ours, self.is_ours_focused = areas, is_focused
            if is_focused:
                self.release_all()

    def keep_out_of_secrets(self, is_secret: bool) -> None:
        """Type nothing while a secret is asked for."""
        with self._lock:
            self.is_secret = is_secret
            if is_secret:
                self.release_all()

    def turn_to(self, monitor: Monitor) -> None:
        """Another screen is shared from now on."""
        with self._lock:
            self.release_all()
            self.monitor = monitor

    def apply(self, event: InputEvent, screen: str) -> bool:
        """Do one deed on the screen of that id; False when it was ignored because the employee is at work, it reached
        for our windows, or was meant for a screen that is not shared any more.
        """
        with self._lock:
            return screen == self.monitor.id and self._applied(event)

    def _applied(self, event: InputEvent) -> bool:
        if event.kind is InputKind.RELEASE_ALL:
            self.release_all()
            return True
        if event.kind in (InputKind.KEY_UP, InputKind.UP):
            return self._released(event)
        if self.clock() - self.hands.employee_moved_at() < self.hold_seconds:
            self.release_all()
            return False
        match event.kind:
            case InputKind.MOVE | InputKind.DOWN | InputKind.WHEEL:
                return self._pointed(event)
            case InputKind.KEY_DOWN:
                return self._pressed(event.code)
            case InputKind.TEXT:
                if self.is_ours_focused or self.is_secret:
                    return False
                self.hands.text(event.text)
                return True
            case InputKind.SECURE_ATTENTION:
                return self.hands.secure_attention()

    def release_all(self) -> None:
        """Nothing stays pressed: on blur, at a change of grade, on a cut line and at the end."""
        with self._lock:
            for code in sorted(self._held):
                self.hands.key(code, False)
            for number in sorted(self._buttons):
                self.hands.button(number, False)
            self._held.clear()
            self._buttons.clear()

    def _pointed(self, event: InputEvent) -> bool:
        place = self.monitor.rect
        x = place.x + min(event.x, place.width - 1)
        y = place.y + min(event.y, place.height - 1)
        over_ours = any(area.contains(x, y) for area in self.ours)
        if event.kind is InputKind.MOVE:
            self._place, self._is_over_ours = (x, y), over_ours
            self.hands.move(x, y)
            return True
        if over_ours or self._is_over_ours:
            return False
        if event.kind is InputKind.WHEEL:
            self.hands.wheel(event.dx, event.dy)
            return True
        self.hands.move(x, y)
        self._place = (x, y)
        self._buttons.add(event.button)
        self.hands.button(event.button, True)
        return True

    def _pressed(self, code: str) -> bool:
        if self.is_ours_focused or self.is_secret or not self.hands.key(code, True):
            return False
        self._held.add(code)
        return True

    def _released(self, event: InputEvent) -> bool:
        """A release always passes for what we pressed, so that nothing is ever stuck; anything else is not ours."""
        if event.kind is InputKind.KEY_UP and event.code in self._held:
            self._held.discard(event.code)
            return self.hands.key(event.code, False)
        if event.kind is InputKind.UP and event.button in self._buttons:
            self._buttons.discard(event.button)
            self.hands.button(event.button, False)
            return True
        return False
