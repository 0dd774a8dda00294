"""Reads with Tesseract, the second engine: for machines without ONNX Runtime, or too slow for it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from app.capture import layout, tesseract_ways
from app.capture.engine import Deadline, Interest, told
from app.capture.reading import Line, Word
from app.capture.tesseract_ways import Way
from app.errors import NotAvailable
from app.system.base import Rect

if TYPE_CHECKING:
    from PIL import Image

INSTALL = (
    "Install Tesseract 5 with Simplified Chinese and English: on Debian and Ubuntu apt install tesseract-ocr "
    "tesseract-ocr-chi-sim; on macOS brew install tesseract tesseract-lang; on Windows the installer, "
    "with Chinese (Simplified) ticked under additional language data."
)
SCALE = 2  # measured: larger is worse
LARGEST_SCALED = 2600
DARK = 110
LONGEST_WAIT = 30.0
LEAST_CONFIDENCE = 30.0
COLUMNS = (
    12  # of Tesseract's table: level, page, block, paragraph, line, word, left, top, width, height, how sure, text
)


class TesseractEngine:
    """The library in this process where it is there, else one process per picture."""

    name = "tesseract"
    install_hint = INSTALL

    def __init__(self) -> None:
        self._way: Way | None = None

    def is_installed(self) -> bool:
        """Whether library or program are there and have at least one of our languages."""
        self._way = self._way or tesseract_ways.find()
        return self._way is not None

    @property
    def languages(self) -> tuple[str, ...]:
        """Those of our languages that are there."""
        return self._way.languages if self.is_installed() and self._way is not None else ()

    def load(self) -> None:
        """Raises NotAvailable when it could never work."""
        self._loaded()

    def read(self, image: Image.Image, deadline: Deadline, interest: Interest | None = None) -> tuple[Line, ...]:
        """The lines Tesseract finds in a grey, enlarged and if need be inverted copy."""
        from PIL import Image, ImageOps

        way = self._loaded()
        factor = SCALE if max(image.size) * SCALE <= LARGEST_SCALED else 1
        grey = image.convert("L")
        if sorted(grey.resize((64, 64)).tobytes())[64 * 32] < DARK:
            grey = ImageOps.invert(grey)
        if factor > 1:
            grey = grey.resize((grey.width * factor, grey.height * factor), Image.Resampling.BICUBIC)
        table = way.table(grey, min(LONGEST_WAIT, max(1.0, deadline.seconds)))
        return told(interest, lines_of(table, factor))

    def _loaded(self) -> Way:
        if not self.is_installed() or self._way is None:
            raise NotAvailable("Tesseract is not installed, or lacks Chinese and English.", INSTALL)
        self._way.load()
        return self._way


def lines_of(table: str, factor: int) -> tuple[Line, ...]:
    """Tesseract's table of words (TSV) as lines in pixels of the original picture; other rows are left out."""
    rows: dict[tuple[str, ...], list[tuple[Word, float]]] = {}
    for row in table.splitlines():
        fields = row.split("\t", COLUMNS - 1)
        if len(fields) < COLUMNS or not fields[-1].strip() or not fields[0].isdecimal():
            continue
        confidence = float(fields[10])
        if confidence < LEAST_CONFIDENCE:
            continue
        left, top, width, height = (int(value) // factor for value in fields[6:10])
        word = Word(fields[-1].strip(), Rect(left, top, width, height))
        rows.setdefault(tuple(fields[1:5]), []).append((word, confidence))
    found = []
    for words in rows.values():
        boxes = [word.box for word, _ in words]
        left, top = min(box.x for box in boxes), min(box.y for box in boxes)
        right, bottom = max(box.right for box in boxes), max(box.bottom for box in boxes)
        text = layout.spelled(" ".join(word.text for word, _ in words))
        if not layout.is_icon(text):
            mean = sum(confidence for _, confidence in words) / len(words) / 100
            whole = Rect(left, top, right - left, bottom - top)
            found.append(Line(text, whole, mean, tuple(word for word, _ in words)))
    return layout.in_reading_order(found)
