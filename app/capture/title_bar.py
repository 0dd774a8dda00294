"""Where a window's title stands on a picture: who hides it there wants it nowhere."""

from __future__ import annotations

from app.capture.frame import Frame
from app.system.base import Rect, Window

HEIGHT = 44
"""Logical pixels from a window's upper edge within which its title stands, on every system."""


def title_bar(frame: Frame, window: Window | None) -> Rect | None:
    """Pixels of the frame that show the window's title; None when the frame shows none of them."""
    if window is None:
        return None
    inside = frame.local(window.rect)
    if inside is None:
        return None
    return Rect(inside.x, inside.y, inside.width, min(inside.height, round(HEIGHT * frame.scale)))
