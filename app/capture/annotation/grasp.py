"""Which mark a pointer means, and where a mark can be pulled. Pixels of the frame throughout."""

from __future__ import annotations

from math import hypot

from app.capture.annotation.document import (
    Area,
    Arrow,
    Box,
    Document,
    Ellipse,
    Hide,
    Highlight,
    Mark,
    Point,
    Step,
    Text,
)
from app.capture.annotation.operations import Handle
from app.capture.annotation.stroke import DOTS, LETTERS, WIDTHS

CORNERS = (Handle.TOP_LEFT, Handle.TOP_RIGHT, Handle.BOTTOM_LEFT, Handle.BOTTOM_RIGHT)


def handles(mark: Mark, scale: float) -> dict[Handle, Point]:
    """Where a mark can be pulled; empty for one that can only be moved."""
    match mark:
        case Arrow():
            return {Handle.START: mark.start, Handle.TIP: mark.tip}
        case Box() | Ellipse() | Highlight() | Hide():
            left, top = mark.area.x, mark.area.y
            right, bottom = left + mark.area.width, top + mark.area.height
            places = (Point(left, top), Point(right, top), Point(left, bottom), Point(right, bottom))
            return dict(zip(CORNERS, places, strict=True))
        case Text():
            area = outline(mark, scale)
            return {Handle.BOTTOM_RIGHT: Point(area.x + area.width, area.y + area.height)}
        case _:
            return {}


def handle_at(mark: Mark, at: Point, reach: float, scale: float) -> Handle | None:
    """The nearest handle within `reach` pixels."""
    near = [
        (hypot(place.x - at.x, place.y - at.y), handle)
        for handle, place in handles(mark, scale).items()
        if hypot(place.x - at.x, place.y - at.y) <= reach
    ]
    return min(near, key=lambda each: each[0])[1] if near else None


def mark_at(document: Document, at: Point, reach: float, *, filled: bool = True) -> Mark | None:
    """The topmost mark under a point; lines count within `reach` pixels, and hidden areas lie below all others.

    `filled` False leaves out marks that cover an area, so that something can be drawn on top of them.
    """
    drawn = [mark for mark in document.marks if not isinstance(mark, Hide)]
    order = [*reversed(drawn), *reversed(document.hidden())]
    return next((mark for mark in order if is_on(mark, at, reach, document.scale, filled=filled)), None)


def is_on(mark: Mark, at: Point, reach: float, scale: float, *, filled: bool = True) -> bool:
    """Whether a point means this mark."""
    line = reach + WIDTHS[mark.weight] * scale / 2
    match mark:
        case Arrow():
            return distance(at, mark.start, mark.tip) <= line
        case Box():
            outer, inner = grown(mark.area, line), grown(mark.area, -line)
            return inside(outer, at) and not inside(inner, at)
        case Ellipse():
            return in_ellipse(grown(mark.area, line), at) and not in_ellipse(grown(mark.area, -line), at)
        case Highlight() | Hide():
            return filled and inside(mark.area, at)
        case Step():
            return hypot(at.x - mark.centre.x, at.y - mark.centre.y) <= DOTS[mark.weight] * scale + reach / 2
        case Text():
            return inside(grown(outline(mark, scale), reach / 2), at)
        case _:
            return False


def outline(mark: Mark, scale: float) -> Area:
    """The rectangle a mark takes up, without its stroke; a text's height is estimated from its letters."""
    match mark:
        case Arrow():
            return Area.between(mark.start, mark.tip)
        case Box() | Ellipse() | Highlight() | Hide():
            return mark.area
        case Step():
            radius = DOTS[mark.weight] * scale
            return Area(mark.centre.x - radius, mark.centre.y - radius, 2 * radius, 2 * radius)
        case Text():
            size = LETTERS[mark.weight] * scale
            lines = [text_width(line, size) for line in mark.words.split("\n")]
            rows = sum(max(1, -int(-width // max(mark.width, size))) for width in lines)
            width = min(max(lines), mark.width)
            return Area(mark.corner.x, mark.corner.y, max(width, size), rows * size * 1.5)
        case _:
            return Area(0, 0, 0, 0)


def text_width(line: str, size: float) -> float:
    """About how wide a line is in letters of a size."""
    return sum(size if ord(letter) >= 0x2E80 else size * 0.56 for letter in line)


def grown(area: Area, by: float) -> Area:
    """The area with every edge moved outward; one that would turn over has no size left."""
    width, height = max(area.width + 2 * by, 0.0), max(area.height + 2 * by, 0.0)
    return Area(area.x - by, area.y - by, width, height)


def inside(area: Area, at: Point) -> bool:
    """Whether a point lies in an area that has a size."""
    across, down = at.x - area.x, at.y - area.y
    return 0 <= across <= area.width and 0 <= down <= area.height and area.width > 0 and area.height > 0


def in_ellipse(area: Area, at: Point) -> bool:
    """Whether a point lies in the ellipse of an area that has a size."""
    if not area.width or not area.height:
        return False
    across = (at.x - area.x - area.width / 2) / (area.width / 2)
    down = (at.y - area.y - area.height / 2) / (area.height / 2)
    return across**2 + down**2 <= 1


def distance(at: Point, start: Point, end: Point) -> float:
    """From a point to a line between two others."""
    dx, dy = end.x - start.x, end.y - start.y
    length = dx * dx + dy * dy
    along = 0.0 if not length else max(0.0, min(1.0, ((at.x - start.x) * dx + (at.y - start.y) * dy) / length))
    return hypot(at.x - start.x - along * dx, at.y - start.y - along * dy)
