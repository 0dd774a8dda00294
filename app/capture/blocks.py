"""Lines of text as blocks that belong together, and how much each block looks like a message."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from app.capture.panel import Panels
from app.capture.passages import ALIKE, LINE_GAP, SHARED
from app.system.base import Rect

ROW_GAP = 1.6  # line heights between two pieces of one row
MOST_LINES = 14  # of a message; more are a table, a page, a list
SHORT = 4.0  # a lone piece of text below this width in line heights is a label
LONG = 9.0  # a line's width in line heights from which it may be a sentence


@dataclass(frozen=True, slots=True)
class Block:
    """The lines `members` (numbers of boxes), the box around them, the ground they stand on, and their salience."""

    members: tuple[int, ...]
    box: Rect
    panel: Rect | None
    salience: float


def blocks(boxes: Sequence[Rect], panels: Panels, frames: Sequence[Rect], borders: Sequence[Rect] = ()) -> list[Block]:
    """All lines as blocks, the one that looks most like a message first.

    `frames` are outlines that may be dialogs; across the outlines `borders` no block reaches.
    """
    if not boxes:
        return []
    usual = float(np.median([box.height for box in boxes]))
    found = [_block(members, boxes, usual, panels, frames) for members in _grouped(boxes, panels, borders)]
    return sorted(found, key=lambda block: -block.salience)


def _block(members: list[int], boxes: Sequence[Rect], usual: float, panels: Panels, frames: Sequence[Rect]) -> Block:
    mine = [boxes[index] for index in members]
    around = _around(mine)
    rows = len({round(box.y / max(box.height, 1)) for box in mine})
    longest = max(box.width / max(box.height, 1) for box in mine)
    tallest = max(box.height for box in mine)
    is_text = longest >= SHORT or rows > 1
    panel = panels.around(around) if is_text and rows <= MOST_LINES else None
    salience = min(longest / LONG, 1.2) + min(max(tallest / usual - 1.0, 0.0), 1.0)
    salience -= 1.5 if rows > MOST_LINES or len(mine) > 3 * MOST_LINES else 0.0
    salience += 1.2 if panel is not None else 0.0
    salience += 1.0 if any(_is_inside(around, frame) for frame in frames) else 0.0
    salience += 0.5 * panels.centrality(around)
    if is_text:
        salience += 1.5 * panels.alarm(around)
    return Block(tuple(members), around, panel, salience)


def _around(boxes: Sequence[Rect]) -> Rect:
    left, top = min(box.x for box in boxes), min(box.y for box in boxes)
    return Rect(left, top, max(box.right for box in boxes) - left, max(box.bottom for box in boxes) - top)


def _is_inside(inner: Rect, outer: Rect) -> bool:
    return outer.intersection(inner).area >= 0.9 * inner.area


def _grouped(boxes: Sequence[Rect], panels: Panels, borders: Sequence[Rect]) -> list[list[int]]:
    """Numbers of boxes that touch each other, directly or through others, with nothing but plain ground between."""
    edges = np.array([[box.x, box.y, box.right, box.bottom] for box in boxes], dtype=np.float64)
    near = _near(edges) & _on_one_side(edges, borders)
    for first, second in zip(*np.nonzero(np.triu(near, 1)), strict=True):
        near[first, second] = near[second, first] = panels.is_open(boxes[first], boxes[second])
    label = np.arange(len(boxes))
    while True:
        lowest = np.where(near, label[None, :], len(boxes)).min(axis=1)
        if (lowest >= label).all():
            break
        label = np.minimum(label, lowest)
    return [np.flatnonzero(label == name).tolist() for name in np.unique(label)]


def _on_one_side(edges: NDArray[np.float64], borders: Sequence[Rect]) -> NDArray[np.bool_]:
    """Which two lines have their middles both inside or both outside of every outline; (n, n)."""
    x, y = (edges[:, 0] + edges[:, 2]) / 2, (edges[:, 1] + edges[:, 3]) / 2
    alike = np.ones((len(edges), len(edges)), dtype=np.bool_)
    for border in borders:
        inside = (x >= border.x) & (x < border.right) & (y >= border.y) & (y < border.bottom)
        alike &= inside[:, None] == inside[None, :]
    return alike


def _near(edges: NDArray[np.float64]) -> NDArray[np.bool_]:
    """Which two lines stand under or beside each other as lines of one text do; (n, n), true on the diagonal."""
    left, top, right, bottom = edges.T
    height, width = bottom - top, right - left
    lower = np.minimum(height[:, None], height[None, :])
    alike = np.maximum(height[:, None], height[None, :]) <= ALIKE * lower
    across = np.minimum(right[:, None], right[None, :]) - np.maximum(left[:, None], left[None, :])
    down = np.minimum(bottom[:, None], bottom[None, :]) - np.maximum(top[:, None], top[None, :])
    narrow = np.minimum(width[:, None], width[None, :])
    under = (across >= SHARED * narrow) & (down >= -LINE_GAP * lower)
    beside = (down >= 0.5 * lower) & (across >= -ROW_GAP * lower)
    near: NDArray[np.bool_] = alike & (under | beside)
    np.fill_diagonal(near, val=True)
    return near
