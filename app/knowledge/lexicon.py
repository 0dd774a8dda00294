"""Words of error messages found again in badly read text: without spaces, with a letter wrong, missing or too many."""

from __future__ import annotations

from functools import cache
from importlib import resources

from app.knowledge.tokens import stem

_SHORTEST, _LONGEST = 5, 15
_SHORTEST_MENDED = 6
_ALIKE = str.maketrans("il1o0", "iiioo")


@cache
def _words() -> tuple[dict[str, str], dict[str, str]]:
    """Words as they may be read -> their stem; and words with one letter missing -> the stem."""
    exact: dict[str, str] = {}
    mended: dict[str, str] = {}
    text = resources.files(__package__).joinpath("message_words.txt").read_text(encoding="utf-8")
    for line in text.splitlines():
        for word in () if line.startswith("#") else line.split():
            if _SHORTEST <= len(word) <= _LONGEST:
                exact.setdefault(word.translate(_ALIKE), stem(word))
    for word, root in exact.items():
        if len(word) >= _SHORTEST_MENDED:
            for place in range(len(word)):
                mended.setdefault(word[:place] + word[place + 1 :], root)
    return exact, mended


def known_words(text: str) -> list[str]:
    """The stems of the known words in a squeezed Latin text (letters only, `il1` and `o0` made one), in order."""
    exact, mended = _words()
    found: list[str] = []
    gap = place = 0
    while place < len(text):
        for size in range(min(_LONGEST, len(text) - place), _SHORTEST - 1, -1):
            root = exact.get(text[place : place + size])
            if root is not None:
                found.extend(_mended(text[gap:place], exact, mended))
                found.append(root)
                place += size
                gap = place
                break
        else:
            place += 1
    found.extend(_mended(text[gap:], exact, mended))
    return found


def _mended(text: str, exact: dict[str, str], mended: dict[str, str]) -> list[str]:
    """Known words in a stretch where none stands unharmed, one slip each."""
    found: list[str] = []
    place = 0
    while place + _SHORTEST_MENDED - 1 <= len(text):
        for size in range(min(_LONGEST + 1, len(text) - place), _SHORTEST_MENDED - 2, -1):
            root = _one_slip(text[place : place + size], exact, mended)
            if root:
                found.append(root)
                place += size
                break
        else:
            place += 1
    return found


def _one_slip(piece: str, exact: dict[str, str], mended: dict[str, str]) -> str:
    """The word that differs from the piece by one letter missing, added or wrong; empty when there is none."""
    root = mended.get(piece)
    if root is not None:
        return root
    for place in range(len(piece)):
        shorter = piece[:place] + piece[place + 1 :]
        if len(shorter) >= _SHORTEST_MENDED and shorter in exact:
            return exact[shorter]
        if len(piece) >= _SHORTEST_MENDED and shorter in mended:
            return mended[shorter]
    return ""
