"""What can be done to a marked picture: pure functions from document to document.

An operation that names a mark the document has not raises KeyError; one that changes nothing returns the same
document, so that history can tell.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace
from enum import StrEnum
from uuid import UUID

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
    Text,
    Weight,
    shifted,
)

SMALLEST = 3.0
"""Pixels (at scale 1) below which a drag was a slip of the hand and draws nothing."""


class Handle(StrEnum):
    """What a resize pulls at: the corners of an area, or the ends of an arrow."""

    TOP_LEFT = "top left"
    TOP_RIGHT = "top right"
    BOTTOM_LEFT = "bottom left"
    BOTTOM_RIGHT = "bottom right"
    START = "start"
    TIP = "tip"


def add(document: Document, mark: Mark) -> Document:
    """Put a mark on top. Raises ValueError when its id is already there."""
    if any(each.id == mark.id for each in document.marks):
        raise ValueError(f"the document already has a mark {mark.id}")
    return replace(document, marks=(*document.marks, mark))


def delete(document: Document, mark_id: UUID) -> Document:
    """Take a mark away; the numbers of later steps close up by themselves."""
    document.mark(mark_id)
    return replace(document, marks=tuple(each for each in document.marks if each.id != mark_id))


def change(document: Document, mark_id: UUID, how: Callable[[Mark], Mark]) -> Document:
    """Replace one mark by what `how` makes of it, in its place."""
    before = document.mark(mark_id)
    after = how(before)
    if after == before:
        return document
    return replace(document, marks=tuple(after if each.id == mark_id else each for each in document.marks))


def move(document: Document, mark_id: UUID, dx: float, dy: float) -> Document:
    """Move a mark by so many pixels."""
    return change(document, mark_id, lambda mark: shifted(mark, dx, dy))


def resize(document: Document, mark_id: UUID, handle: Handle, to: Point) -> Document:
    """Pull one handle of a mark to a place; marks without that handle stay as they are."""

    def pulled(mark: Mark) -> Mark:
        match mark:
            case Arrow() if handle is Handle.START:
                return replace(mark, start=to)
            case Arrow() if handle is Handle.TIP:
                return replace(mark, tip=to)
            case Box() | Ellipse() | Highlight() | Hide():
                return replace(mark, area=with_corner(mark.area, handle, to))
            case Text() if handle in (Handle.TOP_RIGHT, Handle.BOTTOM_RIGHT):
                return replace(mark, width=max(to.x - mark.corner.x, SMALLEST))
            case _:
                return mark

    return change(document, mark_id, pulled)


def with_corner(area: Area, handle: Handle, to: Point) -> Area:
    """The area with one corner elsewhere; pulling it across the opposite corner turns the area over."""
    left, top, right, bottom = area.x, area.y, area.x + area.width, area.y + area.height
    opposite = {
        Handle.TOP_LEFT: Point(right, bottom),
        Handle.TOP_RIGHT: Point(left, bottom),
        Handle.BOTTOM_LEFT: Point(right, top),
        Handle.BOTTOM_RIGHT: Point(left, top),
    }
    return Area.between(opposite[handle], to) if handle in opposite else area


def restyle(document: Document, mark_id: UUID, colour: Colour | None = None, weight: Weight | None = None) -> Document:
    """Give a mark another colour or weight; a hidden area takes no style."""

    def styled(mark: Mark) -> Mark:
        if isinstance(mark, Hide):
            return mark
        return replace(mark, colour=colour or mark.colour, weight=weight or mark.weight)

    return change(document, mark_id, styled)


def reword(document: Document, mark_id: UUID, words: str) -> Document:
    """Change what a text says; a text without words is deleted."""
    if not words.strip():
        return delete(document, mark_id)
    return change(document, mark_id, lambda mark: replace(mark, words=words) if isinstance(mark, Text) else mark)


def raise_to(document: Document, mark_id: UUID, place: int) -> Document:
    """Put a mark at a place in the drawing order (0 is lowest); also how steps are renumbered by hand."""
    mark = document.mark(mark_id)
    others = [each for each in document.marks if each.id != mark_id]
    others.insert(max(0, min(place, len(others))), mark)
    return document if tuple(others) == document.marks else replace(document, marks=tuple(others))


def crop(document: Document, area: Area | None) -> Document:
    """Keep only an area of the frame (None: all of it again); marks stay where they are."""
    if area is not None:
        kept = area.pixels()
        inside = replace(document, crop=area).visible()
        if inside.is_empty:
            return document
        area = Area(inside.x, inside.y, inside.width, inside.height) if inside != kept else area
    return document if area == document.crop else replace(document, crop=area)


def paste(document: Document, marks: Sequence[Mark], ids: Sequence[UUID], offset: float) -> Document:
    """Add copies of marks under new ids, moved by `offset` pixels so that they do not cover the originals."""
    for mark, new_id in zip(marks, ids, strict=True):
        document = add(document, replace(shifted(mark, offset, offset), id=new_id))
    return document


def is_slip(mark: Mark, scale: float) -> bool:
    """Whether a freshly drawn mark is too small to have been meant."""
    match mark:
        case Arrow():
            return abs(mark.tip.x - mark.start.x) + abs(mark.tip.y - mark.start.y) < 2 * SMALLEST * scale
        case Box() | Ellipse() | Highlight() | Hide():
            return min(mark.area.width, mark.area.height) < SMALLEST * scale
        case Text():
            return not mark.words.strip()
        case _:
            return False
