"""One monitor's picture in physical pixels, with where it lies on the desktop."""

from __future__ import annotations

import io
import itertools
import math
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import TYPE_CHECKING

from app.system.base import Rect

if TYPE_CHECKING:
    from PIL import Image

SERIALS = itertools.count(1)
PNG_EFFORT = 4  # half the time of the default level for a few percent more bytes


@dataclass(frozen=True, slots=True, eq=False)
class Frame:
    """A picture of one monitor, or a part of it.

    `image` is RGB in physical pixels. `logical` is the same area in Qt's coordinates and `desktop` in the
    coordinates of `System.foreground()` (physical pixels on Windows and X11, points on macOS); `scale` is
    physical pixels per logical one. `source` names the backend that took it.
    `bgrx` is the same picture as the system handed it over, four bytes a pixel: what a screen shows needs no
    conversion then. None where there is none.
    """

    image: Image.Image
    logical: Rect
    desktop: Rect
    scale: float
    screen_id: str
    taken_at: datetime
    source: str
    is_primary: bool = False
    bgrx: bytes | bytearray | None = None
    serial: int = field(default_factory=SERIALS.__next__)
    """Tells frames apart for what is remembered about one; an object's identity may be another's later."""

    @property
    def size(self) -> Rect:
        """The picture's own rectangle, origin 0."""
        return Rect(0, 0, self.image.width, self.image.height)

    def crop(self, region: Rect) -> Frame:
        """The part inside `region` (image pixels, clipped to the picture). Raises ValueError when nothing is left."""
        region = region.intersection(self.size)
        if region.is_empty:
            raise ValueError("the region is outside of the picture")
        return replace(
            self,
            image=self.image.crop((region.x, region.y, region.right, region.bottom)),
            logical=_portion(self.size, self.logical, region),
            desktop=_portion(self.size, self.desktop, region),
            bgrx=None,
            serial=next(SERIALS),
        )

    def pixels(self, logical: Rect) -> Rect:
        """Image pixels that a rectangle in Qt's coordinates touches, rounded outward and clipped."""
        return _portion(self.logical, self.size, logical).intersection(self.size)

    def local(self, desktop: Rect) -> Rect | None:
        """Image pixels of a rectangle in desktop coordinates (a window's); None when it is on another monitor."""
        inside = _portion(self.desktop, self.size, desktop).intersection(self.size)
        return None if inside.is_empty else inside

    def is_blank(self) -> bool:
        """Whether every pixel has one colour: a protected, locked or switched-off screen."""
        extrema: tuple[tuple[int, int], ...] = self.image.getextrema()  # type: ignore[assignment]  # RGB
        return all(lowest == highest for lowest, highest in extrema)


def _portion(source: Rect, target: Rect, part: Rect) -> Rect:
    """Where `part` of `source` lies when `source` is stretched over `target`, rounded outward."""
    across, down = target.width / source.width, target.height / source.height
    # A thousandth of a pixel absorbs the noise of division, so that whole numbers stay whole.
    left = math.floor((part.x - source.x) * across + 0.001)
    top = math.floor((part.y - source.y) * down + 0.001)
    right = math.ceil((part.right - source.x) * across - 0.001)
    bottom = math.ceil((part.bottom - source.y) * down - 0.001)
    return Rect(target.x + left, target.y + top, right - left, bottom - top)


def png(frame: Frame) -> bytes:
    """The picture as PNG without any metadata: no text, time, profile or thumbnail."""
    return encoded(frame.image)


def encoded(image: Image.Image) -> bytes:
    """An image as RGB PNG made from its pixels alone."""
    from PIL import Image

    plain = image.convert("RGB")
    bare = Image.frombytes("RGB", plain.size, plain.tobytes())  # leaves `info` and profiles behind
    target = io.BytesIO()
    bare.save(target, format="PNG", compress_level=PNG_EFFORT)
    return target.getvalue()
