"""Opaque places in a list to go on from."""

from __future__ import annotations

import base64
import binascii

from app.protocol.problems import ProblemCode
from server_stub.problems import Refusal


def encode(list_name: str, position: int) -> str:
    """A cursor for callers to hand back, good for that list only."""
    return base64.urlsafe_b64encode(f"{list_name}:{position}".encode()).decode("ascii").rstrip("=")


def decode(cursor: str, list_name: str) -> int:
    """The position in a cursor of ours. Raises Refusal(malformed) for anything else."""
    try:
        text = base64.b64decode(cursor + "=" * (-len(cursor) % 4), altchars=b"-_", validate=True).decode("ascii")
    except (ValueError, binascii.Error) as problem:
        raise Refusal(ProblemCode.MALFORMED, "the cursor is none of this list's") from problem
    name, _, position = text.partition(":")
    if name != list_name or not position.isascii() or not position.isdecimal() or len(position) > 15:
        raise Refusal(ProblemCode.MALFORMED, "the cursor is none of this list's")
    return int(position)
