"""A real X server seen by DAMAGE and XShm: changes, moved windows, the pointer, and the server's end."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator

import numpy as np
import pytest

from app.assist.screen_polling import PollingScreen
from app.assist.screen_x11 import X11Screen
from app.assist.source import Gone, Moved
from app.system.base import Rect
from tests.assist.relay import HEIGHT, WIDTH, screen
from tests.x_client import XClient
from tests.xvfb import Xvfb

WHOLE = Rect(0, 0, WIDTH, HEIGHT)


@pytest.fixture
def client(server: Xvfb) -> Iterator[XClient]:
    with XClient(server.display) as client:
        yield client


@pytest.fixture
def source(server: Xvfb) -> Iterator[X11Screen]:
    source = X11Screen(WHOLE, server.display)
    yield source
    source.close()


def heard(source: X11Screen, look: Callable[[], object], seconds: float = 5.0) -> object:
    """What `look` finds once the server's events have come."""
    deadline = time.monotonic() + seconds
    while time.monotonic() < deadline:
        found = look()
        if found:
            return found
        source.wait(0.05)
    raise AssertionError("nothing came")


def test_the_first_look_is_at_everything_and_a_still_screen_tells_nothing(source: X11Screen) -> None:
    assert source.changed() == WHOLE
    while source.wait(0.2):
        source.changed()

    began = time.monotonic()
    assert not source.wait(0.2)
    assert source.changed() is None
    assert time.monotonic() - began >= 0.19


def test_a_change_wakes_and_its_rectangle_and_pixels_are_told(server: Xvfb, source: X11Screen, client: XClient) -> None:
    source.changed()

    client.fill(Rect(100, 50, 200, 80), 0x336699)

    area = heard(source, source.changed)
    assert area == Rect(100, 50, 200, 80)
    pixels = source.grab(area)
    assert np.array_equal(pixels[..., :3], np.broadcast_to((0x99, 0x66, 0x33), (80, 200, 3)))


def test_part_of_a_wider_desktop_has_coordinates_of_its_own(server: Xvfb, client: XClient) -> None:
    source = X11Screen(Rect(400, 300, 400, 300), server.display)
    source.changed()

    client.fill(Rect(350, 350, 100, 100), 0xFF0000)

    assert heard(source, source.changed) == Rect(0, 50, 50, 100)
    assert (source.grab(Rect(0, 50, 50, 100))[..., 2] == 0xFF).all()
    source.close()


def test_a_moved_window_is_told_with_both_places(source: X11Screen, client: XClient) -> None:
    window = client.fill(Rect(100, 50, 200, 80), 0x336699)
    client.move(window, 110, 60)
    source.moved()
    heard(source, source.changed)
    source.moved()

    client.move(window, 130, 70)
    client.move(window, 150, 90)

    told: list[Moved] = []
    heard(source, lambda: told.extend(source.moved()) or (told and told[-1].after.x == 150))
    assert told[0].before == Rect(110, 60, 200, 80)
    assert told[-1].after == Rect(150, 90, 200, 80)


def test_the_pointer_has_a_shape_and_a_place(source: X11Screen, client: XClient) -> None:
    shape = source.cursor()
    assert shape is not None
    assert len(shape.rgba) == shape.width * shape.height * 4
    assert source.cursor() is None

    client.point(321, 123)

    assert source.pointer() == (321, 123)


def test_a_server_that_ends_is_told_as_gone() -> None:
    with Xvfb(WIDTH, HEIGHT) as server:
        source = X11Screen(WHOLE, server.display)
        source.changed()

    with pytest.raises(Gone):
        heard(source, lambda: source.grab(WHOLE) is None)


def test_no_server_is_told_as_gone() -> None:
    with pytest.raises(Gone):
        X11Screen(WHOLE, ":4711")


@pytest.fixture
def polling(server: Xvfb, monkeypatch: pytest.MonkeyPatch) -> Iterator[PollingScreen]:
    monkeypatch.setenv("DISPLAY", server.display)
    source = PollingScreen(WHOLE)
    yield source
    source.close()


def test_where_nothing_is_told_the_screen_is_looked_at_ten_times_a_second(
    server: Xvfb, polling: PollingScreen, client: XClient
) -> None:
    assert polling.changed() == WHOLE
    assert polling.changed() is None, "not before the next look is due"
    client.fill(Rect(100, 50, 200, 80), 0x336699)

    assert polling.wait(1.0)

    assert polling.changed() == WHOLE
    assert np.array_equal(polling.grab(WHOLE)[..., :3], screen(server)[..., :3])
    assert polling.moved() == ()
    assert polling.cursor() is None
