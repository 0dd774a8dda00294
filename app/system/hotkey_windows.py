"""Hotkeys on Windows: RegisterHotKey for the thread of the windows, whose queue then carries WM_HOTKEY."""

from __future__ import annotations

import ctypes
import sys
from typing import Any

from app.system.hotkey import Combination, HotkeyTaken, Modifier

WM_HOTKEY = 0x0312
MOD_NOREPEAT = 0x4000
MASKS = {Modifier.ALT: 1, Modifier.CTRL: 2, Modifier.SHIFT: 4, Modifier.META: 8}
VIRTUAL_KEYS = {
    "Print": 0x2C,
    "Pause": 0x13,
    "Insert": 0x2D,
    "Home": 0x24,
    "End": 0x23,
    "PageUp": 0x21,
    "PageDown": 0x22,
    "Space": 0x20,
}
IDENTIFIER = 0xB311
"""Ours among the identifiers 0x0000 to 0xBFFF that a program may choose."""


def virtual_key(key: str) -> int:
    """The Windows virtual-key code of one of our key names."""
    if key in VIRTUAL_KEYS:
        return VIRTUAL_KEYS[key]
    if len(key) == 1:
        return ord(key)
    return 0x70 + int(key[1:]) - 1


class Message(ctypes.Structure):
    """MSG of winuser.h."""

    _fields_ = (
        ("window", ctypes.c_void_p),
        ("message", ctypes.c_uint),
        ("w_parameter", ctypes.c_size_t),
        ("l_parameter", ctypes.c_ssize_t),
        ("time", ctypes.c_uint32),
        ("x", ctypes.c_long),
        ("y", ctypes.c_long),
    )


class WindowsHotkey:
    """One registration without a window."""

    def __init__(self, user32: Any = None) -> None:  # the library, or in tests something that answers like it
        self._user32 = user32
        self._is_registered = False

    def is_compatible(self) -> bool:
        return self._user32 is not None or sys.platform == "win32"

    def register(self, combination: Combination) -> None:
        self.release()
        mask = MOD_NOREPEAT | sum(MASKS[modifier] for modifier in combination.modifiers)
        if not self._library().RegisterHotKey(None, IDENTIFIER, mask, virtual_key(combination.key)):
            raise HotkeyTaken(combination)
        self._is_registered = True

    def release(self) -> None:
        if self._is_registered:
            self._library().UnregisterHotKey(None, IDENTIFIER)
            self._is_registered = False

    def fileno(self) -> int | None:
        return None

    def presses(self) -> int:
        return 0

    def is_press(self, message: int) -> bool:
        """Whether the MSG at this address is WM_HOTKEY with our identifier."""
        found = Message.from_address(message)
        return bool(found.message == WM_HOTKEY and found.w_parameter == IDENTIFIER)

    def _library(self) -> Any:
        if self._user32 is None:
            self._user32 = ctypes.WinDLL("user32", use_last_error=True)  # type: ignore[attr-defined,unused-ignore]
        return self._user32
