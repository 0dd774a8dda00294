"""How much of a run of Han characters an article holds, told by the pairs of neighbours that it holds."""

from __future__ import annotations

import re
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Held:
    """The share of the pairs, the longest stretch held, and whether every character is in a pair that is held."""

    share: float
    longest: str
    whole: bool

    @classmethod
    def of(cls, text: str, mask: int) -> Held:
        """Of a run of at least two characters; bit N of `mask` (not nought) stands for its characters N and N + 1."""
        bits = f"{mask:0{len(text) - 1}b}"[::-1]
        stretches = [(match.start(), match.end() + 1) for match in re.finditer("1+", bits)]
        start, end = max(stretches, key=lambda each: each[1] - each[0])
        # Stretches side by side leave out the pair between two words only.
        whole = sum(last - first for first, last in stretches) == len(text)
        return cls(bits.count("1") / len(bits), text[start:end], whole)
