"""H.264 in the viewer's page: played where it is meant, and given up without a word when the browser fails."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
import zstandard
from PIL import Image

from app.assist.film import Film
from app.assist.tiles import TILE
from app.protocol.stream import FromViewer, Part, PartKind, Wish, of_json
from app.system.base import Rect
from tests.browser import Tabs
from tests.server_stub.test_assist_viewer import HEIGHT, WIDTH, Watching, screen
from tests.server_stub.workbench_desk import Desk
from tests.server_stub.workbench_fixtures import browser, desk, tabs

__all__ = ["browser", "desk", "tabs"]
pytestmark = pytest.mark.browser


def film_of(picture: Image.Image, place: Rect) -> tuple[Part, Part]:
    """A stream of part of a picture, which takes every second tile."""
    now = np.dstack([np.asarray(picture)[..., ::-1], np.zeros(picture.size[::-1], np.uint8)]).copy()
    dirty = np.zeros((-(-picture.height // TILE), -(-picture.width // TILE)), np.bool_)
    dirty[:, ::2] = True
    return Film().parts(now, place, dirty, 250_000.0, 1.0)


def test_a_film_is_played_in_its_own_tiles_and_nowhere_else(desk: Desk, tabs: Tabs):
    watching = Watching(desk, tabs)
    host = watching.connect()
    wish = of_json(Wish, host.wait_for(FromViewer.WISH)[0].body)
    if not wish.films:
        pytest.skip("this Chromium plays no H.264")
    place = Rect(64, 96, 256, 128)
    other = Image.new("RGB", (WIDTH, HEIGHT), "#c04020")

    host.frame(*film_of(other, place))
    watching.drawn(host.frames)
    shown = watching.pixels()

    for x, y in ((66, 100), (64 + 64 + 10, 200), (64 + 192 + 20, 110)):
        assert max(abs(a - b) for a, b in zip(shown.getpixel((x, y)), (0xC0, 0x40, 0x20), strict=True)) < 6
    for box in ((96, 96, 128, 224), (0, 0, WIDTH, 96), (320, 0, WIDTH, HEIGHT), (0, 224, WIDTH, HEIGHT)):
        assert shown.crop(box).tobytes() == watching.image.crop(box).tobytes()
    assert tabs.watched.complaints == []


def test_a_player_that_fails_is_given_up_and_the_picture_comes_again_without_films(desk: Desk, tabs: Tabs):
    watching = Watching(desk, tabs)
    host = watching.connect()
    if not of_json(Wish, host.wait_for(FromViewer.WISH)[0].body).films:
        pytest.skip("this Chromium plays no H.264")
    mask, key = film_of(watching.image, Rect(64, 96, 256, 128))
    spoilt = key.data[:40] + b"\xff" * 60

    host.frame(mask, replace(key, data=spoilt))

    assert of_json(Wish, host.wait_for(FromViewer.WISH, 2)[1].body).films is False
    host.frame(mask, replace(key, kind=PartKind.VIDEO_DELTA))  # was under way
    host.zstd = zstandard.ZstdCompressor(level=9).compressobj()
    again = screen(text="Without films")
    host.frame(Part(PartKind.RESET, 0, 0, 0, 0), host.pixels(0, 0, *again.size, again.tobytes()))
    watching.drawn(host.frames)
    assert watching.pixels().tobytes() == again.tobytes()
    assert tabs.watched.complaints == []
