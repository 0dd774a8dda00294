"""Windows of a Windows desktop by user32, dwmapi and kernel32."""

from __future__ import annotations

import ctypes
import os
from pathlib import PureWindowsPath
from typing import Any

from app.system.base import Rect, Window

GA_ROOT = 2
GA_ROOTOWNER = 3
GW_HWNDNEXT = 2
GW_OWNER = 4
GWL_STYLE = -16
GWL_EXSTYLE = -20
WS_EX_DLGMODALFRAME = 0x1
WS_EX_TOOLWINDOW = 0x80
WS_EX_NOACTIVATE = 0x08000000
WS_DISABLED = 0x08000000
DWMWA_EXTENDED_FRAME_BOUNDS = 9
DWMWA_CLOAKED = 14
PROCESS_QUERY_LIMITED_INFORMATION = 0x1000
DIALOG_CLASS = "#32770"
MAX_WINDOWS = 2000
SHELL_CLASSES = frozenset(
    {
        "Shell_TrayWnd",
        "Shell_SecondaryTrayWnd",
        "NotifyIconOverflowWindow",
        "TopLevelWindowForOverflowXamlIsland",
        "XamlExplorerHostIslandWindow",
        "Progman",
        "WorkerW",
        "Windows.UI.Core.CoreWindow",
        "tooltips_class32",
    }
)


class CRect(ctypes.Structure):
    """RECT."""

    _fields_ = (
        ("left", ctypes.c_int32),
        ("top", ctypes.c_int32),
        ("right", ctypes.c_int32),
        ("bottom", ctypes.c_int32),
    )

    def rect(self) -> Rect:
        """As ours."""
        return Rect(self.left, self.top, self.right - self.left, self.bottom - self.top)


class Desktop:
    """The desktop of this session. The process must be DPI aware (Qt sees to it) for physical pixels."""

    def __init__(self, user32: Any = None, dwmapi: Any = None, kernel32: Any = None) -> None:
        from app.system.windows import library

        self._user32: Any = user32 or library("user32")
        self._dwmapi: Any = dwmapi or library("dwmapi")
        self._kernel32: Any = kernel32 or library("kernel32")
        handle = ctypes.c_void_p
        for function in ("GetForegroundWindow", "GetTopWindow", "GetWindow", "GetAncestor"):
            getattr(self._user32, function).restype = handle
        self._user32.GetTopWindow.argtypes = [handle]
        self._user32.GetWindow.argtypes = [handle, ctypes.c_uint]
        self._user32.GetAncestor.argtypes = [handle, ctypes.c_uint]
        self._kernel32.OpenProcess.restype = handle
        self._kernel32.CloseHandle.argtypes = [handle]

    def foreground(self) -> Window | None:
        """The foreground window, or the first one below it that is neither ours nor the shell's."""
        active = self._user32.GetForegroundWindow()
        found = self._window(active) if active else None
        return found or next(iter(self.windows()), None)

    def windows(self) -> tuple[Window, ...]:
        """Ordinary visible windows in Z order."""
        found: list[Window] = []
        handle = self._user32.GetTopWindow(None)
        for _ in range(MAX_WINDOWS):  # the chain may change under us; a bound ends a circle
            if not handle:
                break
            window = self._window(handle)
            if window is not None:
                found.append(window)
            handle = self._user32.GetWindow(ctypes.c_void_p(handle), GW_HWNDNEXT)
        return tuple(found)

    def _window(self, number: int) -> Window | None:
        handle = ctypes.c_void_p(number)
        user32 = self._user32
        if not user32.IsWindowVisible(handle) or user32.IsIconic(handle) or self._is_cloaked(handle):
            return None
        process_id = ctypes.c_uint32()
        user32.GetWindowThreadProcessId(handle, ctypes.byref(process_id))
        name = self._class_name(handle)
        extended = user32.GetWindowLongW(handle, GWL_EXSTYLE)
        if process_id.value == os.getpid() or name in SHELL_CLASSES or extended & WS_EX_NOACTIVATE:
            return None
        owner = user32.GetWindow(handle, GW_OWNER)
        title = self._title(handle)
        if extended & WS_EX_TOOLWINDOW and not owner:
            return None
        rect = self._frame(handle)
        if rect.is_empty or (not title and not owner):
            return None
        return Window(
            title=title,
            application=self._program(process_id.value),
            rect=rect,
            is_modal=name == DIALOG_CLASS or self._disables(owner) or bool(extended & WS_EX_DLGMODALFRAME),
            handle=number,
            process_id=process_id.value,
        )

    def _is_cloaked(self, handle: Any) -> bool:
        """Suspended store apps and windows of other virtual desktops are visible to user32 and to nobody else."""
        cloaked = ctypes.c_uint32()
        self._dwmapi.DwmGetWindowAttribute(handle, DWMWA_CLOAKED, ctypes.byref(cloaked), 4)
        return bool(cloaked.value)

    def _frame(self, handle: Any) -> Rect:
        """Without the invisible resize border that GetWindowRect includes."""
        rect = CRect()
        size = ctypes.sizeof(rect)
        if self._dwmapi.DwmGetWindowAttribute(handle, DWMWA_EXTENDED_FRAME_BOUNDS, ctypes.byref(rect), size):
            self._user32.GetWindowRect(handle, ctypes.byref(rect))
        return rect.rect()

    def _disables(self, owner: int | None) -> bool:
        """A window whose owner takes no input is modal to it."""
        return bool(owner) and bool(self._user32.GetWindowLongW(ctypes.c_void_p(owner), GWL_STYLE) & WS_DISABLED)

    def _class_name(self, handle: Any) -> str:
        text = ctypes.create_unicode_buffer(256)
        self._user32.GetClassNameW(handle, text, len(text))
        return text.value

    def _title(self, handle: Any) -> str:
        # InternalGetWindowText never sends a message, so a program that hangs cannot hang us.
        text = ctypes.create_unicode_buffer(512)
        self._user32.InternalGetWindowText(handle, text, len(text))
        return text.value.strip()

    def _program(self, process_id: int) -> str:
        process = self._kernel32.OpenProcess(PROCESS_QUERY_LIMITED_INFORMATION, False, process_id)
        if not process:
            return ""
        try:
            path = ctypes.create_unicode_buffer(32768)
            length = ctypes.c_uint32(len(path))
            done = self._kernel32.QueryFullProcessImageNameW(ctypes.c_void_p(process), 0, path, ctypes.byref(length))
            return PureWindowsPath(path.value).name if done else ""
        finally:
            self._kernel32.CloseHandle(process)
