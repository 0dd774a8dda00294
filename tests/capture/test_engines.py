"""The engines themselves: models that are checked, both of them reading, what they say when parts are missing."""

from __future__ import annotations

import io
import shutil
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from app.capture import engines, models, tesseract_ways
from app.capture.engine import Deadline, Interest
from app.capture.rapid import RapidEngine, detection_side, prominent
from app.capture.reading import Line
from app.capture.recognition import respaced
from app.capture.tesseract import TesseractEngine
from app.errors import NotAvailable
from app.system.base import Rect
from tests.capture import drawn

SHOWN = drawn.dialog("Backup", "The disk is full.\nError code: 0x80070070", ("OK",), size=20)


def test_the_models_are_those_that_were_measured() -> None:
    for model in models.Models:
        assert models.verified(model).stat().st_size > 5_000_000


def test_a_changed_model_is_not_loaded(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    source = models.folder()
    assert source is not None
    for model in models.Models:
        shutil.copy(source / model.value.file, tmp_path)
    damaged = tmp_path / models.Models.DETECTOR.value.file
    content = bytearray(damaged.read_bytes())
    content[len(content) // 2] ^= 1
    damaged.write_bytes(content)
    monkeypatch.setattr(models, "folder", lambda: tmp_path)

    with pytest.raises(NotAvailable, match="damaged"):
        RapidEngine().load()


def test_missing_models_are_named_with_a_way_to_get_them(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(models, "folder", lambda: tmp_path)

    assert not RapidEngine().is_installed()
    with pytest.raises(NotAvailable) as raised:
        RapidEngine().load()

    assert raised.value.hint


def test_a_space_the_network_lost_is_put_back_where_the_ink_has_a_gap() -> None:
    letters = drawn.font(32, chinese=False)
    text = "We must move the records now"
    strip = Image.new("RGB", (round(letters.getlength(text)) + 20, 48), "white")
    drawn.ImageDraw.Draw(strip).text((10, 5), text, font=letters, fill="black")
    glued = text.replace("must move", "mustmove").replace("the records", "therecords")
    ends = [10 + letters.getlength(text[: index + 1]) for index in range(len(text))]
    middles = [(start + end) / 2 for start, end in zip([10.0, *ends], ends, strict=False)]
    lost = {text.index(" move"), text.index(" records")}
    centres = np.array([middle for index, middle in enumerate(middles) if index not in lost])

    found, places = respaced(glued, centres, np.asarray(strip))

    assert found == text
    assert len(places) == len(found)
    assert (np.diff(places) > 0).all()


def test_a_strip_read_as_nothing_but_spaces_stays_as_it_is() -> None:
    strip = np.full((48, 96, 3), 255, dtype=np.uint8)

    assert respaced("   ", np.array([10.0, 30.0, 60.0]), strip)[0] == "   "


def test_time_that_is_over_gives_no_lines_and_no_error() -> None:
    engine = RapidEngine()

    assert engine.read(SHOWN.image, Deadline.after(-1.0)) == ()


@pytest.mark.parametrize(
    ("size", "side"),
    [((600, 200), 480), ((1000, 400), 750), ((1920, 1080), 1280), ((3840, 2160), 1920), ((200, 100), 480)],
)
def test_lines_are_looked_for_at_a_suitable_size(size: tuple[int, int], side: int) -> None:
    assert detection_side(*size) == side


def test_a_large_picture_is_looked_at_in_strips_and_no_line_is_lost_between_them() -> None:
    picture = Image.new("RGB", (2304, 1296), "white")
    draw = drawn.ImageDraw.Draw(picture)
    for row in range(40):
        draw.text((300, 8 + row * 32), f"Line number {row} of forty", font=drawn.font(18, chinese=False), fill="black")

    class Everything:
        is_coarse = False

        def order(self, boxes: list[Rect]) -> list[list[int]]:
            return [[index] for index in range(len(boxes))]

        def is_enough(self, lines: list[Line]) -> bool:
            return False

    text = {line.text for line in RapidEngine().read(picture, Deadline(), Everything())}

    assert text >= {f"Line number {row} of forty" for row in range(40)}


def test_a_screen_full_of_text_is_read_up_to_the_budget_largest_first() -> None:
    from app.capture.detection import TextBox

    small = [TextBox(20, 20 + y * 20, 1900, 36 + y * 20, 0.9) for y in range(50)]
    large = TextBox(600, 500, 1300, 560, 0.9)

    chosen = prominent((*small, large), 1920, 1080)

    assert chosen[0] is large
    assert 1 < len(chosen) < len(small)


@pytest.mark.parametrize("degrees", [-3.0, -1.0, 1.5, 3.0])
def test_a_screen_photographed_at_a_slant_is_read_too(degrees: float) -> None:
    photo = SHOWN.image.rotate(degrees, Image.Resampling.BICUBIC, expand=True, fillcolor="#666666")

    text = [line.text for line in RapidEngine().read(photo, Deadline())]

    assert "The disk is full." in text
    assert "Error code: 0x80070070" in text


@pytest.mark.parametrize("quality", [30, 60])
def test_a_dialog_is_read_through_the_artefacts_of_a_remote_desktop(quality: int) -> None:
    target = io.BytesIO()
    shrunk = SHOWN.image.resize((SHOWN.image.width * 4 // 5, SHOWN.image.height * 4 // 5), Image.Resampling.BILINEAR)
    shrunk.save(target, "JPEG", quality=quality)

    text = [line.text for line in RapidEngine().read(Image.open(target).convert("RGB"), Deadline())]

    assert "Error code: 0x80070070" in text


@pytest.mark.parametrize("way", ["library", "program"])
def test_tesseract_reads_the_same_dialog_both_ways(way: str, monkeypatch: pytest.MonkeyPatch) -> None:
    found = getattr(tesseract_ways, way)()
    if found is None:
        pytest.skip("Tesseract is not installed (Debian: apt-get install tesseract-ocr tesseract-ocr-chi-sim)")
    monkeypatch.setattr(tesseract_ways, "find", lambda: found)
    engine = TesseractEngine()

    lines = engine.read(SHOWN.image, Deadline())

    text = " ".join(line.text for line in lines)
    assert "The disk is full" in text
    assert "0x80070070" in text
    assert set(engine.languages) <= {"chi_sim", "eng"}
    assert all(Rect(0, 0, *SHOWN.image.size).intersection(line.box) == line.box for line in lines)


def test_the_library_is_taken_before_the_program(monkeypatch: pytest.MonkeyPatch) -> None:
    both = {"library": object(), "program": object()}
    for name, way in both.items():
        monkeypatch.setattr(tesseract_ways, name, lambda way=way: way)
    assert tesseract_ways.find() is both["library"]

    monkeypatch.setattr(tesseract_ways, "library", lambda: None)

    assert tesseract_ways.find() is both["program"]


def test_language_data_that_is_no_data_is_said_to_be_missing(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    pytest.importorskip("tesserocr")
    (tmp_path / "eng.traineddata").write_bytes(b"no data")
    monkeypatch.setenv(tesseract_ways.DATA_VARIABLE, str(tmp_path))
    way = tesseract_ways.library()
    assert way is not None

    with pytest.raises(NotAvailable):
        way.load()


class Played:
    """An engine that takes its time and reads what it is told to."""

    install_hint = "get it"

    def __init__(self, name: str, text: str, *, installed: bool = True, works: bool = True) -> None:
        self.name, self._text, self._installed, self._works = name, text, installed, works

    def is_installed(self) -> bool:
        return self._installed

    def load(self) -> None:
        if not self._works:
            raise NotAvailable("broken")

    def read(self, image: Image.Image, deadline: Deadline, interest: Interest | None = None) -> tuple[Line, ...]:
        return (Line(self._text, Rect(0, 0, 10, 10), 0.9),)


RIGHT, WRONG = engines.SAMPLE_TEXT, "Tne operatlon"


def test_the_sample_can_be_read() -> None:
    assert engines.chosen("auto", engines.all_engines()).name == "rapidocr"


@pytest.mark.parametrize(
    ("first", "second", "name"),
    [
        (Played("a", RIGHT), Played("b", RIGHT), "a"),
        (Played("a", WRONG), Played("b", RIGHT), "b"),
        (Played("a", RIGHT[:-20]), Played("b", RIGHT), "b"),
        (Played("a", WRONG), Played("b", ""), "a"),
        (Played("a", RIGHT, installed=False), Played("b", WRONG), "b"),
        (Played("a", RIGHT, works=False), Played("b", RIGHT), "b"),
    ],
    ids=["alike", "wrong", "incomplete", "both are bad", "missing", "broken"],
)
def test_auto_takes_the_engine_that_reads_the_sample_best(first: Played, second: Played, name: str) -> None:
    assert engines.chosen("auto", (first, second)).name == name


@pytest.mark.parametrize(
    ("found", "name"),
    [
        ([("a", 0.0, 0.5), ("b", 0.01, 0.1)], "a"),
        ([("a", 0.0, 1.5), ("b", 0.01, 0.1)], "b"),
        ([("a", 0.0, 1.5), ("b", 0.2, 0.1)], "a"),
        ([("a", 0.0, 9.0), ("b", 0.2, 0.1)], "b"),
        ([("a", 0.0, 9.0), ("b", 0.2, 4.0)], "b"),
    ],
    ids=["both comfortable", "one comfortable", "worth waiting", "too slow", "all too slow"],
)
def test_speed_counts_between_engines_alike_and_where_nobody_would_wait(
    found: list[tuple[str, float, float]], name: str
) -> None:
    assert engines.best_of([engines.Measurement(*each) for each in found]) == name


def test_when_every_engine_is_broken_the_first_error_is_told() -> None:
    with pytest.raises(NotAvailable, match="broken"):
        engines.chosen("auto", (Played("a", RIGHT, works=False), Played("b", RIGHT, works=False)))


def test_a_setting_names_its_engine_even_when_another_is_better() -> None:
    assert engines.chosen("b", (Played("a", RIGHT), Played("b", WRONG))).name == "b"


def test_without_any_engine_the_hint_says_what_to_install() -> None:
    with pytest.raises(NotAvailable) as raised:
        engines.chosen("a", (Played("a", RIGHT, installed=False),))

    assert raised.value.hint == "get it"


def test_tesseract_without_our_languages_is_not_installed(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(tesseract_ways, "find", lambda: None)
    engine = TesseractEngine()

    assert not engine.is_installed()
    with pytest.raises(NotAvailable) as raised:
        engine.load()

    assert "tesseract-ocr-chi-sim" in raised.value.hint
