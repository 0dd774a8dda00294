"""Input on X11 by XTEST: keys by their place, text by lending a spare key each character the layout lacks."""

from __future__ import annotations

import time
from collections import OrderedDict
from typing import Any

from app.assist.key_places import EVDEV
from app.errors import NotAvailable

KEY_PRESS, KEY_RELEASE, BUTTON_PRESS, BUTTON_RELEASE, MOTION = 2, 3, 4, 5, 6
BUTTONS = {0: 1, 1: 2, 2: 3, 3: 8, 4: 9}
WHEEL_UP, WHEEL_DOWN, WHEEL_LEFT, WHEEL_RIGHT = 4, 5, 6, 7
CONTROL_KEYSYMS = {"\n": 0xFF0D, "\t": 0xFF09, "\b": 0xFF08}
LEND_SECONDS = 0.05
"""What a program is given to type the oldest lent character before its key is lent again."""


def keysym(character: str) -> int:
    """The keysym of a character: Latin-1 as it is, control characters by name, the rest as Unicode keysyms."""
    if character in CONTROL_KEYSYMS:
        return CONTROL_KEYSYMS[character]
    point = ord(character)
    return point if 0x20 <= point <= 0x7E or 0xA0 <= point <= 0xFF else 0x01000000 | point


class X11Hands:
    """A connection of its own. Events of the XTEST devices are ours, all others are the employee's."""

    name = "x11"

    def __init__(self, display: str | None = None) -> None:
        """Raises NotAvailable when the X server has no XTEST."""
        import xcffib
        import xcffib.xinput
        import xcffib.xproto
        import xcffib.xtest

        library: Any = xcffib
        self._errors = (library.XcffibException,)
        try:
            self._connection: Any = library.connect(display)
            self._test: Any = self._connection(xcffib.xtest.key)
            self._test.GetVersion(2, 2).reply()
        except self._errors as error:
            raise NotAvailable("This desktop does not let Deskbell act on it.") from error
        setup = self._connection.get_setup()
        self._root: int = setup.roots[self._connection.pref_screen].root
        self._lowest, self._highest = int(setup.min_keycode), int(setup.max_keycode)
        self._lent: OrderedDict[int, int] = OrderedDict()
        self._spare = self._unused()
        self._employee_at = 0.0
        self._own_devices: set[int] = set()
        self._watch_devices()

    def move(self, x: int, y: int) -> None:
        self._fake(MOTION, 0, x, y)

    def button(self, number: int, pressed: bool) -> None:
        self._fake(BUTTON_PRESS if pressed else BUTTON_RELEASE, BUTTONS[number])

    def wheel(self, dx: int, dy: int) -> None:
        for amount, negative, positive in ((dy, WHEEL_UP, WHEEL_DOWN), (dx, WHEEL_LEFT, WHEEL_RIGHT)):
            for _ in range(abs(amount)):
                button = positive if amount > 0 else negative
                self._fake(BUTTON_PRESS, button)
                self._fake(BUTTON_RELEASE, button)

    def key(self, code: str, pressed: bool) -> bool:
        place = EVDEV.get(code)
        if place is None or not self._lowest <= place + 8 <= self._highest:
            return False
        self._fake(KEY_PRESS if pressed else KEY_RELEASE, place + 8)
        return True

    def text(self, text: str) -> None:
        for character in text.replace("\r\n", "\n"):
            symbol = keysym(character)
            place = self._place_of(symbol)
            if place is None:
                place = self._lend(symbol)
            self._fake(KEY_PRESS, place)
            self._fake(KEY_RELEASE, place)

    def secure_attention(self) -> bool:
        return False

    def employee_moved_at(self) -> float:
        while True:
            try:
                event = self._connection.poll_for_event()
            except self._errors:
                return self._employee_at
            if event is None:
                return self._employee_at
            source = getattr(event, "sourceid", None)
            if source is not None and int(source) not in self._own_devices:
                self._employee_at = time.monotonic()

    def close(self) -> None:
        self._give_back()
        self._connection.disconnect()

    def _fake(self, kind: int, detail: int, x: int = 0, y: int = 0) -> None:
        self._test.FakeInput(kind, detail, 0, self._root, x, y, 0)
        self._connection.flush()

    def _mapping(self) -> tuple[int, list[int]]:
        reply = self._connection.core.GetKeyboardMapping(self._lowest, self._highest - self._lowest + 1).reply()
        return int(reply.keysyms_per_keycode), list(reply.keysyms)

    def _place_of(self, symbol: int) -> int | None:
        """A key that makes this symbol without any modifier on the present layout."""
        per_key, symbols = self._mapping()
        for row in range(self._highest - self._lowest + 1):
            if symbols[row * per_key] == symbol:
                return self._lowest + row
        return None

    def _lend(self, symbol: int) -> int:
        """Let a key that means nothing mean this symbol, and keep it so while there are others.

        A program looks up what a key means when it gets to its press, which may be much later: a key that was lent
        again meanwhile would type the wrong character.
        """
        if symbol in self._lent:
            self._lent.move_to_end(symbol)
            return self._lent[symbol]
        if self._spare:
            place = self._spare.pop()
        else:
            time.sleep(LEND_SECONDS)
            _, place = self._lent.popitem(last=False)
        self._connection.core.ChangeKeyboardMappingChecked(1, place, 2, [symbol, symbol]).check()
        self._lent[symbol] = place
        return place

    def _unused(self) -> list[int]:
        """Keys without any meaning on this keyboard; the highest one must do where all have some."""
        per_key, symbols = self._mapping()
        rows = range(self._highest - self._lowest + 1)
        empty = [self._lowest + row for row in rows if not any(symbols[row * per_key : (row + 1) * per_key])]
        return empty or [self._highest]

    def _give_back(self) -> None:
        for place in self._lent.values():
            self._connection.core.ChangeKeyboardMapping(1, place, 2, [0, 0])
        self._connection.flush()
        self._lent.clear()

    def _watch_devices(self) -> None:
        """Hear of raw input with its device, so that the employee's can be told from ours."""
        import xcffib.xinput

        try:
            extension: Any = self._connection(xcffib.xinput.key)
            extension.XIQueryVersion(2, 2).reply()
            for device in extension.XIQueryDevice(0).reply().infos:
                name = bytes(device.name.raw).decode(errors="replace") if hasattr(device.name, "raw") else ""
                if "XTEST" in name.upper():
                    self._own_devices.add(int(device.deviceid))
            module: Any = xcffib.xinput
            raw = module.XIEventMask
            bits = raw.RawKeyPress | raw.RawButtonPress | raw.RawMotion
            mask = module.EventMask.synthetic(1, 1, [bits])
            extension.XISelectEventsChecked(self._root, 1, [mask]).check()
        except (*self._errors, AttributeError, TypeError):
            self._own_devices.clear()  # without XInput 2 nobody can tell; the pause is then the employee's banner
