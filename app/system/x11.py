"""Windows of an X11 desktop by EWMH: which one is active, what it is called, where its frame is."""

from __future__ import annotations

import os
import struct
from pathlib import Path
from types import TracebackType
from typing import Any, Self

from app.system.base import Rect, Window
from app.system.compound_text import ESCAPE, compound_text

SKIPPED_TYPES = frozenset(
    f"_NET_WM_WINDOW_TYPE_{name}"
    for name in (
        "DESKTOP",
        "DOCK",
        "TOOLBAR",
        "MENU",
        "SPLASH",
        "DROPDOWN_MENU",
        "POPUP_MENU",
        "TOOLTIP",
        "NOTIFICATION",
        "COMBO",
        "DND",
    )
)
MAX_PROPERTY_WORDS = 64 * 1024


class Desktop:
    """One connection to the X server, closed on leaving the `with` block. Raises OSError when there is none."""

    def __init__(self, display: str | None = None) -> None:
        import xcffib
        import xcffib.xproto

        self._xcffib: Any = xcffib  # its generated modules are untyped
        self._x: Any = xcffib.xproto
        try:
            self._connection: Any = self._xcffib.connect(display)
        except self._xcffib.ConnectionException as error:
            raise OSError("no X server") from error
        self._root: int = self._connection.get_setup().roots[self._connection.pref_screen].root
        self._atoms: dict[str, int] = {}
        self._names: dict[int, str] = {}

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._connection.disconnect()

    def active(self) -> Window | None:
        """The active window when it belongs to another program and is an ordinary window."""
        handle = self._number(self._root, "_NET_ACTIVE_WINDOW") or self._focused()
        return self.window(handle) if handle else None

    def stacking(self) -> tuple[Window, ...]:
        """Ordinary windows of other programs, topmost first."""
        handles = self._numbers(self._root, "_NET_CLIENT_LIST_STACKING")
        found = (self.window(handle) for handle in reversed(handles))
        return tuple(window for window in found if window is not None)

    def window(self, handle: int) -> Window | None:
        """What is known about one window; None for panels, the desktop, hidden windows and our own."""
        try:
            process_id = self._number(handle, "_NET_WM_PID")
            types = self._atom_names(handle, "_NET_WM_WINDOW_TYPE")
            states = self._atom_names(handle, "_NET_WM_STATE")
            if process_id == os.getpid() or types & SKIPPED_TYPES or "_NET_WM_STATE_HIDDEN" in states:
                return None
            rect = self._frame(handle)
            if rect is None or rect.is_empty:
                return None
            return Window(
                title=self._title(handle),
                application=self._application(handle, process_id),
                rect=rect,
                is_modal="_NET_WM_STATE_MODAL" in states
                or "_NET_WM_WINDOW_TYPE_DIALOG" in types
                or self._number(handle, "WM_TRANSIENT_FOR") not in (0, self._root),
                handle=handle,
                process_id=process_id,
            )
        except (self._xcffib.XcffibException, self._x.BadWindow, self._x.BadDrawable, struct.error):
            return None  # it was closed meanwhile

    def resource_dpi(self) -> float:
        """`Xft.dpi` of the desktop, 96 when it is not set."""
        for line in self._text(self._root, "RESOURCE_MANAGER").splitlines():
            name, _, value = line.partition(":")
            if name.strip() == "Xft.dpi":
                try:
                    return max(float(value), 48.0)
                except ValueError:
                    return 96.0
        return 96.0

    def _focused(self) -> int:
        """The client window that has the keyboard when no window manager says which is active."""
        handle = int(self._x.xprotoExtension(self._connection).GetInputFocus().reply().focus)
        while handle not in (0, 1, self._root):
            if self._property(handle, "WM_CLASS"):
                return handle
            handle = int(self._connection.core.QueryTree(handle).reply().parent)
        return 0

    def _frame(self, handle: int) -> Rect | None:
        core = self._connection.core
        if core.GetWindowAttributes(handle).reply().map_state != self._x.MapState.Viewable:
            return None
        geometry = core.GetGeometry(handle).reply()
        origin = core.TranslateCoordinates(handle, self._root, 0, 0).reply()
        rect = Rect(int(origin.dst_x), int(origin.dst_y), int(geometry.width), int(geometry.height))
        left, right, top, bottom = (*self._numbers(handle, "_NET_FRAME_EXTENTS")[:4], 0, 0, 0, 0)[:4]
        # A client that draws its own frame includes its shadow in the window; that part is not the frame.
        inner = (*self._numbers(handle, "_GTK_FRAME_EXTENTS")[:4], 0, 0, 0, 0)[:4]
        left, right, top, bottom = left - inner[0], right - inner[1], top - inner[2], bottom - inner[3]
        return Rect(rect.x - left, rect.y - top, rect.width + left + right, rect.height + top + bottom)

    def _title(self, handle: int) -> str:
        return (self._text(handle, "_NET_WM_NAME") or self._text(handle, "WM_NAME")).strip()

    def _application(self, handle: int, process_id: int) -> str:
        names = self._property(handle, "WM_CLASS").split(b"\0")
        for name in (*names[1:2], *names[:1]):
            if name:
                return name.decode("utf-8", "replace")
        try:
            return Path(f"/proc/{process_id}/comm").read_text("utf-8").strip()
        except OSError:
            return ""

    def _text(self, handle: int, name: str) -> str:
        value = self._property(handle, name).rstrip(b"\0")
        if ESCAPE in value:
            return compound_text(value)
        try:
            return value.decode("utf-8")
        except UnicodeDecodeError:
            return value.decode("latin-1")

    def _number(self, handle: int, name: str) -> int:
        return next(iter(self._numbers(handle, name)), 0)

    def _numbers(self, handle: int, name: str) -> tuple[int, ...]:
        value = self._property(handle, name)
        return struct.unpack(f"={len(value) // 4}I", value[: len(value) // 4 * 4])

    def _atom_names(self, handle: int, name: str) -> frozenset[str]:
        return frozenset(self._name(atom) for atom in self._numbers(handle, name))

    def _property(self, handle: int, name: str) -> bytes:
        any_type = 0
        reply = self._connection.core.GetProperty(
            False, handle, self._atom(name), any_type, 0, MAX_PROPERTY_WORDS
        ).reply()
        return b"".join(reply.value)

    def _atom(self, name: str) -> int:
        if name not in self._atoms:
            reply = self._connection.core.InternAtom(False, len(name), name).reply()
            self._atoms[name] = int(reply.atom)
        return self._atoms[name]

    def _name(self, atom: int) -> str:
        if atom not in self._names:
            reply = self._connection.core.GetAtomName(atom).reply()
            self._names[atom] = b"".join(reply.name).decode("latin-1")
        return self._names[atom]
