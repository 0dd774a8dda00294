"""What ScreenCaptureKit's frames become, from a stream that gives them by hand."""

from __future__ import annotations

import threading
from types import SimpleNamespace

import numpy as np
import pytest

from app.assist import screencapturekit
from app.assist.screen_macos import POINTER_LOOKS, MacScreen
from app.assist.source import Cursor, Gone
from app.system.base import Rect

MONITOR = Rect(0, 0, 32, 20)


class Display:
    """A stream of twice as many pixels as points."""

    width, height = 64, 40

    def __init__(self) -> None:
        self.now = 50.0
        self.serial = 1
        self.is_stopped = False

    def open(self, monitor: Rect, came, went) -> Display:
        self.came, self.went = came, went
        return self

    def shape(self) -> Cursor:
        return Cursor(self.serial, 1, 1, 0, 0, bytes(4))

    def place(self) -> tuple[int, int]:
        return 3, 4

    def stop(self) -> None:
        self.is_stopped = True

    def gives(self, level: int, width: int = 64) -> None:
        self.came(np.full((40, width, 4), level, np.uint8))


@pytest.fixture
def display() -> Display:
    return Display()


@pytest.fixture
def source(display: Display) -> MacScreen:
    return MacScreen(MONITOR, display.open, lambda: display.now)


def test_a_frame_wakes_who_waits_and_the_newest_is_handed_out(source: MacScreen, display: Display) -> None:
    giving = threading.Timer(0.05, lambda: (display.gives(1), display.gives(7)))
    giving.start()

    assert source.wait(20)
    giving.join()

    assert source.changed() == Rect(0, 0, 64, 40)
    assert source.changed() is None
    assert not source.wait(0)
    assert (source.grab(Rect(8, 8, 4, 4)) == 7).all()


@pytest.mark.parametrize("end", ["stopped", "resized"])
def test_a_display_that_stops_or_changes_its_size_is_gone(source: MacScreen, display: Display, end: str) -> None:
    display.gives(1)
    if end == "stopped":
        display.went()
    else:
        display.gives(1, width=80)

    for look in (lambda: source.wait(0), source.changed, lambda: source.grab(MONITOR)):
        with pytest.raises(Gone):
            look()
    source.close()
    assert display.is_stopped


def test_the_pointer_is_looked_at_now_and_then_and_told_when_it_changed(source: MacScreen, display: Display) -> None:
    assert source.cursor() is not None
    assert source.cursor() is None
    display.now += POINTER_LOOKS
    assert source.cursor() is None  # the same one
    display.now += POINTER_LOOKS
    display.serial = 2
    assert source.cursor() is not None
    assert source.pointer() == (3, 4)


def test_an_answer_with_an_error_means_that_the_employee_has_not_allowed_it() -> None:
    assert screencapturekit.answered(lambda handler: handler("content", None)) == "content"
    assert screencapturekit.answered(lambda handler: handler(None)) is None
    with pytest.raises(Gone):
        screencapturekit.answered(lambda handler: handler(None, "not allowed"))


def test_the_display_is_found_by_its_corner() -> None:
    def at(x: float, y: float) -> SimpleNamespace:
        return SimpleNamespace(frame=lambda: SimpleNamespace(origin=SimpleNamespace(x=x, y=y)))

    displays = [at(0.0, 0.0), at(1440.0, -100.0)]
    content = SimpleNamespace(displays=lambda: displays)
    shareable = SimpleNamespace(getShareableContentWithCompletionHandler_=lambda handler: handler(content, None))
    kit = SimpleNamespace(SCShareableContent=shareable)

    assert screencapturekit.display_at(kit, Rect(1440, -100, 10, 10)) is displays[1]
    with pytest.raises(Gone):
        screencapturekit.display_at(kit, Rect(1, 1, 10, 10))


def test_the_padding_of_rows_is_left_out() -> None:
    row, width, height = 48, 10, 3
    memory = bytes(range(row * height))
    locked: list[str] = []
    graphics = SimpleNamespace(
        CVPixelBufferLockBaseAddress=lambda image, how: locked.append("locked"),
        CVPixelBufferUnlockBaseAddress=lambda image, how: locked.append("unlocked"),
        CVPixelBufferGetWidth=lambda image: width,
        CVPixelBufferGetHeight=lambda image: height,
        CVPixelBufferGetBytesPerRow=lambda image: row,
        CVPixelBufferGetBaseAddress=lambda image: SimpleNamespace(as_buffer=lambda size: memory[:size]),
    )

    found = screencapturekit.pixels_of(graphics, object())

    assert found.shape == (3, 10, 4)
    assert found[1, 0].tolist() == [48, 49, 50, 51]
    assert locked == ["locked", "unlocked"]
