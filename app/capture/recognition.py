"""Reads lines of text: the PP-OCR recogniser with greedy CTC decoding."""

from __future__ import annotations

import math
import re
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
FEWEST_SPACES = 2
LONG_WORD = 5
LOST_SPACE = 0.8  # of the width of the line's own spaces
# Where a thin letter stands is not known well enough to tell on which side of a gap it is.
LATIN_PAIR = re.compile(r"[A-HJ-Za-hkm-z]{2}")
Gap = tuple[int, int]
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
        text, centres, confidence = self._decoded(steps)
        text, centres = respaced(text, centres, np.asarray(line))
        per_pixel, start = (right - left) / width / box.width, (left - box.left) / box.width
        places = (centres * per_pixel + start).clip(0.0, 1.0)
        return Recognised(text, tuple(map(float, places)), confidence)

    def _decoded(self, steps: NDArray[np.float32]) -> tuple[str, NDArray[np.floating], float]:
        """The characters, the column of each in the strip, and the mean probability."""
        best = steps.argmax(axis=1)
        kept = best != 0
        kept[1:] &= best[1:] != best[:-1]
        places = np.flatnonzero(kept)
        if not len(places):
            return "", np.zeros(0), 0.0
        confidence = float(steps[places, best[places]].mean())
        return "".join(self._alphabet[i] for i in best[places]), (places + 0.5) * STEP, confidence


def respaced(text: str, centres: NDArray[np.floating], strip: NDArray[np.uint8]) -> tuple[str, NDArray[np.floating]]:
    """`text` with the spaces back that the network lost between Latin letters, and its centres likewise.

    A gap without ink that is about as wide as the spaces it did see in the same line is a space, too.
    """
    if text.count(" ") < FEWEST_SPACES or max(map(len, text.split()), default=0) < LONG_WORD:
        return text, centres
    gaps = _gaps(strip)
    seen = [_widest(gaps, centres[index - 1], centres[index + 1]) for index in _inner_spaces(text)]
    widths = [gap[1] - gap[0] for gap in seen if gap]
    if len(widths) < FEWEST_SPACES:
        return text, centres
    free = [gap for gap in gaps if gap not in seen and gap[1] - gap[0] >= np.median(widths) * LOST_SPACE]
    characters, places = [text[0]], [float(centres[0])]
    for index in range(1, len(text)):
        lost = _widest(free, centres[index - 1], centres[index])
        if lost and LATIN_PAIR.fullmatch(text[index - 1 : index + 1]):
            characters.append(" ")
            places.append((lost[0] + lost[1]) / 2)
        characters.append(text[index])
        places.append(float(centres[index]))
    return "".join(characters), np.array(places)


def _inner_spaces(text: str) -> list[int]:
    return [index for index in range(1, len(text) - 1) if text[index] == " "]


def _gaps(strip: NDArray[np.uint8]) -> list[Gap]:
    """Runs of columns without ink in a line's strip, first and last but one column."""
    inner = strip[HEIGHT // 8 : -HEIGHT // 8].max(axis=2)
    contrast = inner.max(axis=0).astype(np.int16) - inner.min(axis=0)
    ink = np.ones(len(contrast) + 2, dtype=np.int8)
    ink[1:-1] = contrast > max(12, 0.2 * float(contrast.max(initial=0)))
    change = np.diff(ink)
    begins, ends = np.flatnonzero(change == -1), np.flatnonzero(change == 1)
    return [(int(begin), int(end)) for begin, end in zip(begins, ends, strict=True)]


def _widest(gaps: list[Gap], left: float, right: float) -> Gap | None:
    """The widest gap whose middle lies between two columns."""
    between = (gap for gap in gaps if left < (gap[0] + gap[1]) / 2 < right)
    return max(between, key=lambda gap: gap[1] - gap[0], default=None)


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
