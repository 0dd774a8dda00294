"""The rankings to beat: SQLite's FTS5 on word and character-pair tokens alone, and the published FULL recipe on it.

FULL: candidates are FTS5's best 50 by the 24 rarest words (titles weigh three) and the best 20 by codes; the score is
the BM25 share of the best, plus the share of the question's letter pieces found in the article (weighted by how few
candidates hold them), plus a tenth of the code score.
"""

from __future__ import annotations

import math
import sqlite3
from collections import Counter
from collections.abc import Iterable, Sequence
from pathlib import Path

from app.knowledge import codes
from app.knowledge.code import CodeKind
from app.knowledge.reading import telling_lines
from app.knowledge.tokens import is_han, squeezed, words
from app.protocol.knowledge import Article

RAREST = 24
BY_WORDS, BY_CODES = 50, 20
COMPARED = 8_000


class Reference:
    """Both rankings over one base."""

    def __init__(self, path: Path, articles: Iterable[Article]) -> None:
        self._connection = sqlite3.connect(path)
        run = self._connection.execute
        run("PRAGMA journal_mode = OFF")
        run("PRAGMA synchronous = OFF")
        run("CREATE TABLE articles(doc INTEGER PRIMARY KEY, id TEXT, text TEXT)")
        run("CREATE TABLE codes(key TEXT, doc INTEGER, weight REAL)")
        run("CREATE VIRTUAL TABLE found USING fts5(title, body, tokenize = \"unicode61 tokenchars '_'\")")
        for document, article in enumerate(articles, 1):
            run("INSERT INTO articles VALUES(?, ?, ?)", (document, article.id, self._text(article)))
            texts = (" ".join(words(article.title)), " ".join(words(article.body)))
            run("INSERT INTO found(rowid, title, body) VALUES(?, ?, ?)", (document, *texts))
            self._connection.executemany("INSERT INTO codes VALUES(?, ?, ?)", self._codes_of(document, article))
        run("CREATE INDEX by_key ON codes(key)")
        run("CREATE VIRTUAL TABLE vocabulary USING fts5vocab(found, row)")
        self._connection.commit()
        self.count = run("SELECT count(*) FROM articles").fetchone()[0]

    @staticmethod
    def _text(article: Article) -> str:
        return squeezed(article.title + article.body[:COMPARED])

    @staticmethod
    def _codes_of(document: int, article: Article) -> list[tuple[str, int, float]]:
        inside = codes.find(article.body.splitlines())
        share = min(max(1.6 / max(len(inside), 1) ** 0.5, 0.25), 0.8)
        weights = {key: share for code in inside for key in code.keys}
        weights.update({key: 1.0 for code in codes.find([article.title]) for key in code.keys})
        return [(key, document, weight) for key, weight in weights.items()]

    def bigram(self, lines: Sequence[str]) -> list[str]:
        """FTS5 alone, ids best first."""
        return self._ids([document for document, _ in self._by_words(telling_lines(lines))])

    def full(self, lines: Sequence[str]) -> list[str]:
        """The FULL recipe, ids best first."""
        kept = telling_lines(lines)
        lexical = dict(self._by_words(kept))
        coded = self._by_codes(kept)
        best_coded = sorted(coded, key=lambda document: -coded[document])[:BY_CODES]
        candidates = list(dict.fromkeys((*lexical, *best_coded)))
        grams = _grams(kept)
        texts = {document: self._row("SELECT text FROM articles WHERE doc = ?", document) for document in candidates}
        found = {document: [gram in text for gram in grams] for document, text in texts.items()}
        columns = list(zip(*found.values(), strict=True))
        weights = [math.log(1 + len(candidates) / (0.5 + sum(column))) for column in columns]
        whole = sum(weights) or 1.0
        peak = max(lexical.values(), default=0.0) or 1.0

        def score(document: int) -> float:
            cover = sum(weight for weight, hit in zip(weights, found[document], strict=True) if hit) / whole
            return lexical.get(document, 0.0) / peak + cover + 0.1 * coded.get(document, 0.0)

        return self._ids(sorted(candidates, key=lambda document: -score(document)))

    def close(self) -> None:
        self._connection.close()

    def _row(self, query: str, document: int) -> str:
        return str(self._connection.execute(query, (document,)).fetchone()[0])

    def _ids(self, documents: Sequence[int]) -> list[str]:
        return [self._row("SELECT id FROM articles WHERE doc = ?", document) for document in documents[:10]]

    def _by_words(self, lines: Sequence[str]) -> list[tuple[int, float]]:
        terms = Counter(word for line in lines for word in words(line))
        rarity = {}
        for term in terms:
            row = self._connection.execute("SELECT doc FROM vocabulary WHERE term = ?", (term,)).fetchone()
            if row:
                rarity[term] = row[0]
        rarest = sorted(rarity, key=lambda term: rarity[term])[:RAREST]
        if not rarest:
            return []
        asked = " OR ".join('"' + term.replace('"', '""') + '"' for term in rarest)
        return [
            (row[0], -row[1])
            for row in self._connection.execute(
                "SELECT rowid, bm25(found, 3.0, 1.0) AS worth FROM found WHERE found MATCH ? ORDER BY worth LIMIT ?",
                (asked, BY_WORDS),
            )
        ]

    def _by_codes(self, lines: Sequence[str]) -> dict[int, float]:
        scores: dict[int, float] = {}
        for code in codes.find(lines):
            for place, key in enumerate(code.keys):
                rows = self._connection.execute("SELECT doc, weight FROM codes WHERE key = ?", (key,)).fetchall()
                idf = math.log(1 + self.count / (0.5 + len(rows)))
                half = 0.5 if place or code.kind is CodeKind.NUMBER else 1.0
                for document, weight in rows:
                    scores[document] = scores.get(document, 0.0) + idf * weight * half
        return scores


def _grams(lines: Sequence[str]) -> list[str]:
    found: dict[str, None] = {}
    for line in lines:
        text = squeezed(line)
        size = 3 if is_han(text) else 4
        found.update(dict.fromkeys(text[place : place + size] for place in range(max(len(text) - size + 1, 1))))
    return [gram for gram in found if gram]
