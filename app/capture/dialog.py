"""Finds the dialog on a desktop by its pixels: a complete frame on top of everything, with buttons in it."""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from app.capture.borders import CORNER, LOWEST, NARROWEST, closed_frames, completeness, likely_sides, open_corners
from app.capture.edges import Edges, covered, edges, soft_edges
from app.capture.ground import commonest, commonest_in_photograph
from app.system.base import Rect

if TYPE_CHECKING:
    from PIL import Image

CERTAIN = 2.0
MOST_RULES = 5
RULE_END = 6  # pixels beside the sides of a frame that lines of a table reach
BUTTONS = 1.0
OUTSIDE = 8, 24  # pixels from a frame to the nearest and furthest that are looked at for what lies around it
PLAIN = 0.85  # of those that have one colour
MOST_SIDES = 2
MAIN_WINDOW_RATIO = 2.5
SAME_SIDE = 8  # pixels, as shadows are edges, too
MOSTLY = 0.9
GROUND_SAMPLE = 20_000  # pixels looked at for the colours inside of a frame
LEAST_INK, MOST_INK = 0.002, 0.6
BUTTON_WIDTHS, BUTTON_HEIGHTS = (44, 330), (16, 66)
BUTTON_MARGIN = 6
COARSE = 2
SURELY_COMPLETE, MOST_SURELY_OPEN = 0.9, 1
PHOTOGRAPH_SIDE = 1800  # the longer side of a photograph that is looked at
Shares = Callable[[NDArray[np.uint8]], tuple[float, float]]


@dataclass(frozen=True, slots=True)
class Candidate:
    """A complete frame and how much it looks like a dialog.

    `floats`: something else than one plain ground lies around it, so that it is a window in front of others and no
    part of a page. `open_corners`: how many of its edges go on behind a corner.
    """

    rect: Rect
    score: float
    floats: bool = False
    open_corners: int = 0


def likely_dialogs(image: Image.Image) -> list[Candidate]:
    """Outlines that may be dialogs, the likeliest first, in pixels; their text has to tell whether one is meant."""
    return likely(outlines(image))


def likely(found: Sequence[Candidate]) -> list[Candidate]:
    """Of the outlines those that may be dialogs: neither a window around one nor a pane of one."""
    certain = [one for one in found if one.score >= CERTAIN]
    kept = [one for one in certain if not any(is_only_around(one.rect, other.rect) for other in certain)]
    return [one for one in kept if not any(_is_part_of(one, other) for other in kept)]


def outlines(image: Image.Image, *, is_photograph: bool = False) -> list[Candidate]:
    """All complete frames of about the size of a dialog, the likeliest dialog first.

    A photograph, which has to be upright, is unsharp, with grain and stripes, and unevenly lit.
    """
    if is_photograph:
        small = _for_photographs(image)
        return _scaled(_soft_outlines(small), image.width / small.width)
    if image.width < NARROWEST * 1.3 or image.height < LOWEST * 1.5:
        return []
    if image.mode != "RGB":
        image = image.convert("RGB")
    pixels = np.asarray(image)
    return _outlines(edges(image, pixels), pixels, commonest)


def coarse_outlines(image: Image.Image, *, is_photograph: bool = False) -> list[Candidate]:
    """As `outlines`, at half the size: of boxes drawn twice as large, whose corners are rounder, too.

    Each is complete at full size but for those corners: small letters close together look like an edge at half of it.
    """
    if is_photograph:
        small = _for_photographs(image)
        found = _scaled(_soft_outlines(small.reduce(COARSE)), COARSE)
        return _scaled(_surely_complete(found, lambda: soft_edges(np.asarray(small))), image.width / small.width)
    found = _scaled(outlines(image.reduce(COARSE)), COARSE)
    return _surely_complete(found, lambda: edges(image, np.asarray(image)))


