"""The signature of an error: its codes, the program, the title, and a fingerprint that is the same on every machine."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence

from app.knowledge import codes
from app.knowledge.codes import Code, CodeKind
from app.knowledge.masks import masked
from app.knowledge.reading import tame, telling_lines
from app.knowledge.tokens import words
from app.protocol.knowledge import ErrorSignature

_LONGEST_LINE = 300
_MOST_CODES = 12


def extract(lines: Sequence[str], title: str = "", application: str = "") -> ErrorSignature:
    """The signature of recognised lines.

    `title` is the window's title and `application` the program's name where the system knows them. Never raises;
    lines without anything to recognise give an empty fingerprint.
    """
    kept = telling_lines(lines)
    title = tame(title, _LONGEST_LINE) or (kept[0] if kept else "")
    found = codes.find([title, *kept])
    return ErrorSignature(
        codes=tuple(code.canonical[:_LONGEST_LINE] for code in found[:_MOST_CODES]),
        application=tame(application, _LONGEST_LINE),
        title=title[:_LONGEST_LINE],
        fingerprint=_fingerprint(found, kept),
    )


def _fingerprint(found: Sequence[Code], lines: Sequence[str]) -> str:
    strong = sorted(code.keys[0] for code in found if code.kind <= CodeKind.NAMED)
    parts = strong or sorted({word for line in lines for word in words(masked(line))})
    if not parts:
        return ""
    return hashlib.blake2b("\n".join(parts).encode(), digest_size=8).hexdigest()
