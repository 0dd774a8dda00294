"""Articles' texts as they are compared with a question."""

from __future__ import annotations

import json
import zlib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from app.knowledge.store import Row, Store, damaged

LEAD = 1_200


@dataclass(frozen=True, slots=True)
class Text:
    """One article: title, each of its editor's signatures and body, all squeezed; and its title's words.

    `title_words` says how rare each is in the whole base, in tenths.
    """

    title: str
    signatures: tuple[str, ...]
    lead: str
    whole: str
    chinese: bool
    title_words: Mapping[str, float]


def texts_of(store: Store, documents: Iterable[int]) -> dict[int, Text]:
    """The texts of some articles. Raises HelpdeskError when the file is damaged."""
    rows = store.rows(
        "SELECT texts.doc, chinese, weights, data FROM texts JOIN titles ON titles.doc = texts.doc"
        " WHERE texts.doc IN (SELECT value FROM json_each(?))",
        (json.dumps(list(documents)),),
    )
    try:
        return {int(row[0] or 0): _text(row) for row in rows}
    except (ValueError, TypeError, zlib.error) as error:
        raise damaged(store.path, error) from error


def _text(row: Row) -> Text:
    _, chinese, weights, data = row
    if not isinstance(data, bytes):
        raise TypeError("a text is not bytes")
    whole = zlib.decompress(data).decode()
    title, signatures, body = whole.split("\0")
    words = str(weights).split(" ") if weights else []
    return Text(
        title=title,
        signatures=tuple(filter(None, signatures.split("\x01"))),
        lead=f"{title}\0{signatures}\0{body[:LEAD]}",
        whole=whole,
        chinese=bool(chinese),
        title_words=dict(zip(words[::2], map(float, words[1::2]), strict=True)),
    )
