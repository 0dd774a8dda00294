"""Articles to one knowledge base file: the client's pack and the server's index are this same file."""

from __future__ import annotations

import contextlib
import json
import lzma
import os
import sqlite3
import zlib
from collections import Counter
from collections.abc import Iterable, Iterator
from pathlib import Path

from app.errors import StorageError
from app.knowledge import codes, feedback, store
from app.knowledge.concepts import ideas
from app.knowledge.feedback import Experience
from app.knowledge.scope import Scope
from app.knowledge.synonyms import SynonymMiner
from app.knowledge.texts import packed
from app.knowledge.titles import TitleIndex
from app.knowledge.tokens import is_han, squeezed, words
from app.knowledge.wordlists import WordLists
from app.protocol.knowledge import Article

TITLE_WEIGHT = 3
SIGNATURE_WEIGHT = 4
NAMED, SIGNED = 100, 200  # the weight of a code in an article's title, and of one that its editor gave
INDEXED_CHARACTERS = 30_000
COMPARED_CHARACTERS = 12_000
_BLOCK_ARTICLES, _BLOCK_BYTES = (
    64,
    600_000,
)  # a block ends at a multiple, so that a changed article changes only its own
MOST_TOPICS = 40  # of a kind that a search can be narrowed to
_LONGEST_LINE = 1_000
_SAMPLES, _SAMPLE_BYTES, _DICTIONARY_BYTES = 96, 400, 32_768


