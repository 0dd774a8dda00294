"""Lists of (article number, impact) pairs as bytes."""

from __future__ import annotations

import sys
import zlib
from array import array
from collections.abc import Iterator, Sequence
from itertools import accumulate, pairwise

_WORTH_COMPRESSING = 48
_RAW, _PACKED = b"\x00", b"\x01"


def encoded(documents: Sequence[int], impacts: bytes) -> bytes:
    """Ascending article numbers and their impacts (1..255 each) as bytes."""
    gaps = array("I", [documents[0]])
    gaps.extend(after - before for before, after in pairwise(documents))
    if sys.byteorder == "big":
        gaps.byteswap()
    data = gaps.tobytes() + impacts
    if len(data) < _WORTH_COMPRESSING:
        return _RAW + data
    return _PACKED + zlib.compress(data, 6)


def decoded(data: bytes) -> Iterator[tuple[int, int]]:
    """The pairs again. Raises ValueError or zlib.error for damaged bytes."""
    body = zlib.decompress(data[1:]) if data[:1] == _PACKED else data[1:]
    count, rest = divmod(len(body), 5)
    if rest:
        raise ValueError("a posting list is cut short")
    gaps = array("I")
    gaps.frombytes(body[: 4 * count])
    if sys.byteorder == "big":
        gaps.byteswap()
    return zip(accumulate(gaps), body[4 * count :], strict=True)
