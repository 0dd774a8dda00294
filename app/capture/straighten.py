"""Photographs of screens made upright: what was level and upright on the screen is so again in the picture.

Level and upright lines of a screen meet, in a photograph, in two points far away. How the lines lean is found as the
lean at which brightness steps gather in the fewest rows and columns (the projection profile known from scanned pages,
W. Postl, US 4723297), with one number more for how it changes across the picture.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from app.capture.reading import Line, Reading, Word
from app.system.base import Rect

if TYPE_CHECKING:
    from PIL import Image

Values = NDArray[np.float32]

SIDE = 800  # the longer side of the picture that the lean is found in
STRIPS = 24  # into which a picture is cut across its lines
STEEPEST = 0.12  # pixels across for one along
CHANGE = 0.06  # the most that the lean differs between the middle of the picture and its edge
TRIED, ROUNDS = 15, 3  # values of either number, and how often their range narrows
NOISE, STRONG = 6.0, 60.0  # grey levels between neighbours that count as nothing, and as all that counts
SURE, LIKELY = 1.2, 1.08  # gain from which a picture leans, and from which the lean of its other axis is believed, too


@dataclass(frozen=True, slots=True)
class Lean:
    """How lines lean: pixels across for half the picture's side along them, in its middle, and how much more at its far
    edge. `gain`: how much more steps gather with it than without any.
    """

    middle: float
    change: float
    gain: float = 1.0


@dataclass(frozen=True, slots=True)
class Straightened:
    """`image` is upright; `backwards` are the eight numbers of the perspective from it to the photograph, which is
    `photograph` large.
    """

    image: Image.Image
    backwards: tuple[float, ...]
    photograph: Rect

    def original(self, reading: Reading) -> Reading:
        """A reading of `image` with all places in pixels of the photograph."""
        lines = tuple(self._line(line) for line in reading.lines)
        return replace(reading, lines=lines, region=self.place(reading.region))

    def _line(self, line: Line) -> Line:
        words = tuple(Word(word.text, self.place(word.box)) for word in line.words)
        return replace(line, box=self.place(line.box), words=words)

    def place(self, rect: Rect) -> Rect:
        """The box around a rectangle's corners in the photograph."""
        corners = [(x, y) for x in (rect.x, rect.right) for y in (rect.y, rect.bottom)]
        points = _projected(self.backwards, np.array(corners, dtype=np.float64))
        (left, top), (right, bottom) = points.min(axis=0), points.max(axis=0)
        around = Rect(round(left), round(top), round(right) - round(left), round(bottom) - round(top))
        return around.intersection(self.photograph)


def straightened(image: Image.Image) -> Straightened | None:
    """An RGB photograph made upright; None for what is upright already."""
    from PIL import Image

    factor = max(1, round(max(image.size) / SIDE))
    grey = np.asarray(image.convert("L").reduce(factor) if factor > 1 else image.convert("L")).astype(np.float32)
    upright, level = _lean(_steps(grey)), _lean(_steps(np.ascontiguousarray(grey.T)))
    if max(upright.gain, level.gain) < SURE:
        return None
    corners = _corners(_trusted(upright), _trusted(level), grey.shape[1], grey.shape[0]) * factor
    size = _size(corners)
    plain = np.array([(0, 0), (size[0], 0), size, (0, size[1])], dtype=np.float64)
    backwards = _homography(plain, corners)
    turned = image.transform(size, Image.Transform.PERSPECTIVE, backwards, Image.Resampling.BICUBIC)
    return Straightened(turned, backwards, Rect(0, 0, image.width, image.height))


def _trusted(lean: Lean) -> Lean:
    return lean if lean.gain >= LIKELY else Lean(0.0, 0.0)


def _steps(grey: Values) -> Values:
    """How much brightness steps from left to right, summed over strips of rows; (strips, width)."""
    steps = np.zeros_like(grey)
    steps[:, 1:-1] = np.abs(grey[:, 2:] - grey[:, :-2])
    steps = (steps - NOISE).clip(0.0, STRONG - NOISE)
    cuts = np.linspace(0, len(grey), STRIPS + 1).astype(np.int64)
    sums: Values = np.add.reduceat(steps, cuts[:-1], axis=0)
    return sums


