"""An X11 monitor: DAMAGE says what changed, XShm brings the pixels, XFixes the pointer's shape.

Window moves come from ConfigureNotify on the root window, so that a dragged window travels as a copy command.
"""

from __future__ import annotations

import ctypes
import select
import struct
from typing import TYPE_CHECKING, Any

from app.assist.shared_memory import Segment
from app.assist.source import Cursor, Gone, Moved
from app.system.base import Rect

if TYPE_CHECKING:
    from app.assist.source import Pixels

Z_PIXMAP = 2
ALL_PLANES = 0xFFFFFFFF
NON_EMPTY = 3
CURSOR_NOTIFY = 1


class X11Screen:
    """`monitor` is the part of the root window that is shared."""

    def __init__(self, monitor: Rect, display: str | None = None) -> None:
        """Raises Gone when there is no X server with the extensions needed."""
        import xcffib
        import xcffib.damage
        import xcffib.shm
        import xcffib.xfixes
        import xcffib.xproto

        self._library: Any = xcffib
        self._monitor = monitor
        self.width, self.height = monitor.width, monitor.height
        try:
            self._connection: Any = self._library.connect(display)
            self._screen = self._connection.get_setup().roots[self._connection.pref_screen]
            self._root: int = self._screen.root
            self._shm: Any = self._connection(xcffib.shm.key)
            self._damages: Any = self._connection(xcffib.damage.key)
            self._fixes: Any = self._connection(xcffib.xfixes.key)
            self._fixes.QueryVersion(5, 0).reply()
            self._damages.QueryVersion(1, 1).reply()
            self._shm.QueryVersion().reply()
            self._prepare()
        except (self._library.XcffibException, self._library.xproto.BadMatch, OSError) as error:
            raise Gone("no X server that can share its screen") from error

    def _prepare(self) -> None:
        self._memory = Segment(self.width * self.height * 4)
        self._attached: int = self._connection.generate_id()
        self._shm.AttachChecked(self._attached, self._memory.identifier, False).check()
        self._memory.forget()
        self._damage: int = self._connection.generate_id()
        self._damages.CreateChecked(self._damage, self._root, NON_EMPTY).check()
        self._region: int = self._connection.generate_id()
        self._fixes.CreateRegionChecked(self._region, 0, []).check()
        self._fixes.SelectCursorInputChecked(self._root, CURSOR_NOTIFY).check()
        mask = self._library.xproto.EventMask.SubstructureNotify
        self._connection.core.ChangeWindowAttributesChecked(
            self._root, self._library.xproto.CW.EventMask, [mask]
        ).check()
        self._is_damaged = True
        self._is_first = True
        self._cursor_changed = True
        self._places: dict[int, Rect] = {}
        self._moves: dict[int, Moved] = {}

    def wait(self, seconds: float) -> bool:
        self._read()
        if not self._is_damaged and seconds > 0:
            try:
                select.select([self._connection.get_file_descriptor()], [], [], seconds)
            except (OSError, ValueError) as error:
                raise Gone("the X server ended") from error
            self._read()
        return self._is_damaged

    def changed(self) -> Rect | None:
        self._read()
        if not self._is_damaged:
            return None
        self._is_damaged = False
        whole = Rect(0, 0, self.width, self.height)
        try:
            self._damages.Subtract(self._damage, 0, self._region)
            extents = self._fixes.FetchRegion(self._region).reply().extents
        except self._library.XcffibException as error:
            raise Gone("the X server ended") from error
        if self._is_first:
            self._is_first = False
            return whole
        found = Rect(
            int(extents.x) - self._monitor.x,
            int(extents.y) - self._monitor.y,
            int(extents.width),
            int(extents.height),
        ).intersection(whole)
        return None if found.is_empty else found

    def grab(self, area: Rect) -> Pixels:
        import numpy as np

        try:
            self._shm.GetImage(
                self._root,
                self._monitor.x + area.x,
                self._monitor.y + area.y,
                area.width,
                area.height,
                ALL_PLANES,
                Z_PIXMAP,
                self._attached,
                0,
            ).reply()
        except (self._library.XcffibException, self._library.xproto.BadMatch) as error:
            raise Gone("the screen cannot be read") from error
        memory = (ctypes.c_uint8 * (area.area * 4)).from_address(self._memory.address)
        return np.ctypeslib.as_array(memory).reshape(area.height, area.width, 4)

    def moved(self) -> tuple[Moved, ...]:
        self._read()
        found = tuple(self._moves.values())
        self._moves.clear()
        return found

    def cursor(self) -> Cursor | None:
        self._read()
        if not self._cursor_changed:
            return None
        self._cursor_changed = False
        try:
            image = self._fixes.GetCursorImage().reply()
        except self._library.XcffibException as error:
            raise Gone("the X server ended") from error
        pixels = struct.pack(f"={len(image.cursor_image)}I", *image.cursor_image)
        bgra = memoryview(pixels)
        rgba = bytearray(len(pixels))
        rgba[0::4], rgba[1::4], rgba[2::4], rgba[3::4] = bgra[2::4], bgra[1::4], bgra[0::4], bgra[3::4]
        return Cursor(
            int(image.cursor_serial), int(image.width), int(image.height), int(image.xhot), int(image.yhot), bytes(rgba)
        )

    def pointer(self) -> tuple[int, int]:
        try:
            found = self._connection.core.QueryPointer(self._root).reply()
        except self._library.XcffibException as error:
            raise Gone("the X server ended") from error
        return int(found.root_x) - self._monitor.x, int(found.root_y) - self._monitor.y

    def rest(self) -> None:
        pass  # nothing is captured between two grabs

    def close(self) -> None:
        try:
            self._connection.disconnect()
        finally:
            self._memory.close()

    def _read(self) -> None:
        """Take in every event that has arrived."""
        while True:
            try:
                event = self._connection.poll_for_event()
            except self._library.ConnectionException as error:
                raise Gone("the X server ended") from error
            if event is None:
                return
            name = type(event).__name__
            if name == "NotifyEvent" and hasattr(event, "damage"):
                self._is_damaged = True
            elif name == "CursorNotifyEvent":
                self._cursor_changed = True
            elif name == "ConfigureNotifyEvent":
                self._configured(event)
            elif name in ("DestroyNotifyEvent", "UnmapNotifyEvent"):
                self._places.pop(int(event.window), None)

    def _configured(self, event: Any) -> None:
        border = 2 * int(event.border_width)
        after = Rect(
            int(event.x) - self._monitor.x,
            int(event.y) - self._monitor.y,
            int(event.width) + border,
            int(event.height) + border,
        )
        window = int(event.window)
        before = self._places.get(window)
        self._places[window] = after
        if before is None or before == after or (before.width, before.height) != (after.width, after.height):
            return
        earlier = self._moves.get(window)
        self._moves[window] = Moved(earlier.before if earlier else before, after)
