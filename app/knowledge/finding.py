"""The search box: articles for what somebody is typing, with typing mistakes, pinyin and unfinished words allowed."""

from __future__ import annotations

import json
import math
import re
import zlib
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field

from app.knowledge import codes, postings
from app.knowledge.concepts import ideas
from app.knowledge.reading import tame
from app.knowledge.spelling import close_to
from app.knowledge.store import Store, damaged
from app.knowledge.titles import forms
from app.knowledge.tokens import HAN, is_han, plain, words
from app.knowledge.wordlists import IMPACT_STEPS

LONGEST = 200
_MOST_WORDS = 12
_MOST_FORMS = 24
_MOST_SPELT = 300
_TITLE, _BODY, _IDEA, _PREFIX, _TYPO, _SPELT, _CODE = 3.0, 1.0, 0.3, 0.8, 0.6, 2.5, 6.0
_RUN = re.compile(rf"[{HAN}]+|[^\W_{HAN}]+(?:[_.-][^\W_{HAN}]+)*")


@dataclass(slots=True)
class Found:
    """An article found, its score, and the words it was found by as they stand in the base."""

    document: int
    score: float = 0.0
    evidence: dict[str, None] = field(default_factory=dict)
    code: bool = False


@dataclass(frozen=True, slots=True)
class _Slot:
    """One word typed; `last` when it may be unfinished."""

    text: str
    last: bool


class Finder:
    """One search over one base."""

    def __init__(self, store: Store, count: int) -> None:
        self._store = store
        self._count = count

    def find(self, typed: str) -> list[Found]:
        """All articles found, best first. Raises HelpdeskError when the file is damaged."""
        unfinished = not typed[-1:].isspace()
        typed = tame(typed, LONGEST)
        slots = list(_slots(typed, unfinished=unfinished))[:_MOST_WORDS]
        found: dict[int, Found] = {}
        matched: dict[int, int] = {}
        for slot in slots:
            best: dict[int, tuple[float, str]] = {}
            for document, worth, word in self._matches(slot):
                if worth > best.get(document, (0.0, ""))[0]:
                    best[document] = (worth, word)
            for document, (worth, word) in best.items():
                each = found.setdefault(document, Found(document))
                each.score += worth
                each.evidence[word] = None
                matched[document] = matched.get(document, 0) + 1
        for document, each in found.items():
            each.score *= (matched[document] / len(slots)) ** 2
        self._add_codes(typed, found)
        return sorted(found.values(), key=lambda each: (-each.score, each.document))

    def _matches(self, slot: _Slot) -> Iterator[tuple[int, float, str]]:
        """Article, worth and word for one typed word; an article may come several times."""
        text = slot.text
        known = False
        for form, spread, data, share in self._forms(slot):
            known = True
            worth = _TITLE * share * self._rarity(spread)
            for document, _ in self._decoded(data):
                yield document, worth, form
        tokens = words(text)
        for _, spread, data in self._terms(tokens):
            known = True
            rarity = self._rarity(spread)
            for document, impact in self._decoded(data):
                yield document, _BODY * rarity * impact / IMPACT_STEPS, text
        for _, spread, data in self._terms(list(dict.fromkeys(ideas(tokens)))):
            for document, _ in self._decoded(data):
                yield document, _IDEA * self._rarity(spread), text
        if text.isascii() and text.isalpha() and len(text) > 1:
            yield from self._spelt(text)
        if not known and text.isascii() and text.isalpha():
            yield from self._mistyped(text)

    def _forms(self, slot: _Slot) -> Iterator[tuple[str, int, bytes, float]]:
        exact = forms(slot.text)
        for form, spread, data in self._rows(
            "SELECT form, spread, postings FROM forms WHERE form IN (SELECT value FROM json_each(?))", exact
        ):
            yield form, spread, data, 1.0 / len(exact)
        if not slot.last or not exact or (is_han(slot.text) and len(slot.text) > 1):
            return
        start = exact[-1]
        rows = self._store.rows(
            "SELECT form, spread, postings FROM forms WHERE form > ? AND form < ? ORDER BY spread DESC LIMIT ?",
            (start, start + "\U0010ffff", _MOST_FORMS),
        )
        # A rare word is not worth more for being one of many that begin like this.
        together = sum(int(row[1] or 0) for row in rows)
        for row in rows:
            blob = row[2]
            yield str(row[0]), together, blob if isinstance(blob, bytes) else b"", _PREFIX

    def _mistyped(self, text: str) -> Iterator[tuple[int, float, str]]:
        lengths = (len(text) - 1, len(text) + 1)
        starts = {text[:1], text[1:2]} if len(text) > 3 else set()
        for start in starts:
            rows = self._store.rows(
                "SELECT form FROM forms WHERE form >= ? AND form < ? AND length(form) BETWEEN ? AND ?",
                (start, start + "\U0010ffff", *lengths),
            )
            near = [str(row[0]) for row in rows if close_to(text, str(row[0]))][:_MOST_FORMS]
            for form, spread, data in self._rows(
                "SELECT form, spread, postings FROM forms WHERE form IN (SELECT value FROM json_each(?))", near
            ):
                for document, _ in self._decoded(data):
                    yield document, _TITLE * _TYPO * self._rarity(spread), form

    def _spelt(self, text: str) -> Iterator[tuple[int, float, str]]:
        """Chinese titles whose pinyin, or whose initials, hold what was typed."""
        left = _MOST_SPELT
        for row in self._store.rows("SELECT data FROM spelt"):
            data = str(row[0])
            place = data.find(text)
            while place >= 0 and left > 0:
                # A line is the article's number, the initials and the whole, with tabs between.
                head = data[data.rfind("\n", 0, place) + 1 : place]
                worth = 1.0 if head.count("\t") == 1 else 1.2
                yield int(head.partition("\t")[0]), _SPELT * worth * min(len(text), 6), text
                left -= 1
                place = data.find(text, place + 1)

    def _add_codes(self, typed: str, found: dict[int, Found]) -> None:
        for code in codes.find([typed, f"error code {typed}"]):
            for key in code.keys:
                rows = self._store.rows(
                    "SELECT doc, weight FROM codes WHERE key = ? ORDER BY weight DESC LIMIT 200", (key,)
                )
                for row in rows:
                    each = found.setdefault(int(row[0] or 0), Found(int(row[0] or 0)))
                    each.score += _CODE * self._rarity(len(rows)) * min(int(row[1] or 0) / 100, 1.0)
                    each.evidence[code.text] = None
                    each.code = True

    def _terms(self, terms: Iterable[str]) -> Iterator[tuple[str, int, bytes]]:
        return self._rows(
            "SELECT term, spread, postings FROM terms WHERE term IN (SELECT value FROM json_each(?))", list(terms)
        )

    def _rows(self, query: str, names: list[str]) -> Iterator[tuple[str, int, bytes]]:
        for row in self._store.rows(query, (json.dumps(names),)) if names else ():
            data = row[2]
            yield str(row[0]), int(row[1] or 0), data if isinstance(data, bytes) else b""

    def _decoded(self, data: bytes) -> list[tuple[int, int]]:
        try:
            return list(postings.decoded(data))
        except (ValueError, zlib.error) as error:
            raise damaged(self._store.path, error) from error

    def _rarity(self, spread: int) -> float:
        return math.log(1 + self._count / (0.5 + spread))


def _slots(typed: str, *, unfinished: bool) -> Iterator[_Slot]:
    runs = list(_RUN.finditer(plain(typed).casefold()))
    for place, match in enumerate(runs):
        yield _Slot(match.group(), unfinished and place == len(runs) - 1)
