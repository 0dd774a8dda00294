"""Reads lines of text: the PP-OCR recogniser with greedy CTC decoding."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

if TYPE_CHECKING:
    from PIL import Image

    from app.capture.detection import TextBox

HEIGHT = 48  # the network's line height
SHORTEST = 48
LONGEST = 3200
MARGIN_ASIDE, MARGIN_ABOVE = 0.05, 0.12  # of the box's height
STEP = 8  # pixels per time step of the network


@dataclass(frozen=True, slots=True)
class Recognised:
    """A line's characters, where each stands (0 to 1 along the line), and the mean probability."""

    text: str
    places: tuple[float, ...]
    confidence: float


class Recogniser:
    """One loaded network with its alphabet."""

    def __init__(self, session: Any) -> None:
        self._session = session
        characters = session.get_modelmeta().custom_metadata_map["character"].splitlines()
        self._alphabet = ["", *characters, " "]

    def read(self, image: Image.Image, box: TextBox) -> Recognised:
        """The text inside `box` of an RGB picture; places are along the box's own width."""
        from PIL import Image

        # A little more than the detector marks: nothing is cut off, and larger letters would only cost time.
        aside, above = box.height * MARGIN_ASIDE, box.height * MARGIN_ABOVE
        left, right = max(0.0, box.left - aside), min(float(image.width), box.right + aside)
        top, bottom = max(0.0, box.top - above), min(float(image.height), box.bottom + above)
        width = min(LONGEST, max(STEP, math.ceil((right - left) * HEIGHT / (bottom - top))))
        if box.slope:
            line = _straightened(image, (left, top, right, bottom), box.slope, width)
        else:
            line = image.resize((width, HEIGHT), Image.Resampling.BICUBIC, box=(left, top, right, bottom))
        pixels = np.asarray(line)[:, :, ::-1].transpose(2, 0, 1)
        values = np.zeros((1, 3, HEIGHT, max(SHORTEST, -(-width // STEP) * STEP)), dtype=np.float32)
        values[0, :, :, :width] = pixels.astype(np.float32) * np.float32(2 / 255) - np.float32(1)
        steps: NDArray[np.float32] = self._session.run(None, {"x": values})[0][0]
        return self._decoded(steps, (right - left) / width / box.width, (left - box.left) / box.width)

    def _decoded(self, steps: NDArray[np.float32], scale: float, start: float) -> Recognised:
        best = steps.argmax(axis=1)
        kept = best != 0
        kept[1:] &= best[1:] != best[:-1]
        places = np.flatnonzero(kept)
        if not len(places):
            return Recognised("", (), 0.0)
        confidence = float(steps[places, best[places]].mean())
        along = ((places + 0.5) * STEP * scale + start).clip(0.0, 1.0)
        return Recognised("".join(self._alphabet[i] for i in best[places]), tuple(map(float, along)), confidence)


def _straightened(
    image: Image.Image, edges: tuple[float, float, float, float], slope: float, width: int
) -> Image.Image:
    """A leaning line made level: every column is taken from as much higher or lower as the line has fallen."""
    from PIL import Image

    left, top, right, bottom = edges
    across, down = (right - left) / width, (bottom - top) / HEIGHT
    fall = slope * across
    start = top - slope * (right - left) / 2
    return image.transform(
        (width, HEIGHT),
        Image.Transform.AFFINE,
        (across, 0.0, left, fall, down, start),
        Image.Resampling.BICUBIC,
    )
