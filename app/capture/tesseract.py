"""Reads with the Tesseract program: the second engine, for machines without ONNX Runtime."""

from __future__ import annotations

import importlib.util
import shutil
import subprocess
from typing import TYPE_CHECKING, Any

from app.capture import layout
from app.capture.engine import Deadline, Interest, told
from app.capture.reading import Line, Word
from app.errors import HelpdeskError, NotAvailable
from app.system.base import Rect

if TYPE_CHECKING:
    from PIL import Image

LANGUAGES = ("chi_sim", "eng")
SCALE = 2  # measured: larger is worse
LARGEST_SCALED = 2600
DARK = 110
LONGEST_WAIT = 30.0
SPARSE_TEXT = "--psm 11 --oem 1"
LEAST_CONFIDENCE = 30.0


class TesseractEngine:
    """One process per picture; safe, and slower than the other engine."""

    name = "tesseract"
    install_hint = (
        "Install Tesseract 5 with Simplified Chinese and English, on Debian and Ubuntu: "
        "apt install tesseract-ocr tesseract-ocr-chi-sim."
    )

    def __init__(self) -> None:
        self._languages: tuple[str, ...] | None = None

    def is_installed(self) -> bool:
        """Whether the program and pytesseract are there and it has at least one of our languages."""
        return importlib.util.find_spec("pytesseract") is not None and bool(self._installed_languages())

    def load(self) -> None:
        """Nothing stays loaded; raises NotAvailable when it could never work."""
        if not self.is_installed():
            raise NotAvailable("Tesseract is not installed, or lacks Chinese and English.", self.install_hint)

    def read(self, image: Image.Image, deadline: Deadline, interest: Interest | None = None) -> tuple[Line, ...]:
        """The lines Tesseract finds in a grey, enlarged and if need be inverted copy."""
        import pytesseract
        from PIL import Image, ImageOps

        self.load()
        factor = SCALE if max(image.size) * SCALE <= LARGEST_SCALED else 1
        grey = image.convert("L")
        if sorted(grey.resize((64, 64)).tobytes())[64 * 32] < DARK:
            grey = ImageOps.invert(grey)
        if factor > 1:
            grey = grey.resize((grey.width * factor, grey.height * factor), Image.Resampling.BICUBIC)
        try:
            table = pytesseract.image_to_data(
                grey,
                lang="+".join(self._installed_languages()),
                config=SPARSE_TEXT,
                output_type=pytesseract.Output.DICT,
                timeout=min(LONGEST_WAIT, max(1.0, deadline.seconds)),
            )
        except (pytesseract.TesseractError, RuntimeError, OSError, subprocess.SubprocessError) as error:
            # pytesseract raises RuntimeError for its timeout.
            raise HelpdeskError(
                "Tesseract could not read the picture: {reason}", "Try again.", retry=True, reason=error
            ) from error
        return told(interest, _lines(table, factor))

    def _installed_languages(self) -> tuple[str, ...]:
        if self._languages is None:
            program = shutil.which("tesseract")
            self._languages = _languages(program) if program else ()
        return self._languages


def _languages(program: str) -> tuple[str, ...]:
    """Those of our languages that Tesseract says it has."""
    try:
        done = subprocess.run(
            [program, "--list-langs"], capture_output=True, timeout=10, check=False, stdin=subprocess.DEVNULL
        )
    except (OSError, subprocess.SubprocessError):
        return ()
    known = done.stdout.decode("utf-8", "replace").split()
    return tuple(language for language in LANGUAGES if language in known)


def _lines(table: dict[str, list[Any]], factor: int) -> tuple[Line, ...]:
    """Tesseract's word table as lines, in pixels of the original picture."""
    rows: dict[tuple[int, int, int], list[tuple[Word, float]]] = {}
    for index, text in enumerate(table["text"]):
        confidence = float(table["conf"][index])
        if not text.strip() or confidence < LEAST_CONFIDENCE:
            continue
        box = Rect(*(int(table[name][index]) // factor for name in ("left", "top", "width", "height")))
        key = (table["block_num"][index], table["par_num"][index], table["line_num"][index])
        rows.setdefault(key, []).append((Word(text.strip(), box), confidence))
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
