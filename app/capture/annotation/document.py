"""A marked picture as plain data: frozen marks in drawing order, and what is cut away around them.

All coordinates are physical pixels of the frame, as floats; sizes of strokes and letters follow from the
frame's scale when the picture is drawn, so that they are never stored.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from enum import StrEnum
from typing import Any
from uuid import UUID

from app.system.base import Rect


class Colour(StrEnum):
    """Colours that stay apart from each other for most colour-blind people; the value is `#rrggbb`."""

    RED = "#e5202e"
    ORANGE = "#f59e0b"
    GREEN = "#16a34a"
    BLUE = "#2563eb"
    PURPLE = "#9333ea"
    BLACK = "#111827"


class Weight(StrEnum):
    """How heavy a mark is drawn."""

    THIN = "thin"
    NORMAL = "normal"
    THICK = "thick"


@dataclass(frozen=True, slots=True)
class Point:
    """A place in the frame."""

    x: float
    y: float

    def moved(self, dx: float, dy: float) -> Point:
        """The same point elsewhere."""
        return Point(self.x + dx, self.y + dy)


@dataclass(frozen=True, slots=True)
class Area:
    """A rectangle with positive width and height."""

    x: float
    y: float
    width: float
    height: float

    @classmethod
    def between(cls, first: Point, second: Point) -> Area:
        """The rectangle whose opposite corners are given, whichever way it was drawn."""
        x, y = min(first.x, second.x), min(first.y, second.y)
        return cls(x, y, abs(first.x - second.x), abs(first.y - second.y))

    def moved(self, dx: float, dy: float) -> Area:
        """The same rectangle elsewhere."""
        return Area(self.x + dx, self.y + dy, self.width, self.height)

    def pixels(self) -> Rect:
        """The smallest rectangle of whole pixels that covers it."""
        left, top = int(self.x // 1), int(self.y // 1)
        right, bottom = -int(-(self.x + self.width) // 1), -int(-(self.y + self.height) // 1)
        return Rect(left, top, right - left, bottom - top)


@dataclass(frozen=True, slots=True, kw_only=True)
class Mark:
    """What all marks share. `id` stays the same through every change of one mark."""

    id: UUID
    colour: Colour = Colour.RED
    weight: Weight = Weight.NORMAL


@dataclass(frozen=True, slots=True, kw_only=True)
class Arrow(Mark):
    """A line from `start` to its head at `tip`."""

    start: Point
    tip: Point


@dataclass(frozen=True, slots=True, kw_only=True)
class Box(Mark):
    """An empty rectangle."""

    area: Area


@dataclass(frozen=True, slots=True, kw_only=True)
class Ellipse(Mark):
    """An empty ellipse."""

    area: Area


@dataclass(frozen=True, slots=True, kw_only=True)
class Step(Mark):
    """A numbered dot; the number is its place among the steps of the document, never stored."""

    centre: Point


@dataclass(frozen=True, slots=True, kw_only=True)
class Text(Mark):
    """Words at `corner` (top left), broken into lines no wider than `width`."""

    corner: Point
    width: float
    words: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Highlight(Mark):
    """A see-through marker stroke over a rectangle: what is below stays readable."""

    area: Area
    colour: Colour = Colour.ORANGE


@dataclass(frozen=True, slots=True, kw_only=True)
class Hide(Mark):
    """A rectangle whose contents are removed from the picture. Style plays no part in how it is drawn."""

    area: Area
    colour: Colour = Colour.BLACK


@dataclass(frozen=True, slots=True, kw_only=True)
class Unknown(Mark):
    """A mark of a newer version: kept and written back as it came, not drawn."""

    kind: str
    fields: tuple[tuple[str, Any], ...]


@dataclass(frozen=True, slots=True)
class Document:
    """Everything drawn on one frame of `width` x `height` pixels, lowest mark first.

    `crop` is what remains of the frame (None: all of it). `scale` is physical pixels per logical one.
    """

    width: int
    height: int
    scale: float = 1.0
    marks: tuple[Mark, ...] = ()
    crop: Area | None = None

    def mark(self, mark_id: UUID) -> Mark:
        """One mark. Raises KeyError when the document has none of that id."""
        for each in self.marks:
            if each.id == mark_id:
                return each
        raise KeyError(mark_id)

    def number(self, step: Step) -> int:
        """What a step shows: its place among the steps, from 1. Raises KeyError for a step of another document."""
        steps = [each.id for each in self.marks if isinstance(each, Step)]
        if step.id not in steps:
            raise KeyError(step.id)
        return steps.index(step.id) + 1

    def hidden(self) -> tuple[Hide, ...]:
        """The marks whose contents must not leave."""
        return tuple(each for each in self.marks if isinstance(each, Hide))

    def visible(self) -> Rect:
        """What remains of the frame, in whole pixels and never outside it."""
        whole = Rect(0, 0, self.width, self.height)
        return whole if self.crop is None else self.crop.pixels().intersection(whole)


def extent(mark: Mark) -> Area:
    """The rectangle a mark was drawn over, without its stroke; a step and an unknown mark have none of size."""
    match mark:
        case Arrow():
            return Area.between(mark.start, mark.tip)
        case Box() | Ellipse() | Highlight() | Hide():
            return mark.area
        case Step():
            return Area(mark.centre.x, mark.centre.y, 0, 0)
        case Text():
            return Area(mark.corner.x, mark.corner.y, mark.width, 0)
        case _:
            return Area(0, 0, 0, 0)


def shifted(mark: Mark, dx: float, dy: float) -> Mark:
    """The mark moved by so many pixels; an unknown mark stays where it is."""
    match mark:
        case Arrow():
            return replace(mark, start=mark.start.moved(dx, dy), tip=mark.tip.moved(dx, dy))
        case Box() | Ellipse() | Highlight() | Hide():
            return replace(mark, area=mark.area.moved(dx, dy))
        case Step():
            return replace(mark, centre=mark.centre.moved(dx, dy))
        case Text():
            return replace(mark, corner=mark.corner.moved(dx, dy))
        case _:
            return mark
