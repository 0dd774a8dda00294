"""From recognised pieces to lines people would read: split at wide gaps, ordered, cleaned of icons."""

from __future__ import annotations

import itertools
import re
import unicodedata
from collections.abc import Iterable, Sequence

from app.capture.reading import Line, Role, Word
from app.system.base import Rect

# What a close button, a check box or a round icon is read as.
ICONS = frozenset("区冈囚図凶网回口囗田日目因囡圆四闪①②ⓘ")
COLUMN_GAP = 1.1  # line heights between two characters, with a space between them, that separate columns
WIDE_SPACE = 2.6  # of a letter's width from the one before a space to the one after it, at most
WIDEST_LETTER = 0.48  # of the line's height; wider ones are Chinese and have no spaces
SAME_ROW = 0.5
TITLE_REACH = 2.7  # line heights from the top of a dialog to the middle of its title

CJK = r"\u3400-\u4dbf\u4e00-\u9fff\uf900-\ufaff\u3000-\u303f\uff00-\uffef"
SPACE_IN_CHINESE = re.compile(rf"(?<=[{CJK}]) +(?=[{CJK}])")
HEX_CODE = re.compile(r"(?<![A-Za-z0-9])[0OoQ] ?[xX×] ?(?=[0-9A-Fa-fOoQlISi|]{4,16}(?![A-Za-z0-9]))")
HEX_WITH_COLON = re.compile(r"(?<![A-Za-z0-9:.])[0O][:;] ?(?=[0-9A-F]{8}(?![A-Za-z0-9]))")
HEX_DIGITS = re.compile(r"(?<=0x)[0-9A-Fa-fOoQlISi|]{4,16}(?![A-Za-z0-9])")
HEX_LOOKALIKES = str.maketrans("OoQlISi|", "00011511")
UNDERSCORE = re.compile(r"(?<=[A-Z0-9]) ?_ ?(?=[A-Z0-9])")
SMALL_L = re.compile(r"(?<=[a-z])I(?=[A-Z][a-z])")
# No English word begins with "ln", and these words often stand inside of a compound name.
CAPITAL_I = re.compile(r"(?<![A-Za-z])ln(?=[a-z])|(?<=[a-z])ln(?=fo|ternal|ternet|valid|put|stance|stall|dex|t\b)")
DECORATED = re.compile(r"[\u0100-\u017f]|(?<=[A-Z0-9_])[\u00c0-\u00de](?=[A-Z0-9_]|\b)|(?<=_)[\u00c0-\u00de]")
SYMBOL_ZERO = re.compile(r"(?<=[A-Z0-9]_)O(?=\d)|(?<=_\d)O(?![A-Za-z])")


def spelled(text: str) -> str:
    """Recognised text with what the recogniser typically confuses put right, inside code shapes only.

    `Ox8004de4O` becomes `0x8004de40`, `ACQ _FAILED` becomes `ACQ_FAILED`, `SqIServer` becomes `SqlServer`;
    spaces between Chinese characters go.
    """
    text = SPACE_IN_CHINESE.sub("", " ".join(text.split()))
    text = DECORATED.sub(_undecorated, text)
    text = HEX_WITH_COLON.sub("0x", HEX_CODE.sub("0x", text))
    text = HEX_DIGITS.sub(lambda found: found.group().translate(HEX_LOOKALIKES), text)
    text = SYMBOL_ZERO.sub("0", UNDERSCORE.sub("_", text))
    return CAPITAL_I.sub("In", SMALL_L.sub("l", text))


def _undecorated(found: re.Match[str]) -> str:
    """The plain letter: specks near a letter are read as the accents of languages nobody here writes."""
    return unicodedata.normalize("NFD", found.group())[0]


def is_icon(text: str) -> bool:
    """Whether a line is only the picture of a button: one letter or sign that is neither a digit nor a Chinese word."""
    if len(text) != 1:
        return False
    return text in ICONS or not (text.isdecimal() or "\u4e00" <= text <= "\u9fff")


