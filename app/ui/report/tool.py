"""The tools of the picture: what each draws, and what a gesture with one makes of the document. No Qt."""

from __future__ import annotations

from dataclasses import dataclass, replace
from enum import Enum
from uuid import UUID, uuid4

from app.capture.annotation import operations
from app.capture.annotation.document import (
    Area,
    Arrow,
    Box,
    Colour,
    Document,
    Ellipse,
    Hide,
    Highlight,
    Mark,
    Point,
    Step,
    Text,
    Weight,
)
from app.capture.annotation.grasp import outline
from app.capture.annotation.operations import Handle
from app.capture.annotation.stroke import LETTERS


class Tool(Enum):
    """What a gesture on the picture does; the value is the key that chooses it."""

    BOX = "B"
    ARROW = "A"
    STEP = "N"
    TEXT = "T"
    HIGHLIGHT = "H"
    HIDE = "X"
    CROP = "C"
    ELLIPSE = "E"


FILLING = {Tool.HIGHLIGHT: Highlight, Tool.HIDE: Hide}
"""Tools whose marks cover an area: only their own tool takes hold of one by its inside."""


@dataclass(frozen=True, slots=True)
class Style:
    """What new marks look like."""

    colour: Colour = Colour.RED
    weight: Weight = Weight.NORMAL


def drawn(tool: Tool, style: Style, start: Point, end: Point, mark_id: UUID) -> Mark | None:
    """The mark a drag from one point to another makes; None for tools that draw none."""
    area = Area.between(start, end)
    match tool:
        case Tool.BOX:
            return Box(id=mark_id, area=area, colour=style.colour, weight=style.weight)
        case Tool.ELLIPSE:
            return Ellipse(id=mark_id, area=area, colour=style.colour, weight=style.weight)
        case Tool.ARROW:
            return Arrow(id=mark_id, start=start, tip=end, colour=style.colour, weight=style.weight)
        case Tool.STEP:
            return Step(id=mark_id, centre=end, colour=style.colour, weight=style.weight)
        case Tool.HIGHLIGHT:
            return Highlight(id=mark_id, area=area)
        case Tool.HIDE:
            return Hide(id=mark_id, area=area)
        case _:
            return None


def worded(document: Document, style: Style, corner: Point, words: str) -> Text:
    """A new text as wide as there is room to its right."""
    size = LETTERS[style.weight] * document.scale
    room = max(document.width - corner.x - size, size * 8)
    width = min(room, size * 22)
    return Text(id=uuid4(), corner=corner, width=width, words=words, colour=style.colour, weight=style.weight)


def placed(tool: Tool, style: Style, document: Document) -> Mark | None:
    """A mark of a usual size in the middle of what is visible, for the keyboard to move."""
    seen = document.visible()
    middle = Point(seen.x + seen.width // 2, seen.y + seen.height // 2)
    across, down = max(seen.width // 8, 8), max(seen.height // 12, 8)
    if tool in (Tool.HIGHLIGHT, Tool.HIDE):
        down = max(round(16 * document.scale), 8)
    return drawn(tool, style, middle.moved(-across, -down), middle.moved(across, down), uuid4())


@dataclass(frozen=True, slots=True)
class Gesture:
    """A drag under way on a document: it draws a new mark, carries one, or pulls one's handle.

    `mark_id` is the mark it is about; `handle` is what it pulls at; `is_new` says the mark is being drawn.
    """

    before: Document
    start: Point
    mark_id: UUID
    tool: Tool
    style: Style
    handle: Handle | None = None
    is_new: bool = False

    def to(self, at: Point, *, even: bool = False) -> Document:
        """The document when the pointer is at a point; `even` keeps a box square and an arrow straight."""
        whole = Point(round(at.x), round(at.y))
        if self.is_new:
            end = evened(self.tool, self.start, inside(self.before, whole)) if even else inside(self.before, whole)
            mark = drawn(self.tool, self.style, self.start, end, self.mark_id)
            return self.before if mark is None else operations.add(self.before, mark)
        if self.handle is not None:
            return operations.resize(self.before, self.mark_id, self.handle, inside(self.before, whole))
        dx, dy = round(at.x - self.start.x), round(at.y - self.start.y)
        return kept_in(self.before, self.mark_id, dx, dy)

    def is_slip(self, after: Document) -> bool:
        """Whether nothing was meant to be drawn: a click, or a tremble."""
        return self.is_new and after is not self.before and operations.is_slip(after.mark(self.mark_id), after.scale)


def inside(document: Document, at: Point) -> Point:
    """The nearest point of the picture."""
    return Point(min(max(at.x, 0), document.width), min(max(at.y, 0), document.height))


def kept_in(document: Document, mark_id: UUID, dx: float, dy: float) -> Document:
    """The document with a mark moved, its middle never outside the picture."""
    area = outline(document.mark(mark_id), document.scale)
    x, y = area.x + area.width / 2, area.y + area.height / 2
    stay = inside(document, Point(x + dx, y + dy))
    return operations.move(document, mark_id, round(stay.x - x), round(stay.y - y))


def evened(tool: Tool, start: Point, end: Point) -> Point:
    """The end of a drag, so that a box becomes a square and an arrow keeps to eighths of a turn."""
    dx, dy = end.x - start.x, end.y - start.y
    longer = max(abs(dx), abs(dy))
    if tool is Tool.ARROW and min(abs(dx), abs(dy)) < longer * 0.414:
        return Point(end.x, start.y) if abs(dx) > abs(dy) else Point(start.x, end.y)
    return Point(start.x + (longer if dx >= 0 else -longer), start.y + (longer if dy >= 0 else -longer))


def stretched(document: Document, mark_id: UUID, dx: float, dy: float) -> Document:
    """The document with one mark made larger or smaller by its last handle; steps have none."""
    mark = document.mark(mark_id)
    if isinstance(mark, Arrow):
        return operations.resize(document, mark_id, Handle.TIP, inside(document, mark.tip.moved(dx, dy)))
    area = outline(mark, document.scale)
    right, bottom = area.x + area.width + dx, area.y + area.height + dy
    corner = inside(document, Point(max(right, area.x + 3), max(bottom, area.y + 3)))
    return operations.resize(document, mark_id, Handle.BOTTOM_RIGHT, corner)


def restyled(mark: Mark, style: Style) -> Mark:
    """A mark in another style."""
    return mark if isinstance(mark, Hide) else replace(mark, colour=style.colour, weight=style.weight)
