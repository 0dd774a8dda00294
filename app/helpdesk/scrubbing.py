"""Masks private data in text that leaves the computer without having been shown to the employee first."""

from __future__ import annotations

from collections.abc import Sequence

from app.knowledge.names import names
from app.private import passages
from app.protocol.knowledge import ErrorSignature

MASK = "***"


def scrub(text: str) -> str:
    """The text with bank cards, Chinese identity and mobile numbers, e-mail addresses, passwords and keys beside
    their labels, licence keys, user names in paths, and people's names masked. Error codes and versions stay; so do
    all lines."""
    pieces: list[str] = []
    done = 0
    for start, end in sorted([*((each.start, each.end) for each in passages(text)), *names(text)]):
        if start >= done and end > start:
            pieces += [text[done:start], MASK]
        done = max(done, end)
    return "".join([*pieces, text[done:]])


def scrub_lines(lines: Sequence[str]) -> tuple[str, ...]:
    """Lines that belong together, masked as one text: a password may stand below its label."""
    flat = [" ".join(line.splitlines()) for line in lines]
    return tuple(scrub("\n".join(flat)).split("\n")) if flat else ()


def scrub_signature(signature: ErrorSignature) -> ErrorSignature:
    """A signature whose title, application and codes carry nothing private. Quoted names stay here: they may be
    anybody's, and nothing on the server compares them."""
    return ErrorSignature(
        codes=tuple(scrub(code) for code in signature.codes),
        application=scrub(signature.application)[:300],
        version=signature.version,
        module=scrub(signature.module)[:300],
        title=scrub(signature.title)[:300],
        fingerprint=signature.fingerprint,
    )
