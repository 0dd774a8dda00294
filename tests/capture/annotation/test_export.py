"""What leaves: hidden areas owe nothing to the frame, and the file holds nothing but pixels."""

from __future__ import annotations

import io
from dataclasses import replace
from uuid import uuid4

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from PIL import Image, ImageDraw

from app.capture.annotation import export
from app.capture.annotation.document import Area, Arrow, Box, Document, Hide, Highlight, Point, Step, Text
from app.capture.annotation.export import drawn, sealed
from app.capture.annotation.render import patches
from app.capture.redaction import chunk_names, covered
from app.errors import HelpdeskError
from app.system.base import Rect
from tests.capture.annotation.drawings import HEIGHT, WIDTH, documents


def frame(secret: bytes, areas: list[Rect]) -> Image.Image:
    """A colourful frame whose hidden areas hold pixels made of `secret`."""
    image = Image.linear_gradient("L").resize((WIDTH, HEIGHT)).convert("RGB")
    ImageDraw.Draw(image).text((5, 40), "all is well 1234", fill=(200, 0, 0))
    for area in areas:
        noise = Image.frombytes("RGB", (area.width, area.height), (secret * (area.area * 3))[: area.area * 3])
        image.paste(noise, (area.x, area.y))
    return image


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(documents, st.binary(min_size=1, max_size=40), st.binary(min_size=1, max_size=40))
def test_two_secrets_under_the_same_areas_give_the_same_bytes(document: Document, one: bytes, other: bytes) -> None:
    bounds = Rect(0, 0, WIDTH, HEIGHT)
    hidden = [covered(mark.area.pixels(), bounds, document.scale) for mark in document.hidden()]
    hidden = [area for area in hidden if not area.is_empty]

    assert sealed(document, frame(one, hidden)) == sealed(document, frame(other, hidden))


@settings(max_examples=40, deadline=None)
@given(documents)
def test_the_file_holds_nothing_but_pixels_of_the_visible_part(document: Document) -> None:
    data = sealed(document, frame(b"x", []))

    assert set(chunk_names(data)) == {b"IHDR", b"IDAT", b"IEND"}
    visible = document.visible()
    assert Image.open(io.BytesIO(data)).size == (visible.width, visible.height)


def test_a_mark_above_a_hidden_area_shows_the_mark_and_nothing_else() -> None:
    hide = Hide(id=uuid4(), area=Area(40, 40, 60, 30))
    arrow = Arrow(id=uuid4(), start=Point(10, 10), tip=Point(70, 55))
    marker = Highlight(id=uuid4(), area=Area(30, 30, 90, 60))
    document = Document(WIDTH, HEIGHT, marks=(hide, arrow, marker))

    picture = drawn(document, Image.new("RGB", (WIDTH, HEIGHT), "white"))

    assert picture.getpixel((95, 65)) == (0, 0, 0)
    assert picture.getpixel((65, 52)) != (0, 0, 0)


def test_a_leak_is_noticed_before_anything_leaves(monkeypatch: pytest.MonkeyPatch) -> None:
    document = Document(WIDTH, HEIGHT, marks=(Hide(id=uuid4(), area=Area(40, 40, 60, 30)),))
    monkeypatch.setattr(export, "burn", lambda base, hidden, crop, scale: base.copy())

    with pytest.raises(HelpdeskError, match="not sent"):
        sealed(document, frame(b"secret", []))


def test_a_picture_of_another_size_is_our_own_mistake() -> None:
    with pytest.raises(ValueError, match="160 x 120"):
        sealed(Document(WIDTH, HEIGHT), Image.new("RGB", (10, 10)))


def test_the_picture_itself_is_never_changed() -> None:
    base = frame(b"x", [])
    before = base.tobytes()

    sealed(Document(WIDTH, HEIGHT, marks=(Hide(id=uuid4(), area=Area(1, 1, 50, 50)),)), base)

    assert base.tobytes() == before


@pytest.mark.parametrize("background", ["black", "white", "#e5202e", "#808080"])
def test_a_box_can_be_told_from_any_background(background: str) -> None:
    box = Box(id=uuid4(), area=Area(30, 30, 80, 50))
    picture = drawn(Document(WIDTH, HEIGHT, marks=(box,)), Image.new("RGB", (WIDTH, HEIGHT), background))

    across = [sum(picture.getpixel((x, 55))) for x in range(20, 40)]

    assert max(across) - min(across) > 380


def test_sizes_follow_the_scale_of_the_frame() -> None:
    step = Step(id=uuid4(), centre=Point(60, 60))

    small = patches(step, Document(WIDTH, HEIGHT, 1.0, (step,)), None)[0].image
    large = patches(step, Document(WIDTH, HEIGHT, 2.0, (step,)), None)[0].image

    assert large.width == pytest.approx(2 * small.width, abs=4)


def test_a_long_text_is_broken_to_its_width_and_chinese_anywhere() -> None:
    latin = Text(id=uuid4(), corner=Point(0, 0), width=70, words="one two three four five")
    chinese = replace(latin, id=uuid4(), words="一二三四五六七八九十")

    for text in (latin, chinese):
        image = patches(text, Document(WIDTH, HEIGHT, marks=(text,)), None)[0].image
        assert image.width <= 70 + 20
        assert image.height > 40


def test_a_missing_font_file_still_gives_letters(tmp_path: object) -> None:
    text = Text(id=uuid4(), corner=Point(0, 0), width=70, words="here")

    image = patches(text, Document(WIDTH, HEIGHT, marks=(text,)), tmp_path / "gone.ttf")[0].image

    assert image.getbbox()


def test_a_long_arrow_over_a_large_frame_costs_little_memory() -> None:
    arrow = Arrow(id=uuid4(), start=Point(10, 10), tip=Point(3800, 2100))

    tiles = patches(arrow, Document(3840, 2160, marks=(arrow,)), None)

    assert sum(tile.image.width * tile.image.height * 4 for tile in tiles) < 3840 * 2160 * 3 / 4
