"""What is asked of the base: the employee's lines, cleaned, and everything they are compared by."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from itertools import islice, pairwise

from app.knowledge import codes, known
from app.knowledge.codes import Code, CodeKind
from app.knowledge.concepts import ideas
from app.knowledge.reading import reads_on, tame, telling_lines
from app.knowledge.tokens import is_han, plain, squeezed, words

_MOST_GRAMS = 112
_MOST_SEGMENTS = 24
_MOST_PAIRS = 60
_MOST_MEANT = 4
MEANT = 0.4  # what a word of a code's meaning counts beside a word of the message
_LONGEST_TITLE = 80
_MOST_LINES = 12  # compared one by one
_FEWEST_WORDS = 2  # that tell a language


@dataclass(frozen=True, slots=True)
class Question:
    """One error as text.

    The first line counts as the window's title when it is short: `grams` (overlapping letter pieces) and `segments`
    (a few longer ones, side by side) are those of the title first, `heading` of them, then of the message.
    `otherwise` is what its codes and messages are known to mean, in the words, squeezed, that it does not use itself;
    `meant` are the tokens of these. `wordless` when there is hardly more than codes, in no language.
    """

    lines: tuple[str, ...]
    terms: Counter[str]
    line_terms: tuple[tuple[str, ...], ...]
    title_terms: frozenset[str]
    codes: tuple[Code, ...]
    hints: tuple[Code, ...]
    grams: tuple[str, ...]
    heading: int
    segments: tuple[str, ...]
    pairs: tuple[str, ...]
    message: tuple[str, ...]
    squeezed: str
    chinese: bool
    wordless: bool
    meant: tuple[str, ...]
    otherwise: tuple[str, ...]

    @classmethod
    def of(cls, lines: Sequence[str], title: str = "", application: str = "") -> Question:
        """The question of recognised lines; `title` is put in front when the lines do not hold it."""
        kept = telling_lines(lines)
        title = tame(title)
        if title and squeezed(title) not in {squeezed(line) for line in kept[:3]}:
            kept.insert(0, title)
        found = codes.find(kept)
        written = _written(kept, found)
        headed = len(kept) > 1 and len(kept[0]) <= _LONGEST_TITLE and not reads_on(written[0], written[1])
        first = written[0] if headed else ""
        message = _unwrapped(written[1:] if first else written)
        terms: Counter[str] = Counter()
        for line in (first, *message, tame(application)):
            tokens = words(line)
            terms.update((*tokens, *ideas(tokens)))
        heading = tuple(dict.fromkeys(_grams(squeezed(first))))
        grams = dict.fromkeys((*heading, *_each(_grams, message)))
        everything = "\0".join(map(squeezed, (first, *message) if first else message))
        tight = tuple(text for text in map(squeezed, message) if text)
        said = tuple(islice(known.meant(everything), _MOST_MEANT))
        meanings = [text for text in _meanings((*found, *said)) if squeezed(text) not in everything]
        return cls(
            lines=tuple(kept),
            terms=terms,
            line_terms=tuple(tuple(dict.fromkeys(words(line))) for line in message[:_MOST_LINES]),
            title_terms=frozenset((*words(first), *ideas(words(first)))),
            codes=found,
            hints=(*codes.hints(kept, found), *said),
            grams=_thinned(tuple(grams), _MOST_GRAMS),
            heading=min(len(heading), _MOST_GRAMS),
            segments=_thinned(tuple(dict.fromkeys(_each(_segments, message))), _MOST_SEGMENTS),
            pairs=tuple(dict.fromkeys(_each(_pairs, message, tight=False)))[:_MOST_PAIRS],
            message=tight,
            squeezed=everything,
            meant=_unsaid(meanings, terms),
            otherwise=tuple(dict.fromkeys(map(squeezed, meanings))),
            chinese=sum(map(is_han, kept)) * 2 >= len(kept) > 0,
            wordless=_is_wordless(kept, found),
        )


def _written(lines: Sequence[str], found: Iterable[Code]) -> list[str]:
    """The lines with their codes as articles write them: `0x80070005` for `-2147024891` and for `Ox8OO7OOO5`."""
    spelt = [(code.text, code.canonical) for code in found if code.kind <= CodeKind.LETTERED]
    changed = [(text, canonical) for text, canonical in spelt if text != canonical]
    if not changed:
        return list(lines)
    written = []
    for line in map(plain, lines):
        for text, canonical in changed:
            line = line.replace(text, canonical)
        written.append(line)
    return written


def _unwrapped(lines: Sequence[str]) -> list[str]:
    """The lines as sentences: one that was broken to fit the window is put together again."""
    whole: list[str] = []
    last = ""
    for line in lines:
        if last and reads_on(last, line):
            whole[-1] += line if is_han(last[-1:]) or is_han(line[:1]) else f" {line}"
        else:
            whole.append(line)
        last = line
    return whole


def _is_wordless(lines: Iterable[str], found: Iterable[Code]) -> bool:
    text = " ".join(map(plain, lines))
    for code in found:
        text = text.replace(code.text, " ")
    return not is_han(text) and len(words(text)) < _FEWEST_WORDS


def _meanings(found: Iterable[Code]) -> list[str]:
    """What the codes are known to mean, in both languages."""
    rows = dict.fromkeys(row for row in map(known.known, found) if row)
    return [text for row in islice(rows, _MOST_MEANT) for text in (row.english, row.chinese)]


def _unsaid(meanings: Iterable[str], terms: Counter[str]) -> tuple[str, ...]:
    """Words of the meanings that the message does not say itself."""
    tokens = [token for text in meanings for token in words(text)]
    return tuple(dict.fromkeys(token for token in (*tokens, *ideas(tokens)) if token not in terms))


def _each(cut: Callable[[str], list[str]], lines: Iterable[str], *, tight: bool = True) -> list[str]:
    return [piece for line in lines for piece in cut(squeezed(line) if tight else line)]


def _thinned(pieces: tuple[str, ...], most: int) -> tuple[str, ...]:
    """The first pieces of a short text, evenly spread ones of a long one."""
    if len(pieces) <= most:
        return pieces
    return tuple(pieces[place * len(pieces) // most] for place in range(most))


def _grams(text: str) -> list[str]:
    """Overlapping pieces: four letters of Latin text, three of Chinese."""
    size = 3 if is_han(text) else 4
    if len(text) <= size:
        return [text] if text else []
    return [text[place : place + size] for place in range(len(text) - size + 1)]


def _segments(text: str) -> list[str]:
    """Pieces side by side: eight letters of Latin text, four of Chinese."""
    size = 4 if is_han(text) else 8
    return [text[place : place + size] for place in range(0, max(len(text) - size + 1, 1), size) if text]


def _pairs(line: str) -> list[str]:
    """Neighbouring Latin words, squeezed together."""
    latin = [squeezed(word) for word in line.split() if word.isascii()]
    return [first + second for first, second in pairwise(latin) if first and second]
