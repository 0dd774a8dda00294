"""What moved instead of changing: scrolled text and dragged windows, found in pixels.

Scrolling: each row (column) of an area is reduced to one number in both pictures; rows whose number occurs once in each
vote for the distance between their two places. Dragging: the system's word where a window went. Either is only a guess
until `gain` has compared the pixels.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from app.assist.tiles import as_words
from app.system.base import Rect

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from app.assist.source import Pixels

AGREEMENT = 0.3
"""Share of the voting rows that must agree on a distance."""
FEWEST_VOTES = 8
SAMPLES = 256
"""Pixels of a row that are looked at: enough to tell rows of text apart."""


@dataclass(frozen=True, slots=True)
class Copy:
    """Pixels of the shown picture from `source` appear at `target` (same size)."""

    source: Rect
    target: Rect


def scrolled(shown: Pixels, now: Pixels, area: Rect) -> Copy | None:
    """The vertical or horizontal shift most of an area agrees on; None when there is none."""
    before = as_words(shown[area.y : area.bottom, area.x : area.right])
    after = as_words(now[area.y : area.bottom, area.x : area.right])
    down = distance(digests(before, axis=1), digests(after, axis=1))
    if down:
        return shifted(area, 0, down)
    across = distance(digests(before, axis=0), digests(after, axis=0))
    return shifted(area, across, 0) if across else None


def digests(words: NDArray[np.uint32], axis: int) -> NDArray[np.uint64]:
    """One number for each row (axis 1) or column (axis 0): a weighted sum, wrapping, of some of its pixels."""
    length = words.shape[axis]
    chosen = np.linspace(0, length - 1, min(length, SAMPLES), dtype=np.intp)
    weights = odd_numbers(len(chosen))
    sample = words[:, chosen] if axis == 1 else words[chosen].T
    with np.errstate(over="ignore"):
        sums: NDArray[np.uint64] = (sample.astype(np.uint64) * weights).sum(axis=1, dtype=np.uint64)
    return sums


def odd_numbers(count: int) -> NDArray[np.uint64]:
    """So many odd numbers without a pattern, always the same ones (splitmix64): numpy's own generators take 3 MB."""
    with np.errstate(over="ignore"):
        mixed = np.arange(1, count + 1, dtype=np.uint64) * np.uint64(0x9E3779B97F4A7C15)
        mixed = (mixed ^ (mixed >> np.uint64(30))) * np.uint64(0xBF58476D1CE4E5B9)
        mixed = (mixed ^ (mixed >> np.uint64(27))) * np.uint64(0x94D049BB133111EB)
        return (mixed ^ (mixed >> np.uint64(31))) | np.uint64(1)


def distance(before: NDArray[np.uint64], after: NDArray[np.uint64]) -> int:
    """How far most unique entries went; 0 when they do not agree or did not move."""
    once_before, places_before = unique_places(before)
    once_after, places_after = unique_places(after)
    _, first, second = np.intersect1d(once_before, once_after, assume_unique=True, return_indices=True)
    steps = places_after[second] - places_before[first]
    moved_steps = steps[steps != 0]
    if len(moved_steps) < FEWEST_VOTES:
        return 0
    values, votes = np.unique(moved_steps, return_counts=True)
    best = int(np.argmax(votes))
    return int(values[best]) if votes[best] >= max(FEWEST_VOTES, AGREEMENT * len(steps)) else 0


def unique_places(numbers: NDArray[np.uint64]) -> tuple[NDArray[np.uint64], NDArray[np.intp]]:
    """The entries that occur once, and where."""
    values, places, counts = np.unique(numbers, return_index=True, return_counts=True)
    return values[counts == 1], places[counts == 1]


def shifted(area: Rect, dx: int, dy: int) -> Copy | None:
    """The copy that moves what stays inside an area by so many pixels."""
    target = area.moved(dx, dy).intersection(area)
    if target.is_empty:
        return None
    return Copy(target.moved(-dx, -dy), target)


def clipped(copy: Copy, width: int, height: int) -> Copy | None:
    """The part of a copy whose source and target both lie inside the picture."""
    whole = Rect(0, 0, width, height)
    dx, dy = copy.target.x - copy.source.x, copy.target.y - copy.source.y
    source = copy.source.intersection(whole)
    target = source.moved(dx, dy).intersection(whole)
    return None if target.is_empty else Copy(target.moved(-dx, -dy), target)


def gain(shown: Pixels, now: Pixels, copy: Copy) -> int:
    """How many more pixels are right after the copy than before it."""
    source, target = copy.source, copy.target
    wanted = as_words(now[target.y : target.bottom, target.x : target.right])
    would_be = as_words(shown[source.y : source.bottom, source.x : source.right])
    is_now = as_words(shown[target.y : target.bottom, target.x : target.right])
    return int(np.count_nonzero(would_be == wanted)) - int(np.count_nonzero(is_now == wanted))


def apply(picture: Pixels, copy: Copy) -> None:
    """Carry out a copy on a picture, also where source and target overlap."""
    source, target = copy.source, copy.target
    part = picture[source.y : source.bottom, source.x : source.right].copy()
    picture[target.y : target.bottom, target.x : target.right] = part
