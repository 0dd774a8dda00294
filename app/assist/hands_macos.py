"""Input on macOS by Quartz events; the system asks the employee for the Accessibility permission once."""

from __future__ import annotations

import ctypes
import ctypes.util
import time
from typing import Any

from app.assist.key_places import MAC
from app.errors import NotAvailable

HID_TAP = 0
MOVED, LINES = 5, 1
PRESSED_EVENTS = {0: 1, 1: 25, 2: 3, 3: 25, 4: 25}
RELEASED_EVENTS = {0: 2, 1: 26, 2: 4, 3: 26, 4: 26}
DRAGGED_EVENTS = {0: 6, 1: 27, 2: 7, 3: 27, 4: 27}
QUARTZ_BUTTONS = {0: 0, 1: 2, 2: 1, 3: 3, 4: 4}
ANY_INPUT = 0xFFFFFFFF
LONGEST_TEXT = 20
OURS_WITHIN = 0.05


class Place(ctypes.Structure):
    """CGPoint."""

    _fields_ = (("x", ctypes.c_double), ("y", ctypes.c_double))


class MacHands:
    """Quartz moves with a button held are drags, so the held button is remembered."""

    name = "macos"

    def __init__(self, library: Any = None) -> None:
        """Raises NotAvailable until the employee has allowed it in the system's settings."""
        if library is None:
            library = ctypes.CDLL(ctypes.util.find_library("ApplicationServices") or "ApplicationServices")
        library.AXIsProcessTrusted.restype = ctypes.c_bool
        if not library.AXIsProcessTrusted():
            raise NotAvailable(
                "macOS does not let Deskbell act on this Mac.",
                "Allow it under Privacy & Security, Accessibility. Looking and pointing work without.",
            )
        for name in ("CGEventCreateMouseEvent", "CGEventCreateKeyboardEvent", "CGEventCreateScrollWheelEvent2"):
            getattr(library, name).restype = ctypes.c_void_p
        library.CGEventSourceSecondsSinceLastEventType.restype = ctypes.c_double
        self._library = library
        self._place = Place(0, 0)
        self._held: int | None = None
        self._injected_at = 0.0
        self._employee_at = 0.0

    def move(self, x: int, y: int) -> None:
        self._place = Place(x, y)
        self._mouse(MOVED if self._held is None else DRAGGED_EVENTS[self._held], self._held or 0)

    def button(self, number: int, pressed: bool) -> None:
        self._mouse(PRESSED_EVENTS[number] if pressed else RELEASED_EVENTS[number], number)
        self._held = number if pressed else None

    def wheel(self, dx: int, dy: int) -> None:
        self._post(self._library.CGEventCreateScrollWheelEvent2(None, LINES, 2, -dy, -dx, 0))

    def key(self, code: str, pressed: bool) -> bool:
        place = MAC.get(code)
        if place is None:
            return False
        self._post(self._library.CGEventCreateKeyboardEvent(None, place, pressed))
        return True

    def text(self, text: str) -> None:
        for start in range(0, len(text), LONGEST_TEXT):
            piece = text[start : start + LONGEST_TEXT].encode("utf-16-le")
            for pressed in (True, False):
                event = self._library.CGEventCreateKeyboardEvent(None, 0, pressed)
                self._library.CGEventKeyboardSetUnicodeString(ctypes.c_void_p(event), len(piece) // 2, piece)
                self._post(event)

    def secure_attention(self) -> bool:
        return False

    def employee_moved_at(self) -> float:
        idle = float(self._library.CGEventSourceSecondsSinceLastEventType(1, ANY_INPUT))
        at = time.monotonic() - idle
        if at > self._injected_at + OURS_WITHIN:
            self._employee_at = max(self._employee_at, at)
        return self._employee_at

    def close(self) -> None:
        pass

    def _mouse(self, kind: int, button: int) -> None:
        self._post(self._library.CGEventCreateMouseEvent(None, kind, self._place, QUARTZ_BUTTONS[button]))

    def _post(self, event: int) -> None:
        self._injected_at = time.monotonic()
        self._library.CGEventPost(HID_TAP, ctypes.c_void_p(event))
        self._library.CFRelease(ctypes.c_void_p(event))
