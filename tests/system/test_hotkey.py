"""Calling Deskbell by a key combination, on the systems that can be had here."""

from __future__ import annotations

import ctypes
import select
import subprocess

import pytest

from app.errors import HelpdeskError
from app.system.hotkey import KEYS, Combination, HotkeyTaken, Modifier, NoHotkey
from app.system.hotkey_macos import KEY_CODES
from app.system.hotkey_portal import trigger
from app.system.hotkey_windows import IDENTIFIER, WM_HOTKEY, Message, WindowsHotkey, virtual_key
from app.system.hotkey_x11 import X11Hotkey, keysym
from tests.xvfb import Xvfb

CTRL_SHIFT_F1 = Combination(frozenset({Modifier.CTRL, Modifier.SHIFT}), "F1")


@pytest.mark.parametrize("text", ["Ctrl+Shift+F1", "ctrl + shift + f1", "Shift+Ctrl+F1"])
def test_a_combination_is_read_however_it_is_written(text: str) -> None:
    assert Combination.parse(text) == CTRL_SHIFT_F1
    assert str(Combination.parse(text)) == "Ctrl+Shift+F1"


@pytest.mark.parametrize("text", ["", "A", "Shift+A", "Ctrl", "Ctrl+", "Hyper+A", "Ctrl+中", "Space", "Ctrl+F1+F2"])
def test_what_would_take_typing_away_is_no_hotkey(text: str) -> None:
    with pytest.raises(HelpdeskError, match="cannot be a hotkey"):
        Combination.parse(text)


def test_every_key_has_a_code_where_the_system_needs_one() -> None:
    assert len({keysym(key) for key in KEYS}) == len(KEYS)
    assert len({virtual_key(key) for key in KEYS}) == len(KEYS)
    assert set(KEY_CODES) <= set(KEYS)
    assert len(set(KEY_CODES.values())) == len(KEY_CODES)


def press(server: Xvfb, keys: str) -> None:
    subprocess.run(["xdotool", "key", keys], env=server.environment(), check=True, timeout=20)


def test_a_press_on_x11_is_counted_once_whatever_the_locks_say() -> None:
    with Xvfb(320, 200) as server:
        hotkey = X11Hotkey(server.display)
        assert hotkey.is_compatible()
        hotkey.register(CTRL_SHIFT_F1)

        press(server, "ctrl+shift+F1")
        press(server, "Caps_Lock")
        press(server, "ctrl+shift+F1")
        press(server, "F1")

        count = 0
        while count < 2:
            ready, _, _ = select.select([hotkey.fileno()], [], [], 10)
            assert ready, f"only {count} presses arrived"
            count += hotkey.presses()
        assert count + hotkey.presses() == 2


def test_a_combination_of_another_program_is_reported_and_free_again_after_release() -> None:
    with Xvfb(320, 200) as server:
        other, ours = X11Hotkey(server.display), X11Hotkey(server.display)
        other.register(CTRL_SHIFT_F1)

        with pytest.raises(HotkeyTaken, match=r"Ctrl\+Shift\+F1 is already used"):
            ours.register(CTRL_SHIFT_F1)
        other.release()
        other.presses()

        ours.register(CTRL_SHIFT_F1)


def test_losing_the_desktop_is_no_error() -> None:
    with Xvfb(320, 200) as server:
        hotkey = X11Hotkey(server.display)
        hotkey.register(CTRL_SHIFT_F1)

    assert hotkey.presses() == 0
    assert hotkey.fileno() is None
    hotkey.release()


class User32:
    """The two functions of user32.dll that matter, with another program's combinations."""

    def __init__(self, taken: bool = False) -> None:
        self.taken = taken
        self.calls: list[tuple[object, ...]] = []

    def RegisterHotKey(self, *arguments: object) -> int:
        self.calls.append(arguments)
        return 0 if self.taken else 1

    def UnregisterHotKey(self, *arguments: object) -> int:
        self.calls.append(arguments)
        return 1


def test_windows_is_asked_for_exactly_this_combination_without_repeats() -> None:
    library = User32()
    hotkey = WindowsHotkey(library)

    hotkey.register(CTRL_SHIFT_F1)
    hotkey.release()

    assert library.calls == [(None, IDENTIFIER, 0x4000 | 2 | 4, 0x70), (None, IDENTIFIER)]


def test_a_taken_combination_on_windows_is_reported() -> None:
    with pytest.raises(HotkeyTaken):
        WindowsHotkey(User32(taken=True)).register(CTRL_SHIFT_F1)


@pytest.mark.parametrize(
    ("kind", "number", "ours"), [(WM_HOTKEY, IDENTIFIER, True), (WM_HOTKEY, 7, False), (15, 0, False)]
)
def test_only_our_own_message_on_windows_is_a_press(kind: int, number: int, ours: bool) -> None:
    message = Message(message=kind, w_parameter=number)

    assert WindowsHotkey(User32()).is_press(ctypes.addressof(message)) is ours


def test_the_portal_is_asked_in_its_own_spelling() -> None:
    assert trigger(CTRL_SHIFT_F1) == "CTRL+SHIFT+F1"
    assert trigger(Combination.parse("Meta+H")) == "LOGO+h"


def test_without_any_way_the_hint_names_another() -> None:
    with pytest.raises(HelpdeskError) as caught:
        NoHotkey().register(CTRL_SHIFT_F1)

    assert "deskbell open report" in caught.value.hint
