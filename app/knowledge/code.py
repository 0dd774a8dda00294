"""What an error code is, and what it is looked up by."""

from __future__ import annotations

import re
from dataclasses import dataclass
from enum import IntEnum

# For comparing codes that may have been misread: both readings fold to one.
_FOLD = str.maketrans("oqilsbz", "0011582")
_FACILITY_WIN32 = 0x80070000
_NT_BIT = 0x10000000


class CodeKind(IntEnum):
    """Shapes of codes, most telling first; the order is the order of a signature's codes."""

    HEX = 1  # 0x80070005, -2147024891
    SYMBOL = 2  # ERR_NAME_NOT_RESOLVED, E_ACCESSDENIED
    VENDOR = 3  # ORA-12541, FRM-41211
    LETTERED = 4  # E1023, AADSTS65005
    MAIL = 5  # 550 5.7.64
    NAMED = 6  # any token after "error code:"
    NUMBER = 7  # error 691, HTTP 503, event id 1309
    TRACE = 8  # after "trace id": differs every time


@dataclass(frozen=True, slots=True)
class Code:
    """One code. `text` is as the employee saw it, `canonical` as one writes it, `keys` what it is looked up by.

    The first key identifies the code; the others are equal or wider meanings of it. `telling` is false for what may
    as well be the name of a machine (`WKS0147`).
    """

    text: str
    canonical: str
    kind: CodeKind
    keys: tuple[str, ...]
    telling: bool = True


def folded(text: str) -> str:
    """A key under which misread forms of one code meet: no separators, no case, confusable signs made one."""
    return re.sub(r"[^a-z0-9]", "", text.casefold()).translate(_FOLD)


def hex_keys(value: int) -> tuple[str, ...]:
    """Look-up keys of a 32-bit status: itself, the Win32 number inside it, the HRESULT around an NTSTATUS."""
    keys = [f"x{value:x}"]
    if value & 0xFFFF0000 == _FACILITY_WIN32:
        keys.append(f"w{value & 0xFFFF}")
    if value >> 28 == 0xD:
        keys.append(f"x{value & ~_NT_BIT:x}")
    return tuple(keys)
