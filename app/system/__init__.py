"""The only package that asks which operating system this is."""

from __future__ import annotations

import functools
import sys

from app.system.base import ChildOptions, Display, ElementRole, PolicyEntry, Rect, System, TextElement, Window

__all__ = [
    "ChildOptions",
    "Display",
    "ElementRole",
    "PolicyEntry",
    "Rect",
    "System",
    "TextElement",
    "Window",
    "current",
]


@functools.cache
def current() -> System:
    """The system this process runs on."""
    match sys.platform:
        case "win32":
            from app.system.windows import WindowsSystem

            return WindowsSystem()
        case "darwin":
            from app.system.macos import MacSystem

            return MacSystem()
        case "linux":
            from app.system.linux import LinuxSystem

            return LinuxSystem()
        case _:
            from app.system.null import NullSystem

            return NullSystem()
