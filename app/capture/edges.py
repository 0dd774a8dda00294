"""Straight edges of windows in a picture: where brightness steps along a long row or column."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

if TYPE_CHECKING:
    from PIL import Image

STEP = 6  # grey levels between neighbours; wallpapers and shadows change more slowly
SOFT_STEP = 4.5  # likewise in a photograph, of means along an edge
TEXTURED, CLEARLY = 70, 1.8  # per cent of a photograph that stripes and grain may fill, and how much edges exceed them
ALONG = 7  # pixels along an edge in a photograph that grain is evened out over, fewer than between two lines of text
GAP = 10  # pixels an edge may vanish where the colours on both sides happen to meet
DENSITY = 0.8


@dataclass(frozen=True, slots=True)
class Segments:
    """Straight pieces along one axis: at `line`, from `start` to `stop` (exclusive)."""

    line: NDArray[np.int64]
    start: NDArray[np.int64]
    stop: NDArray[np.int64]


@dataclass(frozen=True, slots=True)
class Edges:
    """Edges of one picture.

    `level[y, x]`: brightness steps between rows y-1 and y. `upright[x, y]`: between columns x-1 and x, so that
    both are read along their first axis. `level_sum` and `upright_sum` are running totals along the edge, of
    edges at most one pixel away, for `covered`.
    """

    level: NDArray[np.bool_]
    upright: NDArray[np.bool_]
    level_sum: NDArray[np.int32]
    upright_sum: NDArray[np.int32]


def edges(image: Image.Image, pixels: NDArray[np.uint8]) -> Edges:
    """The edges of an RGB picture, which is given as `pixels` (height, width, 3), too."""
    # Brightness hardly holds any blue, and a dark window on a dark blue desktop differs in nothing else.
    planes = np.asarray(image.convert("L")), np.ascontiguousarray(pixels[..., 2])
    level = np.logical_or(*map(_steps, planes))
    upright = np.logical_or(*(_steps(np.ascontiguousarray(plane.T)) for plane in planes))
    return Edges(level, upright, _totals(level), _totals(upright))


def soft_edges(pixels: NDArray[np.uint8]) -> Edges:
    """The edges of a photograph: steps that are a few pixels wide and a pixel or two off the line, under grain."""
    planes = pixels.mean(axis=2, dtype=np.float32), pixels[..., 2].astype(np.float32)
    level = np.logical_or(*map(_soft_steps, planes))
    upright = np.logical_or(*(_soft_steps(np.ascontiguousarray(plane.T)) for plane in planes))
    return Edges(level, upright, _totals(level), _totals(upright))


def _soft_steps(grey: NDArray[np.float32]) -> NDArray[np.bool_]:
    """Steps of the mean along `ALONG` pixels between the rows above and below, at their steepest and a row around."""
    height, width = grey.shape
    totals = np.cumsum(np.pad(grey, ((0, 0), (ALONG // 2 + 1, ALONG // 2)), mode="edge"), axis=1)
    mean = (totals[:, ALONG:] - totals[:, :-ALONG]) / ALONG
    fall = np.zeros((height, width), dtype=np.float32)
    fall[2:-1] = np.abs(mean[2:-1] + mean[3:] - mean[1:-2] - mean[:-3]) / 2
    usual = float(np.percentile(fall[::5], TEXTURED))
    steepest = fall >= max(SOFT_STEP, CLEARLY * usual)
    steepest[1:-1] &= (fall[1:-1] >= fall[:-2]) & (fall[1:-1] >= fall[2:])
    wide = steepest.copy()
    wide[1:] |= steepest[:-1]
    wide[:-1] |= steepest[1:]
    return wide


def _steps(grey: NDArray[np.uint8]) -> NDArray[np.bool_]:
    steps = np.zeros(grey.shape, dtype=bool)
    above, below = grey[:-1], grey[1:]
    steps[1:] = np.maximum(above, below) - np.minimum(above, below) >= STEP
    return steps


def _totals(steps: NDArray[np.bool_]) -> NDArray[np.int32]:
    near = steps.copy()
    near[1:] |= steps[:-1]
    near[:-1] |= steps[1:]
    totals = np.zeros((steps.shape[0], steps.shape[1] + 1), dtype=np.int32)
    np.cumsum(near, axis=1, out=totals[:, 1:])
    return totals


def covered(
    totals: NDArray[np.int32], line: NDArray[np.int64], start: NDArray[np.int64], stop: NDArray[np.int64]
) -> NDArray[np.float64]:
    """The share of each stretch that lies on an edge; 0 for a stretch outside of the picture or without length."""
    lines, length = totals.shape[0], totals.shape[1] - 1
    start, stop = np.minimum(np.maximum(start, 0), length), np.minimum(np.maximum(stop, 0), length)
    inside = (line >= 0) & (line < lines) & (stop > start)
    row = np.minimum(np.maximum(line, 0), lines - 1)
    share: NDArray[np.float64] = (totals[row, stop] - totals[row, start]) / np.maximum(stop - start, 1)
    return np.where(inside, share, 0.0)


def segments(steps: NDArray[np.bool_], shortest: int, gap: int = GAP, density: float = DENSITY) -> Segments:
    """Nearly unbroken pieces of at least `shortest` pixels: no hole wider than `gap`, that share of it edge."""
    lines, length = steps.shape
    padded = np.zeros((lines, length + 2), dtype=np.int8)
    padded[:, 1:-1] = steps
    change = np.diff(padded, axis=1).ravel()
    begins, ends = np.flatnonzero(change == 1), np.flatnonzero(change == -1)
    if not len(begins):
        nothing = np.zeros(0, dtype=np.int64)
        return Segments(nothing, nothing, nothing)
    line, start, stop = begins // (length + 1), begins % (length + 1), ends % (length + 1)
    fresh = np.ones(len(line), dtype=bool)
    fresh[1:] = (line[1:] != line[:-1]) | (start[1:] - stop[:-1] > gap)
    first = np.flatnonzero(fresh)
    last = np.append(first[1:], len(line)) - 1
    filled = np.add.reduceat(stop - start, first)
    line, start, stop = line[first], start[first], stop[last]
    kept = (stop - start >= shortest) & (filled >= density * (stop - start))
    return Segments(line[kept], start[kept], stop[kept])