def _outlines(found: Edges, pixels: NDArray[np.uint8], shares: Shares) -> list[Candidate]:
    height, width = pixels.shape[:2]
    boxes = closed_frames(found, width, height)
    scored = [
        Candidate(rect, _score(rect, corners, found, pixels, shares), _floats(rect, pixels, shares), corners)
        for rect, corners in zip(map(_rect, boxes), map(int, open_corners(boxes, found)), strict=True)
    ]
    return sorted(scored, key=lambda one: -one.score)


def _for_photographs(image: Image.Image) -> Image.Image:
    from PIL import Image

    factor = max(image.size) / PHOTOGRAPH_SIDE
    size = round(image.width / factor), round(image.height / factor)
    return image.resize(size, Image.Resampling.BOX) if factor > 1 else image


def _soft_outlines(image: Image.Image) -> list[Candidate]:
    from PIL import ImageFilter

    if image.width < NARROWEST * 1.3 or image.height < LOWEST * 1.5:
        return []
    pixels = np.asarray(image.filter(ImageFilter.BoxBlur(1)))
    return _outlines(soft_edges(np.asarray(image)), pixels, commonest_in_photograph)


def _surely_complete(found: list[Candidate], full: Callable[[], Edges]) -> list[Candidate]:
    """Those of outlines seen at half the size that are complete by the edges at `full` size.

    With so much left out at the corners, a line within a page seems to reach the page's sides; but those go on there.
    """
    if all(one.score < 0 for one in found):
        return []
    boxes = np.array([[one.rect.x, one.rect.y, one.rect.right, one.rect.bottom] for one in found])
    shares = completeness(boxes, full(), COARSE * CORNER, off=COARSE + 1)
    return [
        one
        for one, share in zip(found, shares, strict=True)
        if share >= SURELY_COMPLETE and one.open_corners <= MOST_SURELY_OPEN
    ]


def _scaled(found: list[Candidate], factor: float) -> list[Candidate]:
    if factor == 1:
        return found
    return [replace(one, rect=_scaled_rect(one.rect, factor)) for one in found]


def _scaled_rect(rect: Rect, factor: float) -> Rect:
    x, y = round(rect.x * factor), round(rect.y * factor)
    return Rect(x, y, round(rect.right * factor) - x, round(rect.bottom * factor) - y)


def _is_part_of(inner: Candidate, outer: Candidate) -> bool:
    """Whether `inner` is a pane of the dialog `outer`."""
    return inner is not outer and _is_inside(inner.rect, outer.rect)


def is_only_around(outer: Rect, inner: Rect) -> bool:
    """Whether `outer` is a main window and the dialog is `inner`, which lies over it or over its edge.

    What is exactly as wide is a pane of it.
    """
    much_larger = outer.area >= MAIN_WINDOW_RATIO * inner.area
    is_pane = max(abs(outer.x - inner.x), abs(outer.right - inner.right)) <= SAME_SIDE
    return much_larger and not is_pane and not outer.intersection(inner).is_empty


def _is_inside(inner: Rect, outer: Rect) -> bool:
    return outer.intersection(inner).area >= MOSTLY * inner.area and outer.area > inner.area


def _rect(box: NDArray[np.int64]) -> Rect:
    left, top, right, bottom = map(int, box)
    return Rect(left, top, right - left, bottom - top)


