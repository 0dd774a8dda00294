"""The error codes of running text, most telling first."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import replace

from app.knowledge.code import Code, CodeKind, folded, hex_keys
from app.knowledge.shapes import BRIDGE, CALLED, READERS, TRACED
from app.knowledge.tokens import plain
from app.knowledge.wrapped import whole

__all__ = ["Code", "CodeKind", "find", "folded", "given", "hex_keys", "hints", "in_line", "in_name"]

_TRACE_BEFORE = re.compile(rf"{TRACED}{BRIDGE}$", re.IGNORECASE)
_CALLED_BEFORE = re.compile(rf"(?:{CALLED}{BRIDGE}|[(（\[【])$", re.IGNORECASE)
_BROKEN_NUMBER = re.compile(rf"({CALLED}[ \t]?[:：=#][ \t]?\d{{1,3}}) (\d{{1,3}}[)）\]]?$)", re.IGNORECASE)
_LONGEST_CONTEXT = 40
_SENTENCE_ENDS = (".", "!", "?", ":", ";", "。", "！", "？", "：", "；", "")


def _judged(code: Code, before: str, *, begins: bool) -> Code:
    """The code in the light of what stands before it."""
    near = before[-_LONGEST_CONTEXT:]
    if code.kind is not CodeKind.TRACE and _TRACE_BEFORE.search(near):
        return replace(code, kind=CodeKind.TRACE, telling=False)
    if (
        code.kind in (CodeKind.VENDOR, CodeKind.LETTERED)
        and not _CALLED_BEFORE.search(near)
        and (before.strip() or not begins)
    ):
        return replace(code, telling=False)
    return code


def in_line(line: str, *, begins: bool = True) -> list[Code]:
    """The codes of one line in reading order; a stretch of text is one code, in its most telling shape.

    `begins` is whether a sentence begins with the line; what then stands first is a code rather than a name.
    """
    line = _BROKEN_NUMBER.sub(r"\1\2", plain(line))
    taken: list[tuple[int, int, object]] = []
    found: list[tuple[int, Code]] = []
    for reader in READERS:
        for start, end, code in reader(line):
            # A symbol and its last part (`ACQ.PAYMENT_FAIL`, `PAYMENT_FAIL`) share one stretch; nothing else may.
            if any(
                start < stop and begin < end and (begin, stop, by) != (start, end, reader) for begin, stop, by in taken
            ):
                continue
            taken.append((start, end, reader))
            found.append((start, _judged(code, line[:start], begins=begins)))
    found.sort(key=lambda pair: pair[0])
    return [code for _, code in found]


_LOOSE_NUMBER = re.compile(r"(?<![\w.,:/-])(\d{3,6})(?![\w%]|[.,:/-]\d)")
_CAPITALS = re.compile(r"(?<![A-Za-z0-9])[A-Z0]{2,}(?: [A-Z0]{2,}){1,7}(?![A-Za-z0-9])")
_JOINED_NUMBER = re.compile(r"(?<![0-9])(\d{2,7})(?![0-9])")


def hints(lines: Iterable[str], found: Iterable[Code]) -> tuple[Code, ...]:
    """What may be a code without looking like one: bare numbers, and capitals whose underscores were lost."""
    known = {key for code in found for key in code.keys}
    hinted: dict[str, Code] = {}
    for line in lines:
        line = plain(line)
        for match in _LOOSE_NUMBER.finditer(line):
            number = match.group(1)
            hinted["n" + number.lstrip("0")] = Code(number, number, CodeKind.NUMBER, ("n" + number.lstrip("0"),))
        for match in _CAPITALS.finditer(line):
            text = match.group()
            hinted["s" + folded(text)] = Code(text, text.replace(" ", "_"), CodeKind.SYMBOL, ("s" + folded(text),))
    return tuple(code for key, code in hinted.items() if key not in known)[:8]


def in_name(text: str) -> tuple[str, ...]:
    """Look-up keys of the numbers in an article's title or id, where a number is rarely anything but a code."""
    return tuple(
        "n" + number.lstrip("0")
        for number in _JOINED_NUMBER.findall(plain(text))
        if not 1990 <= int(number) <= 2035 and number.strip("0")
    )


def find(lines: Iterable[str]) -> tuple[Code, ...]:
    """All codes of some lines without repetitions, most telling kind first, else in reading order."""
    seen: dict[str, Code] = {}
    before = ""
    for place, line in enumerate(whole(lines)):
        # The first two lines are the title and the start of the message; later ones may go on with a sentence.
        begins = place < 2 or before[-1:] in _SENTENCE_ENDS
        before = line.rstrip()
        for code in in_line(line, begins=begins):
            known = seen.get(code.keys[0])
            if known is None or code.kind < known.kind:
                seen[code.keys[0]] = code
    return tuple(sorted(seen.values(), key=lambda code: code.kind))


def given(signatures: Iterable[str]) -> tuple[Code, ...]:
    """The codes among an editor's signatures; a word by itself (`E77`) is one as if "error code:" stood before it."""
    signatures = tuple(signatures)
    alone = (f"error code: {each}" for each in signatures if each and not any(map(str.isspace, each)))
    return find((*signatures, *alone))
