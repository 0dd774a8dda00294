"""What well-known codes mean and which of them are the same, read from a table beside this module."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from importlib import resources

from app.knowledge.code import Code, CodeKind, folded, hex_keys
from app.knowledge.tokens import is_han, squeezed

_SHORTEST_LATIN, _SHORTEST_HAN = 11, 4


@dataclass(frozen=True, slots=True)
class KnownCode:
    """One fault under all its codes, and its meaning in English and Chinese."""

    keys: tuple[str, ...]
    english: str
    chinese: str


@cache
def _table() -> tuple[KnownCode, ...]:
    rows = []
    text = resources.files(__package__).joinpath("known_codes.tsv").read_text(encoding="utf-8")
    for line in text.splitlines():
        if line and not line.startswith("#"):
            names, english, chinese = line.split("\t")
            keys = tuple(dict.fromkeys(key for name in names.split() for key in _keys(name)))
            rows.append(KnownCode(keys, english, chinese))
    return tuple(rows)


def _keys(name: str) -> tuple[str, ...]:
    if name.startswith("0x"):
        return hex_keys(int(name, 16))
    if re.fullmatch(r"[we]\d+", name):
        return (name,)
    return (("v" if "-" in name else "s") + folded(name),)


@cache
def _by_key() -> dict[str, KnownCode]:
    found: dict[str, KnownCode] = {}
    for row in _table():
        for key in row.keys:
            found.setdefault(key, row)
    return found


@cache
def _by_meaning() -> tuple[tuple[str, KnownCode], ...]:
    return tuple((squeezed(text), row) for row in _table() for text in (row.english, row.chinese))


def every() -> tuple[KnownCode, ...]:
    """All that is known."""
    return _table()


def known(code: Code) -> KnownCode | None:
    """What is known of a code; None for a code the table does not hold."""
    table = _by_key()
    return next((table[key] for key in code.keys if key in table), None)


def meant(text: str) -> Iterator[Code]:
    """Codes whose meaning stands word for word in a squeezed text."""
    for meaning, row in _by_meaning():
        if len(meaning) >= (_SHORTEST_HAN if is_han(meaning) else _SHORTEST_LATIN) and meaning in text:
            yield Code(meaning, row.keys[0], CodeKind.SYMBOL, row.keys)
