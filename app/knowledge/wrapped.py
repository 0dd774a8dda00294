"""Codes that a narrow dialog broke over two lines, put together again."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator

from app.knowledge.lexicon import known_words
from app.knowledge.reading import is_control
from app.knowledge.shapes import CALLED
from app.knowledge.tokens import squeezed

_UNFINISHED = re.compile(rf"{CALLED}[ \t]?[:：=#(（\[]{{1,2}}$", re.IGNORECASE)
_ALONE = re.compile(rf"\s*{CALLED}\s*", re.IGNORECASE)
_NUMBER_FIRST = re.compile(r"\s*\d{2,7}\s*(?:[,，;；)）。]|$)")
_CALLED_LAST = re.compile(
    r"(?:[a-z]\S* \S*(?:code|number|error)|(?:代码|编号|错误码|返回码)|[\u4e00-\u9fff](?:错误|消息))$", re.IGNORECASE
)
_TOKEN_FIRST = re.compile(r"(?=[A-Z-]*\d)[A-Z0-9][A-Z0-9-]{3,}(?![\w.-])")
_VENDOR_LAST = re.compile(r"(?<![A-Za-z0-9])[A-Z]{2,8}[-–]$")
_DIGITS_FIRST = re.compile(r"\d{3,7}(?![\w.-])")
_SYMBOL_LAST = re.compile(r"(?<![A-Za-z0-9_])[A-Z][A-Z0-9]*_[A-Z0-9_]*$")
_SYMBOL_FIRST = re.compile(r"[A-Z0-9_]+(?![A-Za-z0-9_.])")
_HEX_LAST = re.compile(r"(?<![A-Za-z0-9])[0OoQ][xX×хХ]([0-9A-FOoQlISsZz|]{1,7})$")
_HEX_FIRST = re.compile(r"[0-9A-FOoQlISsZz|]{1,7}(?![\w-]|\.\w)")
_NEGATIVE_LAST = re.compile(r"(?<![A-Za-z0-9])[-–—−](2[01]\d{0,7}|1[89]\d{0,7})$")
_NEGATIVE_FIRST = re.compile(r"\d{1,9}(?![\w-]|\.\w)")
_HEX_DIGITS, _DECIMAL_DIGITS = 8, 10
_FIRST_WORDS = "E ERR ERROR STATUS NTE SEC RPC DNS HTTP SQL ORA WSA INET CERT CRYPT NET"
_BEGINNINGS = frozenset(_FIRST_WORDS.split(" "))
_LONG_SYMBOL = 18  # characters that a dialog may be too narrow for
_LONGEST_JOINED = 600


def whole(lines: Iterable[str]) -> Iterator[str]:
    """The lines, each joined to the next where a code goes on there or only its name stands before the break."""
    held = ""
    for line in lines:
        if held:
            between = _between(held, line)
            if between is None:
                yield held
            else:
                line = held + between + line
        held = ""
        if len(line) < _LONGEST_JOINED:
            held = line
        else:
            yield line
    if held:
        yield held


def _between(line: str, following: str) -> str | None:
    """What joins a line to the following one; None when no code goes on there."""
    if _UNFINISHED.search(line) or (_ALONE.fullmatch(line) and _NUMBER_FIRST.match(following)):
        return " "
    if _CALLED_LAST.search(line) and (_TOKEN_FIRST.match(following) or _NUMBER_FIRST.match(following)):
        return " "
    if _VENDOR_LAST.search(line) and _DIGITS_FIRST.match(following):
        return ""
    return "" if _digits_go_on(line, following) or _goes_on(line, following) else None


def _digits_go_on(line: str, following: str) -> bool:
    """Whether a hexadecimal or a negative result code was broken: both parts together have just its digits."""
    for end, start, digits in (
        (_HEX_LAST, _HEX_FIRST, _HEX_DIGITS),
        (_NEGATIVE_LAST, _NEGATIVE_FIRST, _DECIMAL_DIGITS),
    ):
        last, first = end.search(line), start.match(following)
        if last and first and len(last.group(1)) + len(first.group()) == digits:
            return not is_control(following)
    return False


def _goes_on(line: str, following: str) -> bool:
    """Whether a symbol was broken: at an underscore, or within what is a word only when put together."""
    last, first = _SYMBOL_LAST.search(line), _SYMBOL_FIRST.match(following)
    if last is None or first is None or is_control(following):
        return False
    if last.group().endswith("_") or first.group().startswith("_"):
        return True
    end, start = last.group().rsplit("_", 1)[1], first.group().split("_", 1)[0]
    if start in _BEGINNINGS:
        return False
    halves = [bool(known_words(squeezed(half))) for half in (end, start)]
    if known_words(squeezed(end + start)) and not all(halves):
        return True
    return first.end() == len(following.rstrip()) and len(last.group()) >= _LONG_SYMBOL and not all(halves)
