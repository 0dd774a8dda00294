"""The posting lists of a build: for every word, the articles that hold it and how much it weighs in each."""

from __future__ import annotations

import math
import sqlite3
from array import array
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence

from app.knowledge import postings
from app.knowledge.tokens import is_han

SATURATION, LENGTH_SHARE = 1.2, 0.75  # BM25's k1 and b
IMPACT_STEPS = 255 / (SATURATION + 1)
_STEP = 0.02
MOST_POSTINGS = 3_000  # of one word; beyond it the weakest are dropped, the word tells little anyway


class WordLists:
    """Collects the words of one article after the other, numbered from one, and writes them at the end."""

    def __init__(self) -> None:
        self._documents: dict[str, array[int]] = {}
        self._counts: dict[str, bytearray] = {}
        self._lengths = array("I")
        self._titles: list[tuple[str, ...]] = []

    def __len__(self) -> int:
        return len(self._lengths)

    def add(self, counts: Mapping[str, int], titled: Sequence[str]) -> int:
        """Lists the next article under its words and returns its number; `titled` are the words of its title."""
        self._lengths.append(sum(counts.values()))
        self._titles.append(tuple(dict.fromkeys(titled)))
        document = len(self._lengths)
        for word, count in counts.items():
            if word not in self._documents:
                self._documents[word] = array("I")
                self._counts[word] = bytearray()
            self._documents[word].append(document)
            self._counts[word].append(min(count, 255))
        return document

    def title_weights(self) -> Iterator[str]:
        """For every article its title's words and how rare each is in tenths, `word tenths word tenths`."""
        for terms in self._titles:
            rare = ((term, math.log(1 + len(self) / len(self._documents[term]))) for term in terms)
            yield " ".join(f"{term} {round(weight * 10)}" for term, weight in rare)

    def write(self, connection: sqlite3.Connection) -> None:
        """Writes the table `terms`."""
        mean = _stepped(sum(self._lengths) / max(len(self), 1) or 1.0)
        loads = [SATURATION * (1 - LENGTH_SHARE + LENGTH_SHARE * length / mean) for length in self._lengths]
        connection.executemany("INSERT INTO terms VALUES(?, ?, ?, ?)", self._rows(loads))

    def _rows(self, loads: Sequence[float]) -> Iterator[tuple[str, int, int, bytes]]:
        titled = Counter(term for terms in self._titles for term in terms)
        for term in sorted(self._documents):
            documents, counts = self._documents[term], self._counts[term]
            # A pair of characters that stands in one body only is nearly always two halves of other words.
            if len(documents) == 1 and not titled[term] and is_han(term):
                continue
            impacts = bytes(
                max(1, min(255, round(count * (SATURATION + 1) / (count + loads[document - 1]) * IMPACT_STEPS)))
                for document, count in zip(documents, counts, strict=True)
            )
            spread = len(documents)
            if spread > MOST_POSTINGS:
                order = sorted(range(spread), key=lambda place: impacts[place], reverse=True)
                kept = sorted(order[:MOST_POSTINGS])
                documents = array("I", [documents[place] for place in kept])
                impacts = bytes(impacts[place] for place in kept)
            yield term, spread, titled[term], postings.encoded(documents, impacts)


def _stepped(mean: float) -> float:
    """The mean in steps of two per cent: a few new articles leave every other article's weights as they were."""
    return math.exp(round(math.log(mean) / _STEP) * _STEP)
