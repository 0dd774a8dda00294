"""How far a reading is from the truth: character errors block by block, words and codes found."""

from __future__ import annotations

import re
import unicodedata
from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass

from rapidfuzz.distance import Levenshtein

from app.knowledge.codes import Code, find, given
from app.system.base import Rect

Piece = tuple[str, Rect]
LEAST_SHARE = 0.2


@dataclass(frozen=True, slots=True)
class Block:
    """A text of the truth: what it says and where, in pixels."""

    text: str
    box: Rect


@dataclass(frozen=True, slots=True)
class Score:
    """Character errors and characters, words found and words, codes found and codes."""

    errors: int
    characters: int
    words_found: int
    words: int
    codes_found: int
    codes: int


@dataclass(frozen=True, slots=True)
class Signed:
    """Of the codes that stand on a screen all and those found; of the codes found all and the strange ones."""

    codes: int
    found: int
    told: int
    spurious: int


def signed(blocks: list[Block], codes: list[str], pieces: list[Piece]) -> Signed:
    """What the signature of a reading makes of its codes, by what they are looked up with."""
    drawn = [block.text for block in blocks]
    on_screen = _keys(find(drawn))
    told = find(_ordered(pieces))
    labelled = [keys for keys in (_keys(given([code])) for code in codes) if keys & on_screen]
    # A code of which the text holds every letter is there, whatever shape it was taken for.
    text = plain(" ".join(drawn)).casefold()
    strange = [code for code in told if not set(code.keys) & on_screen and code.canonical.casefold() not in text]
    return Signed(len(labelled), sum(bool(keys & _keys(told)) for keys in labelled), len(told), len(strange))


def _keys(found: Iterable[Code]) -> set[str]:
    return {key for code in found for key in code.keys}


def plain(text: str) -> str:
    """NFKC without any white space: what the character error rate compares."""
    return re.sub(r"\s+", "", unicodedata.normalize("NFKC", text))


def score(blocks: list[Block], codes: list[str], pieces: list[Piece]) -> Score:
    """Compare recognised pieces with the truth; text outside of every block counts as errors."""
    assigned: list[list[Piece]] = [[] for _ in blocks]
    stray = 0
    for text, box in pieces:
        shares = [block.box.intersection(box).area / max(1, box.area) for block in blocks]
        best = max(range(len(blocks)), key=lambda index: shares[index], default=None)
        if best is None or shares[best] < LEAST_SHARE:
            stray += len(plain(text))
        else:
            assigned[best].append((text, box))
    errors = stray + sum(
        Levenshtein.distance(plain(block.text), plain(" ".join(_ordered(group))))
        for block, group in zip(blocks, assigned, strict=True)
    )
    truth = Counter(word for block in blocks for word in block.text.split())
    read = Counter(word for text, _ in pieces for word in text.split())
    whole = plain(" ".join(_ordered(pieces)))
    return Score(
        errors=errors,
        characters=sum(len(plain(block.text)) for block in blocks),
        words_found=(truth & read).total(),
        words=truth.total(),
        codes_found=sum(plain(code) in whole for code in codes),
        codes=len(codes),
    )


def _ordered(pieces: list[Piece]) -> list[str]:
    """Rows from top to bottom, pieces of a row from left to right."""
    rows: list[list[Piece]] = []
    for piece in sorted(pieces, key=lambda piece: piece[1].y + piece[1].height / 2):
        middle = piece[1].y + piece[1].height / 2
        last = rows[-1][0][1] if rows else None
        if last is not None and abs(middle - last.y - last.height / 2) < 0.5 * piece[1].height:
            rows[-1].append(piece)
        else:
            rows.append([piece])
    return [text for row in rows for text, _ in sorted(row, key=lambda piece: piece[1].x)]
