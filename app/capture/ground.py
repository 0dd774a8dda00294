"""How plain a part of a picture is: the shares of its two commonest colours."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

NEAR = 33
"""Grey levels that are one colour in a photograph, where light falls unevenly."""


def commonest(part: NDArray[np.uint8]) -> tuple[float, float]:
    """Of RGB pixels (height, width, 3) of a screen: colours to a sixteenth of their range."""
    coarse = (part >> 4).astype(np.int32)
    names = (coarse[..., 0] << 8 | coarse[..., 1] << 4 | coarse[..., 2]).ravel()
    second, first = np.partition(np.bincount(names, minlength=2), -2)[-2:]
    return float(first / names.size), float(second / names.size)


def commonest_in_photograph(part: NDArray[np.uint8]) -> tuple[float, float]:
    """The same of a photograph: the two ranges of brightness that hold most, as its colours are not exact."""
    levels = np.bincount(part.mean(axis=2).astype(np.int64).ravel(), minlength=256)
    window = np.ones(NEAR, dtype=np.int64)
    held = np.convolve(levels, window, mode="same")
    best = int(held.argmax())
    first = int(held[best])
    levels[max(0, best - NEAR // 2) : best + NEAR // 2 + 1] = 0
    second = int(np.convolve(levels, window, mode="same").max())
    return first / (part.size // 3), second / (part.size // 3)
