"""The recognisers of Windows and macOS, with their libraries played: what is asked of them and what is made of it."""

from __future__ import annotations

import sys
from dataclasses import dataclass
from types import ModuleType, SimpleNamespace
from typing import Any

import pytest
from PIL import Image

from app.capture import system_ocr, vision_ocr
from app.capture.engine import Deadline
from app.capture.system_ocr import Piece
from app.capture.vision_ocr import VisionEngine
from app.capture.windows_ocr import WindowsOcrEngine
from app.errors import HelpdeskError, NotAvailable

PICTURE = Image.new("RGB", (300, 100), "white")


def test_one_reading_is_made_of_a_chinese_and_a_latin_one() -> None:
    chinese = [
        Piece("错误 ： 支付失败", 10, 10, 200, 26),
        Piece("Cannotconnecttotheserver", 10, 40, 200, 56),
        Piece("E1O23", 10, 70, 60, 86),
    ]
    latin = [
        Piece("fi 1% : 3ft", 10, 10, 200, 26),
        Piece("Cannot connect to the server", 10, 40, 200, 56),
        Piece("E1023", 10, 70, 60, 86),
        Piece("Close", 220, 70, 260, 86),
    ]

    lines = system_ocr.lines_of(system_ocr.merged(chinese, latin))

    assert [line.text for line in lines] == ["错误：支付失败", "Cannot connect to the server", "E1023", "Close"]
    assert lines[0].box.x == 10
    assert lines[0].box.bottom == 26


def test_what_only_the_chinese_reading_saw_is_kept() -> None:
    assert [piece.text for piece in system_ocr.merged([Piece("OK", 0, 0, 20, 10)], [])] == ["OK"]


@dataclass
class Bitmap:
    pixels: bytes
    width: int
    height: int


class PlayedRecogniser:
    """Gives its lines at twice their place, as for an enlarged picture."""

    def __init__(self, texts: list[str]) -> None:
        self.texts = texts

    def recognize_async(self, bitmap: Bitmap) -> Any:
        def line(row: int, text: str) -> Any:
            words = [
                SimpleNamespace(bounding_rect=SimpleNamespace(x=20.0 + 100 * column, y=40.0 * row, width=80, height=32))
                for column, _ in enumerate(text.split())
            ]
            return SimpleNamespace(text=text, words=words)

        lines = [line(row, text) for row, text in enumerate(self.texts)]
        return SimpleNamespace(get=lambda: SimpleNamespace(lines=lines))


def windows(monkeypatch: pytest.MonkeyPatch, known: dict[str, list[str]]) -> list[Bitmap]:
    """Windows' modules, played: `known` are the languages installed and what each reads. Returns the bitmaps made."""
    bitmaps: list[Bitmap] = []

    class OcrEngine:
        max_image_dimension = 10_000

        @staticmethod
        def try_create_from_language(tag: str) -> PlayedRecogniser | None:
            return PlayedRecogniser(known[tag]) if tag in known else None

    class SoftwareBitmap:
        @staticmethod
        def create_copy_from_buffer(pixels: bytes, *rest: Any) -> Bitmap:
            bitmaps.append(Bitmap(pixels, rest[1], rest[2]))
            return bitmaps[-1]

    imaging = {
        "SoftwareBitmap": SoftwareBitmap,
        "BitmapPixelFormat": SimpleNamespace(BGRA8=87),
        "BitmapAlphaMode": SimpleNamespace(IGNORE=2),
    }
    played: dict[str, dict[str, Any]] = {
        "winrt": {}, "winrt.windows": {}, "winrt.windows.media": {}, "winrt.windows.graphics": {},
        "winrt.windows.media.ocr": {"OcrEngine": OcrEngine},
        "winrt.windows.graphics.imaging": imaging,
        "winrt.windows.globalization": {"Language": str},
    }  # fmt: skip
    for name, content in played.items():
        module = ModuleType(name)
        vars(module).update(content)
        monkeypatch.setitem(sys.modules, name, module)
    return bitmaps


