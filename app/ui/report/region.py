"""Where a region's edges are, which part of it a pointer holds, and what a gesture makes of it. No Qt."""

from __future__ import annotations

from dataclasses import dataclass
from enum import Enum

from app.system.base import Rect

SMALLEST = 8
"""Pixels of the picture; a gesture that stays below it in either direction is a click."""


class Grip(Enum):
    """The part of a region that is held; the value tells which edges move: (left, top, right, bottom)."""

    TOP_LEFT = (True, True, False, False)
    TOP = (False, True, False, False)
    TOP_RIGHT = (False, True, True, False)
    RIGHT = (False, False, True, False)
    BOTTOM_RIGHT = (False, False, True, True)
    BOTTOM = (False, False, False, True)
    BOTTOM_LEFT = (True, False, False, True)
    LEFT = (True, False, False, False)
    INSIDE = (True, True, True, True)
    OUTSIDE = (False, False, False, False)


HANDLES = tuple(grip for grip in Grip if grip not in (Grip.INSIDE, Grip.OUTSIDE))


@dataclass(frozen=True, slots=True)
class Edges:
    """A rectangle by its edges, in any unit; used where pixels are fractions (on the screen, while zoomed)."""

    left: float
    top: float
    right: float
    bottom: float

    def handle(self, grip: Grip) -> tuple[float, float]:
        """The centre of a handle: a corner, or the middle of an edge."""
        left, top, right, bottom = grip.value
        x = self.left if left else self.right if right else (self.left + self.right) / 2
        y = self.top if top else self.bottom if bottom else (self.top + self.bottom) / 2
        return x, y

    def grip_at(self, x: float, y: float, reach: float) -> Grip:
        """What a pointer at (x, y) holds; a handle answers within `reach` of its centre, the nearest one first.

        The middle of a small region stays free for moving it: handles then reach less far inwards.
        """
        inside = self.left <= x < self.right and self.top <= y < self.bottom
        if inside:
            reach = min(reach, (self.right - self.left) / 4, (self.bottom - self.top) / 4)
        near = [
            (max(abs(x - hx), abs(y - hy)), index)
            for index, (hx, hy) in enumerate(self.handle(grip) for grip in HANDLES)
            if max(abs(x - hx), abs(y - hy)) <= reach
        ]
        if near:
            return HANDLES[min(near)[1]]
        return Grip.INSIDE if inside else Grip.OUTSIDE


@dataclass(frozen=True, slots=True)
class Drag:
    """A gesture under way: what it holds, where it began (pixels of the picture) and the region it began with."""

    grip: Grip
    x: float
    y: float
    before: Rect | None

    def to(self, x: float, y: float, bounds: Rect) -> Rect:
        """The region when the pointer is at (x, y), inside `bounds`. Drawing anew may answer an empty one."""
        if self.before is None or self.grip is Grip.OUTSIDE:
            return between(self.x, self.y, x, y, bounds)
        dx, dy = round(x - self.x), round(y - self.y)
        if self.grip is Grip.INSIDE:
            return nudged(self.before, dx, dy, bounds)
        left, top, right, bottom = self.grip.value
        one = (self.before.x + dx * left, self.before.y + dy * top)
        other = (self.before.right + dx * right, self.before.bottom + dy * bottom)
        return grown_to_smallest(between(*one, *other, bounds), bounds)


def between(x1: float, y1: float, x2: float, y2: float, bounds: Rect) -> Rect:
    """The whole pixels two points span, inside `bounds`, whichever point is first."""
    left, right = sorted((clamped(x1, bounds.x, bounds.right), clamped(x2, bounds.x, bounds.right)))
    top, bottom = sorted((clamped(y1, bounds.y, bounds.bottom), clamped(y2, bounds.y, bounds.bottom)))
    return Rect(left, top, right - left, bottom - top)


def nudged(region: Rect, dx: int, dy: int, bounds: Rect) -> Rect:
    """The region moved as far as `bounds` allow; its size stays."""
    x = clamped(region.x + dx, bounds.x, bounds.right - region.width)
    y = clamped(region.y + dy, bounds.y, bounds.bottom - region.height)
    return Rect(x, y, region.width, region.height)


def stretched(region: Rect, dx: int, dy: int, bounds: Rect) -> Rect:
    """The region with its right and bottom edges moved, never smaller than `SMALLEST`."""
    right = clamped(region.right + dx, region.x + SMALLEST, bounds.right)
    bottom = clamped(region.bottom + dy, region.y + SMALLEST, bounds.bottom)
    return Rect(region.x, region.y, right - region.x, bottom - region.y)


def middle(bounds: Rect) -> Rect:
    """Where a region drawn with the keyboard begins: the middle half of the picture."""
    width, height = max(SMALLEST, bounds.width // 2), max(SMALLEST, bounds.height // 2)
    return Rect(bounds.x + (bounds.width - width) // 2, bounds.y + (bounds.height - height) // 2, width, height)


def is_click(region: Rect) -> bool:
    """Whether a gesture stayed so small that nothing was meant to be drawn."""
    return region.width < SMALLEST or region.height < SMALLEST


def grown_to_smallest(region: Rect, bounds: Rect) -> Rect:
    width, height = max(region.width, SMALLEST), max(region.height, SMALLEST)
    return nudged(Rect(region.x, region.y, width, height), 0, 0, bounds)


def clamped(value: float, lowest: int, highest: int) -> int:
    return max(lowest, min(round(value), highest))
