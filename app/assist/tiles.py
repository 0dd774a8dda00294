"""What differs between two pictures, as few rectangles made of 32-pixel tiles."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from app.system.base import Rect

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from app.assist.source import Pixels

TILE = 32


def as_words(pixels: Pixels) -> NDArray[np.uint32]:
    """The pixels as one number each, without the byte that means nothing; (height, width)."""
    return pixels.view(np.uint32)[..., 0]


def differing(shown: Pixels, now: Pixels, area: Rect) -> NDArray[np.bool_]:
    """Which tiles inside an area differ: (rows, columns) of the whole picture's tile grid.

    Rows of tiles that are equal are found by one comparison each; only the others are looked at closely.
    """
    height, width = shown.shape[:2]
    rows, columns = -(-height // TILE), -(-width // TILE)
    found = np.zeros((rows, columns), np.bool_)
    left, right = area.x // TILE * TILE, min(-(-area.right // TILE) * TILE, width)
    for row in range(area.y // TILE, -(-area.bottom // TILE)):
        top, bottom = row * TILE, min(row * TILE + TILE, height)
        before, after = as_words(shown[top:bottom, left:right]), as_words(now[top:bottom, left:right])
        unequal = (before != after).any(axis=0)
        if unequal.any():
            starts = np.arange(0, right - left, TILE)
            found[row, left // TILE : left // TILE + len(starts)] = np.logical_or.reduceat(unequal, starts)
    return found


def rectangles(dirty: NDArray[np.bool_], width: int, height: int) -> list[Rect]:
    """The dirty tiles as rectangles in pixels: runs in a row, joined downwards where the next row has the same run."""
    open_runs: dict[tuple[int, int], int] = {}
    found: list[Rect] = []

    def close(run: tuple[int, int], top: int, bottom: int) -> None:
        x, y = run[0] * TILE, top * TILE
        found.append(Rect(x, y, min(run[1] * TILE, width) - x, min(bottom * TILE, height) - y))

    for row in range(dirty.shape[0]):
        runs = runs_of(dirty[row])
        for run in [run for run in open_runs if run not in runs]:
            close(run, open_runs.pop(run), row)
        for run in runs:
            open_runs.setdefault(run, row)
    for run, top in open_runs.items():
        close(run, top, dirty.shape[0])
    return sorted(found, key=lambda rect: (rect.y, rect.x))


def runs_of(row: NDArray[np.bool_]) -> list[tuple[int, int]]:
    """Where true runs start and end (exclusive)."""
    edges = np.flatnonzero(np.diff(np.concatenate(([0], row.astype(np.int8), [0]))))
    return [(int(start), int(end)) for start, end in zip(edges[::2], edges[1::2], strict=True)]


def bounds(dirty: NDArray[np.bool_], width: int, height: int) -> Rect:
    """The rectangle in pixels around every dirty tile; there must be one."""
    rows, columns = np.flatnonzero(dirty.any(axis=1)), np.flatnonzero(dirty.any(axis=0))
    x, y = int(columns[0]) * TILE, int(rows[0]) * TILE
    right, bottom = min((int(columns[-1]) + 1) * TILE, width), min((int(rows[-1]) + 1) * TILE, height)
    return Rect(x, y, right - x, bottom - y)


def around(one: Rect, other: Rect) -> Rect:
    """The smallest rectangle that holds both."""
    x, y = min(one.x, other.x), min(one.y, other.y)
    return Rect(x, y, max(one.right, other.right) - x, max(one.bottom, other.bottom) - y)


def trimmed(shown: Pixels, now: Pixels, rect: Rect) -> Rect:
    """The part of a rectangle that really differs; the rectangle itself must differ somewhere."""
    part = as_words(shown[rect.y : rect.bottom, rect.x : rect.right]) != as_words(
        now[rect.y : rect.bottom, rect.x : rect.right]
    )
    rows, columns = np.flatnonzero(part.any(axis=1)), np.flatnonzero(part.any(axis=0))
    return Rect(
        rect.x + int(columns[0]),
        rect.y + int(rows[0]),
        int(columns[-1] - columns[0]) + 1,
        int(rows[-1] - rows[0]) + 1,
    )
