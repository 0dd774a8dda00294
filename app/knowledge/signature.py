"""The signature of an error: its codes, the program, the title, and a fingerprint that is the same on every machine."""

from __future__ import annotations

from collections.abc import Sequence

from app.knowledge import codes, particulars
from app.knowledge.fingerprint import fingerprint
from app.knowledge.reading import reads_on, tame, telling_lines
from app.protocol.knowledge import ErrorSignature

_LONGEST_LINE = 300
_MOST_CODES = 12


def extract(lines: Sequence[str], title: str = "", application: str = "") -> ErrorSignature:
    """The signature of recognised lines.

    `title` is the window's title and `application` the program's name where the system knows them. Never raises;
    lines without anything to recognise give an empty fingerprint.
    """
    kept = telling_lines(lines)
    title = tame(title, _LONGEST_LINE)
    # The first line of a message that was broken to fit the window is no title.
    headed = title or (kept[0] if kept and not (len(kept) > 1 and reads_on(kept[0], kept[1])) else "")
    title = title or (kept[0] if kept else "")
    found = codes.find([title, *kept])
    return ErrorSignature(
        codes=tuple(code.canonical[:_LONGEST_LINE] for code in found[:_MOST_CODES]),
        application=tame(application, _LONGEST_LINE),
        version=particulars.version(kept),
        module=particulars.module(kept),
        names=particulars.names(kept),
        title=title[:_LONGEST_LINE],
        fingerprint=fingerprint(found, kept, headed),
    )