def _score(rect: Rect, corners: int, found: Edges, pixels: NDArray[np.uint8], shares: Shares) -> float:
    """How much a frame looks like a dialog: it ends at its corners, is calm inside, has buttons and a shadow."""
    every = max(2, math.isqrt(rect.area // GROUND_SAMPLE))
    calm, second = shares(pixels[rect.y + 3 : rect.bottom - 3 : every, rect.x + 3 : rect.right - 3 : every + 1])
    ink = 1 - calm - second  # everything but the two commonest colours
    if not LEAST_INK <= ink <= MOST_INK:
        return -1.0
    score = 1.0 - 0.5 * corners + min(calm, 0.8) + 0.6 * _shadow(rect, pixels)
    if _rules(rect, found) > MOST_RULES:
        return -1.0  # a table
    if score + BUTTONS < CERTAIN:
        return score  # looking for buttons takes longest and would not help
    return score + (BUTTONS if _buttons(rect, found) else 0.0)


def _rules(rect: Rect, found: Edges) -> int:
    """How many lines cross the frame from side to side, both sides of a thin line counted once.

    Wide buttons one over the other end a little before the sides, and are none.
    """
    line = np.arange(rect.y + 6, rect.bottom - 6)
    left, right = np.full(len(line), rect.x + 6), np.full(len(line), rect.right - 6)
    ruled = covered(found.level_sum, line, left, right) > 0.9
    for start, stop in ((left, left + RULE_END), (right - RULE_END, right)):
        ruled &= covered(found.level_sum, line, start, stop) > 0.5
    return int((ruled[1:] & ~ruled[:-1]).sum())


def _buttons(rect: Rect, found: Edges) -> int:
    """Button-like boxes in the lower part of a frame."""
    top = rect.y + rect.height // 3
    level = found.level[top : rect.bottom - 2, rect.x + 3 : rect.right - 3]
    pieces = likely_sides(level, BUTTON_WIDTHS[0] - 12)  # without holes, too: buttons may stand close together
    length = pieces.stop - pieces.start
    short = length <= min(BUTTON_WIDTHS[1], 0.75 * rect.width)
    # One over the other they are as wide as the frame but for a margin.
    short |= (pieces.start >= BUTTON_MARGIN) & (pieces.stop <= level.shape[1] - BUTTON_MARGIN)
    line, start, stop = pieces.line[short], pieces.start[short], pieces.stop[short]
    distance = line[None, :] - line[:, None]
    alike = np.abs(start[None, :] - start[:, None]) <= 6
    alike &= np.abs(stop[None, :] - stop[:, None]) <= 6
    first, second = np.nonzero(alike & (distance >= BUTTON_HEIGHTS[0]) & (distance <= BUTTON_HEIGHTS[1]))
    near, far = line[first] + top, line[second] + top
    sides = []
    for side, outward in ((np.minimum(start[first], start[second]), -1), (np.maximum(stop[first], stop[second]), 1)):
        offsets = np.arange(-2, 9) * outward
        shares = [covered(found.upright_sum, side + rect.x + 3 + o, near + 6, far - 6) for o in offsets]
        sides.append(np.max(shares, axis=0) if len(side) else np.zeros(0))
    return int(((sides[0] >= 0.8) & (sides[1] >= 0.8)).sum())


def _floats(rect: Rect, pixels: NDArray[np.uint8], shares: Shares) -> bool:
    """Whether most of its sides border on more than one colour, a little further away than shadows of cards reach."""
    height, width = pixels.shape[:2]
    near, far = OUTSIDE
    strips = [
        pixels[max(0, top) : max(0, bottom), max(0, left) : max(0, right)]
        for left, top, right, bottom in (
            (rect.x, rect.y - far, rect.right, rect.y - near),
            (rect.x, rect.bottom + near, rect.right, rect.bottom + far),
            (rect.x - far, rect.y, rect.x - near, rect.bottom),
            (rect.right + near, rect.y, rect.right + far, rect.bottom),
        )
        if left < width and top < height
    ]
    seen = [shares(strip[::2])[0] for strip in strips if strip[::2].size]
    return sum(share < PLAIN for share in seen) >= MOST_SIDES


def _shadow(rect: Rect, pixels: NDArray[np.uint8]) -> float:
    """Whether it gets darker towards the lower and right edge outside of the frame, 0 to 1."""
    height, width = pixels.shape[:2]
    if rect.bottom + 16 >= height or rect.right + 16 >= width:
        return 0.0
    below = pixels[rect.bottom + 2 : rect.bottom + 16, rect.x + 20 : rect.right - 20].astype(np.int16)
    beside = pixels[rect.y + 20 : rect.bottom - 10, rect.right + 2 : rect.right + 16].astype(np.int16)
    falls = [below[-1] - below[0], beside[:, -1] - beside[:, 0]]
    return float(np.mean([np.median(fall) >= 3 for fall in falls]))
