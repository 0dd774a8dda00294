"""The search box: articles for what somebody is typing, with typing mistakes, pinyin and unfinished words allowed."""

from __future__ import annotations

import heapq
import json
import math
import re
import zlib
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import combinations
from typing import TypeAlias

from app.knowledge import codes, postings
from app.knowledge.concepts import ideas
from app.knowledge.pinyin import is_pinyin
from app.knowledge.reading import tame
from app.knowledge.spelling import close_to
from app.knowledge.store import Store, Value, damaged
from app.knowledge.stretches import Held
from app.knowledge.synonyms import LONGEST_HAN, LONGEST_WORDS, others
from app.knowledge.titles import forms
from app.knowledge.tokens import HAN, is_han, plain, words
from app.knowledge.wordlists import IMPACT_STEPS

LONGEST = 200
_MOST_WORDS = 12
_MOST_FORMS = 24
_MOST_BEGUN = 3_000  # articles with a word that only begins as typed, from the commonest such word on
_MOST_SPELT = 300
_MOST_STAND_INS = 4
_MOST_HELD = 1_000  # articles with a part of a run of Han characters
_LONGEST_RUN = 24  # Han characters looked through for names with synonyms
_TITLE, _BODY, _IDEA, _PREFIX, _TYPO, _SPELT, _CODE = 3.0, 1.0, 0.3, 0.8, 0.6, 2.5, 6.0
_STAND_IN = 0.7
_BEGINS = 1.3  # a title that begins with what was typed in pinyin
_RUN = re.compile(rf"[{HAN}]+|[^\W_{HAN}]+(?:[_.-][^\W_{HAN}]+)*")


@dataclass(frozen=True, slots=True)
class Found:
    """An article found, its score, and the words it was found by as they stand in the base.

    `complete` when it has every word that was typed, or its code.
    """

    document: int
    score: float
    evidence: tuple[str, ...]
    code: bool
    complete: bool


@dataclass(frozen=True, slots=True)
class _Slot:
    """One word typed; `last` when it may be unfinished."""

    text: str
    last: bool


_Row: TypeAlias = tuple[str, int, bytes]
"""A word of the base, how many articles hold it, and the list of these."""
_Group: TypeAlias = tuple[float, str, bytes]
"""What holding a word is worth, the word as it stands in the base, and the list of the articles."""
_Best: TypeAlias = dict[int, tuple[float, str]]
"""The articles that hold a word that was typed: what that is worth, and the word as it stands there."""


