"""The hotkey within Qt's event loop."""

from __future__ import annotations

import os

from pytestqt.qtbot import QtBot

from app.system.hotkey import Combination, HotkeyTaken
from app.ui.hotkey import GlobalHotkey


class Keys:
    """A system whose presses come through a pipe."""

    def __init__(self, taken: str = "") -> None:
        self.read, self.write = os.pipe()
        self.taken = taken
        self.registered: list[str] = []

    def is_compatible(self) -> bool:
        return True

    def register(self, combination: Combination) -> None:
        if str(combination) == self.taken:
            raise HotkeyTaken(combination)
        self.registered.append(str(combination))

    def release(self) -> None:
        self.registered.clear()

    def fileno(self) -> int | None:
        return self.read

    def presses(self) -> int:
        return len(os.read(self.read, 100))

    def is_press(self, message: int) -> bool:
        return False


def test_a_press_is_told(qtbot: QtBot) -> None:
    keys = Keys()
    hotkey = GlobalHotkey(keys)
    hotkey.use("Ctrl+Shift+F1")

    with qtbot.waitSignal(hotkey.pressed):
        os.write(keys.write, b"x")

    hotkey.release()
    assert keys.registered == []


def test_a_conflict_and_nonsense_are_reported(qtbot: QtBot) -> None:
    hotkey, refused = GlobalHotkey(Keys(taken="Ctrl+Shift+F1")), []
    hotkey.refused.connect(refused.append)

    hotkey.use("Ctrl+Shift+F1")
    hotkey.use("nonsense")

    assert [type(error).__name__ for error in refused] == ["HotkeyTaken", "HelpdeskError"]


def test_an_empty_setting_registers_nothing(qtbot: QtBot) -> None:
    keys = Keys()
    hotkey = GlobalHotkey(keys)
    hotkey.use("Ctrl+Shift+F1")

    hotkey.use("")

    assert keys.registered == []
