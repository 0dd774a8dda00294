"""A small X11 program for tests: draws colours and plays windows with a title, a class and EWMH hints."""

from __future__ import annotations

import struct
from types import TracebackType
from typing import Any, Self

import xcffib
import xcffib.xproto as x

from app.system.base import Rect


class XClient:
    """One connection that owns the windows it makes; they vanish with it."""

    def __init__(self, display: str) -> None:
        self._connection: Any = xcffib.connect(display)
        self._screen = self._connection.get_setup().roots[self._connection.pref_screen]
        self.root = self._screen.root

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        for name in ("_NET_ACTIVE_WINDOW", "_NET_CLIENT_LIST_STACKING"):
            self._connection.core.DeleteProperty(self.root, self._atom(name))
        self._connection.flush()
        self._connection.core.GetInputFocus().reply()
        self._connection.disconnect()

    def fill(self, rect: Rect, colour: int) -> int:
        """Show a window without a frame in one colour; its id."""
        return self._show(self._make(rect, colour))

    def _make(self, rect: Rect, colour: int, *, managed: bool = False) -> int:
        window = self._connection.generate_id()
        self._connection.core.CreateWindow(
            self._screen.root_depth,
            window,
            self.root,
            rect.x,
            rect.y,
            rect.width,
            rect.height,
            0,
            x.WindowClass.InputOutput,
            self._screen.root_visual,
            x.CW.BackPixel | x.CW.OverrideRedirect,
            [colour, int(not managed)],
        )
        return int(window)

    def _show(self, window: int) -> int:
        self._connection.core.MapWindow(window)
        self.settle()
        return window

    def move(self, window: int, x_place: int, y_place: int) -> None:
        """Put a window somewhere else."""
        self._connection.core.ConfigureWindow(window, x.ConfigWindow.X | x.ConfigWindow.Y, [x_place, y_place])
        self.settle()

    def close(self, window: int) -> None:
        """Take a window away."""
        self._connection.core.DestroyWindow(window)
        self.settle()

    def point(self, x_place: int, y_place: int) -> None:
        """Put the pointer somewhere."""
        self._connection.core.WarpPointer(0, self.root, 0, 0, 0, 0, x_place, y_place)
        self.settle()

    def pointer(self) -> tuple[int, int]:
        """Where the pointer is."""
        found = self._connection.core.QueryPointer(self.root).reply()
        return int(found.root_x), int(found.root_y)

    def mapped(self) -> list[Rect]:
        """Where the windows lie that are shown on the root."""
        found = []
        for window in self._connection.core.QueryTree(self.root).reply().children:
            try:
                shown = self._connection.core.GetWindowAttributes(window).reply().map_state == x.MapState.Viewable
                place = self._connection.core.GetGeometry(window).reply()
            except (x.WindowError, x.DrawableError):
                continue  # gone meanwhile
            if shown:
                found.append(Rect(place.x, place.y, place.width, place.height))
        return found

    def window(self, rect: Rect, title: str, application: str, colour: int = 0xF0F0F0, *, managed: bool = False) -> int:
        """A window as a program under a window manager has it; `managed` leaves it to a real one."""
        window = self._make(rect, colour, managed=managed)
        self.text(window, "_NET_WM_NAME", title)
        self.raw(window, "WM_CLASS", x.Atom.STRING, 8, f"{application.lower()}\0{application}\0".encode())
        return self._show(window)

    def text(self, window: int, name: str, value: str) -> None:
        self.raw(window, name, self._atom("UTF8_STRING"), 8, value.encode())

    def numbers(self, window: int, name: str, *values: int) -> None:
        self.raw(window, name, x.Atom.CARDINAL, 32, struct.pack(f"={len(values)}I", *values))

    def atoms(self, window: int, name: str, *values: str) -> None:
        self.numbers(window, name, *(self._atom(value) for value in values))

    def activate(self, window: int, *below: int) -> None:
        """Play the window manager: this one is active, and it is on top of `below`."""
        self.numbers(self.root, "_NET_ACTIVE_WINDOW", window)
        self.numbers(self.root, "_NET_CLIENT_LIST_STACKING", *reversed((window, *below)))

    def set_resources(self, text: str) -> None:
        self.raw(self.root, "RESOURCE_MANAGER", x.Atom.STRING, 8, text.encode())

    def raw(self, window: int, name: str, kind: int, bits: int, value: bytes) -> None:
        count = len(value) * 8 // bits
        self._connection.core.ChangeProperty(x.PropMode.Replace, window, self._atom(name), kind, bits, count, value)
        self.settle()

    def settle(self) -> None:
        """Wait until the server has done everything asked so far."""
        self._connection.flush()
        self._connection.core.GetInputFocus().reply()

    def _atom(self, name: str) -> int:
        return int(self._connection.core.InternAtom(False, len(name), name).reply().atom)
