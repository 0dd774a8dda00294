"""One still for each click, and nothing else."""

from __future__ import annotations

import subprocess
from collections.abc import Iterator
from datetime import UTC, datetime
from uuid import uuid4

import pytest
from PIL import Image

from app.capture.annotation.document import Document, Ellipse
from app.capture.frame import Frame
from app.capture.recorder import BLANK, MOST_STEPS, Recorder
from app.errors import HelpdeskError
from app.system.base import Rect, Window
from app.system.pointer import Pointer, WindowsPointer, X11Pointer
from tests.xvfb import Xvfb

NOON = datetime(2026, 11, 22, 12, tzinfo=UTC)
TILL = Window("收银 – payment", "pos", Rect(0, 0, 400, 300), False, 1)


def monitors() -> tuple[Frame, ...]:
    left = Frame(Image.new("RGB", (400, 300)), Rect(0, 0, 400, 300), Rect(0, 0, 400, 300), 1.0, "a", NOON, "test", True)
    pixels = Image.new("RGB", (800, 600))
    right = Frame(pixels, Rect(400, 0, 400, 300), Rect(400, 0, 800, 600), 2.0, "b", NOON, "test")
    return left, right


@pytest.fixture
def recorder() -> Recorder:
    return Recorder(monitors, lambda: TILL, lambda x, y: x < 20 and y < 20, uuid4, lambda: NOON)


def click(recorder: Recorder, x: int, y: int) -> None:
    pressed = recorder.click(Pointer(x, y, True))
    if pressed:
        recorder.record(pressed)
    recorder.click(Pointer(x, y, False))


def test_a_click_becomes_a_still_of_its_monitor_with_a_ring_at_the_place(recorder: Recorder) -> None:
    click(recorder, 600, 200)

    (step,) = recorder.steps
    assert step.frame.screen_id == "b"
    assert step.title == "收银 – payment"
    assert step.at == NOON
    (ring,) = step.document.marks
    assert isinstance(ring, Ellipse)
    assert (ring.area.x + ring.area.width / 2, ring.area.y + ring.area.height / 2) == (200, 200)
    assert ring.area.width == 2 * 26 * 2


def test_holding_and_dragging_is_one_step(recorder: Recorder) -> None:
    began = [recorder.click(Pointer(100 + x, 100, True)) for x in range(5)]

    assert [each is not None for each in began] == [True, False, False, False, False]


def test_clicks_on_our_own_windows_are_no_steps(recorder: Recorder) -> None:
    click(recorder, 10, 10)

    assert recorder.steps == ()


def test_a_pause_takes_nothing(recorder: Recorder) -> None:
    recorder.is_paused = True
    click(recorder, 100, 100)
    recorder.is_paused = False
    click(recorder, 100, 100)

    assert len(recorder.steps) == 1


def test_it_stops_at_twenty_five_steps_and_goes_on_after_one_is_deleted(recorder: Recorder) -> None:
    for _ in range(30):
        click(recorder, 100, 100)
    assert len(recorder.steps) == MOST_STEPS == 25

    recorder.delete(recorder.steps[3].id)
    click(recorder, 100, 100)

    assert len(recorder.steps) == 25


def test_a_step_can_be_marked_further_and_forgotten(recorder: Recorder) -> None:
    click(recorder, 100, 100)
    step = recorder.steps[0]

    recorder.edit(step.id, Document(400, 300))
    assert recorder.steps[0].document.marks == ()

    recorder.clear()
    assert recorder.steps == ()
    with pytest.raises(KeyError):
        recorder.delete(step.id)
    with pytest.raises(KeyError):
        recorder.edit(step.id, Document(1, 1))


def test_a_click_outside_every_monitor_is_no_step(recorder: Recorder) -> None:
    assert recorder.record(Pointer(5000, 5000, True)) is None


@pytest.fixture
def server() -> Iterator[Xvfb]:
    with Xvfb(400, 300) as server:
        yield server


def test_a_real_mouse_is_followed_on_x11_and_the_wheel_is_no_click(server: Xvfb) -> None:
    pointer = X11Pointer(server.display)

    def xdotool(*command: str) -> Pointer:
        subprocess.run(["xdotool", *command], env=server.environment(), check=True, timeout=20)
        return pointer.pointer()

    assert xdotool("mousemove", "120", "80") == Pointer(120, 80, False)
    assert xdotool("mousedown", "1") == Pointer(120, 80, True)
    assert xdotool("mouseup", "1") == Pointer(120, 80, False)
    assert xdotool("mousedown", "3").is_pressed
    assert not xdotool("mouseup", "3").is_pressed
    assert not xdotool("mousedown", "4").is_pressed


def test_a_tap_that_is_over_before_anybody_looks_is_a_click_once(server: Xvfb) -> None:
    pointer = X11Pointer(server.display)

    subprocess.run(["xdotool", "mousemove", "50", "60", "click", "1"], env=server.environment(), check=True, timeout=20)

    assert pointer.pointer() == Pointer(50, 60, True)
    assert pointer.pointer() == Pointer(50, 60, False)
    subprocess.run(["xdotool", "click", "5", "key", "a"], env=server.environment(), check=True, timeout=20)
    assert not pointer.pointer().is_pressed
    pointer.close()


def test_a_still_shows_nothing_where_a_window_of_ours_is() -> None:
    white = Image.new("RGB", (400, 300), "white")
    frame = Frame(white, Rect(0, 0, 400, 300), Rect(0, 0, 400, 300), 1.0, "a", NOON, "test", True)
    recorder = Recorder(lambda: (frame,), lambda: TILL, lambda x, y: False, uuid4, lambda: NOON)

    step = recorder.record(Pointer(10, 10, True), (Rect(300, 0, 80, 40), Rect(2000, 0, 9, 9)))

    assert step is not None
    assert step.frame.image.getpixel((340, 20)) == BLANK
    assert step.frame.image.getpixel((200, 20)) == (255, 255, 255)
    assert white.getpixel((340, 20)) == (255, 255, 255)
    assert step.title_bar == Rect(0, 0, 400, 44)


def test_a_desktop_that_went_away_is_said_so() -> None:
    with Xvfb(400, 300) as server:
        pointer = X11Pointer(server.display)

    with pytest.raises(HelpdeskError, match="cannot see where you click"):
        pointer.pointer()


class User32:
    """The two functions of user32.dll that matter."""

    def __init__(self, pressed: int, visible: bool = True) -> None:
        self.pressed = pressed
        self.visible = visible
        self.tapped = 1  # what was clicked before anybody asked

    def GetCursorPos(self, place: object) -> int:
        place._obj.x, place._obj.y = 7, -9
        return int(self.visible)

    def GetAsyncKeyState(self, button: int) -> int:
        tapped, self.tapped = self.tapped, 0
        return -0x8000 if button == self.pressed else tapped


def test_windows_is_asked_for_the_mouse_only() -> None:
    assert WindowsPointer(User32(pressed=2)).pointer() == Pointer(7, -9, True)
    assert WindowsPointer(User32(pressed=0x41)).pointer() == Pointer(7, -9, False)
    user32 = User32(pressed=0)
    pointer = WindowsPointer(user32)
    user32.tapped = 1
    assert [pointer.pointer().is_pressed for _ in range(2)] == [True, False]
    with pytest.raises(HelpdeskError):
        WindowsPointer(User32(pressed=0, visible=False)).pointer()
