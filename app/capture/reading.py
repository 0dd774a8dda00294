"""What was read in a picture: lines in reading order, each with its place and how sure the engine is."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from app.system.base import Rect


class Role(StrEnum):
    """What a line is, as far as its place tells."""

    TITLE = "title"
    TEXT = "text"
    AROUND = "around"
    """Read, but most likely not what is meant: the programs around a message."""


@dataclass(frozen=True, slots=True)
class Word:
    """A run of characters without a space; `box` in pixels of the picture that was read, estimated within its line."""

    text: str
    box: Rect


@dataclass(frozen=True, slots=True)
class Line:
    """One line of text; `box` in pixels of the picture that was read, `confidence` 0 to 1."""

    text: str
    box: Rect
    confidence: float
    words: tuple[Word, ...] = ()
    role: Role = Role.TEXT


@dataclass(frozen=True, slots=True)
class Reading:
    """The text of a region, top to bottom. `region` is in pixels of the whole picture, as are the lines' boxes."""

    lines: tuple[Line, ...]
    region: Rect
    engine: str
    milliseconds: float
    is_dialog: bool = False

    @property
    def text(self) -> str:
        """The lines as one text."""
        return "\n".join(line.text for line in self.lines)

    @property
    def message(self) -> tuple[Line, ...]:
        """The lines that are most likely meant: all but those around them."""
        return tuple(line for line in self.lines if line.role is not Role.AROUND)

    @property
    def title(self) -> str:
        """The dialog's title line; empty when no dialog was found."""
        return next((line.text for line in self.lines if line.role is Role.TITLE), "")
