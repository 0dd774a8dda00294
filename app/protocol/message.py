"""The base of everything on the wire, and the bounded strings it is made of."""

from __future__ import annotations

import unicodedata
from typing import Annotated

from pydantic import AfterValidator, AwareDatetime, BaseModel, ConfigDict, StringConstraints


class Message(BaseModel):
    """What is written to the other side: frozen, unknown fields rejected."""

    model_config = ConfigDict(frozen=True, extra="forbid")


class Reply(BaseModel):
    """What is read from the other side: frozen, unknown fields ignored, so that a newer server may add some."""

    model_config = ConfigDict(frozen=True, extra="ignore")


def printable(text: str) -> str:
    """The text in NFC without control, bidirectional-override and zero-width characters; line feeds and tabs stay.

    Raises ValueError for lone surrogates, which no store can keep.
    """
    if any("\ud800" <= character <= "\udfff" for character in text):
        raise ValueError("the text holds half of a character")
    text = unicodedata.normalize("NFC", text.replace("\r\n", "\n").replace("\r", "\n"))
    return "".join(
        character
        for character in text
        if character in "\n\t" or unicodedata.category(character) not in ("Cc", "Cf", "Co", "Cn")
    )


def one_line(text: str) -> str:
    """`printable` text with every run of white space folded into one space."""
    return " ".join(printable(text).split())


Line = Annotated[str, StringConstraints(max_length=300), AfterValidator(one_line)]
Text = Annotated[str, StringConstraints(max_length=20_000), AfterValidator(printable)]
Name = Annotated[str, StringConstraints(min_length=1, max_length=80, pattern=r"^[a-z0-9_.-]+$")]
Sha256 = Annotated[str, StringConstraints(pattern=r"^[0-9a-f]{64}$")]
Moment = AwareDatetime
