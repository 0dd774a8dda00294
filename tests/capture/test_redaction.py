"""What is hidden is gone: from the pixels, from the file, from the text."""

from __future__ import annotations

import io
import zlib
from itertools import pairwise

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from PIL import Image, ImageDraw, PngImagePlugin

from app.capture import redaction
from app.capture.frame import encoded
from app.capture.reading import Line, Reading, Word
from app.capture.redaction import FILL, GRID, burn, covered, is_sealed, sealed, visible
from app.errors import HelpdeskError
from app.system.base import Rect

SIZE = (320, 200)
BOUNDS = Rect(0, 0, *SIZE)


@st.composite
def areas(draw: st.DrawFn) -> Rect:
    x, y = draw(st.integers(0, 300)), draw(st.integers(0, 190))
    return Rect(x, y, draw(st.integers(1, 320 - x)), draw(st.integers(1, 200 - y)))


def screen(secret: bytes, where: list[Rect]) -> Image.Image:
    """A screen that differs in the secret's pixels only, all of them below one of the areas."""
    image = Image.new("RGB", SIZE, (240, 240, 240))
    ImageDraw.Draw(image).text((10, 10), "Payment failed E1023", fill=(0, 0, 0))
    for area in where:
        noise = Image.frombytes("L", (area.width, area.height), (secret * (area.area // len(secret) + 1))[: area.area])
        image.paste(noise.convert("RGB"), (area.x, area.y))
    return image


@settings(max_examples=60, deadline=None)
@given(
    st.lists(areas(), min_size=1, max_size=3),
    st.one_of(st.none(), areas()),
    st.binary(min_size=1, max_size=64),
    st.binary(min_size=1, max_size=64),
    st.sampled_from([1.0, 1.25, 1.5, 2.0]),
)
def test_two_secrets_below_the_same_areas_give_the_same_bytes(
    hidden: list[Rect], crop: Rect | None, one: bytes, other: bytes, scale: float
) -> None:
    first, second = screen(one, hidden), screen(other, hidden)

    assert sealed(first, hidden, crop=crop, scale=scale) == sealed(second, hidden, crop=crop, scale=scale)


@given(areas(), st.sampled_from([1.0, 1.5, 2.0]))
def test_more_is_filled_than_was_drawn_and_its_width_tells_little(area: Rect, scale: float) -> None:
    far = Rect(-1000, -1000, 3000, 3000)

    filled = covered(area, far, scale)

    assert filled.intersection(area) == area
    assert area.x - filled.x >= 4 * scale - 1
    assert filled.bottom - area.bottom >= 4 * scale
    assert filled.width % GRID == 0


def test_the_picture_is_cropped_filled_and_new() -> None:
    image = screen(b"\x10", [])
    before = image.tobytes()

    made = burn(image, [Rect(100, 100, 40, 20)], crop=Rect(90, 90, 100, 60))

    assert made.size == (100, 60)
    assert made.getpixel((20, 20)) == FILL
    assert made.getpixel((99, 59)) == (240, 240, 240)
    assert image.tobytes() == before


def test_the_file_holds_nothing_but_pixels() -> None:
    image = screen(b"\x10", [])
    image.info.update({"title": "Payroll", "dpi": (96, 96), "icc_profile": b"profile"})

    data = encoded(image)

    assert next(iter(redaction.chunk_names(data))) == b"IHDR"
    assert {*redaction.chunk_names(data)} == {b"IHDR", b"IDAT", b"IEND"}


def with_text(image: Image.Image) -> bytes:
    told = PngImagePlugin.PngInfo()
    told.add_text("Title", "Payroll")
    buffer = io.BytesIO()
    image.save(buffer, "PNG", pnginfo=told)
    return buffer.getvalue()


@pytest.mark.parametrize(
    "spoil",
    [
        pytest.param(lambda image: encoded(image) + b"\0", id="bytes after the end"),
        pytest.param(with_text, id="a text chunk"),
        pytest.param(lambda image: encoded(image)[:-20], id="cut off"),
        pytest.param(lambda image: encoded(image.crop((0, 0, 100, 100))), id="another size"),
        pytest.param(lambda image: encoded(image.convert("L").convert("RGB").rotate(180)), id="an area not filled"),
        pytest.param(lambda _: b"GIF89a", id="no PNG"),
    ],
)
def test_the_check_of_the_encoded_bytes_finds(spoil: object) -> None:
    area = Rect(40, 40, 64, 32)
    good = burn(screen(b"\x10", []), [area])
    filled = redaction.filled_areas([area], BOUNDS, BOUNDS, 1.0)

    assert is_sealed(encoded(good), filled, SIZE)
    assert not is_sealed(spoil(good), filled, SIZE)  # type: ignore[operator]


def test_a_file_that_fails_its_check_is_not_sent(monkeypatch: pytest.MonkeyPatch) -> None:
    leaky = screen(b"\x10", [])
    monkeypatch.setattr(redaction, "burn", lambda image, *_, **__: leaky)

    with pytest.raises(HelpdeskError, match="not sent"):
        sealed(leaky, [Rect(10, 10, 50, 20)])


def test_a_damaged_chunk_is_found() -> None:
    data = bytearray(encoded(screen(b"\x10", [])))
    data[60] ^= 1

    assert zlib.crc32(bytes(data)) != 0
    assert not is_sealed(bytes(data), (), SIZE)


def line(text: str, y: int) -> Line:
    """A line of words ten pixels a letter."""
    words, x = [], 0
    for part in text.split():
        words.append(Word(part, Rect(x, y, 10 * len(part), 20)))
        x += 10 * (len(part) + 1)
    assert all(one.box.right < other.box.x for one, other in pairwise(words))
    return Line(text, Rect(0, y, x - 10, 20), 0.9, tuple(words))


def reading(*lines: Line) -> Reading:
    return Reading(lines, Rect(0, 0, 1000, 600), "test", 1.0)


def test_words_below_a_hidden_area_are_dropped_everywhere() -> None:
    read = reading(line("Card 6222021234567890 was declined", 100), line("Error E1023", 200))
    area = Rect(60, 100, 140, 20)

    seen = visible(read, [area], Rect(0, 0, 1000, 600))

    assert "6222" not in seen.text
    assert seen.lines[0].text == "Card was declined"
    assert seen.lines[1] == read.lines[1]


def test_a_line_whose_words_are_not_known_is_dropped_as_a_whole() -> None:
    read = reading(Line("password: hunter2", Rect(0, 100, 170, 20), 0.9))

    assert visible(read, [Rect(100, 100, 70, 20)], Rect(0, 0, 1000, 600)).lines == ()


def test_without_hidden_areas_everything_stays() -> None:
    read = reading(line("Error E1023", 200))

    assert visible(read, [], Rect(0, 0, 1000, 600)) is read
