"""Hotkeys on macOS: Carbon's RegisterEventHotKey, which needs no permission, unlike an event tap."""

from __future__ import annotations

import ctypes
import ctypes.util
import sys
from typing import Any

from app.errors import NotAvailable
from app.system.hotkey import Combination, HotkeyTaken, Modifier

MASKS = {Modifier.META: 0x0100, Modifier.SHIFT: 0x0200, Modifier.ALT: 0x0800, Modifier.CTRL: 0x1000}
KEY_CODES = {
    **dict(zip("ASDFHGZXCV", range(10), strict=True)),
    "B": 11,
    "Q": 12,
    "W": 13,
    "E": 14,
    "R": 15,
    "Y": 16,
    "T": 17,
    "O": 31,
    "U": 32,
    "I": 34,
    "P": 35,
    "L": 37,
    "J": 38,
    "K": 40,
    "N": 45,
    "M": 46,
    "1": 18,
    "2": 19,
    "3": 20,
    "4": 21,
    "6": 22,
    "5": 23,
    "9": 25,
    "7": 26,
    "8": 28,
    "0": 29,
    "F1": 122,
    "F2": 120,
    "F3": 99,
    "F4": 118,
    "F5": 96,
    "F6": 97,
    "F7": 98,
    "F8": 100,
    "F9": 101,
    "F10": 109,
    "F11": 103,
    "F12": 111,
    "F13": 105,
    "F14": 107,
    "F15": 113,
    "F16": 106,
    "F17": 64,
    "F18": 79,
    "F19": 80,
    "Home": 115,
    "End": 119,
    "PageUp": 116,
    "PageDown": 121,
    "Space": 49,
}
SIGNATURE = 0x44424C4C  # 'DBLL'
KEYBOARD_CLASS = 0x6B657962  # 'keyb'
HOTKEY_PRESSED = 5
ALREADY_TAKEN = -9878


class EventType(ctypes.Structure):
    """EventTypeSpec of CarbonEvents.h."""

    _fields_ = (("event_class", ctypes.c_uint32), ("kind", ctypes.c_uint32))


class HotkeyIdentifier(ctypes.Structure):
    """EventHotKeyID of CarbonEvents.h."""

    _fields_ = (("signature", ctypes.c_uint32), ("number", ctypes.c_uint32))


class MacHotkey:
    """Presses are counted by a Carbon handler that the application's own event loop calls."""

    def __init__(self) -> None:
        self._carbon: Any = None
        self._reference = ctypes.c_void_p()
        self._handler: Any = None  # the callback must outlive the registration
        self._count = 0

    def is_compatible(self) -> bool:
        return sys.platform == "darwin"

    def register(self, combination: Combination) -> None:
        if combination.key not in KEY_CODES:
            raise NotAvailable("A Mac keyboard has no key for {combination}.", combination=combination)
        self.release()
        carbon = self._library()
        target = ctypes.c_void_p(carbon.GetApplicationEventTarget())
        if self._handler is None:
            kind = ctypes.CFUNCTYPE(ctypes.c_int32, ctypes.c_void_p, ctypes.c_void_p, ctypes.c_void_p)
            self._handler = kind(self._pressed)
            wanted = EventType(KEYBOARD_CLASS, HOTKEY_PRESSED)
            carbon.InstallEventHandler(target, self._handler, 1, ctypes.byref(wanted), None, None)
        mask = sum(MASKS[modifier] for modifier in combination.modifiers)
        code = carbon.RegisterEventHotKey(
            KEY_CODES[combination.key],
            mask,
            HotkeyIdentifier(SIGNATURE, 1),
            target,
            0,
            ctypes.byref(self._reference),
        )
        if code == ALREADY_TAKEN:
            raise HotkeyTaken(combination)
        if code:
            raise NotAvailable("The system refused the hotkey {combination}.", combination=combination)

    def release(self) -> None:
        if self._reference:
            self._library().UnregisterEventHotKey(self._reference)
            self._reference = ctypes.c_void_p()

    def fileno(self) -> int | None:
        return None

    def presses(self) -> int:
        count, self._count = self._count, 0
        return count

    def is_press(self, message: int) -> bool:  # noqa: ARG002 - part of the protocol
        return False

    def _pressed(self, _call: object, _event: object, _data: object) -> int:
        self._count += 1
        return 0

    def _library(self) -> Any:
        if self._carbon is None:
            self._carbon = ctypes.CDLL(ctypes.util.find_library("Carbon") or "Carbon")
            self._carbon.GetApplicationEventTarget.restype = ctypes.c_void_p
        return self._carbon
