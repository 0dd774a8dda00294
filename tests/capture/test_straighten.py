"""Photographs of screens are made upright and read; what is upright already stays as it is."""

from __future__ import annotations

import math

import numpy as np
import pytest
from PIL import Image, ImageFilter

from app.capture.engine import Deadline
from app.capture.panel import Panels
from app.capture.rapid import RapidEngine
from app.capture.reading import Line, Reading, Word
from app.capture.salience import read_picture
from app.capture.scan import Scan
from app.capture.straighten import straightened
from app.capture.wire import Request
from app.system.base import Rect
from tests.capture import drawn

Corners = list[tuple[float, float]]
ASKEW: list[Corners] = [
    [(60, 30), (1850, 95), (1800, 1040), (110, 1000)],
    [(30, 120), (1800, 20), (1880, 980), (90, 1060)],
    [(140, 60), (1780, 60), (1890, 1050), (30, 1050)],
]
SHOWN = drawn.dialog("Outlook", "Cannot connect to the server.\nError code: 0x8004010F", ("Retry", "Cancel"), size=20)


def photographed(image: Image.Image, corners: Corners) -> tuple[Image.Image, np.ndarray]:
    """The screen seen askew, unsharp, with stripes and grain; and the 3 x 3 perspective from it into the photo."""
    width, height = image.size
    source = [(0, 0), (width, 0), (width, height), (0, height)]
    rows, values = [], []
    for (x, y), (u, v) in zip(corners, source, strict=True):
        rows += [[x, y, 1, 0, 0, 0, -u * x, -u * y], [0, 0, 0, x, y, 1, -v * x, -v * y]]
        values += [u, v]
    numbers = np.linalg.solve(np.array(rows, dtype=float), np.array(values, dtype=float))
    photo = image.transform((1920, 1080), Image.Transform.PERSPECTIVE, tuple(numbers), Image.Resampling.BICUBIC)
    pixels = np.asarray(photo.filter(ImageFilter.GaussianBlur(0.7))).astype(np.float32)
    stripes = 4 * np.sin(np.arange(1920) * 2 * math.pi / 5.3)
    pixels += stripes[None, :, None] + np.random.default_rng(3).normal(0, 4, pixels.shape)
    forwards = np.linalg.inv(np.append(numbers, 1.0).reshape(3, 3))
    return Image.fromarray(pixels.clip(0, 255).astype(np.uint8)), forwards


def moved(rect: Rect, forwards: np.ndarray) -> Rect:
    points = np.array([(x, y, 1) for x in (rect.x, rect.right) for y in (rect.y, rect.bottom)]) @ forwards.T
    flat = points[:, :2] / points[:, 2:]
    (left, top), (right, bottom) = flat.min(axis=0), flat.max(axis=0)
    return Rect(round(left), round(top), round(right - left), round(bottom - top))


@pytest.fixture(scope="module")
def engine() -> RapidEngine:
    return RapidEngine()


def read(engine: RapidEngine, image: Image.Image) -> Reading:
    return read_picture(engine, Request(1, engine.name, *image.size), image.tobytes(), Deadline())


@pytest.mark.parametrize("corners", ASKEW)
def test_the_dialog_on_a_photographed_screen_is_found_and_read(engine: RapidEngine, corners: Corners) -> None:
    screen, rect = drawn.desktop(SHOWN, seed=5)
    assert rect is not None
    photo, forwards = photographed(screen, corners)

    reading = read(engine, photo)

    assert reading.is_dialog
    assert "0x8004010F" in reading.text
    expected = moved(rect, forwards)
    assert reading.region.intersection(expected).area > 0.8 * max(reading.region.area, expected.area)
    code = next(line for line in reading.lines if "0x8004010F" in line.text)
    assert expected.contains(code.box.x + code.box.width / 2, code.box.y + code.box.height / 2)


