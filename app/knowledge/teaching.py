"""What an article can learn from an error that it solved: the codes and the text as shown, free of what varies."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence

from app.knowledge import codes
from app.knowledge.codes import CodeKind
from app.knowledge.masks import masked
from app.knowledge.reading import telling_lines
from app.knowledge.shapes import CALLED
from app.knowledge.tokens import HAN, is_han, squeezed
from app.protocol.knowledge import Article
from app.protocol.message import one_line

MOST_CODES, MOST_LINES = 4, 3
_SHORTEST, _SHORTEST_HAN = 12, 6  # letters of a line that tells a fault
_LONGEST = 300
_NAMING = frozenset({CodeKind.HEX, CodeKind.SYMBOL, CodeKind.VENDOR, CodeKind.LETTERED, CodeKind.MAIL, CodeKind.NAMED})
_CALLS = re.compile(CALLED, re.IGNORECASE)
_EDGES = re.compile(rf"^[^\w{HAN}]+|[^\w{HAN}。.!?！？)）]+$")


def is_code(signature: str) -> bool:
    """Whether one of an article's signatures is a code rather than a message."""
    text = squeezed(signature)
    found = codes.given((signature,))
    return bool(text) and any(squeezed(code.text) == text or squeezed(code.canonical) == text for code in found)


def lessons(lines: Sequence[str], title: str, article: Article) -> tuple[str, ...]:
    """Signatures that the article lacks and the error showed: codes first, then the longest lines of the message.

    Paths, names in quotation marks, numbers, addresses and dates are left out of lines, for another computer shows
    others; codes that may as well be a machine's name are not proposed.
    """
    kept = telling_lines(lines)
    known_codes = {key for code in codes.given(article.signatures) for key in code.keys}
    known_lines = [squeezed(each) for each in article.signatures]
    found = [
        code.canonical
        for code in codes.find(kept)
        if code.kind in _NAMING and code.telling and known_codes.isdisjoint(code.keys)
    ]
    said = [_bare(line) for line in kept if squeezed(line) != squeezed(title)]
    told = sorted(filter(_tells, dict.fromkeys(said)), key=len, reverse=True)
    fresh = [line for line in told if not any(squeezed(line) in each or each in squeezed(line) for each in known_lines)]
    return (*dict.fromkeys(found[:MOST_CODES]), *_in_order(fresh[:MOST_LINES], said))


def taught(article: Article, signatures: Iterable[str]) -> Article:
    """The article with more signatures, those it has already left as they are."""
    more = (one_line(each)[:_LONGEST] for each in signatures)
    return article.model_copy(update={"signatures": tuple(dict.fromkeys((*article.signatures, *filter(None, more))))})


def _bare(line: str) -> str:
    for code in codes.in_line(line):
        line = line.replace(code.text, " ")
    return _EDGES.sub("", " ".join(masked(line).split()))[:_LONGEST]


def _tells(line: str) -> bool:
    text = squeezed(_CALLS.sub(" ", line))
    return len(text) >= (_SHORTEST_HAN if is_han(text) else _SHORTEST)


def _in_order(lines: Iterable[str], order: Sequence[str]) -> list[str]:
    return sorted(lines, key=order.index)
