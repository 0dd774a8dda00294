"""Windows' desktop with recorded answers of its libraries, because these tests run everywhere."""

from __future__ import annotations

import ctypes
import os
from dataclasses import dataclass
from typing import Any

import pytest

from app.system import user32
from app.system.base import Rect
from app.system.user32 import Desktop


@dataclass
class Recorded:
    """What user32 and dwmapi say about one window."""

    title: str
    class_name: str
    process: int
    frame: tuple[int, int, int, int]
    visible: bool = True
    iconic: bool = False
    cloaked: int = 0
    owner: int = 0
    style: int = 0
    extended: int = 0


class Function:
    """A function of a library: callable, and takes argtypes and restype like one."""

    def __init__(self, call: Any) -> None:
        self.call = call
        self.restype: Any = None
        self.argtypes: Any = None

    def __call__(self, *arguments: Any) -> Any:
        return self.call(*arguments)


class Libraries:
    """user32, dwmapi and kernel32 over recorded windows, in Z order, topmost first."""

    def __init__(self, windows: dict[int, Recorded], active: int) -> None:
        self._windows = windows
        order = list(windows)
        below = dict(zip(order, [*order, 0][1:], strict=True))
        for name, call in {
            "GetForegroundWindow": lambda: active,
            "GetTopWindow": lambda _: order[0] if order else 0,
            "GetWindow": lambda handle, what: below[handle.value] if what == 2 else self._of(handle).owner,
            "GetAncestor": lambda handle, what: handle.value,
            "IsWindowVisible": lambda handle: self._of(handle).visible,
            "IsIconic": lambda handle: self._of(handle).iconic,
            "GetWindowThreadProcessId": self._process_id,
            "GetWindowLongW": lambda handle, what: self._of(handle).style if what == -16 else self._of(handle).extended,
            "GetClassNameW": lambda handle, text, size: self._text(text, self._of(handle).class_name),
            "InternalGetWindowText": lambda handle, text, size: self._text(text, self._of(handle).title),
            "GetWindowRect": self._window_rect,
            "DwmGetWindowAttribute": self._attribute,
            "OpenProcess": lambda access, inherit, process: process,
            "CloseHandle": lambda handle: 1,
            "QueryFullProcessImageNameW": self._image_name,
        }.items():
            setattr(self, name, Function(call))

    def _of(self, handle: Any) -> Recorded:
        return self._windows[handle.value]

    @staticmethod
    def _text(target: Any, text: str) -> int:
        target.value = text
        return len(text)

    def _process_id(self, handle: Any, target: Any) -> int:
        target._obj.value = self._of(handle).process
        return 1

    def _window_rect(self, handle: Any, target: Any) -> int:
        left, top, right, bottom = self._of(handle).frame
        rect = target._obj
        rect.left, rect.top, rect.right, rect.bottom = left - 7, top, right + 7, bottom + 7
        return 1

    def _attribute(self, handle: Any, what: int, target: Any, size: int) -> int:
        if what == user32.DWMWA_CLOAKED:
            target._obj.value = self._of(handle).cloaked
            return 0
        assert size == 16
        rect = target._obj
        rect.left, rect.top, rect.right, rect.bottom = self._of(handle).frame
        return 0

    @staticmethod
    def _image_name(process: Any, flags: int, target: Any, length: Any) -> int:
        target.value = rf"C:\Program Files\Store\App{process.value}.exe"
        return 1


MAIN = Recorded("Orders", "ErpMain", 70, (0, 0, 1600, 900))


def desktop(windows: dict[int, Recorded], active: int) -> Desktop:
    libraries = Libraries(windows, active)
    return Desktop(libraries, libraries, libraries)


def test_the_foreground_window_has_its_visible_frame_and_program() -> None:
    found = desktop({5: MAIN}, active=5).foreground()

    assert found is not None
    assert (found.title, found.application, found.rect) == ("Orders", "App70.exe", Rect(0, 0, 1600, 900))
    assert not found.is_modal


@pytest.mark.parametrize(
    "dialog",
    [
        Recorded("错误", "#32770", 70, (500, 300, 900, 460), owner=5),
        Recorded("Error", "TMessageForm", 70, (500, 300, 900, 460), owner=5),
        Recorded("Error", "Wnd", 70, (500, 300, 900, 460), owner=5, extended=user32.WS_EX_DLGMODALFRAME),
    ],
)
def test_a_message_box_is_modal(dialog: Recorded) -> None:
    owner = Recorded("Orders", "ErpMain", 70, (0, 0, 1600, 900), style=user32.WS_DISABLED)

    found = desktop({6: dialog, 5: owner}, active=6).foreground()

    assert found is not None
    assert found.is_modal
    assert found.rect == Rect(500, 300, 400, 160)


@pytest.mark.parametrize(
    "above",
    [
        Recorded("Deskbell", "Qt693QWindowIcon", os.getpid(), (10, 10, 400, 400)),
        Recorded("", "Shell_TrayWnd", 4, (0, 860, 1600, 900)),
        Recorded("", "TopLevelWindowForOverflowXamlIsland", 4, (1200, 700, 1400, 860)),
        Recorded("Mail", "ApplicationFrameWindow", 9, (0, 0, 800, 600), cloaked=2),
        Recorded("Mail", "MailMain", 9, (0, 0, 800, 600), iconic=True),
        Recorded("Mail", "MailMain", 9, (0, 0, 800, 600), visible=False),
        Recorded("Palette", "Tool", 9, (0, 0, 80, 60), extended=user32.WS_EX_TOOLWINDOW),
        Recorded("Keyboard", "IPTip", 9, (0, 600, 1600, 900), extended=user32.WS_EX_NOACTIVATE),
        Recorded("", "Ghost", 9, (0, 0, 800, 600)),
    ],
    ids=["ours", "task bar", "overflow", "cloaked", "iconic", "hidden", "palette", "keyboard", "nameless"],
)
def test_what_is_not_worked_in_gives_way_to_the_window_below(above: Recorded) -> None:
    found = desktop({6: above, 5: MAIN}, active=6).foreground()

    assert found is not None
    assert found.handle == 5


def test_windows_are_listed_from_the_top() -> None:
    second = Recorded("Mail", "MailMain", 9, (10, 10, 500, 400))

    assert [window.title for window in desktop({7: second, 5: MAIN}, active=5).windows()] == ["Mail", "Orders"]


def test_without_any_window_there_is_no_foreground() -> None:
    assert desktop({}, active=0).foreground() is None


def test_the_rectangle_structure_is_that_of_windows() -> None:
    assert ctypes.sizeof(user32.CRect) == 16
