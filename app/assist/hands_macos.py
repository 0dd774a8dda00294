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
"""UTF-16 units one event carries."""
RETURN_KEY = 36
CLICK_STATE = 1
DOUBLE_CLICK = 0.5
"""Seconds between the presses of a double click; macOS counts clicks only in the event itself."""
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
        library.CGEventCreateMouseEvent.argtypes = [ctypes.c_void_p, ctypes.c_uint32, Place, ctypes.c_uint32]
        library.CGEventKeyboardSetUnicodeString.argtypes = [ctypes.c_void_p, ctypes.c_ulong, ctypes.c_char_p]
        library.CGEventSetIntegerValueField.argtypes = [ctypes.c_void_p, ctypes.c_uint32, ctypes.c_int64]
        self._library = library
        self._place = Place(0, 0)
        self._held: int | None = None
        self._clicks = 0
        self._pressed_at: tuple[float, int, float, float] = (-DOUBLE_CLICK, -1, 0.0, 0.0)
        self._injected_at = 0.0
        self._employee_at = 0.0

    def move(self, x: int, y: int) -> None:
        self._place = Place(x, y)
        self._mouse(MOVED if self._held is None else DRAGGED_EVENTS[self._held], self._held or 0)

    def button(self, number: int, pressed: bool) -> None:
        if pressed:
            self._clicks = self._count(number)
        self._mouse(PRESSED_EVENTS[number] if pressed else RELEASED_EVENTS[number], number, self._clicks)
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
        for row, line in enumerate(text.replace("\r\n", "\n").split("\n")):
            if row:
                for pressed in (True, False):
                    self._post(self._library.CGEventCreateKeyboardEvent(None, RETURN_KEY, pressed))
            for piece in pieces(line):
                for pressed in (True, False):
                    event = self._library.CGEventCreateKeyboardEvent(None, 0, pressed)
                    self._library.CGEventKeyboardSetUnicodeString(event, len(piece) // 2, piece)
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

    def _count(self, number: int) -> int:
        """Which press of a row this one is: 1, 2 for a double click, and so on."""
        at, x, y = time.monotonic(), self._place.x, self._place.y
        before, last, last_x, last_y = self._pressed_at
        self._pressed_at = (at, number, x, y)
        is_again = last == number and at - before < DOUBLE_CLICK and abs(x - last_x) + abs(y - last_y) < 8
        return self._clicks + 1 if is_again else 1

    def _mouse(self, kind: int, button: int, clicks: int = 0) -> None:
        event = self._library.CGEventCreateMouseEvent(None, kind, self._place, QUARTZ_BUTTONS[button])
        if clicks:
            self._library.CGEventSetIntegerValueField(event, CLICK_STATE, clicks)
        self._post(event)

    def _post(self, event: int) -> None:
        self._injected_at = time.monotonic()
        self._library.CGEventPost(HID_TAP, ctypes.c_void_p(event))
        self._library.CFRelease(ctypes.c_void_p(event))


def pieces(text: str) -> list[bytes]:
    """Text as UTF-16 in pieces of at most `LONGEST_TEXT` units, never cutting a character in two."""
    found: list[bytes] = []
    for character in text:
        units = character.encode("utf-16-le")
        if found and len(found[-1]) + len(units) <= LONGEST_TEXT * 2:
            found[-1] += units
        else:
            found.append(units)
    return found
