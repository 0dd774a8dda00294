"""Titles as programs without UTF-8 leave them on their windows."""

from __future__ import annotations

import pytest

from app.system.compound_text import compound_text


@pytest.mark.parametrize(
    ("value", "text"),
    [
        (b"Checkout", "Checkout"),
        (b"\x1b$(A\x4a\x55\x52\x78\x1b(B V5", "收银 V5"),
        (b"\x1b$)A\xca\xd5\xd2\xf8\x1b-A caf\xe9", "收银 café"),
        (b"\x1b$(B\x35\x52\x1b$(A\x3b\x27\x1b(B \x1b%G\xe2\x80\x93\x1b%@ Customer", "客户 – Customer"),
        (b"\x1b$(A\x4a", "?"),
        (b"", ""),
    ],
)
def test_every_part_is_read_in_its_own_encoding(value: bytes, text: str) -> None:
    assert compound_text(value) == text
