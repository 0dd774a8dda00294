"""What is handed over in a session: files and text for the clipboard from the agent, copied text from the employee."""

from __future__ import annotations

import hashlib
import struct
from enum import StrEnum
from typing import Annotated

from pydantic import Field

from app.protocol.message import Line, Message, Sha256, Text

CHUNK_HEAD = struct.Struct(">I")
"""Where in the file the bytes belong that follow."""
MOST_PIECE = 64 * 1024
MOST_FILE = 64 * 1024 * 1024


class FileOffer(Message):
    """A file the agent would like to send: `size` bytes with that SHA-256. The name is only a proposal."""

    name: Annotated[Line, Field(min_length=1, max_length=200)]
    size: int = Field(ge=1, le=MOST_FILE)
    sha256: Sha256

    @property
    def line(self) -> str:
        """What the ledgers of both sides say of it."""
        return f"{self.size} {self.sha256} {self.name}"[:300]


class TextOffer(Message):
    """Text for the employee's clipboard, or from it."""

    text: Annotated[Text, Field(min_length=1)]

    @property
    def line(self) -> str:
        """What the ledgers say of it: how much and its SHA-256, never the words."""
        return f"{len(self.text)} {hashlib.sha256(self.text.encode()).hexdigest()}"


class Step(StrEnum):
    """How far something the agent has offered is."""

    ASKED = "asked"
    TAKEN = "taken"
    REFUSED = "refused"
    WITHDRAWN = "withdrawn"
    KEPT = "kept"
    CHANGED = "changed"
    NO_SPACE = "no_space"
    INFECTED = "infected"
    NOTHING = "nothing"


LOST = (Step.CHANGED, Step.NO_SPACE, Step.INFECTED)
"""How a file that was taken can fail: other bytes than promised, no room for it, or a scanner that found something."""


class Delivery(Message):
    """DELIVERY: what became of the agent's offer; `received` bytes are safe, the next piece begins there."""

    step: Step
    received: int = 0
