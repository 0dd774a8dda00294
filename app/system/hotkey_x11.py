"""Hotkeys on X11: XGrabKey on the root window, for this one combination and no other key."""

from __future__ import annotations

import os
from typing import Any

from app.errors import HelpdeskError
from app.system.hotkey import Combination, HotkeyTaken, Modifier

MASKS = {Modifier.SHIFT: 1, Modifier.CTRL: 4, Modifier.ALT: 8, Modifier.META: 64}
CAPS_LOCK, NUM_LOCK = 2, 16
LOCKS = (0, CAPS_LOCK, NUM_LOCK, CAPS_LOCK | NUM_LOCK)
"""A grab counts for an exact state, so it is made once for every state of the locks."""
KEYSYMS = {
    "Print": 0xFF61,
    "Pause": 0xFF13,
    "Insert": 0xFF63,
    "Home": 0xFF50,
    "End": 0xFF57,
    "PageUp": 0xFF55,
    "PageDown": 0xFF56,
    "Space": 0x20,
}


def keysym(key: str) -> int:
    """The X keysym of one of our key names."""
    if key in KEYSYMS:
        return KEYSYMS[key]
    if len(key) == 1:
        return ord(key.lower())
    return 0xFFBE + int(key[1:]) - 1


class X11Hotkey:
    """Its own connection, whose descriptor tells of presses."""

    def __init__(self, display: str | None = None) -> None:
        self._display = display
        self._connection: Any = None  # xcffib is untyped
        self._grabbed: tuple[int, int] | None = None

    def is_compatible(self) -> bool:
        """An X server that is not merely the bridge of a Wayland session, where grabs reach X programs only."""
        if self._display is None and (os.environ.get("WAYLAND_DISPLAY") or not os.environ.get("DISPLAY")):
            return False
        try:
            self._connect()
        except HelpdeskError:
            return False
        return True

    def register(self, combination: Combination) -> None:
        """Grab the combination in every state of the lock keys."""
        import xcffib.xproto as x

        self._connect()
        self.release()
        code = self._keycode(combination)
        mask = sum(MASKS[modifier] for modifier in combination.modifiers)
        self._grabbed = (code, mask)
        for lock in LOCKS:
            try:
                self._connection.core.GrabKeyChecked(
                    False, self._root, mask | lock, code, x.GrabMode.Async, x.GrabMode.Async
                ).check()
            except x.AccessError as error:
                self.release()
                raise HotkeyTaken(combination) from error

    def release(self) -> None:
        if self._connection is None or self._grabbed is None:
            return
        code, mask = self._grabbed
        for lock in LOCKS:
            self._connection.core.UngrabKey(code, self._root, mask | lock)
        self._connection.flush()
        self._grabbed = None

    def fileno(self) -> int | None:
        return None if self._connection is None else int(self._connection.get_file_descriptor())

    def presses(self) -> int:
        import xcffib
        import xcffib.xproto as x

        count = 0
        while self._connection is not None:
            try:
                event = self._connection.poll_for_event()
            except xcffib.ConnectionException:  # the desktop went away, and with it the hotkey
                self._connection = None
                return count
            if event is None:
                return count
            count += isinstance(event, x.KeyPressEvent)
        return count

    def is_press(self, message: int) -> bool:  # noqa: ARG002 - part of the protocol
        return False

    def _connect(self) -> None:
        if self._connection is not None:
            return
        import xcffib
        import xcffib.xproto  # connecting needs the core protocol to be loaded

        library: Any = xcffib
        try:
            self._connection = library.connect(self._display)
        except library.ConnectionException as error:
            raise HelpdeskError("There is no X11 desktop to register a hotkey with.") from error
        self._root: int = self._connection.get_setup().roots[self._connection.pref_screen].root

    def _keycode(self, combination: Combination) -> int:
        """The key that makes this symbol on the present keyboard layout."""
        setup = self._connection.get_setup()
        first, last = int(setup.min_keycode), int(setup.max_keycode)
        mapping = self._connection.core.GetKeyboardMapping(first, last - first + 1).reply()
        wanted, per_key = keysym(combination.key), int(mapping.keysyms_per_keycode)
        symbols = list(mapping.keysyms)
        for row in range(last - first + 1):
            if wanted in symbols[row * per_key : (row + 1) * per_key]:
                return first + row
        raise HelpdeskError(
            "This keyboard has no key for {combination}.",
            "Choose another hotkey in the settings.",
            combination=combination,
        )
