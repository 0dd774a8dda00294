"""Lists of (article number, impact) pairs as bytes."""

from __future__ import annotations

import sys
import zlib
from array import array
from collections.abc import Iterator, Sequence
from itertools import accumulate, pairwise

_WORTH_COMPRESSING = 48
_NARROW, _WIDE, _PACKED = 0, 1, 2  # gaps of two or four bytes; compressed


def encoded(documents: Sequence[int], impacts: bytes) -> bytes:
    """Ascending article numbers and their impacts (1..255 each) as bytes."""
    gaps = [documents[0], *(after - before for before, after in pairwise(documents))]
    wide = max(gaps) > 0xFFFF
    numbers = array("I" if wide else "H", gaps)
    if sys.byteorder == "big":
        numbers.byteswap()
    data = numbers.tobytes() + impacts
    kind = _WIDE if wide else _NARROW
    if len(data) < _WORTH_COMPRESSING:
        return bytes([kind]) + data
    return bytes([kind | _PACKED]) + zlib.compress(data, 6)


def decoded(data: bytes) -> Iterator[tuple[int, int]]:
    """The pairs again. Raises ValueError or zlib.error for damaged bytes."""
    if not data:
        raise ValueError("a posting list is empty")
    body = zlib.decompress(data[1:]) if data[0] & _PACKED else data[1:]
    size = 4 if data[0] & _WIDE else 2
    count, rest = divmod(len(body), size + 1)
    if rest:
        raise ValueError("a posting list is cut short")
    gaps = array("I" if size == 4 else "H")
    gaps.frombytes(body[: size * count])
    if sys.byteorder == "big":
        gaps.byteswap()
    return zip(accumulate(gaps), body[size * count :], strict=True)
