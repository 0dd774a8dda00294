"""The plain surface a text stands on: how far its ground reaches, and where that is a box of its own."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from app.system.base import Rect

if TYPE_CHECKING:
    from PIL import Image

SMALL_SIDE = 960  # the longer side of the picture that is looked at
SAME = 18  # levels within which a pixel is of the ground's colour
MOSTLY = 0.4  # of a row or column that has to be ground for the surface to go on
LARGEST_SHARE = 0.4  # of the screen; a larger surface is a window or a page
EDGE = 10  # levels between inside and outside of a side
SIDE_SHARE = 0.7  # of a side that has to be an edge
TALLEST_BAR = 30  # rows of a title bar or of a row of buttons in another colour
GAP = 3
MARGIN = 3
OPEN = 12.0  # levels that the rows of a gap differ by at most
RED = 60.0


class Panels:
    """Looks at one picture, reduced; all rectangles are in pixels of the whole picture."""

    def __init__(self, image: Image.Image) -> None:
        self._factor = max(1, round(max(image.size) / SMALL_SIDE))
        # Means, so that an outline of one pixel does not vanish.
        self._pixels = np.asarray(image.reduce(self._factor) if self._factor > 1 else image).astype(np.int16)
        self._height: int = self._pixels.shape[0]
        self._width: int = self._pixels.shape[1]

    def around(self, text: Rect) -> Rect | None:
        """The box of a surface that is clearly set off from what lies around it; None when there is none."""
        left, top, right, bottom = self._small(text, MARGIN)
        if right - left < 4 or bottom - top < 4:
            return None
        ground = self._ground(left, top, right, bottom)
        alike = np.abs(self._pixels - ground).max(axis=2) <= SAME
        left, top, right, bottom = _grown(alike, left, top, right, bottom)
        if (right - left) * (bottom - top) > LARGEST_SHARE * self._width * self._height:
            return None
        if not self._is_set_off(left, top, right, bottom):
            return None
        top, bottom = self._reach(left, right, top, -1), self._reach(left, right, bottom - 1, 1) + 1
        if (right - left) * (bottom - top) > LARGEST_SHARE * self._width * self._height:
            return None
        factor = self._factor
        x, y = round(left * factor), round(top * factor)
        return Rect(x, y, round(right * factor) - x, round(bottom * factor) - y)

    def is_open(self, one: Rect, other: Rect) -> bool:
        """Whether no edge lies between two neighbouring texts, and both stand on the same ground."""
        left, right = max(one.x, other.x), min(one.right, other.right)
        top, bottom = max(one.y, other.y), min(one.bottom, other.bottom)
        if left < right:  # one under the other
            between = self._inner(left, min(one.bottom, other.bottom), right, max(one.y, other.y))
            profile = between.mean(axis=1) if between.size else None
        else:
            between = self._inner(min(one.right, other.right), top, max(one.x, other.x), bottom)
            profile = between.mean(axis=0) if between.size else None
        return profile is None or float(np.ptp(profile, axis=0).max()) <= OPEN

    def _inner(self, left: int, top: int, right: int, bottom: int) -> NDArray[np.int16]:
        """The pixels of a gap, a little less than all of it."""
        factor = self._factor
        part: NDArray[np.int16] = self._pixels[
            -(-top // factor) : bottom // factor, -(-left // factor) : right // factor
        ]
        return part

    def alarm(self, text: Rect) -> float:
        """How red the text or its ground is, 0 to 1: the colour of errors in every toolkit."""
        left, top, right, bottom = self._small(text, 1)
        part = self._pixels[top:bottom, left:right].reshape(-1, 3)
        if not len(part):
            return 0.0
        red = part[:, 0] - part[:, 1:].max(axis=1) > RED
        share = int(np.count_nonzero(red)) / len(red)
        return min(1.0, 8 * share)

    def centrality(self, text: Rect) -> float:
        """1 in the middle of the picture, 0 in its corners."""
        x, y = (text.x + text.right) / 2 / self._factor, (text.y + text.bottom) / 2 / self._factor
        return 1.0 - abs(x / self._width - 0.5) - abs(y / self._height - 0.5)

    def _small(self, rect: Rect, margin: int) -> tuple[int, int, int, int]:
        factor = self._factor
        left, top = int(rect.x / factor) - margin, int(rect.y / factor) - margin
        right, bottom = int(rect.right / factor) + margin + 1, int(rect.bottom / factor) + margin + 1
        return max(0, left), max(0, top), min(self._width, right), min(self._height, bottom)

    def _ground(self, left: int, top: int, right: int, bottom: int) -> NDArray[np.int16]:
        """The commonest colour, to a sixteenth of its range, as the mean of those pixels."""
        part = self._pixels[top:bottom, left:right].reshape(-1, 3)
        coarse = part >> 4
        names = coarse[:, 0] << 8 | coarse[:, 1] << 4 | coarse[:, 2]
        found: NDArray[np.int16] = part[names == np.bincount(names).argmax()].mean(axis=0).astype(np.int16)
        return found

    def _is_set_off(self, left: int, top: int, right: int, bottom: int) -> bool:
        """Whether both upright sides are edges and lie inside of the picture."""
        if left < 2 or right > self._width - 2:
            return False
        return all(self._edge(side, top, bottom).mean() >= SIDE_SHARE for side in (left, right))

    def _edge(self, side: int, top: int, bottom: int) -> NDArray[np.bool_]:
        """In which rows the colour changes across an upright side, within two pixels."""
        inner = self._pixels[top:bottom, min(self._width - 1, side + 2)]
        outer = self._pixels[top:bottom, max(0, side - 3)]
        changed: NDArray[np.bool_] = np.abs(inner - outer).max(axis=1) >= EDGE
        return changed

    def _reach(self, left: int, right: int, row: int, step: int) -> int:
        """How far up or down both sides go on being edges: bars in other colours belong to the box, too."""
        far = min(max(row + step * TALLEST_BAR, 0), self._height - 1)
        rows = range(row, far + step, step)
        low, high = min(row, far), max(row, far) + 1
        both = self._edge(left, low, high) & self._edge(right, low, high)
        reached, missed = row, 0
        for each in rows:
            if both[each - low]:
                reached, missed = each, 0
            else:
                missed += 1
                if missed > GAP:
                    break
        return reached


def _grown(alike: NDArray[np.bool_], left: int, top: int, right: int, bottom: int) -> tuple[int, int, int, int]:
    """The rectangle grown on every side as long as the next row or column is mostly ground."""
    height, width = alike.shape
    while True:
        before = left, top, right, bottom
        while top > 0 and alike[top - 1, left:right].mean() >= MOSTLY:
            top -= 1
        while bottom < height and alike[bottom, left:right].mean() >= MOSTLY:
            bottom += 1
        while left > 0 and alike[top:bottom, left - 1].mean() >= MOSTLY:
            left -= 1
        while right < width and alike[top:bottom, right].mean() >= MOSTLY:
            right += 1
        if before == (left, top, right, bottom):
            return before
