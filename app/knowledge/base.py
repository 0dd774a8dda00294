"""The knowledge base: suggestions for an error, search as one types, and the articles themselves."""

from __future__ import annotations

import json
import math
import zlib
from collections import Counter
from collections.abc import Sequence
from pathlib import Path

from app.knowledge import codes, postings
from app.knowledge.build import IMPACT_STEPS
from app.knowledge.coverage import Grams
from app.knowledge.reading import tame, telling_lines
from app.knowledge.signature import extract
from app.knowledge.store import Store, damaged
from app.knowledge.tokens import words
from app.protocol.knowledge import (
    Article,
    Fit,
    Reason,
    ReasonKind,
    Suggestion,
    SuggestionList,
    Visibility,
)
from app.protocol.message import one_line

_CANDIDATES = 50
_MOST_TERMS = 32
_LONGEST_SEARCH = 300


class KnowledgeBase:
    """One file of articles, opened read-only; usable from several threads."""

    def __init__(self, store: Store) -> None:
        self._store = store
        self.version = store.text("version")
        self.count = int(store.text("count") or 0)

    @classmethod
    def open(cls, path: Path) -> KnowledgeBase:
        """Opens a file made by `build`. Raises HelpdeskError when it is missing or damaged."""
        return cls(Store(path))

    def close(self) -> None:
        """Lets go of the file."""
        self._store.close()

    def suggest(
        self,
        lines: Sequence[str],
        *,
        title: str = "",
        application: str = "",
        language: str = "",
        top: int = 3,
    ) -> SuggestionList:
        """Articles for recognised lines, best first; empty when nothing fits."""
        kept = telling_lines(lines)
        title, application = tame(title), tame(application)
        signature = extract(lines, title, application)
        query = [title, *kept] if title and title not in kept else kept
        found = self._ranked(query, top, language)
        return SuggestionList(signature=signature, suggestions=found)

    def _ranked(self, query: Sequence[str], top: int, language: str) -> tuple[Suggestion, ...]:
        terms = Counter(word for line in query for word in words(line))
        lexical = self._lexical(terms)
        coded, evidence = self._coded(codes.find(query))
        documents = set(_best(lexical, _CANDIDATES)) | set(_best(coded, 20))
        if not documents:
            return ()
        texts = self._texts(documents)
        local = self._written_in(language, documents)
        grams = Grams.of(query)
        found = {document: grams.found_in(text) for document, text in texts.items()}
        spread = [sum(column) for column in zip(*found.values(), strict=True)]
        weights = [math.log(1 + len(documents) / (0.5 + count)) for count in spread]
        whole = sum(weights) or 1.0
        peak = max(lexical.values(), default=0.0) or 1.0
        scored = []
        for document, hits in found.items():
            cover = sum(weight for weight, hit in zip(weights, hits, strict=True) if hit) / whole
            plain_cover = sum(hits) / max(len(hits), 1)
            score = lexical.get(document, 0.0) / peak + cover + 0.1 * coded.get(document, 0.0)
            score += 0.02 * (document in local)
            scored.append((score, document, plain_cover, coded.get(document, 0.0)))
        scored.sort(reverse=True)
        return tuple(
            self._suggestion(document, score, cover, code, evidence.get(document, ()))
            for score, document, cover, code in scored[:top]
            if cover >= 0.4 or code >= 2
        )

    def _suggestion(
        self, document: int, score: float, cover: float, code: float, evidence: Sequence[str]
    ) -> Suggestion:
        row = self._store.rows("SELECT id, title, locale FROM articles WHERE doc = ?", (document,))[0]
        kind = ReasonKind.CODE if evidence else ReasonKind.MESSAGE if cover >= 0.7 else ReasonKind.WORDS
        return Suggestion(
            id=str(row[0]),
            title=str(row[1]),
            score=round(score, 4),
            fit=Fit.GOOD if cover >= 0.7 or code >= 4 else Fit.POSSIBLE,
            reason=Reason(kind=kind, evidence=tuple(one_line(text) for text in evidence)),
            locale=str(row[2]),
        )

    def _lexical(self, terms: Counter[str]) -> dict[int, float]:
        names = list(terms)
        rows = []
        for start in range(0, len(names), 500):
            part = names[start : start + 500]
            rows += self._store.rows(
                "SELECT term, spread, postings FROM terms WHERE term IN (SELECT value FROM json_each(?))",
                (json.dumps(part),),
            )
        rows.sort(key=lambda row: row[1])  # type: ignore[arg-type, return-value]
        scores: dict[int, float] = {}
        for term, spread, data in rows[:_MOST_TERMS]:
            idf = math.log(1 + (self.count - int(spread) + 0.5) / (int(spread) + 0.5))  # type: ignore[arg-type]
            weight = idf * min(terms[str(term)], 3) / IMPACT_STEPS
            try:
                for document, impact in postings.decoded(bytes(data)):  # type: ignore[arg-type]
                    scores[document] = scores.get(document, 0.0) + weight * impact
            except (ValueError, zlib.error) as error:
                raise damaged(self._store.path, error) from error
        return scores

    def _coded(self, found: Sequence[codes.Code]) -> tuple[dict[int, float], dict[int, tuple[str, ...]]]:
        scores: dict[int, float] = {}
        evidence: dict[int, tuple[str, ...]] = {}
        for code in found:
            for place, key in enumerate(code.keys):
                rows = self._store.rows("SELECT doc, weight FROM codes WHERE key = ? LIMIT 2000", (key,))
                idf = math.log(1 + self.count / (0.5 + len(rows)))
                for document, weight in rows:
                    gain = idf * int(weight) / 100  # type: ignore[arg-type]
                    if place or code.kind == codes.CodeKind.NUMBER:
                        gain /= 2
                    scores[int(document)] = scores.get(int(document), 0.0) + gain  # type: ignore[arg-type]
                    known = evidence.get(int(document), ())  # type: ignore[arg-type]
                    if code.text not in known:
                        evidence[int(document)] = (*known, code.text)  # type: ignore[arg-type]
        return scores, evidence

    def _written_in(self, language: str, documents: set[int]) -> set[int]:
        if not language:
            return set()
        rows = self._store.rows(
            "SELECT doc FROM articles WHERE locale LIKE ? AND doc IN (SELECT value FROM json_each(?))",
            (language[:2] + "%", json.dumps(sorted(documents))),
        )
        return {int(row[0]) for row in rows}  # type: ignore[arg-type]

    def _texts(self, documents: set[int]) -> dict[int, str]:
        rows = self._store.rows(
            "SELECT doc, data FROM texts WHERE doc IN (SELECT value FROM json_each(?))",
            (json.dumps(sorted(documents)),),
        )
        try:
            return {int(doc): zlib.decompress(bytes(data)).decode() for doc, data in rows}  # type: ignore[arg-type]
        except (zlib.error, UnicodeDecodeError) as error:
            raise damaged(self._store.path, error) from error

    def search(self, text: str, limit: int = 20) -> tuple[Suggestion, ...]:
        """Articles for what somebody types, best first; the last word may be unfinished."""
        terms = Counter(words(tame(text, _LONGEST_SEARCH)))
        scores = self._lexical(terms)
        return tuple(self._suggestion(doc, scores[doc], 0.0, 0.0, ()) for doc in _best(scores, limit))

    def article(self, identity: str) -> Article:
        """The whole article. Raises KeyError when the base has none of that id."""
        rows = self._store.rows(
            "SELECT id, title, locale, applications, signatures, tags, visibility, block, first, length"
            " FROM articles WHERE id = ?",
            (identity,),
        )
        if not rows:
            raise KeyError(identity)
        row = rows[0]
        block = self._store.rows("SELECT data FROM bodies WHERE block = ?", (row[7],))
        first, length = int(row[8]), int(row[9])  # type: ignore[arg-type]
        try:
            body = zlib.decompress(bytes(block[0][0]))[first : first + length].decode()  # type: ignore[arg-type]
        except (zlib.error, UnicodeDecodeError, IndexError) as error:
            raise damaged(self._store.path, error) from error
        return Article(
            id=str(row[0]),
            title=str(row[1]),
            body=body,
            locale=str(row[2]),
            applications=tuple(json.loads(str(row[3]))),
            signatures=tuple(json.loads(str(row[4]))),
            tags=tuple(json.loads(str(row[5]))),
            visibility=Visibility(str(row[6])),
        )


def _best(scores: dict[int, float], count: int) -> list[int]:
    return sorted(scores, key=lambda document: (-scores[document], document))[:count]
