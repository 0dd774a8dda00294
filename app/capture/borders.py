"""Complete frames in a picture's edges: four sides that meet, and how many of them go on behind a corner."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from app.capture.edges import Edges, Segments, covered, segments

NARROWEST, LOWEST = 180, 64
WIDEST_SHARE, HIGHEST_SHARE = 0.92, 0.9
LARGEST_SHARE = 0.55
CORNER = 14  # pixels that a round corner takes from each end of an edge
COMPLETE = 0.82
SOLID, SOLID_GAP = 0.97, 2
REACH = 40  # how far behind a corner an edge must have ended
MAX_SEGMENTS = 900
MAX_OPEN_CORNERS = 2
MAX_SCORED = 24
BORDER = 8


def closed_frames(found: Edges, width: int, height: int) -> NDArray[np.int64]:
    """Complete frames as left, top, right, bottom; from pairs of level edges and from pairs of upright ones."""
    level = _longest(likely_sides(found.level, NARROWEST - 2 * CORNER))
    upright = _longest(likely_sides(found.upright, LOWEST - 2 * CORNER))
    across = _paired(level, found.upright_sum, (LOWEST, int(height * HIGHEST_SHARE)))
    down = _paired(upright, found.level_sum, (NARROWEST, int(width * WIDEST_SHARE)))
    boxes = np.concatenate([across, down[:, [1, 0, 3, 2]]])
    wide, high = boxes[:, 2] - boxes[:, 0], boxes[:, 3] - boxes[:, 1]
    usual = (wide >= NARROWEST) & (high >= LOWEST) & (wide * high <= LARGEST_SHARE * width * height)
    usual &= (wide <= WIDEST_SHARE * width) & (high <= HIGHEST_SHARE * height)
    boxes = boxes[usual]
    boxes = boxes[completeness(boxes, found) >= COMPLETE]
    corners = open_corners(boxes, found)
    order = np.lexsort(((boxes[:, :2] - boxes[:, 2:]).prod(axis=1) * -1, corners))
    alone = order[corners[order] <= MAX_OPEN_CORNERS]
    return _distinct(boxes[alone])[:MAX_SCORED]


def likely_sides(steps: NDArray[np.bool_], shortest: int) -> Segments:
    """Pieces that may be sides of a frame, twice: with holes, where a colour outside is that of the frame, and without,
    because beside a text behind the frame an edge seems to go on.
    """
    both = segments(steps, shortest), segments(steps, shortest, SOLID_GAP, SOLID)
    return Segments(*(np.concatenate([getattr(one, name) for one in both]) for name in ("line", "start", "stop")))


def _longest(found: Segments) -> Segments:
    """At most `MAX_SEGMENTS`, so that a page full of lines costs no more than a desktop."""
    if len(found.line) <= MAX_SEGMENTS:
        return found
    kept = np.sort(np.argsort(found.start - found.stop, kind="stable")[:MAX_SEGMENTS])
    return Segments(found.line[kept], found.start[kept], found.stop[kept])


def _paired(found: Segments, cross: NDArray[np.int32], apart: tuple[int, int]) -> NDArray[np.int64]:
    """Boxes (start, line, stop, other line) of parallel segments that begin and end together.

    Their open sides are moved to where the crossing edges (`cross`) are strongest.
    """
    distance = found.line[None, :] - found.line[:, None]
    alike = np.abs(found.start[None, :] - found.start[:, None]) <= CORNER
    alike &= np.abs(found.stop[None, :] - found.stop[:, None]) <= CORNER
    first, second = np.nonzero(alike & (distance >= apart[0]) & (distance <= apart[1]))
    near, far = found.line[first], found.line[second]
    start = np.minimum(found.start[first], found.start[second])
    stop = np.maximum(found.stop[first], found.stop[second])
    start = _settled(cross, start, near, far, outward=-1)
    stop = _settled(cross, stop, near, far, outward=1)
    return np.stack([start, near, stop, far], axis=1)


def _settled(
    cross: NDArray[np.int32],
    side: NDArray[np.int64],
    near: NDArray[np.int64],
    far: NDArray[np.int64],
    outward: int,
) -> NDArray[np.int64]:
    """Every side moved to the best crossing edge not further away than a round corner is wide."""
    offsets = np.array(sorted(range(-CORNER, CORNER + 1), key=abs)) * outward
    shares = np.stack([covered(cross, side + offset, near + CORNER, far - CORNER) for offset in offsets])
    return side + offsets[shares.argmax(axis=0)] if len(side) else side


def completeness(boxes: NDArray[np.int64], found: Edges, corner: int = CORNER, off: int = 0) -> NDArray[np.float64]:
    """How much of its weakest side every box has, corners left out; each side may be `off` pixels away."""
    left, top, right, bottom = boxes.T
    sides = [
        [covered(found.level_sum, line + by, left + corner, right - corner) for by in range(-off, off + 1)]
        for line in (top, bottom)
    ]
    sides += [
        [covered(found.upright_sum, line + by, top + corner, bottom - corner) for by in range(-off, off + 1)]
        for line in (left, right)
    ]
    weakest: NDArray[np.float64] = np.min([np.max(side, axis=0) for side in sides], axis=0)
    return weakest


def _distinct(boxes: NDArray[np.int64]) -> NDArray[np.int64]:
    """The first box of those that differ by a border's width."""
    kept: list[NDArray[np.int64]] = []
    while len(boxes):
        kept.append(boxes[0])
        boxes = boxes[np.abs(boxes - boxes[0]).max(axis=1) > BORDER]
    return np.array(kept, dtype=np.int64).reshape(-1, 4)


def open_corners(boxes: NDArray[np.int64], found: Edges) -> NDArray[np.int64]:
    """How many edges go on behind a corner, as in tables, panes and all that is part of a larger window."""
    left, top, right, bottom = boxes.T
    shares = [
        covered(totals, line, start, stop)
        for totals, lines, near, far in (
            (found.level_sum, (top, bottom), left, right),
            (found.upright_sum, (left, right), top, bottom),
        )
        for line in lines
        for start, stop in ((near - REACH, near - 4), (far + 4, far + REACH))
    ]
    count: NDArray[np.int64] = (np.array(shares) > 0.7).sum(axis=0)
    return count
