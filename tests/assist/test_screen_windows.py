"""What duplication of a Windows monitor becomes, from a camera and libraries that only write down."""

from __future__ import annotations

import ctypes
from types import SimpleNamespace
from typing import Any

import numpy as np
import pytest

from app.assist.cursor_windows import SHOWING, WindowsCursor, in_colour, in_masks
from app.assist.screen_windows import BLACKOUT, CALM, QUICK, SLOW, WindowsScreen, place_of
from app.assist.source import Gone, Moved
from app.system.base import Rect, Window

MONITOR = Rect(1920, 0, 64, 48)


class Camera:
    """Gives the frames it was given, then nothing new."""

    def __init__(self) -> None:
        self.width, self.height = MONITOR.width, MONITOR.height
        self.frames: list[np.ndarray | Exception] = []
        self.is_released = False
        self.asked = 0

    def grab(self, *, new_frame_only: bool) -> np.ndarray | None:
        assert new_frame_only
        self.asked += 1
        if not self.frames:
            return None
        found = self.frames.pop(0)
        if isinstance(found, Exception):
            raise found
        return found

    def release(self) -> None:
        self.is_released = True


class Clock:
    """Seconds that pass only by sleeping."""

    def __init__(self) -> None:
        self.now = 100.0
        self.slept: list[float] = []

    def __call__(self) -> float:
        return self.now

    def sleep(self, seconds: float) -> None:
        self.slept.append(seconds)
        self.now += seconds


class Front:
    """The window in front."""

    def __init__(self) -> None:
        self.window: Window | None = None

    def __call__(self) -> Window | None:
        return self.window

    def goes(self, x: int, y: int, handle: int = 7) -> None:
        rect = Rect(MONITOR.x + x, MONITOR.y + y, 20, 10)
        self.window = Window("Editor", "notepad.exe", rect, is_modal=False, handle=handle)


class Still:
    """A pointer that does not move."""

    def shape(self) -> None:
        return None

    def place(self) -> tuple[int, int]:
        return 1930, 20


def picture(level: int) -> np.ndarray:
    return np.full((MONITOR.height, MONITOR.width, 4), level, np.uint8)


@pytest.fixture
def camera() -> Camera:
    return Camera()


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def front() -> Front:
    return Front()


@pytest.fixture
def source(camera: Camera, clock: Clock, front: Front) -> WindowsScreen:
    return WindowsScreen(MONITOR, camera, front, Still(), clock, clock.sleep)


def test_a_new_frame_wakes_and_is_handed_out_once(source: WindowsScreen, camera: Camera) -> None:
    camera.frames = [picture(9)]

    assert source.wait(1.0)
    assert source.changed() == Rect(0, 0, 64, 48)
    assert source.changed() is None
    assert (source.grab(Rect(4, 4, 8, 8)) == 9).all()
    assert source.pointer() == (10, 20)


def test_a_still_screen_is_asked_seldom(source: WindowsScreen, clock: Clock) -> None:
    assert not source.wait(CALM + 2.0)

    assert clock.slept[0] == QUICK
    assert clock.slept[-2] == SLOW
    assert sum(clock.slept) == pytest.approx(CALM + 2.0)


def test_the_window_in_front_tells_how_far_it_went(source: WindowsScreen, camera: Camera, front: Front) -> None:
    for x, handle in ((0, 7), (5, 7), (12, 7)):
        front.goes(x, 0, handle)
        camera.frames = [picture(x)]
        source.wait(0)
        source.changed()

    assert source.moved() == (Moved(Rect(0, 0, 20, 10), Rect(12, 0, 20, 10)),)
    assert source.moved() == ()
    front.goes(30, 0, handle=8)  # another window came to the front
    camera.frames = [picture(1)]
    source.wait(0)
    assert source.moved() == ()


def test_a_lost_duplication_is_waited_for_and_then_is_the_end(
    source: WindowsScreen, camera: Camera, clock: Clock
) -> None:
    camera.frames = [OSError("access lost"), RuntimeError("not yet"), picture(3)]
    assert source.wait(1.0)
    source.changed()

    camera.frames = [OSError("lost") for _ in range(10_000)]
    with pytest.raises(Gone):
        source.wait(BLACKOUT + 5)
    source.close()
    assert camera.is_released


def test_a_monitor_of_another_size_is_gone(source: WindowsScreen, camera: Camera) -> None:
    camera.frames = [np.zeros((10, 10, 4), np.uint8)]

    with pytest.raises(Gone):
        source.wait(0)


