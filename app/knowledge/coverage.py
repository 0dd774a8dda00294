"""How much of a question stands, letter by letter, in an article."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from app.knowledge.tokens import is_han, squeezed

_MOST_GRAMS = 160


@dataclass(frozen=True, slots=True)
class Grams:
    """The question cut into overlapping pieces: four letters of Latin text, three of Chinese."""

    pieces: tuple[str, ...]

    @classmethod
    def of(cls, lines: Sequence[str]) -> Grams:
        pieces: dict[str, None] = {}
        for line in lines:
            text = squeezed(line)
            size = 3 if is_han(text) else 4
            for place in range(max(len(text) - size + 1, 1)):
                if text[place : place + size]:
                    pieces[text[place : place + size]] = None
        every = list(pieces)
        step = max(1, -(-len(every) // _MOST_GRAMS))
        return cls(tuple(every[::step]))

    def found_in(self, text: str) -> list[bool]:
        """For every piece, whether the squeezed text holds it."""
        return [piece in text for piece in self.pieces]
