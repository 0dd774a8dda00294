"""H.264 when the line is full: the changed tiles only, at the line's pace, and exact once everything is still."""

from __future__ import annotations

import numpy as np
import pytest
from PIL import Image

from app.assist.encoder import Encoder
from app.assist.film import FRAMES, SHARE, Film, bits
from app.assist.show import Show
from app.assist.tiles import TILE
from app.protocol.stream import PartKind
from app.system.base import Rect
from tests.assist.test_encoder import HEIGHT, WIDTH, send, size, text_screen
from tests.assist.viewer import Viewer

PLACE = Rect(200, 90, 170, 130)
LINE = 60_000.0
"""Bytes a second."""
FULL = int(LINE / 10)
"""The budget of a frame on that line."""
PHOTO = np.asarray(Image.effect_mandelbrot((500, 400), (-2, -1, 1, 1), 90).convert("RGB"))


def scene(step: int) -> np.ndarray:
    """Text with a window in it in which a camera goes over a photograph with much detail."""
    now = text_screen()
    noise = np.random.default_rng(step).integers(0, 40, (PLACE.height, PLACE.width, 3), np.uint8)
    part = PHOTO[step * 3 : step * 3 + PLACE.height, step * 5 : step * 5 + PLACE.width] // 2 + noise
    now[PLACE.y : PLACE.bottom, PLACE.x : PLACE.right, :3] = part
    return now


@pytest.fixture
def pair() -> tuple[Encoder, Viewer]:
    encoder = Encoder(WIDTH, HEIGHT)
    encoder.film.can_play = True
    return encoder, Viewer(WIDTH, HEIGHT)


def error(viewer: Viewer, now: np.ndarray, area: Rect) -> float:
    """Mean difference of a channel inside an area."""
    part = slice(area.y, area.bottom), slice(area.x, area.right)
    return float(np.abs(viewer.picture[part][..., :3].astype(int) - now[part][..., :3]).mean())


def test_what_changes_faster_than_the_line_carries_goes_as_one_stream_within_it(
    pair: tuple[Encoder, Viewer],
) -> None:
    send(pair, text_screen())
    sent, kinds = 0, []
    for step in range(24):
        parts = send(pair, scene(step), budget=FULL, clock=10 + step / FRAMES)
        kinds += [part.kind for part in parts if part.kind in (PartKind.VIDEO_KEY, PartKind.VIDEO_DELTA)]
        sent += size(parts)

    assert kinds == [PartKind.VIDEO_KEY] + [PartKind.VIDEO_DELTA] * 23
    assert sent / (24 / FRAMES) < LINE
    assert error(pair[1], scene(23), PLACE) < 20

    for step in range(24):
        send(pair, scene(23), budget=FULL, clock=12.3 + step / FRAMES)
    assert pair[0].is_exact
    assert pair[1].shows(scene(23))


def test_tiles_beside_the_film_stay_exact(pair: tuple[Encoder, Viewer]) -> None:
    send(pair, text_screen())

    for step in range(5):
        send(pair, scene(step), budget=FULL, clock=10 + step / FRAMES)

    beside = [Rect(0, 0, WIDTH, 64), Rect(0, 0, 192, HEIGHT), Rect(0, 256, WIDTH, HEIGHT - 256)]
    assert [error(pair[1], scene(4), area) for area in beside] == [0, 0, 0]
    assert error(pair[1], scene(4), PLACE) > 0


def test_what_came_to_rest_is_sharpened_while_the_film_goes_on(pair: tuple[Encoder, Viewer]) -> None:
    send(pair, text_screen())
    whole = text_screen(first=9000)
    whole[PLACE.y : PLACE.bottom, PLACE.x : PLACE.right] = scene(0)[PLACE.y : PLACE.bottom, PLACE.x : PLACE.right]
    send(pair, whole, budget=1000, clock=10.0)
    still = Rect(0, 256, WIDTH, HEIGHT - 256)
    assert error(pair[1], whole, still) > 0

    for step in range(1, 24):
        now = whole.copy()
        now[PLACE.y : PLACE.bottom, PLACE.x : PLACE.right] = scene(step)[PLACE.y : PLACE.bottom, PLACE.x : PLACE.right]
        send(pair, now, budget=FULL, clock=10 + step / FRAMES)

    assert error(pair[1], now, still) == 0
    assert not pair[0].is_exact


def test_sharpening_never_takes_much_more_than_the_budget_whatever_the_picture_is(
    pair: tuple[Encoder, Viewer],
) -> None:
    noise = np.random.default_rng(5).integers(0, 255, (HEIGHT, WIDTH, 4), np.uint8)
    send(pair, text_screen())
    send(pair, noise, budget=FULL, clock=10.0)

    sizes = []
    while not pair[0].is_exact:
        sizes.append(size(send(pair, noise, budget=FULL, clock=11 + len(sizes) / FRAMES)))

    assert len(sizes) > 50
    assert max(sizes) < FULL + TILE * TILE * 3 * 1.1


def test_a_line_with_room_gets_photographs_and_a_viewer_who_cannot_play_gets_no_film(
    pair: tuple[Encoder, Viewer],
) -> None:
    send(pair, text_screen())
    with_room = send(pair, scene(0), clock=10.0)
    pair[0].film.can_play = False
    without = send(pair, scene(9), budget=FULL, clock=10.1)

    assert PartKind.JPEG in {part.kind for part in with_room}
    for parts in (with_room, without):
        assert not {part.kind for part in parts} & {PartKind.VIDEO_KEY, PartKind.VIDEO_DELTA, PartKind.VIDEO_MASK}


def test_a_new_stream_begins_where_more_changes_after_a_rest_and_after_a_cut() -> None:
    film = Film()
    now = scene(0)
    dirty = np.zeros((-(-HEIGHT // 32), -(-WIDTH // 32)), bool)
    dirty[3:6, 8:12] = True
    near, far = Rect(256, 96, 128, 96), Rect(0, 0, 64, 64)

    def kind(bounds: Rect, clock: float) -> PartKind:
        return film.parts(now, bounds, dirty, LINE, clock)[1].kind

    told = [kind(near, 1.0), kind(near, 1.1), kind(far, 1.2), kind(near, 1.3), kind(near, 2.5)]
    film.reset()

    key, delta = PartKind.VIDEO_KEY, PartKind.VIDEO_DELTA
    assert [*told, kind(near, 2.6)] == [key, delta, key, delta, key, key]


def test_without_the_encoder_no_film_is_begun(monkeypatch: pytest.MonkeyPatch) -> None:
    class Source:
        width, height = WIDTH, HEIGHT

    for is_there in (True, False):
        monkeypatch.setattr("app.assist.film.find_spec", lambda name, is_there=is_there: is_there or None)
        show = Show(Source(), lambda: ())
        show.play_films(is_possible=True)
        assert show._plays_films is is_there


def test_an_odd_size_is_coded_and_cut_off_again() -> None:
    film, viewer = Film(), Viewer(75, 41)
    now = np.zeros((41, 75, 4), np.uint8)
    now[..., 1] = np.arange(75, dtype=np.uint8) * 3
    whole = Rect(0, 0, 75, 41)

    viewer.draw(film.parts(now, whole, np.ones((2, 3), bool), LINE, 1.0))

    assert error(viewer, now, whole) < 4


@pytest.mark.parametrize(("rate", "speed"), [(LINE, int(LINE * 8 * SHARE)), (10.0, 64_000)])
def test_the_stream_leaves_room_on_the_line_and_never_starves(rate: float, speed: int) -> None:
    assert bits(rate) == speed
