"""Where in a picture something private stands, from the words that were read: areas to propose for hiding."""

from __future__ import annotations

import unicodedata
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from app.capture.reading import Line
from app.private import Kind, passages
from app.system.base import Rect


@dataclass(frozen=True, slots=True)
class PrivateArea:
    """A proposal: what it seems to be, and the pixels of the picture that show it."""

    kind: Kind
    area: Rect


@dataclass(frozen=True, slots=True)
class Piece:
    """Characters of the joined text that come from one line, from `start` on."""

    start: int
    line: Line


def private_areas(lines: Sequence[Line]) -> tuple[PrivateArea, ...]:
    """One area for each private passage, or one a line for a passage that runs over several.

    Lines side by side are read as one row, and rows below each other as one text, because a value often stands
    right of its label or below it.
    """
    text, pieces = joined(lines)
    found = []
    for passage in passages(text):
        for piece in pieces:
            start = max(passage.start - piece.start, 0)
            end = min(passage.end - piece.start, len(piece.line.text))
            if start < end:
                found.append(PrivateArea(passage.kind, span(piece.line, start, end)))
    return tuple(found)


def joined(lines: Sequence[Line]) -> tuple[str, list[Piece]]:
    """All lines as one text, rows apart by line feeds, and where each line starts in it."""
    text, pieces = "", []
    for row in rows(lines):
        for line in row:
            pieces.append(Piece(len(text), line))
            text += line.text + " "
        text = text[:-1] + "\n"
    return text, pieces


def rows(lines: Sequence[Line]) -> Iterator[list[Line]]:
    """Lines whose middles lie within one another's height, left to right; rows from top to bottom."""
    row: list[Line] = []
    for line in sorted(lines, key=lambda each: each.box.y + each.box.height / 2):
        middle = line.box.y + line.box.height / 2
        if row and not row[0].box.y <= middle < row[0].box.bottom:
            yield sorted(row, key=lambda each: each.box.x)
            row = []
        row.append(line)
    if row:
        yield sorted(row, key=lambda each: each.box.x)


def span(line: Line, start: int, end: int) -> Rect:
    """The pixels of characters `start` to `end` of a line, a little generous at both ends.

    Words know where they are; within a word, and in a line without words, the place is estimated by the usual
    widths of letters.
    """
    left, right = line.box.right, line.box.x
    for offset, text, box in placed(line):
        first, last = max(start - offset, 0), min(end - offset, len(text))
        if first < last:
            left = min(left, box.x + round(box.width * share(text, first)))
            right = max(right, box.x + round(box.width * share(text, last)))
    margin = max(line.box.height // 5, 2)
    return Rect(left - margin, line.box.y, right - left + 2 * margin, line.box.height)


def placed(line: Line) -> Iterator[tuple[int, str, Rect]]:
    """The words of a line with their offset in its text; the whole line where words do not add up to it."""
    offset, found = 0, []
    for word in line.words:
        at = line.text.find(word.text, offset)
        if at < 0 or line.text[offset:at].strip():
            yield 0, line.text, line.box
            return
        found.append((at, word.text, word.box))
        offset = at + len(word.text)
    if not found or line.text[offset:].strip():
        yield 0, line.text, line.box
        return
    yield from found


def share(text: str, count: int) -> float:
    """How much of a text's width its first `count` characters take: wide letters count twice."""
    widths = [2 if unicodedata.east_asian_width(character) in "WF" else 1 for character in text]
    return sum(widths[:count]) / sum(widths)
