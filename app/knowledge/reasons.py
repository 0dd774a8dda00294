"""Why an article matched, in the employee's own words."""

from __future__ import annotations

import re
from collections.abc import Iterator

from app.knowledge.candidates import FirstLook
from app.knowledge.features import Look
from app.knowledge.question import Question
from app.knowledge.tokens import is_han, plain, squeezed, words
from app.protocol.knowledge import Reason, ReasonKind

_MOST_CODES = 3
_MOST_LINES = 2
_MOST_WORDS = 5
_LONGEST_EVIDENCE = 200
_QUOTED = 0.6  # share of a line's pieces that must stand in the article to call the line quoted
_TELLING = 0.25
_RUN = re.compile(r"[^\W_]+(?:_[^\W_]+)*")


def reason(question: Question, look: FirstLook, found: Look) -> Reason:
    """The strongest ground: a code both have, else lines of the message, else the rarest shared words."""
    codes = list(dict.fromkeys(hit.code.text for hit in found.candidate.hits if hit.rarity * hit.share > _TELLING))
    if codes:
        return Reason(kind=ReasonKind.CODE, evidence=tuple(codes[:_MOST_CODES]))
    quoted = [line for line in question.lines if _quoted(line, found.text.whole)]
    if quoted:
        longest = sorted(quoted, key=len, reverse=True)[:_MOST_LINES]
        return Reason(kind=ReasonKind.MESSAGE, evidence=tuple(line[:_LONGEST_EVIDENCE] for line in longest))
    return Reason(kind=ReasonKind.WORDS, evidence=tuple(_shared(question, look, found))[:_MOST_WORDS])


def _quoted(line: str, whole: str) -> bool:
    text = squeezed(line)
    if len(text) < (6 if is_han(text) else 10):
        return False
    size = 4 if is_han(text) else 8
    pieces = [text[place : place + size] for place in range(0, len(text) - size + 1, size)]
    return sum(piece in whole for piece in pieces) >= _QUOTED * len(pieces)


def _shared(question: Question, look: FirstLook, found: Look) -> Iterator[str]:
    """Words as the employee saw them, rarest first; neighbouring Chinese pairs are joined again."""
    seen: dict[str, float] = {}
    for line in question.lines:
        for match in _RUN.finditer(plain(line)):
            for word, terms in _pieces(match.group()):
                known = [look.terms[term].rarity for term in terms if term in look.terms]
                held = any(term in found.text.title_words or term in found.text.whole for term in terms)
                if known and held and len(word) > 1:
                    seen[word] = max(known)
    yield from sorted(seen, key=lambda word: -seen[word])


def _pieces(run: str) -> Iterator[tuple[str, list[str]]]:
    if not is_han(run):
        yield run, words(run)
        return
    for piece in re.findall(r"[\u4e00-\u9fff]{2,4}|[A-Za-z0-9]+", run):
        yield piece, words(piece)
