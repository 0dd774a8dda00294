"""Whether a picture can show the problem at all: black, empty and protected ones are explained, not sent silently."""

from __future__ import annotations

from enum import StrEnum
from typing import cast

from PIL import Image

from app.capture.frame import Frame
from app.system.base import Rect, Window

SAMPLE = 96
"""Pixels along the longer side of the reduced picture that is judged: a judgement takes a few milliseconds."""
PROTECTED_SHARE = 0.2
"""A pure black rectangle of at least this share of the picture is taken for a protected window."""


class Complaint(StrEnum):
    """What is wrong with a picture, as a sentence for the employee."""

    BLACK = "The picture is completely black. The screen may be locked or protected; a photo taken by phone helps."
    ONE_COLOUR = "The picture shows one colour only. Is the right screen chosen?"
    PROTECTED = (
        "A part of the picture is black: that program does not let itself be pictured. Describe what it says, or "
        "take a photo by phone."
    )
    WITHOUT_WINDOWS = (
        "The picture shows the background without any window. Deskbell may not be allowed to see the screen; "
        "ask IT or look into the system's privacy settings."
    )


def judge(frame: Frame, window: Window | None = None, *, may_see_windows: bool = True) -> Complaint | None:
    """The first complaint that holds, or None for a picture that seems good.

    `window` is the one the employee works in: when it is black inside, it is protected. `may_see_windows` is False
    where the system says that pictures show only the background.
    """
    small = reduced(frame.image)
    extremes = levels(small)
    if all(high == 0 for _, high in extremes):
        return Complaint.BLACK
    if all(high - low <= 2 for low, high in extremes):
        return Complaint.ONE_COLOUR
    if not may_see_windows:
        return Complaint.WITHOUT_WINDOWS
    area = frame.local(window.rect) if window else None
    if area is not None and is_black(frame.image, area):
        return Complaint.PROTECTED
    if window is None and black_share(small) >= PROTECTED_SHARE:
        return Complaint.PROTECTED
    return None


def reduced(image: Image.Image) -> Image.Image:
    """The picture at judging size, each pixel one of the picture's own, so that thin text does not hide black."""
    factor = max(image.width, image.height) / SAMPLE
    size = (max(round(image.width / factor), 1), max(round(image.height / factor), 1))
    return image.resize(size, Image.Resampling.NEAREST) if factor > 1 else image


def levels(image: Image.Image) -> tuple[tuple[int, int], ...]:
    """Lowest and highest level of each channel of an RGB image."""
    return cast("tuple[tuple[int, int], ...]", image.getextrema())


def is_black(image: Image.Image, area: Rect) -> bool:
    """Whether the inside of an area (without a frame of 8 % at each edge) is pure black."""
    inner = area.grown(-max(round(min(area.width, area.height) * 0.08), 1))
    if inner.width < 40 or inner.height < 40:
        return False
    part = reduced(image.crop((inner.x, inner.y, inner.right, inner.bottom)))
    return all(high == 0 for _, high in levels(part))


def black_share(small: Image.Image) -> float:
    """Share of the picture that one solid pure black rectangle covers; 0 when black lies scattered."""
    dark = small.convert("L").point(lambda level: 255 if level == 0 else 0)
    box = dark.getbbox()
    if box is None:
        return 0.0
    inside = dark.crop(box)
    filled = inside.histogram()[255] / (inside.width * inside.height)
    return inside.width * inside.height / (small.width * small.height) if filled > 0.97 else 0.0
