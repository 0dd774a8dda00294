"""Why an article matched, in the employee's own words."""

from __future__ import annotations

import re
from collections.abc import Iterator

from app.knowledge.candidates import FirstLook
from app.knowledge.features import Look
from app.knowledge.question import Question
from app.knowledge.tokens import HAN, is_han, plain, squeezed, words
from app.protocol.knowledge import Reason, ReasonKind

_MOST_CODES = 3
_MOST_LINES = 2
_MOST_WORDS = 5
_LONGEST_EVIDENCE = 200
_QUOTED = 0.6  # share of a line's pieces that must stand in the article to call the line quoted
_TELLING = 0.25
_RUN = re.compile(rf"[{HAN}]+|[^\W_{HAN}]+(?:_[^\W_{HAN}]+)*")


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
            run = match.group()
            for word in _stretches(run, found) if is_han(run) else (run,):
                known = [term for term in words(word) if term in look.terms and _held(term, found)]
                if known and len(word) > 1:
                    seen[word] = max(look.terms[term].rarity for term in known)
    yield from sorted(seen, key=lambda word: -seen[word])


def _held(term: str, found: Look) -> bool:
    return term in found.text.title_words or term in found.text.whole


def _stretches(run: str, found: Look) -> Iterator[str]:
    """The longest parts of a Chinese run that the article holds pair by pair."""
    start = 0
    for place in range(1, len(run) + 1):
        if place < len(run) and _held(run[place - 1 : place + 1], found):
            continue
        if place - start > 1:
            yield run[start:place]
        start = place
