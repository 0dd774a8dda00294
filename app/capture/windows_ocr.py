"""Reads with the recogniser of Windows 10 and 11 (Windows.Media.Ocr), one language at a time."""

from __future__ import annotations

import importlib.util
from typing import TYPE_CHECKING, Any

from app.capture.engine import Deadline, Interest, told
from app.capture.reading import Line
from app.capture.system_ocr import Piece, lines_of, merged
from app.errors import HelpdeskError, NotAvailable

if TYPE_CHECKING:
    from PIL import Image

INSTALL = (
    "Add the optional features 'Optical character recognition' for Chinese (Simplified) and English in the "
    "language settings of Windows."
)
MODULES = ("winrt.windows.media.ocr", "winrt.windows.graphics.imaging", "winrt.windows.globalization")
CHINESE_TAGS, ENGLISH_TAGS = ("zh-Hans-CN", "zh-Hans", "zh-CN"), ("en-US", "en-GB", "en")
SCALE = 2  # it was made for photographs and misses 9 pt at 100 %


class WindowsOcrEngine:
    """Chinese and English recognisers, whichever this Windows has."""

    name = "windows"
    install_hint = INSTALL

    def __init__(self) -> None:
        self._chinese: Any = None
        self._english: Any = None

    def is_installed(self) -> bool:
        """Whether the projection of Windows' own recogniser is there; only on Windows."""
        try:
            return all(importlib.util.find_spec(module) is not None for module in MODULES)
        except ModuleNotFoundError:  # no `winrt` at all
            return False

    def load(self) -> None:
        """Both recognisers. Raises NotAvailable when this Windows has neither language."""
        if self._chinese is not None or self._english is not None:
            return
        try:
            from winrt.windows.globalization import Language
            from winrt.windows.media.ocr import OcrEngine

            self._chinese = _first(OcrEngine, Language, CHINESE_TAGS)
            self._english = _first(OcrEngine, Language, ENGLISH_TAGS)
        except (ImportError, OSError) as error:
            raise NotAvailable("Windows cannot read text in pictures.", INSTALL) from error
        if self._chinese is None and self._english is None:
            raise NotAvailable("Windows can read neither Chinese nor English.", INSTALL)

    def read(self, image: Image.Image, deadline: Deadline, interest: Interest | None = None) -> tuple[Line, ...]:
        """All lines; the second language only while there is time."""
        self.load()
        try:
            bitmap, factor = self._bitmap(image)
            chinese = _pieces(self._chinese, bitmap, factor)
            english = [] if chinese and deadline.over else _pieces(self._english, bitmap, factor)
        except OSError as error:
            raise HelpdeskError(
                "Windows could not read the picture: {reason}", "Try again.", retry=True, reason=error
            ) from error
        return told(interest, lines_of(merged(chinese, english)))

    @staticmethod
    def _bitmap(image: Image.Image) -> tuple[Any, float]:
        """The picture as Windows wants it, enlarged where that is allowed, and by how much."""
        from PIL import Image
        from winrt.windows.graphics.imaging import BitmapAlphaMode, BitmapPixelFormat, SoftwareBitmap
        from winrt.windows.media.ocr import OcrEngine

        largest = int(OcrEngine.max_image_dimension)
        factor = min(float(SCALE), largest / max(image.size))
        size = max(1, int(image.width * factor)), max(1, int(image.height * factor))
        scaled = image.resize(size, Image.Resampling.BICUBIC).convert("RGBA")
        pixels = scaled.tobytes("raw", "BGRA")
        bitmap = SoftwareBitmap.create_copy_from_buffer(
            pixels, BitmapPixelFormat.BGRA8, scaled.width, scaled.height, BitmapAlphaMode.IGNORE
        )
        return bitmap, factor


def _first(engine: Any, language: Any, tags: tuple[str, ...]) -> Any:
    return next((made for made in (engine.try_create_from_language(language(tag)) for tag in tags) if made), None)


def _pieces(recogniser: Any, bitmap: Any, factor: float) -> list[Piece]:
    """The recogniser's lines in pixels of the original picture."""
    if recogniser is None:
        return []
    found = []
    for line in recogniser.recognize_async(bitmap).get().lines:
        boxes = [word.bounding_rect for word in line.words]
        if boxes:
            found.append(
                Piece(
                    line.text,
                    min(box.x for box in boxes) / factor,
                    min(box.y for box in boxes) / factor,
                    max(box.x + box.width for box in boxes) / factor,
                    max(box.y + box.height for box in boxes) / factor,
                )
            )
    return found
