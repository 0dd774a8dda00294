"""Keeps a window of ours out of pictures of the screen, where the system can."""

from __future__ import annotations

import os
import sys
from typing import Any

WDA_EXCLUDEFROMCAPTURE = 0x11


def exclude_from_capture(handle: int) -> bool:
    """Whether the window is left out of captures from now on: Windows 10 2004 and later; no other system can.

    `handle` is the native window of this process.
    """
    if sys.platform == "win32":
        import ctypes

        from app.system.windows import library

        user32 = library("user32")
        return bool(user32.SetWindowDisplayAffinity(ctypes.c_void_p(handle), WDA_EXCLUDEFROMCAPTURE))
    return False


def is_composited() -> bool:
    """Whether half-transparent windows are: always except on an X11 desktop without a compositor."""
    if sys.platform != "linux" or os.environ.get("WAYLAND_DISPLAY"):
        return True  # Wayland composes, XWayland's windows too
    import xcffib
    import xcffib.xproto

    try:
        connection: Any = xcffib.connect()  # type: ignore[no-untyped-call]
    except xcffib.ConnectionException:
        return True  # no screen at all needs nothing
    try:
        name = f"_NET_WM_CM_S{connection.pref_screen}"
        atom = connection.core.InternAtom(False, len(name), name).reply().atom
        return bool(connection.core.GetSelectionOwner(atom).reply().owner)
    finally:
        connection.disconnect()
