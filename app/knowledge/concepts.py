"""Ideas behind words: synonyms and translations that meet in search, read from a table beside this module."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from functools import cache
from importlib import resources

from app.knowledge.tokens import words

MARK = "#"


@cache
def _table() -> dict[str, tuple[tuple[tuple[str, ...], str], ...]]:
    """First token of a form -> the form's further tokens and its idea, longest form first."""
    found: dict[str, list[tuple[tuple[str, ...], str]]] = {}
    text = resources.files(__package__).joinpath("concepts.tsv").read_text(encoding="utf-8")
    for line in text.splitlines():
        if not line or line.startswith("#"):
            continue
        name, english, chinese = line.split("\t")
        for form in (*english.split(";"), *chinese.split(";")):
            tokens = words(form)
            if tokens:
                found.setdefault(tokens[0], []).append((tuple(tokens[1:]), MARK + name))
    # A form of two ideas stands for the same one in every process, for bases are built in one and asked in others.
    return {first: tuple(sorted(set(rest), key=lambda form: (-len(form[0]), form))) for first, rest in found.items()}


def ideas(tokens: Sequence[str]) -> Iterator[str]:
    """The ideas that some tokens of `words` express, in reading order, one per place."""
    table = _table()
    for place, token in enumerate(tokens):
        for rest, name in table.get(token, ()):
            if not rest or tuple(tokens[place + 1 : place + 1 + len(rest)]) == rest:
                yield name
                break