def lines_of(
    text: str, places: Sequence[float], confidence: float, left: float, top: float, right: float, bottom: float
) -> list[Line]:
    """One recognised strip as lines with words; two buttons or columns in one strip become two lines.

    `places` says where each character of `text` is, 0 to 1 between `left` and `right`.
    """
    width, height = right - left, bottom - top
    pieces: list[list[int]] = [[]]
    last: int | None = None
    wide = _column_gap(text, places, width, height)
    for index, character in enumerate(text):
        if character.isspace():
            continue
        if last is not None and index - last > 1 and (places[index] - places[last]) * width > wide:
            pieces.append([])
        pieces[-1].append(index)
        last = index
    if last is None:
        return []
    found = []
    for number, piece in enumerate(pieces):
        start = left if number == 0 else left + places[piece[0]] * width - 0.35 * height
        stop = right if number == len(pieces) - 1 else left + places[piece[-1]] * width + 0.35 * height
        written = spelled(text[piece[0] : piece[-1] + 1])
        if written and not is_icon(written):
            box = _rect(start, top, stop, bottom)
            found.append(Line(written, box, confidence, _words(text, places, piece, left, width, box)))
    return found


def _column_gap(text: str, places: Sequence[float], width: float, height: float) -> float:
    """Pixels between two characters that separate columns: in fonts with wide characters every space is wide."""
    steps = sorted(
        (places[index] - places[index - 1]) * width
        for index in range(1, len(text))
        if not text[index].isspace() and not text[index - 1].isspace()
    )
    usual = steps[len(steps) // 2] if steps else 0.0
    return max(COLUMN_GAP * height, WIDE_SPACE * usual) if usual < WIDEST_LETTER * height else COLUMN_GAP * height


def _words(
    text: str, places: Sequence[float], piece: Sequence[int], left: float, width: float, line: Rect
) -> tuple[Word, ...]:
    """Runs without a space, each between the middles of the gaps to its neighbours."""
    groups: list[list[int]] = []
    for index in piece:
        if groups and index == groups[-1][-1] + 1:
            groups[-1].append(index)
        else:
            groups.append([index])
    middles = [(places[one[-1]] + places[other[0]]) / 2 for one, other in itertools.pairwise(groups)]
    cuts = [float(line.x), *(left + middle * width for middle in middles), float(line.right)]
    return tuple(
        Word(text[group[0] : group[-1] + 1], _rect(cuts[number], line.y, cuts[number + 1], line.bottom))
        for number, group in enumerate(groups)
    )


def in_reading_order(lines: Iterable[Line]) -> tuple[Line, ...]:
    """Rows from top to bottom, within a row from left to right."""
    rows: list[list[Line]] = []
    for line in sorted(lines, key=_middle):
        if rows and _middle(line) - _middle(rows[-1][0]) < SAME_ROW * min(line.box.height, rows[-1][0].box.height):
            rows[-1].append(line)
        else:
            rows.append([line])
    return tuple(line for row in rows for line in sorted(row, key=lambda line: line.box.x))


def with_title(lines: Sequence[Line], dialog: Rect) -> tuple[Line, ...]:
    """The lines of a dialog with its topmost one marked as title when it stands where titles stand."""
    if not lines:
        return ()
    first = lines[0]
    if _middle(first) - dialog.y > TITLE_REACH * first.box.height or len(lines) == 1:
        return tuple(lines)
    title = Line(first.text, first.box, first.confidence, first.words, Role.TITLE)
    return (title, *lines[1:])


def _middle(line: Line) -> float:
    return line.box.y + line.box.height / 2


def _rect(left: float, top: float, right: float, bottom: float) -> Rect:
    x, y = round(left), round(top)
    return Rect(x, y, max(1, round(right) - x), max(1, round(bottom) - y))
