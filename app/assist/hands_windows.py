"""Input on Windows by SendInput: keys as scan codes, text as Unicode whatever the layout and the input method."""

from __future__ import annotations

import ctypes
import time
from typing import Any

from app.assist.key_places import scan_code

MOUSE, KEYBOARD = 0, 1
MOVE, ABSOLUTE, VIRTUAL_DESK, WHEEL, HORIZONTAL_WHEEL = 0x0001, 0x8000, 0x4000, 0x0800, 0x1000
BUTTONS = {
    0: (0x0002, 0x0004, 0),
    1: (0x0020, 0x0040, 0),
    2: (0x0008, 0x0010, 0),
    3: (0x0080, 0x0100, 1),
    4: (0x0080, 0x0100, 2),
}
EXTENDED, RELEASED, UNICODE, SCAN = 0x0001, 0x0002, 0x0004, 0x0008
NOTCH = 120
SCREEN_X, SCREEN_Y, SCREEN_WIDTH, SCREEN_HEIGHT = 76, 77, 78, 79
RETURN_SCAN = 0x1C
OURS_WITHIN = 0.05
"""Seconds after an injection in which the system's last input is taken for ours."""


class MouseInput(ctypes.Structure):
    """MOUSEINPUT of winuser.h."""

    _fields_ = (
        ("dx", ctypes.c_int32),
        ("dy", ctypes.c_int32),
        ("data", ctypes.c_uint32),
        ("flags", ctypes.c_uint32),
        ("time", ctypes.c_uint32),
        ("extra", ctypes.c_size_t),
    )


class KeyInput(ctypes.Structure):
    """KEYBDINPUT of winuser.h."""

    _fields_ = (
        ("key", ctypes.c_uint16),
        ("scan", ctypes.c_uint16),
        ("flags", ctypes.c_uint32),
        ("time", ctypes.c_uint32),
        ("extra", ctypes.c_size_t),
    )


class Either(ctypes.Union):
    """The part of INPUT that depends on its type."""

    _fields_ = (("mouse", MouseInput), ("key", KeyInput))


class Input(ctypes.Structure):
    """INPUT of winuser.h."""

    _fields_ = (("kind", ctypes.c_uint32), ("either", Either))


class LastInput(ctypes.Structure):
    """LASTINPUTINFO of winuser.h."""

    _fields_ = (("size", ctypes.c_uint32), ("ticks", ctypes.c_uint32))


class WindowsHands:
    """One call for each deed, so that the employee's own input cannot come in between a press and its release."""

    name = "windows"

    def __init__(self, user32: Any = None, kernel32: Any = None) -> None:
        from app.system.windows import library

        self._user32: Any = user32 or library("user32")
        self._kernel32: Any = kernel32 or library("kernel32")
        self._injected_at = 0.0
        self._employee_at = 0.0

    def move(self, x: int, y: int) -> None:
        left, top, width, height = (
            int(self._user32.GetSystemMetrics(metric)) for metric in (SCREEN_X, SCREEN_Y, SCREEN_WIDTH, SCREEN_HEIGHT)
        )
        # The whole virtual desktop is 65536 steps wide, whatever its size and where it begins.
        across = ((x - left) * 65536 + 32768) // max(width, 1)
        down = ((y - top) * 65536 + 32768) // max(height, 1)
        self._send(self._mouse(MOVE | ABSOLUTE | VIRTUAL_DESK, dx=across, dy=down))

    def button(self, number: int, pressed: bool) -> None:
        down, up, data = BUTTONS[number]
        self._send(self._mouse(down if pressed else up, data=data))

    def wheel(self, dx: int, dy: int) -> None:
        if dy:
            self._send(self._mouse(WHEEL, data=(-dy * NOTCH) & 0xFFFFFFFF))
        if dx:
            self._send(self._mouse(HORIZONTAL_WHEEL, data=(dx * NOTCH) & 0xFFFFFFFF))

    def key(self, code: str, pressed: bool) -> bool:
        found = scan_code(code)
        if found is None:
            return False
        scan, is_extended = found
        flags = SCAN | (EXTENDED if is_extended else 0) | (0 if pressed else RELEASED)
        self._send(self._key(scan, flags))
        return True

    def text(self, text: str) -> None:
        for character in text.replace("\r\n", "\n"):
            if character == "\n":
                self._send(self._key(RETURN_SCAN, SCAN), self._key(RETURN_SCAN, SCAN | RELEASED))
                continue
            encoded = character.encode("utf-16-le")
            units = [int.from_bytes(encoded[at : at + 2], "little") for at in range(0, len(encoded), 2)]
            pressed = [self._key(unit, UNICODE) for unit in units]
            released = [self._key(unit, UNICODE | RELEASED) for unit in units]
            self._send(*pressed, *released)

    def secure_attention(self) -> bool:
        """Only a service may raise it; the employee is asked to press it."""
        return False

    def employee_moved_at(self) -> float:
        found = LastInput(ctypes.sizeof(LastInput), 0)
        if not self._user32.GetLastInputInfo(ctypes.byref(found)):
            return self._employee_at
        idle = ((int(self._kernel32.GetTickCount()) - found.ticks) & 0xFFFFFFFF) / 1000
        at = time.monotonic() - idle
        if at > self._injected_at + OURS_WITHIN:
            self._employee_at = max(self._employee_at, at)
        return self._employee_at

    def close(self) -> None:
        pass

    def _send(self, *inputs: Input) -> None:
        array = (Input * len(inputs))(*inputs)
        self._injected_at = time.monotonic()
        self._user32.SendInput(len(inputs), array, ctypes.sizeof(Input))

    @staticmethod
    def _mouse(flags: int, dx: int = 0, dy: int = 0, data: int = 0) -> Input:
        return Input(MOUSE, Either(mouse=MouseInput(dx, dy, data, flags, 0, 0)))

    @staticmethod
    def _key(scan: int, flags: int) -> Input:
        return Input(KEYBOARD, Either(key=KeyInput(0, scan, flags, 0, 0)))
