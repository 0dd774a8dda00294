"""What an article can learn from an error that it solved: the codes and the text as shown, free of what varies."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable, Iterator, Sequence

from app.knowledge import codes
from app.knowledge.codes import CodeKind
from app.knowledge.masks import masked
from app.knowledge.reading import telling_lines
from app.knowledge.shapes import BRIDGE, CALLED
from app.knowledge.tokens import HAN, is_han, plain, squeezed
from app.protocol.knowledge import Article
from app.protocol.message import one_line

MOST_CODES, MOST_LINES = 4, 3
_SHORTEST, _SHORTEST_HAN = 12, 6  # letters of a line that tells a fault
_LONGEST = 300
_NAMING = frozenset({CodeKind.HEX, CodeKind.SYMBOL, CodeKind.VENDOR, CodeKind.LETTERED, CodeKind.MAIL, CodeKind.NAMED})
_CALLS = re.compile(CALLED, re.IGNORECASE)
_WEB = re.compile(r"^HTTPS? (?=\d)", re.IGNORECASE)
_CLAUSE = re.compile(r"(.+?)([，；;]\s*|,\s+|$)")
_EDGES = re.compile(rf"^[^\w{HAN}]+|[^\w{HAN}。.!?！？)）]+$")


def is_code(signature: str) -> bool:
    """Whether one of an article's signatures is a code rather than a message."""
    texts = {squeezed(signature), squeezed(_CALLS.sub(" ", signature)), squeezed(_WEB.sub(" ", signature))} - {""}
    return any({squeezed(code.text), squeezed(code.canonical)} & texts for code in codes.given((signature,)))


def lessons(lines: Sequence[str], title: str, article: Article) -> tuple[str, ...]:
    """Signatures that the article lacks and the error showed: codes first, then the longest lines of the message.

    Paths, names in quotation marks, numbers, addresses and dates are left out of lines, for another computer shows
    others; codes that may as well be a machine's name are not proposed, and bare numbers only with their name.
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
    found += [each for line in kept for each in _numbers(line, known_codes)]
    return (*dict.fromkeys(found[:MOST_CODES]), *_in_order(fresh[:MOST_LINES], said))


def taught(article: Article, signatures: Iterable[str]) -> Article:
    """The article with more signatures, those it has already left as they are."""
    more = (one_line(each)[:_LONGEST] for each in signatures)
    return article.model_copy(update={"signatures": tuple(dict.fromkeys((*article.signatures, *filter(None, more))))})


def _numbers(line: str, known: Collection[str]) -> Iterator[str]:
    """The numbers of a line that are errors, each with what calls it so: `错误码：51`, `HTTP 502`."""
    line = plain(line)
    for code in codes.in_line(line):
        if code.kind is not CodeKind.NUMBER or not set(code.keys).isdisjoint(known):
            continue
        called = re.search(rf"(?:{CALLED}){BRIDGE}-?{re.escape(code.text)}(?!\d)", line, re.IGNORECASE)
        if any(key.startswith("http") for key in code.keys):
            yield f"HTTP {code.canonical}"
        elif called:
            yield called.group().replace("'", "").replace('"', "")


def _bare(line: str) -> str:
    kept = [(clause, end) for clause, end in ((_clause(text), end) for text, end in _CLAUSE.findall(line)) if clause]
    bare = "".join(clause + end for clause, end in kept[:-1]) + (kept[-1][0] if kept else "")
    return _EDGES.sub("", " ".join(bare.split()))[:_LONGEST]


def _clause(text: str) -> str:
    """A clause without what varies; nothing of one that was but the name of a number: `流水号 000123`."""
    bare = text
    for code in codes.in_line(text):
        bare = bare.replace(code.text, " ")
    bare = masked(bare).rstrip()
    lost = len(bare) < len(text.rstrip()) and text.rstrip()[-1:].isalnum()
    letters = squeezed(bare)
    if bare[-1:] in (":", "：", "=") or (
        lost and len(letters) <= (_SHORTEST_HAN - 2 if is_han(letters) else _SHORTEST)
    ):
        return ""
    return bare


def _tells(line: str) -> bool:
    text = squeezed(_CALLS.sub(" ", line))
    return len(text) >= (_SHORTEST_HAN if is_han(text) else _SHORTEST)


def _in_order(lines: Iterable[str], order: Sequence[str]) -> list[str]:
    return sorted(lines, key=order.index)
