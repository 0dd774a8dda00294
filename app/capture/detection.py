"""Finds lines of text: the PP-OCR detector with its post-processing in plain numpy."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from app.capture.components import Components, components

if TYPE_CHECKING:
    from PIL import Image

STRIDE = 32  # the network's input is a multiple of this
LONGEST_SIDE = 960
PIXEL_THRESHOLD = 0.3
BOX_THRESHOLD = 0.5
UNCLIP = 1.6  # the network marks shrunken text; boxes grow back by this ratio of area to outline
SMALLEST_SIDE = 3
LARGEST_INPUT = 1_000_000  # pixels
STRIP_MARGIN = 32  # rows that a strip sees beyond its own, as a line may lie across the border
MAX_LINES = 1000
LINE_SHAPE = 3.0  # how much longer than high a region is before its slope means anything
LEAST_FALL = 0.35  # of the line's height, over its whole length
STEEPEST = 0.3


@dataclass(frozen=True, slots=True)
class TextBox:
    """Where a line of text is: edges in pixels of the picture, not rounded; `score` 0 to 1.

    On a photograph lines lean: `slope` is how many pixels they fall per pixel to the right; `top` and `bottom`
    are then those in the middle of the line.
    """

    left: float
    top: float
    right: float
    bottom: float
    score: float
    slope: float = 0.0

    @property
    def width(self) -> float:
        """Pixels across."""
        return self.right - self.left

    @property
    def height(self) -> float:
        """Pixels down."""
        return self.bottom - self.top


class Detector:
    """One loaded network."""

    def __init__(self, session: Any) -> None:
        self._session = session

    def find(self, image: Image.Image, longest_side: int = LONGEST_SIDE) -> tuple[TextBox, ...]:
        """Boxes of lines in an RGB picture, in no particular order."""
        heat = self._heat(image, longest_side)
        across, down = image.width / heat.shape[1], image.height / heat.shape[0]
        boxes, scores, slopes = _boxes(heat)
        boxes = boxes * np.array([across, down, across, down])
        boxes[:, 0::2] = boxes[:, 0::2].clip(0, image.width)
        boxes[:, 1::2] = boxes[:, 1::2].clip(0, image.height)
        return tuple(
            TextBox(float(left), float(top), float(right), float(bottom), float(score), float(slope))
            for (left, top, right, bottom), score, slope in zip(boxes, scores, slopes * down / across, strict=True)
            if right > left and bottom > top
        )

    def _heat(self, image: Image.Image, longest_side: int) -> NDArray[np.float32]:
        """How likely every pixel of the reduced picture is text, 0 to 1."""
        from PIL import Image

        ratio = min(1.0, longest_side / max(image.size))
        width, height = (max(STRIDE, round(side * ratio / STRIDE) * STRIDE) for side in image.size)
        if (width, height) != image.size:
            image = image.resize((width, height), Image.Resampling.BILINEAR)
        pixels = np.asarray(image)
        heat = np.empty((height, width), dtype=np.float32)
        # A large picture in strips as wide as it is: whole lines, and never more memory than for one strip.
        rows = height if width * height <= LARGEST_INPUT else max(STRIDE, LARGEST_INPUT // width // STRIDE * STRIDE)
        for top in range(0, height, rows):
            first, last = max(0, top - STRIP_MARGIN), min(height, top + rows + STRIP_MARGIN)
            strip = self._strip_heat(pixels[first:last])
            heat[top : top + rows] = strip[top - first : top - first + rows]
        return heat

    def _strip_heat(self, pixels: NDArray[np.uint8]) -> NDArray[np.float32]:
        # The networks were trained on blue, green, red.
        values = pixels[:, :, ::-1].transpose(2, 0, 1)[None].astype(np.float32)
        values *= np.float32(2 / 255)
        values -= np.float32(1)
        heat: NDArray[np.float32] = self._session.run(None, {"x": values})[0][0, 0]
        return heat


def _boxes(
    heat: NDArray[np.float32],
) -> tuple[NDArray[np.float64], NDArray[np.float64], NDArray[np.float64]]:
    """Boxes (n, 4) in pixels of `heat`, their scores (n) and their slopes (n)."""
    mask = heat > PIXEL_THRESHOLD
    mask[1:] |= mask[:-1]
    mask[:, 1:] |= mask[:, :-1]
    found = components(mask)
    boxes = found.boxes().astype(np.float64)
    if not len(boxes):
        return boxes, np.zeros(0), np.zeros(0)
    scores = _means(heat, boxes.astype(np.int64))
    boxes[:, 2:] -= 1  # between the centres of the outermost pixels
    slopes = _levelled(found, boxes)
    leaning = slopes != 0
    if leaning.any():
        scores[leaning] = found.means(heat)[leaning]
    sides = boxes[:, 2:] - boxes[:, :2]
    kept = (sides.min(axis=1) >= SMALLEST_SIDE) & (scores >= BOX_THRESHOLD)
    boxes, sides, scores, slopes = boxes[kept], sides[kept], scores[kept], slopes[kept]
    margin = sides.prod(axis=1) * UNCLIP / (2 * sides.sum(axis=1))
    boxes[:, :2] -= margin[:, None]
    boxes[:, 2:] += margin[:, None]
    return boxes[:MAX_LINES], scores[:MAX_LINES], slopes[:MAX_LINES]


def _levelled(found: Components, boxes: NDArray[np.float64]) -> NDArray[np.float64]:
    """The slopes of lines that clearly lean, 0 for all others; the boxes of leaning lines become as low as the line.

    On a screen nothing leans, and then every box stays as it is.
    """
    slopes = found.slopes()
    width, height = boxes[:, 2] - boxes[:, 0], boxes[:, 3] - boxes[:, 1]
    fall = np.abs(slopes) * width
    leaning = (width > LINE_SHAPE * (height - fall)) & (fall > LEAST_FALL * (height - fall).clip(1))
    leaning &= (fall > 2) & (np.abs(slopes) < STEEPEST)
    slopes = np.where(leaning, slopes, 0.0)
    if leaning.any():
        lowest, highest = found.extents(slopes)
        shift = slopes * (boxes[:, 0] + boxes[:, 2]) / 2
        boxes[leaning, 1] = (lowest + shift)[leaning]
        boxes[leaning, 3] = (highest + shift)[leaning]
    return slopes


def _means(values: NDArray[np.float32], boxes: NDArray[np.int64]) -> NDArray[np.float64]:
    """The mean of `values` inside every box, by one summed-area table."""
    table = np.zeros((values.shape[0] + 1, values.shape[1] + 1))
    np.cumsum(np.cumsum(values, axis=0, dtype=np.float64), axis=1, out=table[1:, 1:])
    left, top, right, bottom = boxes.T
    total = table[bottom, right] - table[top, right] - table[bottom, left] + table[top, left]
    means: NDArray[np.float64] = total / np.maximum((right - left) * (bottom - top), 1)
    return means
