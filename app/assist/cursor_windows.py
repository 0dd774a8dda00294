"""The pointer of Windows: its place and its shape, which duplicated frames do not contain."""

from __future__ import annotations

import ctypes
from typing import Any

from app.assist.source import Cursor
from app.system.bitmap import BitmapHeader

SHOWING = 1
RGB_BITS = 0


class Point(ctypes.Structure):
    """POINT."""

    _fields_ = (("x", ctypes.c_int32), ("y", ctypes.c_int32))


class CursorInfo(ctypes.Structure):
    """CURSORINFO."""

    _fields_ = (
        ("size", ctypes.c_uint32),
        ("flags", ctypes.c_uint32),
        ("cursor", ctypes.c_void_p),
        ("place", Point),
    )


class IconInfo(ctypes.Structure):
    """ICONINFO."""

    _fields_ = (
        ("is_icon", ctypes.c_int32),
        ("hot_x", ctypes.c_uint32),
        ("hot_y", ctypes.c_uint32),
        ("mask", ctypes.c_void_p),
        ("colour", ctypes.c_void_p),
    )


class Bitmap(ctypes.Structure):
    """BITMAP."""

    _fields_ = (
        ("kind", ctypes.c_int32),
        ("width", ctypes.c_int32),
        ("height", ctypes.c_int32),
        ("row_bytes", ctypes.c_int32),
        ("planes", ctypes.c_uint16),
        ("bits", ctypes.c_uint16),
        ("data", ctypes.c_void_p),
    )


class BitmapHead(ctypes.Structure):
    """BITMAPINFO, with room for the two colours of a mask."""

    _fields_ = (("header", BitmapHeader), ("colours", ctypes.c_uint32 * 2))


class WindowsCursor:
    """`user32` and `gdi32` are the libraries of that name."""

    def __init__(self, user32: Any = None, gdi32: Any = None) -> None:
        windll: Any = getattr(ctypes, "windll", None)
        self._user: Any = user32 or windll.user32
        self._gdi: Any = gdi32 or windll.gdi32
        self._user.GetDC.restype = ctypes.c_void_p
        self._last: int | None = None
        self._serial = 0

    def place(self) -> tuple[int, int]:
        """Where it points, in pixels of the desktop; (-1, -1) while it is hidden."""
        found = self._info()
        return (found.place.x, found.place.y) if found.flags & SHOWING else (-1, -1)

    def shape(self) -> Cursor | None:
        """The shape when it is another one than at the last call; None also while it cannot be read."""
        found = self._info()
        if not found.flags & SHOWING or not found.cursor or found.cursor == self._last:
            return None
        icon = IconInfo()
        if not self._user.GetIconInfo(ctypes.c_void_p(found.cursor), ctypes.byref(icon)):
            return None
        try:
            picture = self._picture(icon)
        finally:
            for bitmap in (icon.mask, icon.colour):
                if bitmap:
                    self._gdi.DeleteObject(ctypes.c_void_p(bitmap))
        if picture is None:
            return None
        self._last = found.cursor
        self._serial += 1
        width, height, rgba = picture
        return Cursor(self._serial, width, height, int(icon.hot_x), int(icon.hot_y), rgba)

    def _info(self) -> CursorInfo:
        found = CursorInfo(size=ctypes.sizeof(CursorInfo))
        if not self._user.GetCursorInfo(ctypes.byref(found)):
            found.flags = 0
        return found

    def _picture(self, icon: IconInfo) -> tuple[int, int, bytes] | None:
        """Width, height and RGBA of a shape in colour, or of one that is two masks one above the other."""
        bitmap = Bitmap()
        handle = ctypes.c_void_p(icon.colour or icon.mask)
        if not self._gdi.GetObjectW(handle, ctypes.sizeof(Bitmap), ctypes.byref(bitmap)):
            return None
        mask = self._pixels(icon.mask)
        if icon.colour:
            colour = self._pixels(icon.colour)
            return None if colour is None or mask is None else (bitmap.width, bitmap.height, in_colour(colour, mask))
        height = bitmap.height // 2
        return None if mask is None else (bitmap.width, height, in_masks(mask, bitmap.width * height))

    def _pixels(self, handle: int) -> bytes | None:
        """A bitmap as BGRA, top row first."""
        bitmap = Bitmap()
        if not self._gdi.GetObjectW(ctypes.c_void_p(handle), ctypes.sizeof(Bitmap), ctypes.byref(bitmap)):
            return None
        head = BitmapHead(BitmapHeader(size=40, width=bitmap.width, height=-bitmap.height, planes=1, bits=32))
        data = ctypes.create_string_buffer(bitmap.width * bitmap.height * 4)
        screen = ctypes.c_void_p(self._user.GetDC(None))
        try:
            rows = self._gdi.GetDIBits(
                screen, ctypes.c_void_p(handle), 0, bitmap.height, data, ctypes.byref(head), RGB_BITS
            )
        finally:
            self._user.ReleaseDC(None, screen)
        return data.raw if rows else None


def in_colour(colour: bytes, mask: bytes) -> bytes:
    """RGBA of a shape in colour. Old shapes have no alpha at all: there the mask says what is seen."""
    found = bytearray(len(colour))
    found[0::4], found[1::4], found[2::4], found[3::4] = colour[2::4], colour[1::4], colour[0::4], colour[3::4]
    if not any(colour[3::4]):
        found[3::4] = bytes(0 if covered else 255 for covered in mask[0::4])
    return bytes(found)


def in_masks(masks: bytes, pixels: int) -> bytes:
    """RGBA of a shape of two masks: black, white, nothing; what inverts the screen below is shown black."""
    both = zip(masks[0 : pixels * 4 : 4], masks[pixels * 4 :: 4], strict=True)
    kinds = {
        (False, False): b"\x00\x00\x00\xff",
        (False, True): b"\xff\xff\xff\xff",
        (True, False): b"\x00\x00\x00\x00",
        (True, True): b"\x00\x00\x00\xff",
    }
    return b"".join(kinds[bool(keeps), bool(turns)] for keeps, turns in both)
