"""Articles' texts as they are compared with a question."""

from __future__ import annotations

import json
import zlib
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from app.knowledge.scope import Scope
from app.knowledge.store import Row, Store, damaged
from app.knowledge.tokens import is_han

LEAD = 1_200
_LEAST_HELD = 0.6


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
    scope: Scope


def packed(title: str, signatures: Sequence[str], body: bytes, weights: str, dictionary: bytes) -> bytes:
    """One article's texts as bytes, `body` already squeezed and zlib's.

    `weights` are the title's words and their rarity, `word tenths word tenths`.
    """
    head = "\0".join((weights, title, "\x01".join(signatures), "")).encode()
    packer = zlib.compressobj(9, zlib.DEFLATED, -15, 9, zlib.Z_DEFAULT_STRATEGY, dictionary)
    return packer.compress(head + zlib.decompress(body)) + packer.flush()


def texts_of(store: Store, documents: Iterable[int]) -> dict[int, Text]:
    """The texts of some articles. Raises HelpdeskError when the file is damaged."""
    rows = store.rows(
        "SELECT doc, chinese, scope, data FROM texts WHERE doc IN (SELECT value FROM json_each(?))",
        (json.dumps(list(documents)),),
    )
    dictionary = store.dictionary
    try:
        return {int(row[0] or 0): _text(row, dictionary) for row in rows}
    except (ValueError, TypeError, zlib.error) as error:
        raise damaged(store.path, error) from error


def _text(row: Row, dictionary: bytes) -> Text:
    _, chinese, scope, data = row
    if not isinstance(data, bytes):
        raise TypeError("a text is not bytes")
    weights, _, whole = zlib.decompressobj(-15, dictionary).decompress(data).decode().partition("\0")
    title, signatures, body = whole.split("\0")
    words = weights.split(" ") if weights else []
    return Text(
        title=title,
        signatures=tuple(filter(None, signatures.split("\x01"))),
        lead=f"{title}\0{signatures}\0{body[:LEAD]}",
        whole=whole,
        chinese=bool(chinese),
        title_words=dict(zip(words[::2], map(float, words[1::2]), strict=True)),
        scope=Scope.read(str(scope)),
    )


def held(saying: str, text: str) -> float:
    """How much of a squeezed saying stands in a squeezed text by its letter pieces, 0..1; nought below six tenths."""
    if saying in text:
        return 1.0
    size = 3 if is_han(saying) else 4
    pieces = [saying[place : place + size] for place in range(len(saying) - size + 1)]
    share = sum(piece in text for piece in pieces) / max(len(pieces), 1)
    return share if share >= _LEAST_HELD else 0.0
