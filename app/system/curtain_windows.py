"""Notifications, credential dialogs and password fields of a Windows desktop.

The secure desktop of UAC and of the lock screen is none that can be captured: nothing of it needs a cover.
"""

from __future__ import annotations

import ctypes
import threading
from contextlib import suppress
from typing import Any

from app.system.base import Rect
from app.system.curtain import Concealed, Kind
from app.system.user32 import GW_HWNDNEXT, MAX_WINDOWS, Desktop

CORE_WINDOW = "Windows.UI.Core.CoreWindow"
TOAST_PROGRAMS = frozenset({"shellexperiencehost.exe"})
"""Draws toasts and the notification centre; every window of it is one of these."""
BALLOON = "tooltips_class32"
BALLOON_PROGRAM = "explorer.exe"
SECRET_CLASSES = frozenset({"Credential Dialog Xaml Host"})
SECRET_PROGRAMS = frozenset({"credentialuibroker.exe", "consent.exe", "logonui.exe", "pinentry.exe"})
LOOK = 0.1
"""Seconds between two questions which element has the keyboard."""


class ShellWindows(Desktop):
    """The windows that Desktop leaves out, as far as they are to be covered."""

    def __init__(self, user32: Any = None, dwmapi: Any = None, kernel32: Any = None) -> None:
        super().__init__(user32, dwmapi, kernel32)
        self._programs: dict[int, str] = {}

    def concealed(self) -> tuple[Concealed, ...]:
        """Every toast and credential dialog that is on the screen."""
        found: list[Concealed] = []
        number = self._user32.GetTopWindow(None)
        for _ in range(MAX_WINDOWS):
            if not number:
                break
            handle = ctypes.c_void_p(number)
            if self._user32.IsWindowVisible(handle):
                kind = self._kind(handle)
                rect = self._frame(handle) if kind is not None and not self._is_cloaked(handle) else None
                if kind is not None and rect is not None and not rect.is_empty:
                    found.append(Concealed(kind, rect))
            number = self._user32.GetWindow(handle, GW_HWNDNEXT)
        return tuple(found)

    def _kind(self, handle: Any) -> Kind | None:
        name = self._class_name(handle)
        if name in SECRET_CLASSES:
            return Kind.SECRET
        program = self._program_of(handle)
        if program in SECRET_PROGRAMS:
            return Kind.SECRET
        is_toast = name == CORE_WINDOW and program in TOAST_PROGRAMS
        is_balloon = name == BALLOON and program == BALLOON_PROGRAM
        return Kind.NOTIFICATION if is_toast or is_balloon else None

    def _program_of(self, handle: Any) -> str:
        """The file of the process a window belongs to; asked once a process."""
        process = ctypes.c_uint32()
        self._user32.GetWindowThreadProcessId(handle, ctypes.byref(process))
        if process.value not in self._programs:
            if len(self._programs) > MAX_WINDOWS:
                self._programs.clear()
            self._programs[process.value] = self._program(process.value).casefold()
        return self._programs[process.value]


class WindowsCurtain:
    """Windows are looked through each time; a thread asks UI Automation for a password field with the keyboard."""

    def __init__(self) -> None:
        self._windows = ShellWindows()
        self._field: Rect | None = None
        self._is_closed = threading.Event()
        threading.Thread(target=self._follow_focus, name="password-fields", daemon=True).start()

    def areas(self) -> tuple[Concealed, ...]:
        field = self._field
        secret = () if field is None or field.is_empty else (Concealed(Kind.SECRET, field),)
        return (*self._windows.concealed(), *secret)

    def leave(self) -> None:
        self._is_closed.set()

    def close(self) -> None:
        self._is_closed.set()

    def _follow_focus(self) -> None:
        from app.system.uiautomation import Automation

        with suppress(OSError):
            automation = Automation()
            while not self._is_closed.wait(LOOK):
                self._field = automation.focused_secret()
