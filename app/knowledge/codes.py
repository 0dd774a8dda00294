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
# Where something stands in memory, and what a stop code carries with it: `0x0000007E (0xC0000005, 0xF7A1B2C3, …)`.
_ADDRESS_BEFORE = re.compile(
    r"(?:指令|内存|地址|偏移量?|位置|(?<![A-Za-z_])(?:address(?: of)?|offset)"
    r"|(?:memory|instruction|location) at|read of|write of)"
    r"[ ]?[:：为]?[ ]?[\"'“”「]?$",
    re.IGNORECASE,
)
_ADDRESS_AFTER = re.compile(r"[\"'“”」]?[ ]?(?:处的?|所)?(?:指令|内存)|[\"'“”]? referenced", re.IGNORECASE)
_CARRIED_BEFORE = re.compile(r"[0OoQ][xX×][0-9A-Fa-fOoQlIS]{1,16}[ ]?[:：]?[ ]?[(（]([^()（）]*[,，][ ]?)?$")
_CARRIED_AFTER = re.compile(r"[ ]?[,，][ ]?[0OoQ][xX×]")
_STATUS_DIGITS = 8
_LONGEST_CONTEXT = 40
_SENTENCE_ENDS = (".", "!", "?", ":", ";", "。", "！", "？", "：", "；", "")


def _judged(code: Code, before: str, after: str, *, begins: bool) -> Code:
    """The code in the light of what stands before and after it."""
    near = before[-_LONGEST_CONTEXT:]
    if code.kind is not CodeKind.TRACE and (_TRACE_BEFORE.search(near) or _is_carried(code, before, after)):
        return replace(code, kind=CodeKind.TRACE, telling=False)
    if (
        code.kind in (CodeKind.VENDOR, CodeKind.LETTERED)
        and not _CALLED_BEFORE.search(near)
        and (before.strip() or not begins)
    ):
        return replace(code, telling=False)
    return code


def _is_carried(code: Code, before: str, after: str) -> bool:
    """Whether a hexadecimal number is an address or a parameter, which differ on every computer."""
    if code.kind is not CodeKind.HEX or not code.canonical.startswith("0x"):
        return False
    if len(code.keys[0]) - 1 > _STATUS_DIGITS or _ADDRESS_BEFORE.search(before[-_LONGEST_CONTEXT:]):
        return True
    if _ADDRESS_AFTER.match(after):
        return True
    carried = _CARRIED_BEFORE.search(before[-4 * _LONGEST_CONTEXT :])
    return carried is not None and bool(carried.group(1) or _CARRIED_AFTER.match(after))


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
            found.append((start, _judged(code, line[:start], line[end:], begins=begins)))
    found.sort(key=lambda pair: pair[0])
    return [code for _, code in found]


_LOOSE_NUMBER = re.compile(r"(?<![\w.,:/-])(\d{3,6})(?![\w%]|[.,:/-]\d)")
_CAPITALS = re.compile(r"(?<![A-Za-z0-9])(?:[A-Z0]{2,}(?: [A-Z0]{2,}){1,7}|[A-Z]{8,30})(?![A-Za-z0-9])")
_SHORT = re.compile(r"(?<![\w-])([A-Z]{1,2}-?\d{2,3})(?![\w-])")  # `E91` on a till's display
_IN_BRACKETS = re.compile(r"[(（\[【](\d{2})[)）\]】]")
_JOINED_NUMBER = re.compile(r"(?<![0-9])(\d{2,7})(?![0-9])")


def hints(lines: Iterable[str], found: Iterable[Code]) -> tuple[Code, ...]:
    """What may be a code without looking like one: bare numbers, and capitals whose underscores were lost."""
    known = {key for code in found for key in code.keys}
    hinted: dict[str, Code] = {}
    for line in lines:
        line = plain(line)
        for match in (*_LOOSE_NUMBER.finditer(line), *_IN_BRACKETS.finditer(line)):
            number = match.group(1)
            hinted["n" + number.lstrip("0")] = Code(number, number, CodeKind.NUMBER, ("n" + number.lstrip("0"),))
        for match in _CAPITALS.finditer(line):
            text = match.group()
            hinted["s" + folded(text)] = Code(text, text.replace(" ", "_"), CodeKind.SYMBOL, ("s" + folded(text),))
        for match in _SHORT.finditer(line):
            text = match.group(1)
            hinted["v" + folded(text)] = Code(text, text, CodeKind.NAMED, ("v" + folded(text),))
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
