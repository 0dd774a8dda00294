"""The chain that a ledger of remote-assist events is: each line's digest covers the line and the digest before."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable, Sequence
from datetime import UTC

from app.protocol.assist import LedgerLine


def digest_of(line: LedgerLine, previous: str) -> str:
    """The SHA-256 (hexadecimal) of a line and of the digest before it, which is "" for the first."""
    content = [
        previous,
        str(line.session_id),
        line.number,
        line.at.astimezone(UTC).isoformat(timespec="microseconds"),
        line.party,
        line.event,
        line.detail,
    ]
    return hashlib.sha256(json.dumps(content, ensure_ascii=False, separators=(",", ":")).encode()).hexdigest()


def chained(lines: Iterable[LedgerLine]) -> tuple[LedgerLine, ...]:
    """The lines of one session in order, numbered from 0 and each with its digest."""
    made: list[LedgerLine] = []
    for number, line in enumerate(lines):
        numbered = line.model_copy(update={"number": number})
        digest = digest_of(numbered, made[-1].digest if made else "")
        made.append(numbered.model_copy(update={"digest": digest}))
    return tuple(made)


def first_broken(lines: Sequence[LedgerLine]) -> int | None:
    """The number of the first line that does not follow from the one before; None when the whole chain holds."""
    previous = ""
    for number, line in enumerate(lines):
        if line.number != number or line.digest != digest_of(line, previous):
            return number
        previous = line.digest
    return None