def test_a_first_look_waits_for_the_first_frame(source: WindowsScreen, camera: Camera, clock: Clock) -> None:
    with pytest.raises(Gone):
        source.grab(Rect(0, 0, 1, 1))
    assert sum(clock.slept) > BLACKOUT


def test_the_adapter_and_output_of_a_monitor_are_found_by_its_place() -> None:
    def output(left: int, top: int) -> Any:
        return SimpleNamespace(desc=SimpleNamespace(DesktopCoordinates=SimpleNamespace(left=left, top=top)))

    outputs = [[output(0, 0)], [output(-1280, 0), output(1920, 0)]]

    assert place_of(outputs, MONITOR) == (1, 1)
    with pytest.raises(Gone):
        place_of(outputs, Rect(5, 5, 10, 10))


class User32:
    """A pointer with a handle of its own."""

    def __init__(self) -> None:
        self.cursor, self.flags, self.is_colour = 11, SHOWING, True
        self.released = 0
        self.GetDC = Function(1)

    def GetCursorInfo(self, info: Any) -> int:
        found = info._obj
        found.flags, found.cursor = self.flags, self.cursor
        found.place.x, found.place.y = 1930, 20
        return 1

    def GetIconInfo(self, handle: Any, info: Any) -> int:
        assert handle.value == self.cursor
        found = info._obj
        found.hot_x, found.hot_y, found.mask, found.colour = 1, 2, 21, 22 if self.is_colour else None
        return 1

    def ReleaseDC(self, window: Any, context: Any) -> int:
        self.released += 1
        return 1


class Function:
    """Something ctypes would have found, with a result type one may set."""

    def __init__(self, answer: int) -> None:
        self._answer = answer
        self.restype: Any = None

    def __call__(self, *given: Any) -> int:
        return self._answer


class Gdi32:
    """Bitmaps 21 (the mask, two pixels wide) and 22 (the colours)."""

    def __init__(self, mask: bytes, colour: bytes, height: int) -> None:
        self.data = {21: mask, 22: colour}
        self.height = height
        self.deleted: list[int] = []

    def GetObjectW(self, handle: Any, size: int, found: Any) -> int:
        found._obj.width = 2
        found._obj.height = len(self.data[handle.value]) // 8
        return size

    def GetDIBits(self, context: Any, handle: Any, first: int, rows: int, data: Any, head: Any, kind: int) -> int:
        assert head._obj.header.height == -rows
        assert ctypes.sizeof(data) == rows * 8
        ctypes.memmove(data, self.data[handle.value], rows * 8)
        return rows

    def DeleteObject(self, handle: Any) -> int:
        self.deleted.append(handle.value)
        return 1


def test_a_pointer_in_colour_is_told_once_and_its_bitmaps_are_given_back() -> None:
    user = User32()
    gdi = Gdi32(bytes(16), bytes(range(16)), 2)
    cursor = WindowsCursor(user, gdi)

    found = cursor.shape()

    assert found is not None
    assert (found.width, found.height, found.hot_x, found.hot_y) == (2, 2, 1, 2)
    assert found.rgba[:4] == bytes([2, 1, 0, 3])
    assert cursor.shape() is None
    assert (sorted(gdi.deleted), user.released) == ([21, 22], 2)
    user.cursor = 12
    assert cursor.shape() is not None
    user.flags = 0
    assert cursor.place() == (-1, -1)
    assert cursor.shape() is None


def test_a_pointer_of_two_masks_is_half_as_high_as_its_bitmap() -> None:
    user = User32()
    user.is_colour = False
    white, black = b"\xff\xff\xff\x00", bytes(4)
    gdi = Gdi32(white + black + white + black + black + white + white + black, b"", 2)

    found = WindowsCursor(user, gdi).shape()

    assert found is not None
    assert (found.width, found.height) == (2, 2)
    nothing, solid_white, solid_black = bytes(4), b"\xff" * 4, b"\x00\x00\x00\xff"
    assert found.rgba == nothing + solid_white + solid_black + solid_black


def test_a_shape_without_alpha_takes_it_from_the_mask() -> None:
    assert in_colour(bytes([1, 2, 3, 0, 4, 5, 6, 0]), bytes([255] * 4 + [0] * 4)) == bytes([3, 2, 1, 0, 6, 5, 4, 255])
    assert in_masks(bytes(8), 1) == b"\x00\x00\x00\xff"
