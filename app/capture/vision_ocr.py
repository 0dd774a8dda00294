"""Reads with Apple's Vision framework: Chinese and English in one pass, from macOS 11 on."""

from __future__ import annotations

import importlib.util
import io
from typing import TYPE_CHECKING, Any

from app.capture.engine import Deadline, Interest, told
from app.capture.reading import Line
from app.capture.system_ocr import Piece, lines_of
from app.errors import HelpdeskError, NotAvailable

if TYPE_CHECKING:
    from PIL import Image

INSTALL = "Reading with Apple Vision needs macOS 11 or later."
LANGUAGES = ("zh-Hans", "en-US")
ACCURATE = 0  # VNRequestTextRecognitionLevelAccurate
SMALLEST_TEXT = 0.0  # of the picture's height; the default would leave out small text


class VisionEngine:
    """One request per picture; the models are the system's."""

    name = "vision"
    install_hint = INSTALL

    def is_installed(self) -> bool:
        """Whether Vision can be reached; only on macOS."""
        return importlib.util.find_spec("Vision") is not None

    def load(self) -> None:
        """Raises NotAvailable when Vision cannot be loaded."""
        try:
            import Vision  # noqa: F401
        except ImportError as error:
            raise NotAvailable("Apple Vision is not available.", INSTALL) from error

    def read(self, image: Image.Image, deadline: Deadline, interest: Interest | None = None) -> tuple[Line, ...]:
        """All lines. A request cannot be ended early: the worker's own deadline ends one that hangs."""
        self.load()
        if deadline.over:
            return told(interest, ())
        import objc

        stored = io.BytesIO()
        image.save(stored, "PNG", compress_level=1)
        with objc.autorelease_pool():
            pieces = _pieces(_observations(stored.getvalue()), *image.size)
        return told(interest, lines_of(pieces))


def _observations(png: bytes) -> list[Any]:
    import Vision
    from Foundation import NSData

    request = Vision.VNRecognizeTextRequest.alloc().init()
    request.setRecognitionLevel_(ACCURATE)
    request.setRecognitionLanguages_(list(LANGUAGES))
    request.setUsesLanguageCorrection_(False)  # it would turn codes into words
    request.setMinimumTextHeight_(SMALLEST_TEXT)
    data = NSData.dataWithBytes_length_(png, len(png))
    handler = Vision.VNImageRequestHandler.alloc().initWithData_options_(data, None)
    done, error = handler.performRequests_error_([request], None)
    if not done:
        raise HelpdeskError("macOS could not read the picture: {reason}", "Try again.", retry=True, reason=error)
    return list(request.results() or ())


def _pieces(observations: list[Any], width: int, height: int) -> list[Piece]:
    """Observations in pixels: theirs are shares of the picture, counted from its lower left corner."""
    found = []
    for observation in observations:
        candidates = observation.topCandidates_(1)
        if not candidates:
            continue
        box = observation.boundingBox()
        left, low = box.origin.x * width, box.origin.y * height
        right, high = left + box.size.width * width, low + box.size.height * height
        text, confidence = str(candidates[0].string()), float(candidates[0].confidence())
        found.append(Piece(text, left, height - high, right, height - low, confidence))
    return found
