"""Lines as the recognisers of Windows and macOS give them, brought into the form all engines share."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

from app.capture import layout
from app.capture.reading import Line, Word
from app.capture.trouble import CHINESE
from app.system.base import Rect

SAME_PLACE = 0.5


@dataclass(frozen=True, slots=True)
class Piece:
    """A line of text and its edges in pixels of the picture; `confidence` 0 to 1."""

    text: str
    left: float
    top: float
    right: float
    bottom: float
    confidence: float = 1.0


def lines_of(pieces: Sequence[Piece]) -> tuple[Line, ...]:
    """Pieces as lines in reading order; characters are taken to be spread evenly, as nobody says where each stands."""
    found = [_line(layout.spelled(piece.text), piece) for piece in pieces]
    return layout.in_reading_order(line for line in found if line.text and not layout.is_icon(line.text))


def _line(text: str, piece: Piece) -> Line:
    top, height = round(piece.top), max(1, round(piece.bottom) - round(piece.top))
    per_character = (piece.right - piece.left) / max(1, len(text))

    def box(start: int, stop: int) -> Rect:
        left, right = round(piece.left + start * per_character), round(piece.left + stop * per_character)
        return Rect(left, top, max(1, right - left), height)

    words = tuple(Word(found.group(), box(*found.span())) for found in re.finditer(r"\S+", text))
    return Line(text, box(0, len(text)), piece.confidence, words)


def merged(chinese: Sequence[Piece], latin: Sequence[Piece]) -> list[Piece]:
    """One reading of two, for recognisers that read one language at a time.

    Where the Chinese one read Chinese its line counts; else the Latin one's at the same place, which knows the spaces;
    what only one of them saw is kept.
    """
    kept = [piece for piece in chinese if CHINESE.search(piece.text)]
    kept += [piece for piece in latin if not any(_same(piece, other) for other in kept)]
    kept += [piece for piece in chinese if not any(_same(piece, other) for other in kept)]
    return kept


def _same(one: Piece, other: Piece) -> bool:
    across = min(one.right, other.right) - max(one.left, other.left)
    down = min(one.bottom, other.bottom) - max(one.top, other.top)
    if across <= 0 or down <= 0:
        return False
    smaller = min((each.right - each.left) * (each.bottom - each.top) for each in (one, other))
    return across * down >= SAME_PLACE * smaller
