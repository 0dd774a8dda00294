"""A short digest that is equal for one fault on every machine, however well its dialog was read.

A code that names the fault is the fingerprint by itself. Codes that half of all faults share, and dialogs without
any code, are told apart by a few letter groups of the message: those whose digests are smallest. A misread letter
changes the fingerprint only when it falls into one of them, and two different messages rarely agree in all.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Sequence
from hashlib import blake2b

from app.knowledge.code import Code, CodeKind, folded
from app.knowledge.lexicon import known_words
from app.knowledge.masks import masked
from app.knowledge.tokens import HAN, plain, squeezed, stem

_GROUPS = 2  # of the message alone
_GROUPS_WITH_NUMBER = 1  # beside a number or a general code
_LATIN_GROUP, _HAN_GROUP = 6, 2
# Where in a program it happened: how much of that is to be seen depends on how far somebody scrolled.
_STACK_FRAME = re.compile(r"\s*(?:at|在) ?[\w.$<>`/+]+ ?[(（]|\s*File \"[^\"]*\", line \d+|\s*\.\.\. \d+ more")
_HAN_RUN = re.compile(rf"[{HAN}]+")
_WORD = re.compile(r"(?<![\w.\\/-])[A-Za-z]+(?:'[a-z]+)?(?![\w\\/]|[.-]\w)")
_LETTERS = str.maketrans("il1o0", "iiioo")

# In nearly every message.
_EVERYWHERE_WORDS = "error problem please message contact support administrator information already following"
_EVERYWHERE = frozenset(map(stem, _EVERYWHERE_WORDS.split()))
# Codes that say little more than "it failed": the message must tell the faults apart.
_GENERAL_CODES = """
x80004005 x80070005 x80070002 x80070003 x8000ffff x80070057 x80004004 x80131500 x800a03ec xc0000005 xc000007b
x80040e14 x80004001 x80020009 x80070490 x8007000e x80072ee7 vhy000
"""
_GENERAL = frozenset(_GENERAL_CODES.split())
_MENDABLE = 7  # letters of a word that is found again with one of them misread
_WORDS_OF_SYMBOL = 3
_SPELT_OUT = 0.7  # share of a symbol's letters that known words must make up to stand for it


def fingerprint(codes: Sequence[Code], lines: Sequence[str], title: str) -> str:
    """Sixteen hexadecimal digits; empty when there is nothing to recognise."""
    named = _naming(codes)
    if named:
        return _digest(["code", named])
    general = next((_identity(code) for code in codes if code.kind is CodeKind.HEX), "")
    number = next((code.keys[0] for code in codes if code.kind is CodeKind.NUMBER), "")
    message = _skeleton([line for line in lines if squeezed(line) != squeezed(title)])
    text = message if len(message) >= 4 else _skeleton([title, *lines])
    if not text and not general and not number:
        return ""
    count = _GROUPS_WITH_NUMBER if general or number else _GROUPS
    return _digest(["text", general or number, *_groups(text, count)])


def _naming(codes: Sequence[Code]) -> str:
    """The one code that names the fault: a symbol before a number, the most frequent and first of its kind."""
    order = (CodeKind.SYMBOL, CodeKind.VENDOR, CodeKind.LETTERED, CodeKind.NAMED, CodeKind.HEX, CodeKind.MAIL)
    for kind in order:
        counts = Counter(_identity(code) for code in codes if code.kind is kind and code.telling)
        # A status of eight digits was read whole; of equals the first counts.
        for identity in sorted(counts, key=lambda each: (-len(each) if kind is CodeKind.HEX else 0, -counts[each])):
            if identity not in _GENERAL:
                return identity
    return ""


def _identity(code: Code) -> str:
    if code.kind is CodeKind.HEX:
        key = code.keys[0]
        return key if key in _GENERAL else "x" + folded(key[1:])
    if code.kind is CodeKind.SYMBOL:
        letters = squeezed(code.canonical.rsplit(".", 1)[-1]).translate(_LETTERS)
        words = known_words(letters)
        if len(words) > 1 and sum(map(len, words)) >= _SPELT_OUT * len(letters):
            return "s" + "_".join(words if len(words) <= _WORDS_OF_SYMBOL else _least(set(words), _WORDS_OF_SYMBOL))
        return code.keys[-1]
    return code.keys[0]


def _skeleton(lines: Sequence[str]) -> str:
    """What of a message is the same everywhere: a Chinese one's characters, else its plain words, squeezed."""
    told = [line for line in lines if not _STACK_FRAME.match(line)]
    text = plain(masked(" ".join(told or lines)))
    han = "".join(_HAN_RUN.findall(text))
    if len(han) >= 4:
        return han
    return squeezed("".join(_WORD.findall(text))).translate(_LETTERS)


def _groups(text: str, count: int) -> list[str]:
    """The telling parts of a message: known words where there are enough, else letter groups."""
    latin = not _HAN_RUN.match(text)
    words = set(known_words(text)) - _EVERYWHERE if latin else set()
    sure = {word for word in words if len(word) >= _MENDABLE}
    for choice in (sure, words):
        if len(choice) >= count:
            return _least(choice, count)
    size = _LATIN_GROUP if latin else _HAN_GROUP
    groups = {text[place : place + size] for place in range(max(len(text) - size + 1, 1))}
    return _least(groups, count)


def _least(choice: set[str], count: int) -> list[str]:
    """Those with the smallest digests: the same ones are found again wherever most of the choice is the same."""
    return sorted(choice, key=_rank)[:count]


def _rank(text: str) -> bytes:
    return blake2b(text.encode(), digest_size=8).digest()


def _digest(parts: Sequence[str]) -> str:
    return blake2b("\n".join(parts).encode(), digest_size=8).hexdigest()
