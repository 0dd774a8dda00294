"""Chinese text as it is typed with a Latin keyboard: whole syllables and their first letters.

The characters of GB 2312's first level stand in the order of their pronunciation, so a table of where each syllable
begins tells the reading of all 3,755 of them. A short list puts right common words with another reading.
"""

from __future__ import annotations

from bisect import bisect_right
from functools import cache
from importlib import resources

_FIRST, _LAST = 0xB0A1, 0xD7F9


@cache
def _tables() -> tuple[tuple[int, ...], tuple[str, ...], dict[str, tuple[int, str]]]:
    """Where each syllable begins in the standard, the syllables, and the exceptions by pair of characters."""
    starts: list[int] = []
    syllables: list[str] = []
    exceptions: dict[str, tuple[int, str]] = {}
    text = resources.files(__package__).joinpath("pinyin.txt").read_text(encoding="utf-8")
    for line in text.splitlines():
        if line.startswith("#"):
            continue
        fields = line.split()
        if len(fields) == 3 and fields[1].isdigit():
            exceptions[fields[0]] = (int(fields[1]), fields[2])
            continue
        for field in fields:
            starts.append(_place(field[-1]))
            syllables.append(field[:-1])
    return tuple(starts), tuple(syllables), exceptions


def _place(character: str) -> int:
    """The character's place in GB 2312; 0 when it has none."""
    try:
        return int.from_bytes(character.encode("gb2312"), "big")
    except UnicodeEncodeError:
        return 0


def syllables(text: str) -> list[str]:
    """The readings of the Chinese characters in a text, in order; what has no known reading is left out."""
    return [reading for _, reading in _read(text)]


def is_pinyin(text: str) -> bool:
    """Whether a lower-case word is made of two whole syllables or more: `mima`, but not `outlok`."""
    known = frozenset(_tables()[1])
    ends = {0: 0}  # where a syllable may end -> the most syllables up to there
    for end in range(1, len(text) + 1):
        counts = [
            ends[start] + 1 for start in range(max(end - 6, 0), end) if start in ends and text[start:end] in known
        ]
        if counts:
            ends[end] = max(counts)
    return ends.get(len(text), 0) > 1


def spelt_part(text: str, typed: str) -> str:
    """The part of a text whose readings, or their first letters, are what was typed; empty when there is none."""
    read = _read(text)
    for first in range(len(read)):
        initials = whole = ""
        for place, reading in read[first:]:
            initials += reading[0]
            whole += reading
            if initials == typed or (len(whole) >= len(typed) and whole.startswith(typed)):
                return text[read[first][0] : place + 1]
            if not typed.startswith(initials) and not typed.startswith(whole):
                break
    return ""


def _read(text: str) -> list[tuple[int, str]]:
    """Place and reading of every character that has one."""
    starts, names, exceptions = _tables()
    found: list[tuple[int, str]] = []
    for place, character in enumerate(text):
        if character < "\u4e00":
            continue
        code = _place(character)
        if not _FIRST <= code <= _LAST:
            continue
        reading = names[bisect_right(starts, code) - 1]
        for pair, own in ((text[place : place + 2], 0), (text[max(place - 1, 0) : place + 1], 1)):
            marked, other = exceptions.get(pair, (-1, ""))
            if marked == own:
                reading = other
        found.append((place, reading))
    return found
