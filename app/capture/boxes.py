"""What the outlines of a screen are to each other and to the lines within them."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import replace

from app.capture.borders import BORDER
from app.capture.dialog import Candidate
from app.capture.reading import Line
from app.capture.trouble import has_button, is_convincing, weight
from app.system.base import Rect

MOST_QUIET = 12  # lines of a message that tells of no trouble; more are a form
MOST_CUT = 2  # lines of a box in a photograph that begin, or end, at its very border
LOWER_PART = 0.5  # of a dialog, in which its buttons stand
SAME = 0.9  # of the larger of two outlines that is their common part when they are one
BUTTONS_SHARE = 0.6  # of a dialog that its row of buttons takes at most
MARGIN = 24  # pixels at most between a pane and the box with the title around it
BAR = 16, 110  # pixels that a title bar is high


def asks(lines: Sequence[Line], rect: Rect) -> bool:
    """Whether these are the few lines of a box that says or asks something, with a button below it."""
    low = [line for line in lines if line.box.y > rect.y + LOWER_PART * rect.height]
    return is_convincing(lines) and len(lines) <= MOST_QUIET and has_button(low)


def is_cut(lines: Sequence[Line], rect: Rect) -> bool:
    """Whether texts begin or end at its border: in a photograph, edges of texts behind a box go on as its own."""
    ends = [sum(line.box.x <= rect.x + 1 for line in lines), sum(line.box.right >= rect.right - 1 for line in lines)]
    return max(ends) >= MOST_CUT


def is_row_of_buttons(lines: Sequence[Line]) -> bool:
    """Whether an outline holds buttons and hardly anything else."""
    return has_button(lines) and not is_convincing(lines)


def is_same(one: Rect, other: Rect) -> bool:
    """Whether two outlines are one but for a border."""
    return one.intersection(other).area >= SAME * max(one.area, other.area)


def around_buttons(row: Rect, found: Iterable[Candidate], largest: float) -> Candidate | None:
    """The smallest outline of at most `largest` pixels in whose lower part a row of buttons stands."""
    around = [
        one
        for one in found
        if one.score >= 0
        and _holds(one.rect, row)
        and row.area <= BUTTONS_SHARE * one.rect.area
        and one.rect.area <= largest
        and row.y >= one.rect.y + LOWER_PART * one.rect.height
    ]
    return min(around, key=lambda one: one.rect.area, default=None)


def with_bar(pane: Rect, found: Iterable[Candidate]) -> Candidate | None:
    """The outline that has a title bar, too, where `pane` is what lies below it; None where there is none.

    Its own lower part may be a border narrower than the pane; all of both is given.
    """
    around = [
        one
        for one in found
        if _holds(one.rect.grown(BORDER), pane)
        and max(pane.x - one.rect.x, one.rect.right - pane.right, one.rect.bottom - pane.bottom) <= MARGIN
        and BAR[0] <= pane.y - one.rect.y <= BAR[1]
        and not is_same(one.rect, pane)
    ]
    best = min(around, key=lambda one: one.rect.area, default=None)
    return best and replace(best, rect=_enclosing(best.rect, pane))


def is_told_within(lines: Iterable[Line], place: Rect) -> bool:
    """Whether all lines that tell of trouble stand within `place`."""
    return all(_stands_in(line.box, place) for line in lines if weight([line]))


def _enclosing(one: Rect, other: Rect) -> Rect:
    left, top = min(one.x, other.x), min(one.y, other.y)
    return Rect(left, top, max(one.right, other.right) - left, max(one.bottom, other.bottom) - top)


def _holds(outer: Rect, inner: Rect) -> bool:
    return outer.area > inner.area and outer.grown(2).intersection(inner) == inner


def _stands_in(box: Rect, place: Rect) -> bool:
    return place.contains(box.x + box.width / 2, box.y + box.height / 2)
