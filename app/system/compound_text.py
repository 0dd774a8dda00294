"""Window titles of older X11 programs outside a UTF-8 locale: Compound Text (X Consortium, CTEXT 1.1)."""

from __future__ import annotations

import re

ESCAPE = b"\x1b"
_SWITCH = re.compile(rb"\x1b(?:\$[()]([ABC])|%([G@])|([()-])(.))")
_TWO_BYTES = {b"A": "gb2312", b"B": "euc_jp", b"C": "euc_kr"}
"""Chinese, Japanese and Korean characters, as one of their byte-oriented encodings has them with the high bit set."""


def compound_text(value: bytes) -> str:
    """The text; what cannot be read becomes a question mark."""
    pieces, encoding, start = [], "latin-1", 0
    for switch in _SWITCH.finditer(value):
        pieces.append(_decoded(value[start : switch.start()], encoding))
        start = switch.end()
        two_bytes, utf8, _, _ = switch.groups()
        encoding = _TWO_BYTES[two_bytes] if two_bytes else "utf-8" if utf8 == b"G" else "latin-1"
    pieces.append(_decoded(value[start:], encoding))
    return "".join(pieces)


def _decoded(part: bytes, encoding: str) -> str:
    if encoding in _TWO_BYTES.values():
        part = bytes(byte | 0x80 if byte > 0x20 else byte for byte in part)
    return part.decode(encoding, "replace").replace("\ufffd", "?")
