"""Articles to one knowledge base file: the client's pack and the server's index are this same file."""

from __future__ import annotations

import contextlib
import json
import math
import os
import sqlite3
import zlib
from array import array
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path

from app.errors import StorageError
from app.knowledge import codes, postings, store
from app.knowledge.concepts import ideas
from app.knowledge.titles import TitleIndex
from app.knowledge.tokens import squeezed, words
from app.protocol.knowledge import Article

TITLE_WEIGHT = 3
SIGNATURE_WEIGHT = 4
SATURATION, LENGTH_SHARE = 1.2, 0.75  # BM25's k1 and b
SIGNED = 200  # the weight of a code that an editor gave
MOST_POSTINGS = 3_000  # of one term; beyond it the weakest are dropped, the term tells little anyway
IMPACT_STEPS = 255 / (SATURATION + 1)
INDEXED_CHARACTERS = 30_000
COMPARED_CHARACTERS = 8_000
_BLOCK_BYTES = 48_000
_LONGEST_LINE = 1_000


def build(articles: Iterable[Article], path: Path, version: str) -> int:
    """Writes the file in one step (the old one stays until the new one is whole) and returns the number of articles.

    An id that occurs twice keeps its last article. Raises StorageError when the disk does not take it.
    """
    path.parent.mkdir(parents=True, exist_ok=True)
    unfinished = path.with_name(f"{path.name}.{os.getpid()}.new")
    try:
        unfinished.unlink(missing_ok=True)
        with contextlib.closing(sqlite3.connect(unfinished, isolation_level=None)) as connection:
            count = _Writer(connection).write(articles, version)
        with unfinished.open("rb+") as file:
            os.fsync(file.fileno())
        unfinished.replace(path)
    except (OSError, sqlite3.OperationalError) as error:
        raise StorageError(
            "The knowledge base could not be written to {path}: {cause}.",
            "Check the free space and the permissions of the folder.",
            path=str(path),
            cause=str(error),
        ) from error
    finally:
        with contextlib.suppress(OSError):
            unfinished.unlink(missing_ok=True)
    return count


