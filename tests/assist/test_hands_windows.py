"""What SendInput gets, structure by structure, from a user32 that only writes down."""

from __future__ import annotations

import ctypes
import time
from typing import Any

import pytest

from app.assist import hands_windows
from app.assist.hands_windows import KEYBOARD, MOUSE, Input, WindowsHands


class User32:
    """A virtual desktop of two monitors, the left one at negative coordinates."""

    def __init__(self) -> None:
        self.calls: list[list[tuple[int, ...]]] = []
        self.desktop = {76: -1920, 77: -200, 78: 3840, 79: 1280}
        self.last_ticks = 0

    def GetSystemMetrics(self, metric: int) -> int:
        return self.desktop[metric]

    def SendInput(self, count: int, array: Any, size: int) -> int:
        assert size == ctypes.sizeof(Input)
        assert len(array) == count
        self.calls.append([told(each) for each in array])
        return count

    def GetLastInputInfo(self, found: Any) -> int:
        found._obj.ticks = self.last_ticks
        return 1


class Kernel32:
    def __init__(self) -> None:
        self.ticks = 0

    def GetTickCount(self) -> int:
        return self.ticks


def told(each: Input) -> tuple[int, ...]:
    if each.kind == MOUSE:
        mouse = each.either.mouse
        return MOUSE, mouse.dx, mouse.dy, mouse.data, mouse.flags
    key = each.either.key
    return KEYBOARD, key.key, key.scan, key.flags


@pytest.fixture
def user() -> User32:
    return User32()


@pytest.fixture
def kernel() -> Kernel32:
    return Kernel32()


@pytest.fixture
def hands(user: User32, kernel: Kernel32) -> WindowsHands:
    return WindowsHands(user, kernel)


def test_the_structures_are_as_large_as_windows_has_them() -> None:
    pointer = ctypes.sizeof(ctypes.c_void_p)

    assert ctypes.sizeof(Input) == {8: 40, 4: 28}[pointer]
    assert ctypes.sizeof(hands_windows.KeyInput) == {8: 24, 4: 16}[pointer]
    assert ctypes.sizeof(hands_windows.LastInput) == 8


@pytest.mark.parametrize(
    ("place", "steps"),
    [((-1920, -200), (8, 25)), ((0, 0), (32776, 10265)), ((1919, 1079), (65527, 65510))],
)
def test_a_place_is_told_in_steps_of_the_whole_desktop(
    hands: WindowsHands, user: User32, place: tuple[int, int], steps: tuple[int, int]
) -> None:
    hands.move(*place)

    assert user.calls == [[(MOUSE, *steps, 0, 0x0001 | 0x8000 | 0x4000)]]


@pytest.mark.parametrize("place", [(-1920, -200), (-1, 7), (0, 0), (611, 433), (1919, 1079)])
def test_the_pixel_windows_makes_of_the_steps_is_the_one_meant(
    hands: WindowsHands, user: User32, place: tuple[int, int]
) -> None:
    hands.move(*place)

    _, across, down, *_ = user.calls[0][0]
    assert (across * 3840 // 65536 - 1920, down * 1280 // 65536 - 200) == place


def test_buttons_and_the_wheel_have_their_own_flags(hands: WindowsHands, user: User32) -> None:
    hands.button(2, True)
    hands.button(2, False)
    hands.button(4, True)
    hands.wheel(0, 2)
    hands.wheel(-1, 0)

    flags = [(call[0][3], call[0][4]) for call in user.calls]
    assert flags == [(0, 0x08), (0, 0x10), (2, 0x80), (0x1_0000_0000 - 240, 0x0800), (0x1_0000_0000 - 120, 0x1000)]


def test_keys_go_as_scan_codes_whatever_the_layout(hands: WindowsHands, user: User32) -> None:
    assert hands.key("KeyQ", True)
    assert hands.key("KeyQ", False)
    assert hands.key("ArrowLeft", True)
    assert hands.key("NumpadEnter", False)

    assert [call[0] for call in user.calls] == [
        (KEYBOARD, 0, 0x10, 0x08),
        (KEYBOARD, 0, 0x10, 0x08 | 0x02),
        (KEYBOARD, 0, 0x4B, 0x08 | 0x01),
        (KEYBOARD, 0, 0x1C, 0x08 | 0x01 | 0x02),
    ]
    assert not hands.key("BrowserBack", True)


def test_text_goes_as_unicode_and_a_rare_character_as_its_pair_at_once(hands: WindowsHands, user: User32) -> None:
    hands.text("支😀\r\n")

    high, low = 0xD83D, 0xDE00
    assert user.calls == [
        [(KEYBOARD, 0, 0x652F, 0x04), (KEYBOARD, 0, 0x652F, 0x06)],
        [
            (KEYBOARD, 0, high, 0x04),
            (KEYBOARD, 0, low, 0x04),
            (KEYBOARD, 0, high, 0x06),
            (KEYBOARD, 0, low, 0x06),
        ],
        [(KEYBOARD, 0, 0x1C, 0x08), (KEYBOARD, 0, 0x1C, 0x0A)],
    ]


def test_our_own_input_is_not_taken_for_the_employees(hands: WindowsHands, user: User32, kernel: Kernel32) -> None:
    kernel.ticks = user.last_ticks = 50_000
    hands.move(5, 5)

    assert hands.employee_moved_at() == 0.0


def test_the_employees_input_is_told_also_when_the_counter_begins_anew(
    hands: WindowsHands, user: User32, kernel: Kernel32
) -> None:
    user.last_ticks, kernel.ticks = 0xFFFFFFFF - 99, 200

    assert hands.employee_moved_at() == pytest.approx(time.monotonic() - 0.3, abs=0.05)


def test_the_secure_keys_stay_with_the_employee(hands: WindowsHands, user: User32) -> None:
    assert not hands.secure_attention()
    assert user.calls == []