class Finder:
    """One search over one base."""

    def __init__(self, store: Store, count: int) -> None:
        self._store = store
        self._count = count
        self._partly: set[int] = set()  # articles that lack some characters of a run of Han

    def find(self, typed: str, most: int) -> list[Found]:
        """The first `most` articles found, best first. Raises HelpdeskError when the file is damaged."""
        unfinished = not typed[-1:].isspace()
        typed = tame(typed, LONGEST)
        typed_words = list(_slots(typed, unfinished=unfinished))[:_MOST_WORDS]
        slots = [self._matches(slot) for slot in typed_words]
        self._stand_in([slot.text for slot in typed_words], slots)
        scores: dict[int, float] = {}
        matched: dict[int, int] = {}
        for best in slots:
            for document, (worth, _) in best.items():
                if document in scores:
                    scores[document] += worth
                    matched[document] += 1
                else:
                    scores[document] = worth
                    matched[document] = 1
        if len(slots) > 1:
            shares = [(count / len(slots)) ** 2 for count in range(len(slots) + 1)]
            scores = {document: score * shares[matched[document]] for document, score in scores.items()}
        codes_of = self._codes(typed)
        for document, (worth, _) in codes_of.items():
            scores[document] = scores.get(document, 0.0) + worth
        first = heapq.nsmallest(most, [(-score, document) for document, score in scores.items()])
        return [
            Found(
                document,
                -score,
                tuple(dict.fromkeys(best[document][1] for best in (*slots, codes_of) if document in best)),
                document in codes_of,
                document in codes_of or (matched.get(document) == len(slots) and document not in self._partly),
            )
            for score, document in first
        ]

    def _matches(self, slot: _Slot) -> _Best:
        """The articles that hold one typed word, each with the way of holding it that is worth most."""
        text = slot.text
        tokens = words(text)
        if is_han(text) and len(tokens) > 1:
            return self._matches_run(text, tokens)
        titled = self._titled(slot)
        ideal = [(_IDEA * self._rarity(spread), text, data) for _, spread, data in self._terms(ideas(tokens))]
        best: _Best = {}
        for worth, word, data in sorted((*ideal, *titled)):
            best.update(dict.fromkeys(self._decoded(data), (worth, word)))
        known = bool(titled)
        for _, spread, data in self._terms(tokens):
            known = True
            each = _BODY * self._rarity(spread) / IMPACT_STEPS
            for document, impact in self._weighed(data):
                if document not in best or each * impact > best[document][0]:
                    best[document] = (each * impact, text)
        if text.isascii() and text.isalpha() and len(text) > 1:
            self._spelt(text, best)
        if not known and text.isascii() and text.isalpha():
            for worth, word, data in sorted(self._mistyped(text)):
                best.update(dict.fromkeys(self._decoded(data), (worth, word)))
        return best

    def _stand_in(self, typed: Sequence[str], slots: Sequence[_Best]) -> None:
        """Adds the articles that say in other words what was typed, as far as the base's own synonyms tell."""
        spans = list(_spans(typed))
        known = others(self._store, [name for name, _, _ in spans])
        left = _MOST_STAND_INS
        # Other words are never worth more than those that were typed.
        most = [_STAND_IN * max((worth for worth, _ in best.values()), default=math.inf) for best in slots]
        for name, place, share in spans:
            for other in known.get(name, ())[:left]:
                left -= 1
                size = len(name.split())
                for document, worth in self._saying(other).items():
                    for slot in range(place, place + size):
                        each, best = min(share * worth / size, most[slot]), slots[slot]
                        if document not in best or each > best[document][0]:
                            best[document] = (each, other)

    def _saying(self, other: str) -> dict[int, float]:
        """The articles that have all words of a synonym, and what that is worth: most in the title."""
        found: dict[int, float] = {}
        tokens = list(dict.fromkeys(words(other)))
        rows = [dict(self._weighed(data)) for _, _, data in self._terms(tokens)]
        if tokens and len(rows) == len(tokens):
            shared = set.intersection(*map(set, rows))
            each = _STAND_IN * _BODY * self._rarity(len(shared)) / IMPACT_STEPS
            found = {document: each * min(row[document] for row in rows) for document in shared}
        titled = list(dict.fromkeys(forms(other)))
        lists = [set(self._decoded(data)) for _, _, data in self._forms(titled)]
        if titled and len(lists) == len(titled):
            named = set.intersection(*lists)
            found.update(dict.fromkeys(named, _STAND_IN * _TITLE * self._rarity(len(named))))
        return found

    def _titled(self, slot: _Slot) -> list[_Group]:
        """The articles with the word in their title, or one that begins with it when it may be unfinished."""
        exact = forms(slot.text)
        found = [(_TITLE * self._rarity(spread) / len(exact), form, data) for form, spread, data in self._forms(exact)]
        if not slot.last or not exact or (is_han(slot.text) and len(slot.text) > 1):
            return found
        rows = list(
            self._rows(
                "SELECT form, spread, postings FROM forms WHERE form > ? AND form < ? ORDER BY spread DESC LIMIT ?",
                (exact[-1], exact[-1] + "\U0010ffff", _MOST_FORMS),
            )
        )
        # A rare word is not worth more for being one of many that begin like this.
        worth = _TITLE * _PREFIX * self._rarity(sum(spread for _, spread, _ in rows))
        room = _MOST_BEGUN
        for form, spread, data in rows:
            if room <= 0:
                break
            room -= spread
            found.append((worth, form, data))
        return found

    def _matches_run(self, text: str, pairs: Sequence[str]) -> _Best:
        """The articles that hold pairs of a run of Han characters: nobody types spaces between its words, so that an
        article is worth the more the more of the pairs it holds. The word is the longest stretch that it holds."""
        places: dict[str, int] = {}
        for place, pair in enumerate(pairs):
            places[pair] = places.get(pair, 0) | 1 << place
        titled = {form: (spread, data) for form, spread, data in self._forms(list(places))}
        inside = {term: (spread, data) for term, spread, data in self._terms(places)}
        sums: dict[int, float] = {}
        masks: dict[int, int] = {}
        # The rarest pair first: articles with nothing but the commonest ones are not worth their time.
        for pair in sorted(places, key=lambda each: inside.get(each, (0, b""))[0]):
            mask = places[pair]
            is_open = len(sums) < _MOST_HELD
            worths: dict[int, float] = {}
            if pair in inside:
                spread, data = inside[pair]
                each = _BODY * self._rarity(spread) / IMPACT_STEPS
                rows = self._weighed(data)
                worths = {document: each * impact for document, impact in rows if is_open or document in sums}
            if pair in titled:
                spread, data = titled[pair]
                each = _TITLE * self._rarity(spread)
                worths.update({document: each for document in self._decoded(data) if is_open or document in sums})
            for document in worths:
                sums[document] = sums.get(document, 0.0) + worths[document]
                masks[document] = masks.get(document, 0) | mask
        held = {mask: Held.of(text, mask) for mask in set(masks.values())}
        self._partly.update(document for document, mask in masks.items() if not held[mask].whole)
        best = {
            document: (worth * held[masks[document]].share / len(places), held[masks[document]].longest)
            for document, worth in sums.items()
        }
        for _, spread, data in self._terms(ideas(pairs)):
            worth = _IDEA * self._rarity(spread)
            for document in self._decoded(data):
                if document not in best or worth > best[document][0]:
                    best[document] = (worth, text)
        return best

    def _mistyped(self, text: str) -> Iterator[_Group]:
        if is_pinyin(text) and any(text in str(row[0]) for row in self._store.rows("SELECT data FROM spelt")):
            return
        lengths = (len(text) - 1, len(text) + 1)
        starts = {text[:1], text[1:2]} if len(text) > 3 else set()
        for start in starts:
            rows = self._store.rows(
                "SELECT form FROM forms WHERE form >= ? AND form < ? AND length(form) BETWEEN ? AND ?",
                (start, start + "\U0010ffff", *lengths),
            )
            near = [str(row[0]) for row in rows if close_to(text, str(row[0]))][:_MOST_FORMS]
            meant = list(self._forms(near))
            # The commonest of the words so close was meant, not the rarest.
            worth = _TITLE * _TYPO * self._rarity(sum(spread for _, spread, _ in meant))
            most = max((spread for _, spread, _ in meant), default=1)
            for form, spread, data in meant:
                yield worth * (0.5 + 0.5 * spread / most), form, data

    def _spelt(self, text: str, best: _Best) -> None:
        """Adds the Chinese titles whose pinyin, or whose initials, hold what was typed."""
        left = _MOST_SPELT
        for row in self._store.rows("SELECT data FROM spelt"):
            data = str(row[0])
            place = data.find(text)
            while place >= 0 and left > 0:
                # A line is the article's number, the initials and the whole, with tabs between.
                head = data[data.rfind("\n", 0, place) + 1 : place]
                worth = _SPELT * (1.0 if head.count("\t") == 1 else 1.2) * min(len(text), 6)
                worth *= _BEGINS if head.endswith("\t") else 1.0
                document = int(head.partition("\t")[0])
                if document not in best or worth > best[document][0]:
                    best[document] = (worth, text)
                left -= 1
                place = data.find(text, place + 1)
            if left <= 0:
                break

    def _codes(self, typed: str) -> _Best:
        """The articles with a code that was typed; a code adds to what the words are worth."""
        found: _Best = {}
        for code in codes.find([typed, f"error code {typed}"]):
            for key in code.keys:
                rows = self._store.rows(
                    "SELECT doc, weight FROM codes WHERE key = ? ORDER BY weight DESC LIMIT 200", (key,)
                )
                for row in rows:
                    document = int(row[0] or 0)
                    worth = _CODE * self._rarity(len(rows)) * min(int(row[1] or 0) / 100, 1.0)
                    found[document] = (found.get(document, (0.0, ""))[0] + worth, code.text)
        return found

    def _forms(self, names: Sequence[str]) -> Iterator[_Row]:
        return self._rows(
            "SELECT form, spread, postings FROM forms WHERE form IN (SELECT value FROM json_each(?))",
            (json.dumps(names),),
        )

    def _terms(self, terms: Iterable[str]) -> Iterator[_Row]:
        return self._rows(
            "SELECT term, spread, postings FROM terms WHERE term IN (SELECT value FROM json_each(?))",
            (json.dumps(list(terms)),),
        )

    def _rows(self, query: str, values: Sequence[Value]) -> Iterator[_Row]:
        for row in self._store.rows(query, values):
            data = row[2]
            yield str(row[0]), int(row[1] or 0), data if isinstance(data, bytes) else b""

    def _decoded(self, data: bytes) -> list[int]:
        return [document for document, _ in self._weighed(data)]

    def _weighed(self, data: bytes) -> list[tuple[int, int]]:
        try:
            return list(postings.decoded(data))
        except (ValueError, zlib.error) as error:
            raise damaged(self._store.path, error) from error

    def _rarity(self, spread: int) -> float:
        return math.log(1 + self._count / (0.5 + spread))


def _spans(typed: Sequence[str]) -> Iterator[tuple[str, int, float]]:
    """Every name that may have been typed, the place of its first word, and its share of a run of Han characters."""
    for place, text in enumerate(typed):
        for size in range(1, min(LONGEST_WORDS, len(typed) - place) + 1):
            yield " ".join(typed[place : place + size]), place, 1.0
        if is_han(text):
            run = text[:_LONGEST_RUN]
            for first, last in combinations(range(len(run) + 1), 2):
                if 2 <= last - first <= LONGEST_HAN and last - first < len(text):
                    yield run[first:last], place, (last - first) / len(text)


def _slots(typed: str, *, unfinished: bool) -> Iterator[_Slot]:
    runs = list(_RUN.finditer(plain(typed).casefold()))
    for place, match in enumerate(runs):
        yield _Slot(match.group(), unfinished and place == len(runs) - 1)
