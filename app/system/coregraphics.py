"""The few calls into CoreGraphics and CoreFoundation that macOS needs, by ctypes."""

from __future__ import annotations

import ctypes
import ctypes.util
import uuid
from collections.abc import Iterator
from typing import Any

from app.system.base import Rect, Window

ON_SCREEN_ONLY = 1
EXCLUDE_DESKTOP = 16
NULL_WINDOW = 0
UTF8 = 0x08000100
SIGNED_64 = 4
FLOAT_64 = 13
SMALLEST_WINDOW = 40


class CGRect(ctypes.Structure):
    """CGRect: origin and size as doubles, in points."""

    _fields_ = (
        ("x", ctypes.c_double),
        ("y", ctypes.c_double),
        ("width", ctypes.c_double),
        ("height", ctypes.c_double),
    )


def window_list() -> Iterator[Window]:
    """Ordinary windows (layer 0) on the screen, frontmost first. Raises OSError when a framework is missing."""
    for layer, window in layered_windows():
        if layer == 0 and window.rect.width >= SMALLEST_WINDOW and window.rect.height >= SMALLEST_WINDOW:
            yield window


def layered_windows() -> Iterator[tuple[int, Window]]:
    """Every window on the screen with its layer, frontmost first. Raises OSError when a framework is missing."""
    foundation, graphics = _framework("CoreFoundation"), _framework("CoreGraphics")
    pointer = ctypes.c_void_p
    graphics.CGWindowListCopyWindowInfo.restype = pointer
    graphics.CGRectMakeWithDictionaryRepresentation.argtypes = [pointer, ctypes.POINTER(CGRect)]
    graphics.CGRectMakeWithDictionaryRepresentation.restype = ctypes.c_bool
    foundation.CFArrayGetCount.argtypes = [pointer]
    foundation.CFArrayGetCount.restype = ctypes.c_long
    foundation.CFArrayGetValueAtIndex.argtypes = [pointer, ctypes.c_long]
    foundation.CFArrayGetValueAtIndex.restype = pointer
    foundation.CFRelease.argtypes = [pointer]
    array = graphics.CGWindowListCopyWindowInfo(ON_SCREEN_ONLY | EXCLUDE_DESKTOP, NULL_WINDOW)
    if not array:
        return
    try:
        for index in range(foundation.CFArrayGetCount(array)):
            entry = _Entry(foundation, graphics, foundation.CFArrayGetValueAtIndex(array, index))
            window = entry.window()
            if window is not None:
                yield entry.layer, window
    finally:
        foundation.CFRelease(array)


def takes_keys_in_secret() -> bool:
    """Whether a program has secure input on, as password fields do. Raises OSError without the framework."""
    carbon = _framework("Carbon")
    carbon.IsSecureEventInputEnabled.restype = ctypes.c_bool
    return bool(carbon.IsSecureEventInputEnabled())


def may_record_screen() -> bool:
    """Whether pictures show more than the wallpaper; asks nobody. Raises OSError without CoreGraphics."""
    graphics = _framework("CoreGraphics")
    graphics.CGPreflightScreenCaptureAccess.restype = ctypes.c_bool
    return bool(graphics.CGPreflightScreenCaptureAccess())


def ask_to_record_screen() -> bool:
    """Show the system's permission question, once per installation; True when it is granted already."""
    graphics = _framework("CoreGraphics")
    graphics.CGRequestScreenCaptureAccess.restype = ctypes.c_bool
    return bool(graphics.CGRequestScreenCaptureAccess())


def host_uuid() -> str:
    """The UUID of this Mac. Raises OSError when the system does not say."""
    system = ctypes.CDLL(None, use_errno=True)
    raw = (ctypes.c_ubyte * 16)()
    wait = (ctypes.c_long * 2)(1, 0)
    if system.gethostuuid(raw, ctypes.byref(wait)):
        raise OSError(ctypes.get_errno(), "gethostuuid")
    return str(uuid.UUID(bytes=bytes(raw)))


class _Entry:
    """One dictionary of the window list."""

    def __init__(self, foundation: Any, graphics: Any, dictionary: int) -> None:
        pointer = ctypes.c_void_p
        self._foundation, self._graphics, self._dictionary = foundation, graphics, dictionary
        foundation.CFDictionaryGetValue.argtypes = [pointer, pointer]
        foundation.CFDictionaryGetValue.restype = pointer
        foundation.CFNumberGetValue.argtypes = [pointer, ctypes.c_long, pointer]
        foundation.CFNumberGetValue.restype = ctypes.c_bool
        foundation.CFStringGetCString.argtypes = [pointer, ctypes.c_char_p, ctypes.c_long, ctypes.c_uint32]
        foundation.CFStringGetCString.restype = ctypes.c_bool

    @property
    def layer(self) -> int:
        """0 for ordinary windows; menus, the dock and notifications lie above."""
        return self._number("kCGWindowLayer")

    def window(self) -> Window | None:
        """As ours; None for one without a place."""
        bounds = CGRect()
        value = self._value("kCGWindowBounds")
        if not value or not self._graphics.CGRectMakeWithDictionaryRepresentation(value, ctypes.byref(bounds)):
            return None
        rect = Rect(round(bounds.x), round(bounds.y), round(bounds.width), round(bounds.height))
        return Window(
            title=self._text("kCGWindowName"),
            application=self._text("kCGWindowOwnerName"),
            rect=rect,
            is_modal=False,
            handle=self._number("kCGWindowNumber"),
            process_id=self._number("kCGWindowOwnerPID"),
        )

    def _value(self, name: str) -> int | None:
        key = ctypes.c_void_p.in_dll(self._graphics, name)
        found: int | None = self._foundation.CFDictionaryGetValue(self._dictionary, key)
        return found

    def _number(self, name: str) -> int:
        value = self._value(name)
        number = ctypes.c_int64()
        if value:
            self._foundation.CFNumberGetValue(value, SIGNED_64, ctypes.byref(number))
        return number.value

    def _text(self, name: str) -> str:
        value = self._value(name)
        text = ctypes.create_string_buffer(4096)
        if value and self._foundation.CFStringGetCString(value, text, len(text), UTF8):
            return text.value.decode("utf-8", "replace")
        return ""


def _framework(name: str) -> Any:
    path = ctypes.util.find_library(name)
    if path is None:
        raise OSError(f"{name} is missing")
    return ctypes.CDLL(path)
