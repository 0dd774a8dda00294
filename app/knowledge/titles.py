"""What titles are found by while somebody types: their words, their Chinese pairs and their pinyin."""

from __future__ import annotations

import re
import sqlite3
from array import array
from collections.abc import Iterator
from itertools import pairwise

from app.knowledge import postings
from app.knowledge.pinyin import syllables
from app.knowledge.tokens import HAN, is_han, plain
from app.protocol.knowledge import Article

_RUN = re.compile(rf"[{HAN}]+|[^\W_{HAN}]+")
_HYPHENATED = re.compile(r"(?<![\w-])[a-z]+(?:-[a-z]+){1,2}(?![\w-])")
_LONGEST_FORM = 40
_MOST_CHARACTERS = 60
CHUNK = 4_000


def forms(text: str) -> list[str]:
    """The forms a title is listed under: whole Latin words and Chinese pairs, without case, in reading order."""
    found: list[str] = []
    for match in _RUN.finditer(plain(text).casefold()):
        run = match.group()
        if is_han(run) and len(run) > 1:
            found.extend(first + second for first, second in pairwise(run))
        else:
            found.append(run[:_LONGEST_FORM])
    return found


def _joined(text: str) -> list[str]:
    """Words with a hyphen as they are also typed: `wifi` for *Wi-Fi*, `signin` for *sign-in*."""
    found = (match.group().replace("-", "") for match in _HYPHENATED.finditer(plain(text).casefold()))
    return [word for word in found if len(word) <= _LONGEST_FORM]


class TitleIndex:
    """Collects the titles of a build and writes them at its end."""

    def __init__(self) -> None:
        self._documents: dict[str, array[int]] = {}
        self._spelt: list[str] = []

    def add(self, document: int, article: Article) -> None:
        """Lists one article under its title, its editor's signatures and its applications."""
        text = "\n".join((article.title, *article.applications, *article.signatures))
        for form in dict.fromkeys((*forms(text), *_joined(text))):
            self._documents.setdefault(form, array("I")).append(document)
        readings = syllables(article.title[:_MOST_CHARACTERS])
        if len(readings) > 1:
            initials = "".join(reading[0] for reading in readings)
            self._spelt.append(f"{document}\t{initials}\t{''.join(readings)}\n")

    def write(self, connection: sqlite3.Connection) -> None:
        """Writes the tables `forms` and `spelt`."""
        connection.executemany("INSERT INTO forms VALUES(?, ?, ?)", self._rows())
        chunks = range(0, len(self._spelt), CHUNK)
        connection.executemany(
            "INSERT INTO spelt VALUES(?, ?)", ((start, "".join(self._spelt[start : start + CHUNK])) for start in chunks)
        )

    def _rows(self) -> Iterator[tuple[str, int, bytes]]:
        for form in sorted(self._documents):
            documents = self._documents[form]
            yield form, len(documents), postings.encoded(documents, bytes([255]) * len(documents))
