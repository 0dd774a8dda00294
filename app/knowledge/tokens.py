"""Text to search tokens: stemmed Latin words, Chinese character pairs, identifiers whole and in parts."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator
from functools import lru_cache

# The blocks of Han characters that occur in prose; kana and hangul are paired the same way.
HAN = "\u3007\u3040-\u30ff\u3400-\u4dbf\u4e00-\u9fff\uac00-\ud7af\uf900-\ufaff"
_WORD = re.compile(rf"[{HAN}]+|[^\W_{HAN}]+(?:_+[^\W_{HAN}]+)*")
_IS_HAN = re.compile(rf"[{HAN}]")
_CAMEL = re.compile(r"[A-Z]+(?![a-z])|[A-Z][a-z]+|[a-z]+|\d+")
_ORDINARY = str.maketrans("\u2018\u2019\u201c\u201d\u2010\u2011\u2012\u2013\u2014\u2212", "''" + '""' + "-" * 6)
_NOT_WORD = re.compile(r"[\W_]+")

# Words so frequent in English prose that they cost time and tell nothing.
_EMPTY = """
a an and are as at be been by do does for from has have if in into is it its of on or that the their then
there these this those to was were will with you your we our us may
"""
_EMPTY_WORDS = frozenset(_EMPTY.split())
_LONGEST_TOKEN = 60
_DOUBLED = re.compile(r"([bdfgmnprt])\1$")
_VOWEL = re.compile(r"[aeiouy]")


def plain(text: str) -> str:
    """The text in NFKC, with the full-width forms, ligatures, typographic quotes and dashes made ordinary."""
    return unicodedata.normalize("NFKC", text).translate(_ORDINARY)


def squeezed(text: str) -> str:
    """Letters, digits and Han characters only, without case: what is left when a reader loses spaces and dots."""
    return _NOT_WORD.sub("", plain(text).casefold())


def is_han(text: str) -> bool:
    """Whether the text holds at least one Han character."""
    return _IS_HAN.search(text) is not None


def is_empty(word: str) -> bool:
    """Whether a lower-case word is so frequent in English prose that it tells nothing."""
    return word in _EMPTY_WORDS


@lru_cache(maxsize=50_000)
def stem(word: str) -> str:
    """The word without its commonest English endings, lower case in and out; never shorter than three letters."""
    if len(word) < 4 or not word.isascii() or not word.isalpha():
        return word
    if word.endswith("ies") and len(word) > 4:
        word = word[:-3] + "y"
    elif word.endswith(("sses", "xes", "ches", "shes")):
        word = word[:-2]
    elif word.endswith("s") and not word.endswith(("ss", "us", "is")):
        word = word[:-1]
    for ending in ("ing", "ed"):
        rest = word[: -len(ending)]
        if word.endswith(ending) and len(rest) >= 3 and _VOWEL.search(rest):
            word = _DOUBLED.sub(r"\1", rest)
            break
    for ending in ("ation", "ator", "ate", "at", "ion", "ment", "ly", "e"):
        if word.endswith(ending) and len(word) - len(ending) >= 4:
            return word[: -len(ending)]
    return word


def _latin(run: str) -> Iterator[str]:
    """Tokens of one run of letters, digits and underscores, in its written case."""
    lower = run.casefold()
    if len(lower) > _LONGEST_TOKEN:
        lower = lower[:_LONGEST_TOKEN]
    if lower in _EMPTY_WORDS or (len(lower) == 1 and not lower.isdigit()):
        return
    if "_" not in run and (run.islower() or run.isdigit() or (run[1:].islower() and run[0].isupper())):
        yield stem(lower)
        return
    yield stem(lower)
    # A few letters beside digits (`E1023`, `WKS0147`) are one name; words in one name (`Office2016`) are taken apart.
    parts = [part for part in _CAMEL.findall(run) if len(part) > 2 and part.isalpha()]
    if len(parts) > 1 or (parts and 3 < len(parts[0]) < len(run)):
        for part in parts[:12]:
            part = part.casefold()
            if part not in _EMPTY_WORDS:
                yield stem(part)


def words(text: str) -> list[str]:
    """Search tokens of a text in reading order.

    Latin words are stemmed, identifiers such as `ERR_NAME_NOT_RESOLVED` and `MapiException` come whole and in parts,
    runs of Han characters come as overlapping pairs (a single character alone as itself).
    """
    found: list[str] = []
    for match in _WORD.finditer(plain(text)):
        run = match.group()
        if _IS_HAN.match(run):
            if len(run) == 1:
                found.append(run)
            else:
                found.extend(run[place : place + 2] for place in range(len(run) - 1))
        else:
            found.extend(_latin(run))
    return found