class _Writer:
    """One run of the build: collects the posting lists in memory and writes the rest as it comes."""

    def __init__(self, connection: sqlite3.Connection) -> None:
        self._connection = connection
        self._documents: dict[str, array[int]] = {}
        self._counts: dict[str, bytearray] = {}
        self._lengths = array("I")
        self._title_index = TitleIndex()
        self._titles: list[tuple[str, ...]] = []
        self._block: list[bytes] = []
        self._block_size = 0
        self._blocks = 0

    def write(self, articles: Iterable[Article], version: str) -> int:
        run = self._connection.execute
        run("PRAGMA page_size = 4096")
        run("PRAGMA journal_mode = OFF")
        run("PRAGMA synchronous = OFF")
        run(f"PRAGMA application_id = {store.APPLICATION_ID}")
        run(f"PRAGMA user_version = {store.FORMAT}")
        self._connection.executescript(store.TABLES)
        run("BEGIN")
        for article in _without_repetitions(articles):
            self._add(len(self._lengths) + 1, article)
        self._close_block()
        self._write_terms()
        self._title_index.write(self._connection)
        about = {"version": version, "count": str(len(self._lengths))}
        self._connection.executemany("INSERT INTO meta VALUES(?, ?)", about.items())
        run("COMMIT")
        run("ANALYZE")
        return len(self._lengths)

    def _add(self, document: int, article: Article) -> None:
        body = article.body
        counts: Counter[str] = Counter()
        for text, weight in (
            (article.title, TITLE_WEIGHT),
            (" ".join(article.signatures), SIGNATURE_WEIGHT),
            (" ".join((*article.applications, *article.tags, article.id)), 1),
            (body[:INDEXED_CHARACTERS], 1),
        ):
            tokens = words(text)
            for word, count in Counter((*tokens, *ideas(tokens))).items():
                counts[word] += count * weight
        self._lengths.append(sum(counts.values()))
        named = words(f"{article.title} {article.id}")
        self._titles.append(tuple(dict.fromkeys((*named, *ideas(named)))))
        for word, count in counts.items():
            if word not in self._documents:
                self._documents[word] = array("I")
                self._counts[word] = bytearray()
            self._documents[word].append(document)
            self._counts[word].append(min(count, 255))
        self._title_index.add(document, article)
        self._add_codes(document, article)
        self._add_row(document, article)

    def _add_codes(self, document: int, article: Article) -> None:
        named = {key for code in codes.find((article.title,)) for key in code.keys}
        signed = {key for code in codes.find(article.signatures) for key in code.keys}
        named.update(codes.in_name(article.title), codes.in_name(article.id))
        inside = codes.find(_short_lines(article.body))
        # An article about one code says more of it than a table of hundreds.
        share = min(max(1.6 / max(len(inside), 1) ** 0.5, 0.25), 0.8)
        weights = {key: share for code in inside for key in code.keys}
        rows = [(key, document, round(weight * 100)) for key, weight in weights.items()]
        rows += [(key, document, 100) for key in named]
        rows += [(key, document, SIGNED) for key in signed]
        self._connection.executemany("INSERT OR REPLACE INTO codes VALUES(?, ?, ?)", rows)

    def _add_row(self, document: int, article: Article) -> None:
        body = article.body.encode()
        fields = (
            document,
            article.id,
            article.title,
            article.locale,
            json.dumps(article.applications, ensure_ascii=False),
            json.dumps(article.signatures, ensure_ascii=False),
            json.dumps(article.tags, ensure_ascii=False),
            article.visibility.value,
            self._blocks,
            self._block_size,
            len(body),
        )
        self._connection.execute(f"INSERT INTO articles VALUES({', '.join('?' * len(fields))})", fields)
        self._block.append(body)
        self._block_size += len(body)
        if self._block_size >= _BLOCK_BYTES:
            self._close_block()
        compared = "\0".join(
            (
                squeezed(article.title),
                "\x01".join(map(squeezed, article.signatures)),
                squeezed(body_start(article.body)),
            )
        )
        data = zlib.compress(compared.encode(), 9)
        chinese = article.locale.startswith("zh")
        self._connection.execute("INSERT INTO texts VALUES(?, ?, ?)", (document, chinese, data))

    def _close_block(self) -> None:
        if self._block:
            data = zlib.compress(b"".join(self._block), 9)
            self._connection.execute("INSERT INTO bodies VALUES(?, ?)", (self._blocks, data))
            self._block, self._block_size, self._blocks = [], 0, self._blocks + 1

    def _write_terms(self) -> None:
        mean = sum(self._lengths) / max(len(self._lengths), 1) or 1.0
        loads = [SATURATION * (1 - LENGTH_SHARE + LENGTH_SHARE * length / mean) for length in self._lengths]
        spreads = {term: len(documents) for term, documents in self._documents.items()}
        self._connection.executemany("INSERT INTO titles VALUES(?, ?)", self._title_weights(spreads))
        self._connection.executemany("INSERT INTO terms VALUES(?, ?, ?, ?)", self._terms(loads))

    def _title_weights(self, spreads: Mapping[str, int]) -> Iterator[tuple[int, str]]:
        """Per article its title's words and how rare each is, in tenths."""
        for document, terms in enumerate(self._titles, 1):
            rare = ((term, math.log(1 + len(self._titles) / spreads[term])) for term in terms)
            yield document, " ".join(f"{term} {round(weight * 10)}" for term, weight in rare)

    def _terms(self, loads: list[float]) -> Iterator[tuple[str, int, int, bytes]]:
        titled = Counter(term for terms in self._titles for term in terms)
        for term in sorted(self._documents):
            documents, counts = self._documents.pop(term), self._counts.pop(term)
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


def _short_lines(body: str) -> Iterator[str]:
    for line in body.splitlines():
        for start in range(0, len(line), _LONGEST_LINE):
            yield line[start : start + _LONGEST_LINE]


def body_start(body: str) -> str:
    """The part of a body that is compared letter by letter."""
    return body[: COMPARED_CHARACTERS * 2]


def _without_repetitions(articles: Iterable[Article]) -> Iterator[Article]:
    last: dict[str, Article] = {}
    for article in articles:
        last[article.id] = article
    yield from last.values()
