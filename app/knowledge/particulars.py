"""What a message says of the program that failed: its version, the part in it, and what it puts in quotation marks."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence

from app.knowledge.tokens import plain

MOST_NAMES = 4
_VERSION = re.compile(
    r"(?:版本(?:号)?|\bversion\b|\bver\b\.?|\brelease\b|\bbuild\b|(?<![A-Za-z0-9.])v(?=\d))"
    r"[ \t]?[:：=#]?[ \t]?(?:为|is)?[ \t]?v?(\d{1,5}(?:\.\d{1,6}){1,4})(?![\w.]*\d)",
    re.IGNORECASE,
)
_MODULE_NAMED = re.compile(
    r"(?:(?:错误|故障|异常|出错)?模块(?:名称|名)?|(?:faulting|fault) module(?: name)?|\bmodule(?: name)?|\bassembly)"
    r"[ \t]?[:：=]?[ \t]?[\"'“「『]?([A-Za-z_][\w.-]{1,60})",
    re.IGNORECASE,
)
_MODULE_FILE = re.compile(
    r"(?<![\w\\/.-])([A-Za-z_][\w-]{1,40}\.(?:dll|ocx|sys|drv|so|cpl|xll|mui))(?![\w.])", re.IGNORECASE
)
_QUOTED = re.compile(r"[\"“”„「『《]([^\"“”„「」『』《》]{2,60})[\"“”」』》]|(?<!\w)'([^']{2,60})'(?!\w)")


def version(lines: Iterable[str]) -> str:
    """The first version of a program named as one, `3.2.7`; empty when none is."""
    return next((match.group(1) for line in lines for match in _VERSION.finditer(plain(line))), "")


def module(lines: Sequence[str]) -> str:
    """The failing part: what is called a module, else the first library file named; empty when there is none."""
    for pattern in (_MODULE_NAMED, _MODULE_FILE):
        for line in lines:
            found = pattern.search(plain(line))
            if found and (pattern is _MODULE_FILE or "." in found.group(1) or found.group(1)[:1].isupper()):
                return found.group(1).rstrip(".-")
    return ""


def names(lines: Iterable[str]) -> tuple[str, ...]:
    """What stands in quotation marks, in order, each once."""
    found = ((match.group(1) or match.group(2)).strip() for line in lines for match in _QUOTED.finditer(plain(line)))
    return tuple(dict.fromkeys(each for each in found if each))[:MOST_NAMES]
