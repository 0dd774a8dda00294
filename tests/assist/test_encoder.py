"""The viewer's picture becomes the screen's, exactly once it is still, and cheaply while it moves."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from PIL import Image, ImageDraw

from app.assist.encoder import Encoder
from app.assist.show import portions
from app.assist.source import Cursor, Moved
from app.protocol.stream import Frame, Part, PartKind
from app.system.base import Rect
from tests.assist.viewer import Viewer

WIDTH, HEIGHT = 640, 400
WHOLE = Rect(0, 0, WIDTH, HEIGHT)
PLENTY = 10_000_000


def text_screen(lines: int = 200, first: int = 0, height: int = HEIGHT) -> np.ndarray:
    image = Image.new("RGB", (WIDTH, height), "white")
    canvas = ImageDraw.Draw(image)
    for row in range(lines):
        canvas.text((10, row * 14), f"{first + row}: the printer {row * 7919 % 997} is out of paper", fill="black")
    return bgrx(image)


def bgrx(image: Image.Image) -> np.ndarray:
    rgb = np.asarray(image.convert("RGB"))
    return np.dstack([rgb[..., ::-1], np.zeros(rgb.shape[:2], np.uint8)]).copy()


def size(parts: tuple) -> int:
    return sum(len(part.data) for part in parts)


@pytest.fixture
def pair() -> tuple[Encoder, Viewer]:
    return Encoder(WIDTH, HEIGHT), Viewer(WIDTH, HEIGHT)


def send(
    pair: tuple[Encoder, Viewer], now: np.ndarray, *moves: Moved, budget: int = PLENTY, clock: float = 0.0
) -> tuple:
    """Bring the viewer up to date; the coarse picture at the very beginning is drawn and passed over."""
    encoder, viewer = pair
    parts = encoder.parts(now, WHOLE, moves, budget, clock)
    viewer.draw(parts)
    if any(part.kind is PartKind.COARSE for part in parts):
        parts = encoder.parts(now, None, moves, budget, clock)
        viewer.draw(parts)
    return parts


def test_a_coarse_picture_of_everything_comes_first_and_once(pair: tuple[Encoder, Viewer]) -> None:
    encoder, viewer = pair
    now = text_screen()

    [first] = encoder.parts(now, WHOLE, (), PLENTY, 0.0)
    viewer.draw((first,))

    assert (first.kind, first.width, first.height) == (PartKind.COARSE, WIDTH, HEIGHT)
    assert size((first,)) < 20_000
    assert abs(float(viewer.picture[..., :3].mean()) - float(now[..., :3].mean())) < 3
    assert not encoder.is_exact

    sharp = encoder.parts(now, None, (), PLENTY, 0.1)
    assert PartKind.COARSE not in {part.kind for part in sharp}
    viewer.draw(sharp)
    assert viewer.shows(now)
    encoder.reset()  # a cut line: the viewer still shows what it had, which is better than a coarse one
    assert PartKind.COARSE not in {part.kind for part in encoder.parts(now, None, (), PLENTY, 0.2)}


def test_a_small_screen_is_sharp_at_once() -> None:
    parts = Encoder(320, 240).parts(np.zeros((240, 320, 4), np.uint8), None, (), PLENTY, 0.0)

    assert {part.kind for part in parts} == {PartKind.ZSTD}


def test_the_first_frame_shows_the_whole_screen(pair: tuple[Encoder, Viewer]) -> None:
    now = text_screen()

    send(pair, now)

    assert pair[1].shows(now)


def test_an_unchanged_screen_sends_nothing(pair: tuple[Encoder, Viewer]) -> None:
    now = text_screen()
    send(pair, now)

    assert send(pair, now) == ()


def test_a_typed_letter_costs_less_than_three_hundred_bytes(pair: tuple[Encoder, Viewer]) -> None:
    now = text_screen()
    send(pair, now)
    image = Image.fromarray(now[..., 2::-1].copy())
    ImageDraw.Draw(image).text((500, 200), "g", fill="black")

    parts = send(pair, bgrx(image))

    assert pair[1].shows(bgrx(image))
    assert size(parts) < 300


def test_scrolled_text_travels_as_a_copy(pair: tuple[Encoder, Viewer]) -> None:
    tall = text_screen(300, height=4200)
    send(pair, tall[:HEIGHT])
    before = size(send(pair, tall[1000 : 1000 + HEIGHT]))

    parts = send(pair, tall[1042 : 1042 + HEIGHT])

    assert pair[1].shows(tall[1042 : 1042 + HEIGHT])
    assert parts[0].kind is PartKind.COPY
    assert size(parts) < before / 3


def test_a_dragged_window_travels_as_a_copy_when_the_system_tells(pair: tuple[Encoder, Viewer]) -> None:
    window = np.random.default_rng(7).integers(0, 255, (200, 300, 4), np.uint8)
    first, second = text_screen(), text_screen()
    first[50:250, 40:340] = window
    second[90:290, 100:400] = window
    send(pair, first)
    send(pair, first, clock=1.0)

    parts = send(pair, second, Moved(Rect(40, 50, 300, 200), Rect(100, 90, 300, 200)), clock=2.0)

    assert parts[0].kind is PartKind.COPY
    assert (parts[0].x, parts[0].y) == (100, 90)


def test_a_wrong_word_of_the_system_is_not_believed(pair: tuple[Encoder, Viewer]) -> None:
    send(pair, text_screen())
    now = text_screen(first=5000)

    parts = send(pair, now, Moved(Rect(0, 0, 300, 200), Rect(200, 100, 300, 200)))

    assert all(part.kind is not PartKind.COPY for part in parts)
    assert pair[1].shows(now)


def test_a_photo_goes_with_loss_and_becomes_exact_once_it_is_still(pair: tuple[Encoder, Viewer]) -> None:
    send(pair, text_screen())
    photo = text_screen()
    photo[100:300, 100:400] = np.random.default_rng(3).integers(0, 255, (200, 300, 4), np.uint8)

    parts = send(pair, photo, clock=1.0)
    assert {part.kind for part in parts} == {PartKind.JPEG}
    assert not pair[1].shows(photo)

    assert send(pair, photo, clock=1.1) == ()
    send(pair, photo, clock=1.3)
    assert pair[1].shows(photo)
    assert pair[0].is_exact


def test_a_full_line_gets_small_pictures_first_and_exact_ones_within_the_budget(pair: tuple[Encoder, Viewer]) -> None:
    send(pair, text_screen())
    now = text_screen(first=7000)

    first = send(pair, now, budget=300, clock=1.0)
    assert {part.kind for part in first} == {PartKind.JPEG}

    clock = 1.3
    while not pair[0].is_exact:
        parts = send(pair, now, budget=300, clock=clock)
        assert parts, "it must get there"
        assert size(parts) < 300 + 40_000
        clock += 0.1
    assert pair[1].shows(now)


def test_a_reset_begins_with_everything_again(pair: tuple[Encoder, Viewer]) -> None:
    now = text_screen()
    send(pair, now)
    pair[0].reset()
    assert pair[0].is_blank
    viewer = Viewer(WIDTH, HEIGHT)

    viewer.draw(pair[0].parts(now, None, (), PLENTY, 0.0))

    assert viewer.shows(now)


def test_the_pointer_travels_apart(pair: tuple[Encoder, Viewer]) -> None:
    encoder, viewer = pair
    shape = Cursor(1, 2, 2, 1, 0, bytes(range(16)))

    parts = encoder.cursor_parts(shape, (100, 50))
    assert [part.kind for part in parts] == [PartKind.CURSOR_SHAPE, PartKind.CURSOR_PLACE]
    assert encoder.cursor_parts(None, (100, 50)) == ()

    viewer.draw(encoder.cursor_parts(None, (-5, 50)))
    assert viewer.cursor is None


screens = st.sampled_from(
    [text_screen(first=first) for first in (0, 3, 500)]
    + [np.random.default_rng(seed).integers(0, 255, (HEIGHT, WIDTH, 4), np.uint8) for seed in (1, 2)]
    + [np.full((HEIGHT, WIDTH, 4), level, np.uint8) for level in (0, 200)]
)


@settings(max_examples=25, deadline=None)
@given(
    st.lists(st.tuples(screens, st.integers(0, 5000), st.sampled_from([2000, 50_000, PLENTY])), max_size=6),
    st.booleans(),
)
def test_whatever_happened_before_a_still_screen_becomes_exact(history: list, can_play: bool) -> None:
    pair = Encoder(WIDTH, HEIGHT), Viewer(WIDTH, HEIGHT)
    pair[0].film.can_play = can_play
    clock = 0.0
    last = text_screen()
    for now, shift, budget in history:
        last = np.roll(now, shift % HEIGHT, axis=0)
        send(pair, last, budget=budget, clock=clock)
        clock += 0.05
    send(pair, last, clock=clock)

    for _ in range(200):
        clock += 0.25
        if not send(pair, last, clock=clock) and pair[0].is_exact:
            break

    assert pair[1].shows(last)


def test_a_viewer_who_missed_something_is_told_that_a_new_stream_begins(pair: tuple[Encoder, Viewer]) -> None:
    encoder, viewer = pair
    send(pair, text_screen())
    encoder.parts(text_screen(first=40), WHOLE, (), PLENTY, 1.0)  # never sent

    encoder.reset(is_told=True)
    parts = send(pair, text_screen(first=80), clock=2.0)

    assert parts[0].kind is PartKind.RESET
    assert viewer.shows(text_screen(first=80))


def test_scrolled_text_travels_as_a_copy_also_beside_something_that_changes_from_row_to_row(
    pair: tuple[Encoder, Viewer],
) -> None:
    wallpaper = np.repeat(np.arange(HEIGHT, dtype=np.uint8)[:, None, None], WIDTH, axis=1).repeat(4, axis=2)
    tall = text_screen(300, height=4200)
    first, second = wallpaper.copy(), wallpaper.copy()
    first[50:350, 70:570] = tall[1000:1300, :500]
    second[50:350, 70:570] = tall[1014:1314, :500]
    send(pair, first)

    parts = send(pair, second)

    assert parts[0].kind is PartKind.COPY
    assert size(parts) < 4000
    assert pair[1].shows(second)


def test_large_pictures_come_in_messages_a_server_carries() -> None:
    noise = np.random.default_rng(5).integers(0, 255, (1080, 1920, 4), np.uint8)

    encoder = Encoder(1920, 1080)
    encoder.parts(noise, None, (), PLENTY, 0.0)

    found = portions(encoder.parts(noise, None, (), PLENTY, 0.1))

    assert len(found) > 1
    for each in found:
        assert len(Frame(1, each).pack()) < 1024 * 1024


def test_more_parts_than_a_frame_can_count_are_several_frames() -> None:
    parts = tuple(Part(PartKind.ZSTD, 0, 0, 1, 1, b"x") for _ in range(1000))

    found = portions(parts)

    assert all(len(each) <= 255 for each in found)
    assert sum(found, ()) == parts