def build(
    articles: Iterable[Article],
    path: Path,
    version: str,
    experiences: Iterable[Experience] = (),
    *,
    total: int = 0,
) -> int:
    """Writes the file in one step (the old one stays until the new one is whole) and returns the number of articles.

    `experiences` are what employees said of these articles for certain faults (`app.knowledge.feedback`); `total` is
    how many articles the whole base has when these are a part of it. Of articles with the same id the first counts.
    Raises StorageError when the disk does not take the file.
    """
    unfinished = path.with_name(f"{path.name}.{os.getpid()}.new")
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        unfinished.unlink(missing_ok=True)
        with contextlib.closing(sqlite3.connect(unfinished, isolation_level=None)) as connection:
            count = _Writer(connection).write(articles, version, experiences, total)
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
    """One run of the build: keeps lists and compressed texts in memory and writes them at the end."""

    def __init__(self, connection: sqlite3.Connection) -> None:
        self._connection = connection
        self._words = WordLists()
        self._titles = TitleIndex()
        self._synonyms = SynonymMiner()
        self._compared: list[tuple[bool, str, bytes]] = []
        self._topics: dict[str, Counter[str]] = {"applications": Counter(), "tags": Counter(), "locales": Counter()}
        self._block: list[bytes] = []
        self._block_size = 0
        self._blocks = 0

    def write(self, articles: Iterable[Article], version: str, experiences: Iterable[Experience], total: int) -> int:
        run = self._connection.execute
        run("PRAGMA page_size = 8192")
        run("PRAGMA journal_mode = OFF")
        run("PRAGMA synchronous = OFF")
        run(f"PRAGMA application_id = {store.APPLICATION_ID}")
        run(f"PRAGMA user_version = {store.FORMAT}")
        self._connection.executescript(store.TABLES)
        run("BEGIN")
        seen: set[str] = set()
        for article in articles:
            if article.id not in seen:
                seen.add(article.id)
                self._add(article)
        self._close_block()
        self._write_texts()
        self._words.write(self._connection)
        self._titles.write(self._connection)
        self._synonyms.write(self._connection)
        feedback.write(self._connection, experiences)
        topics = {
            name: [each for each, _ in counted.most_common(MOST_TOPICS)] for name, counted in self._topics.items()
        }
        about = {
            "version": version,
            "count": str(len(self._words)),
            "total": str(max(total, len(self._words))),
            "topics": json.dumps(topics, ensure_ascii=False),
        }
        self._connection.executemany("INSERT INTO meta VALUES(?, ?)", about.items())
        run("COMMIT")
        return len(self._words)

    def _add(self, article: Article) -> None:
        counts: Counter[str] = Counter()
        for text, weight in (
            (article.title, TITLE_WEIGHT),
            (" ".join(article.signatures), SIGNATURE_WEIGHT),
            (" ".join((*article.applications, *article.tags, article.id)), 1),
            (article.body[:INDEXED_CHARACTERS], 1),
        ):
            tokens = words(text)
            for word, count in Counter((*tokens, *ideas(tokens))).items():
                counts[word] += count * weight
        named = words(f"{article.title} {article.id}")
        document = self._words.add(counts, (*named, *ideas(named)))
        self._titles.add(document, article)
        self._synonyms.add(document, article)
        self._topics["applications"].update(article.applications)
        self._topics["tags"].update(article.tags)
        self._topics["locales"][article.locale] += 1
        self._add_codes(document, article)
        self._add_row(document, article)

    def _add_codes(self, document: int, article: Article) -> None:
        inside = codes.find(_short_lines(article.body))
        # An article about one code says more of it than a table of hundreds.
        share = min(max(1.6 / max(len(inside), 1) ** 0.5, 0.25), 0.8)
        weights = {key: round(share * NAMED) for code in inside for key in code.keys}
        named = {key for code in codes.find((article.title,)) for key in code.keys}
        weights.update(dict.fromkeys((*named, *codes.in_name(article.title), *codes.in_name(article.id)), NAMED))
        weights.update({key: SIGNED for code in codes.given(article.signatures) for key in code.keys})
        rows = ((key, document, weight) for key, weight in weights.items())
        self._connection.executemany("INSERT INTO codes VALUES(?, ?, ?)", rows)

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
        if document % _BLOCK_ARTICLES == 0 or self._block_size >= _BLOCK_BYTES:
            self._close_block()
        compared = squeezed(article.body[:COMPARED_CHARACTERS]).encode()
        self._compared.append((_is_chinese(article), Scope.of(article).text(), zlib.compress(compared, 1)))

    def _close_block(self) -> None:
        if self._block:
            data = lzma.compress(b"".join(self._block), preset=6)
            self._connection.execute("INSERT INTO bodies VALUES(?, ?)", (self._blocks, data))
            self._block, self._block_size, self._blocks = [], 0, self._blocks + 1

    def _write_texts(self) -> None:
        """Every article's compared texts, compressed with a dictionary of pieces that many of them share."""
        step = max(1, len(self._compared) // _SAMPLES)
        samples = (zlib.decompress(data)[:_SAMPLE_BYTES] for _, _, data in self._compared[::step])
        dictionary = b"".join(samples)[-_DICTIONARY_BYTES:]
        self._connection.execute("INSERT INTO bodies VALUES(?, ?)", (store.DICTIONARY, dictionary))
        named = self._connection.execute("SELECT doc, title, signatures FROM articles ORDER BY doc").fetchall()
        rows = (
            (document, chinese, scope, packed(squeezed(title), _squeezed(signatures), body, weights, dictionary))
            for (document, title, signatures), (chinese, scope, body), weights in zip(
                named, self._compared, self._words.title_weights(), strict=True
            )
        )
        self._connection.executemany("INSERT INTO texts VALUES(?, ?, ?, ?)", rows)


def _is_chinese(article: Article) -> bool:
    """Whether people who read Chinese are meant; what is written counts, for the locale is often left out."""
    if article.locale.startswith("zh"):
        return True
    start = article.title + article.body[:1_000]
    return sum(map(is_han, start)) * 4 > len(start)


def _squeezed(signatures: str) -> list[str]:
    return [squeezed(signature) for signature in json.loads(signatures)]


def _short_lines(body: str) -> Iterator[str]:
    for line in body.splitlines():
        for start in range(0, len(line), _LONGEST_LINE):
            yield line[start : start + _LONGEST_LINE]