@pytest.mark.parametrize("corners", ASKEW)
def test_a_large_and_very_round_box_on_a_photographed_screen_is_found_and_read(
    engine: RapidEngine, corners: Corners
) -> None:
    screen, _ = drawn.desktop(None, seed=5)
    rect = Rect(600, 200, 900, 640)
    drawn.round_box(screen, rect, 40, ("Try again", "Cancel"))
    photo, forwards = photographed(screen, corners)

    reading = read(engine, photo)

    assert reading.is_dialog
    assert "E1023" in reading.text
    expected = moved(rect, forwards)
    assert reading.region.intersection(expected).area > 0.8 * max(reading.region.area, expected.area)


@pytest.mark.parametrize("corners", ASKEW)
def test_level_and_upright_lines_are_so_again(corners: Corners) -> None:
    screen, rect = drawn.desktop(SHOWN, seed=5)
    assert rect is not None
    photo, forwards = photographed(screen, corners)

    upright = straightened(photo)

    assert upright is not None
    a, b, c, d, e, f, g, h = upright.backwards
    inverse = np.linalg.inv(np.array([[a, b, c], [d, e, f], [g, h, 1]])) @ forwards
    corner = [(rect.x, rect.y, 1), (rect.right, rect.y, 1), (rect.right, rect.bottom, 1), (rect.x, rect.bottom, 1)]
    points = np.array(corner) @ inverse.T
    left_top, right_top, right_bottom, left_bottom = points[:, :2] / points[:, 2:]
    for one, other, axis in (
        (left_top, right_top, 1),
        (left_bottom, right_bottom, 1),
        (left_top, left_bottom, 0),
        (right_top, right_bottom, 0),
    ):
        assert abs(one[axis] - other[axis]) <= 4


@pytest.mark.parametrize("seed", range(4))
@pytest.mark.parametrize("shown", [SHOWN, None])
def test_a_screen_is_upright_already(seed: int, shown: drawn.Dialog | None) -> None:
    assert straightened(drawn.desktop(shown, seed=seed)[0]) is None


@pytest.mark.parametrize("ground", ["noise", "plain", "speck"])
def test_pictures_without_lines_stay_as_they_are(ground: str) -> None:
    picture = {
        "noise": Image.effect_noise((1280, 800), 60).convert("RGB"),
        "plain": Image.new("RGB", (1280, 800), "#336699"),
        "speck": Image.new("RGB", (9, 3), "white"),
    }[ground]

    assert straightened(picture) is None


def test_places_never_lie_outside_of_the_photograph() -> None:
    photo, _ = photographed(drawn.desktop(SHOWN, seed=5)[0], ASKEW[0])
    upright = straightened(photo)
    assert upright is not None
    everything = Rect(0, 0, *upright.image.size)
    line = Line("text", everything, 0.9, (Word("text", everything),))

    reading = upright.original(Reading((line,), everything, "rapidocr", 1.0))

    whole = Rect(0, 0, *photo.size)
    assert reading.region == whole
    assert reading.lines[0].box == whole
    assert reading.lines[0].words[0].box == whole


def scanned(*boxes: Rect) -> Scan:
    scan = Scan(Panels(Image.new("RGB", (800, 600))), (), Rect(0, 0, 800, 600))
    scan.order(boxes)
    return scan


def test_a_place_whose_border_a_text_goes_across_is_no_box() -> None:
    place = Rect(200, 100, 300, 200)

    assert scanned(Rect(120, 150, 200, 20)).cuts(place)
    assert scanned(Rect(260, 290, 100, 20)).cuts(place)
    assert not scanned(Rect(210, 150, 200, 20), Rect(20, 150, 170, 20)).cuts(place)
    assert not scanned(Rect(198, 150, 200, 20)).cuts(place)


def test_a_long_text_that_tells_of_trouble_only_as_a_whole_is_no_error() -> None:
    boxes = [Rect(20, 20 + 24 * row, 400, 18) for row in range(18)]
    scan = scanned(*boxes)
    words = {3: "the branch was offline today", 9: "contact your manager about the report"}
    lines = [Line(words.get(row, "order shipped to the customer"), box, 0.9) for row, box in enumerate(boxes)]
    scan.is_enough(lines)

    assert scan.troubled()
    told = scan.meant(scan.troubled())
    assert {id(lines[3]), id(lines[9])} <= told
    assert id(lines[16]) not in told