def test_windows_reads_both_languages_in_an_enlarged_picture(monkeypatch: pytest.MonkeyPatch) -> None:
    bitmaps = windows(
        monkeypatch, {"zh-Hans-CN": ["支 付 失 败", "Errorcode E1O23"], "en-US": ["z f", "Error code E1023"]}
    )

    lines = WindowsOcrEngine().read(PICTURE, Deadline())

    assert [line.text for line in lines] == ["支付失败", "Error code E1023"]
    assert (lines[1].box.x, lines[1].box.y, lines[1].box.height) == (10, 20, 16)
    assert (bitmaps[0].width, bitmaps[0].height) == (600, 200)
    assert len(bitmaps[0].pixels) == 600 * 200 * 4


def test_one_language_of_windows_is_enough(monkeypatch: pytest.MonkeyPatch) -> None:
    windows(monkeypatch, {"en-GB": ["Printer offline"]})

    assert [line.text for line in WindowsOcrEngine().read(PICTURE, Deadline())] == ["Printer offline"]


def test_windows_without_our_languages_says_which_feature_to_add(monkeypatch: pytest.MonkeyPatch) -> None:
    windows(monkeypatch, {"fr-FR": ["bonjour"]})

    with pytest.raises(NotAvailable) as raised:
        WindowsOcrEngine().load()

    assert "language settings" in raised.value.hint


@pytest.mark.skipif(sys.platform in {"win32", "darwin"}, reason="there they may be installed")
def test_elsewhere_neither_is_installed() -> None:
    assert not WindowsOcrEngine().is_installed()
    assert not VisionEngine().is_installed()


def observation(text: str, x: float, y: float, width: float, height: float) -> Any:
    box = SimpleNamespace(origin=SimpleNamespace(x=x, y=y), size=SimpleNamespace(width=width, height=height))
    candidate = SimpleNamespace(string=lambda: text, confidence=lambda: 0.5)
    return SimpleNamespace(topCandidates_=lambda count: [candidate], boundingBox=lambda: box)


class PlayedRequest:
    """Keeps what it is told."""

    made: list[PlayedRequest]

    def __init__(self, found: list[Any]) -> None:
        self.told: dict[str, Any] = {}
        self.found = found

    def __getattr__(self, name: str) -> Any:
        return lambda value: self.told.__setitem__(name, value)

    def results(self) -> list[Any]:
        return self.found


def vision(monkeypatch: pytest.MonkeyPatch, found: list[Any], *, works: bool = True) -> PlayedRequest:
    from contextlib import nullcontext

    request = PlayedRequest(found)
    handler = SimpleNamespace(performRequests_error_=lambda requests, _: (works, None if works else "no memory"))
    new_request = SimpleNamespace(init=lambda: request)
    new_handler = SimpleNamespace(initWithData_options_=lambda data, options: handler)
    played: dict[str, dict[str, Any]] = {
        "Vision": {
            "VNRecognizeTextRequest": SimpleNamespace(alloc=lambda: new_request),
            "VNImageRequestHandler": SimpleNamespace(alloc=lambda: new_handler),
        },
        "Foundation": {"NSData": SimpleNamespace(dataWithBytes_length_=lambda data, length: data)},
        "objc": {"autorelease_pool": nullcontext},
    }
    for name, content in played.items():
        module = ModuleType(name)
        vars(module).update(content)
        monkeypatch.setitem(sys.modules, name, module)
    return request


def test_visions_places_are_turned_over_and_its_dictionary_is_off(monkeypatch: pytest.MonkeyPatch) -> None:
    request = vision(
        monkeypatch, [observation("Code 0x8OO7OOO5", 0.1, 0.2, 0.5, 0.1), observation("错误", 0.1, 0.8, 0.2, 0.1)]
    )

    lines = VisionEngine().read(PICTURE, Deadline())

    assert [line.text for line in lines] == ["错误", "Code 0x80070005"]
    assert (lines[1].box.x, lines[1].box.y, lines[1].box.right, lines[1].box.bottom) == (30, 70, 180, 80)
    assert lines[0].confidence == 0.5
    assert request.told["setRecognitionLanguages_"] == list(vision_ocr.LANGUAGES)
    assert request.told["setUsesLanguageCorrection_"] is False


def test_a_failure_of_vision_is_an_error_that_can_be_tried_again(monkeypatch: pytest.MonkeyPatch) -> None:
    vision(monkeypatch, [], works=False)

    with pytest.raises(HelpdeskError, match="no memory") as raised:
        VisionEngine().read(PICTURE, Deadline())

    assert raised.value.retry