def _lean(strips: Values) -> Lean:
    """The lean at which steps gather most: looked for over a wide range in broad columns, then ever finer."""
    found = Lean(0.0, 0.0, 1.0)
    lean, change = STEEPEST * SIDE / 2, CHANGE * SIDE / 2
    for _ in range(ROUNDS):
        broad = max(1, round(lean * 2 / TRIED))
        columns = _broader(strips, broad)
        tried = [
            Lean(found.middle + lean * across, found.change + change * further)
            for across in np.linspace(-1, 1, TRIED)
            for further in np.linspace(-1, 1, TRIED)
        ]
        found = max(tried, key=lambda each: _gathered(columns, each, broad))
        lean, change = 3 * lean / TRIED, 3 * change / TRIED
    level = _gathered(strips, Lean(0.0, 0.0), 1)
    return Lean(found.middle, found.change, _gathered(strips, found, 1) / max(level, 1e-6))


def _broader(strips: Values, by: int) -> Values:
    """Neighbouring columns summed."""
    width = strips.shape[1] // by * by
    summed: Values = strips[:, :width].reshape(len(strips), -1, by).sum(axis=2)
    return summed


def _gathered(strips: Values, lean: Lean, broad: int) -> float:
    """How much steps gather in few columns once every strip is moved as far as lines lean."""
    count, width = strips.shape
    down = np.linspace(-1, 1, 2 * count + 1, dtype=np.float32)[1::2]  # the middle of each strip
    across = np.linspace(-1, 1, width, dtype=np.float32)
    shift = np.outer(down, (lean.middle + lean.change * across) / broad)
    at = (np.arange(width, dtype=np.float32) + shift + 0.5).astype(np.int32)
    outside = (at < 0) | (at >= width)
    at[outside] = 0
    taken = np.take_along_axis(strips, at, axis=1)
    taken[outside] = 0
    profile = taken.sum(axis=0)
    return float(profile @ profile)


def _corners(upright: Lean, level: Lean, width: int, height: int) -> NDArray[np.float64]:
    """Where the lines through the middles of the edges meet: left top, right top, right bottom, left bottom."""
    across, down = width / 2, height / 2
    found = []
    for x, y in ((-1, -1), (1, -1), (1, 1), (-1, 1)):
        # In halves of the picture, u to the right and v down: u = x + a * v on the upright line, v = y + b * u on the
        # level one.
        a = (upright.middle + upright.change * x) / across
        b = (level.middle + level.change * y) / down
        v = (y + b * x) / (1 - a * b)
        found.append((across * (1 + x + a * v), down * (1 + v)))
    return np.array(found)


def _size(corners: NDArray[np.float64]) -> tuple[int, int]:
    sides = np.hypot(*(np.roll(corners, -1, axis=0) - corners).T)
    return round(max(sides[0], sides[2])), round(max(sides[1], sides[3]))


def _projected(numbers: tuple[float, ...], points: NDArray[np.float64]) -> NDArray[np.float64]:
    a, b, c, d, e, f, g, h = numbers
    x, y = points.T
    below = g * x + h * y + 1
    return np.stack([(a * x + b * y + c) / below, (d * x + e * y + f) / below], axis=1)


def _homography(source: NDArray[np.float64], target: NDArray[np.float64]) -> tuple[float, ...]:
    """The eight numbers of the perspective that takes four points to four others."""
    rows, values = [], []
    for (x, y), (u, v) in zip(source, target, strict=True):
        rows += [[x, y, 1, 0, 0, 0, -u * x, -u * y], [0, 0, 0, x, y, 1, -v * x, -v * y]]
        values += [u, v]
    return tuple(map(float, np.linalg.solve(np.array(rows), np.array(values))))
