"""Windows: windows through user32 and dwmapi, version and policy from the registry."""

from __future__ import annotations

import ctypes
import importlib
import os
import platform
import subprocess
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

from app.errors import StorageError
from app.system.base import APPLICATION, ChildOptions, PolicyEntry, TextElement, Window
from app.system.launch import own_command
from app.system.null import NullSystem
from app.system.processor import careful

BELOW_NORMAL_PRIORITY_CLASS = 0x4000
CREATE_NO_WINDOW = 0x08000000
RUN_KEY = r"Software\Microsoft\Windows\CurrentVersion\Run"
POLICY_KEY = r"Software\Policies\Deskbell"
VERSION_KEY = r"SOFTWARE\Microsoft\Windows NT\CurrentVersion"
CRYPTOGRAPHY_KEY = r"SOFTWARE\Microsoft\Cryptography"
AUTOSTART_NAME = "Deskbell"
FIRST_WINDOWS_11_BUILD = 22000


class WindowsSystem(NullSystem):
    """Windows 10 and 11."""

    name = "windows"

    def os_description(self) -> str:
        """`Windows 11 Pro 23H2 (22631.3007)`; the registry still calls 11 "Windows 10"."""
        product = self._registry("HKEY_LOCAL_MACHINE", VERSION_KEY, "ProductName")
        release = self._registry("HKEY_LOCAL_MACHINE", VERSION_KEY, "DisplayVersion")
        build = self._registry("HKEY_LOCAL_MACHINE", VERSION_KEY, "CurrentBuildNumber")
        revision = self._registry("HKEY_LOCAL_MACHINE", VERSION_KEY, "UBR")
        if not product:
            return f"Windows {platform.release()} ({platform.version()})"
        if build.isdecimal() and int(build) >= FIRST_WINDOWS_11_BUILD:
            product = product.replace("Windows 10", "Windows 11")
        return " ".join(filter(None, (product, release, f"({'.'.join(filter(None, (build, revision)))})")))

    def foreground(self) -> Window | None:
        """GetForegroundWindow, or the topmost window below when that one is ours or the task bar."""
        from app.system.user32 import Desktop

        return Desktop().foreground()

    def windows(self) -> tuple[Window, ...]:
        """Visible windows of other programs in Z order."""
        from app.system.user32 import Desktop

        return Desktop().windows()

    def window_texts(self, handle: int) -> tuple[TextElement, ...]:
        """By UI Automation: message boxes, Win32, WPF and store programs, and browsers give their texts."""
        from app.system.uiautomation import Automation

        try:
            return Automation().texts(handle)
        except OSError:
            return ()

    def user_name(self) -> str:
        """`DOMAIN\\user` when the machine is in a domain."""
        name = super().user_name()
        domain = os.environ.get("USERDOMAIN", "")
        computer = os.environ.get("COMPUTERNAME", "")
        return f"{domain}\\{name}" if domain and domain.casefold() != computer.casefold() else name

    def session_id(self) -> str:
        """The terminal services session, which tells apart fast switched and remote users."""
        session = ctypes.c_uint32()
        kernel32 = library("kernel32")
        if kernel32.ProcessIdToSessionId(os.getpid(), ctypes.byref(session)):
            return str(session.value)
        return "0"

    def machine_id(self) -> str:
        """MachineGuid; made anew by sysprep, so an image does not carry it."""
        return self._registry("HKEY_LOCAL_MACHINE", CRYPTOGRAPHY_KEY, "MachineGuid") or super().machine_id()

    def child_options(self) -> ChildOptions:
        """Below normal priority and no console window flashing up."""
        return ChildOptions(CREATE_NO_WINDOW | BELOW_NORMAL_PRIORITY_CLASS, careful())

    def lower_own_priority(self) -> None:
        """For a child that was started without our flags."""
        kernel32 = library("kernel32")
        kernel32.GetCurrentProcess.restype = ctypes.c_void_p
        kernel32.SetPriorityClass(ctypes.c_void_p(kernel32.GetCurrentProcess()), BELOW_NORMAL_PRIORITY_CLASS)

    def policy_entries(self) -> tuple[PolicyEntry, ...]:
        """Values below HKLM, then HKCU `Software\\Policies\\Deskbell`; the machine's come first and win."""
        entries: dict[str, PolicyEntry] = {}
        for hive in ("HKEY_LOCAL_MACHINE", "HKEY_CURRENT_USER"):
            for name, value in self._registry_values(hive, POLICY_KEY):
                entries.setdefault(name.casefold(), PolicyEntry(name, value))
        return tuple(entries.values())

    def machine_folder(self) -> Path:
        """Below ProgramData, where only administrators write."""
        return Path(os.environ.get("PROGRAMDATA", r"C:\ProgramData")) / "Deskbell"

    def set_autostart(self, enabled: bool, command: Sequence[str] = ()) -> None:
        """This user's Run key: needs no administrator and is listed in the task manager."""
        registry = _winreg()
        try:
            with registry.CreateKeyEx(registry.HKEY_CURRENT_USER, RUN_KEY, 0, registry.KEY_SET_VALUE) as key:
                if enabled:
                    line = subprocess.list2cmdline(tuple(command) or own_command("--background"))
                    registry.SetValueEx(key, AUTOSTART_NAME, 0, registry.REG_SZ, line)
                else:
                    registry.DeleteValue(key, AUTOSTART_NAME)
        except FileNotFoundError:
            return  # it was not there
        except OSError as error:
            raise StorageError(
                "The start-up entry {path} cannot be changed: {reason}",
                "A policy of your organisation may forbid it; ask IT.",
                path=f"HKCU\\{RUN_KEY}",
                reason=error.strerror,
            ) from error

    def autostart(self) -> bool:
        """Whether the Run value is there."""
        return bool(self._registry("HKEY_CURRENT_USER", RUN_KEY, AUTOSTART_NAME))

    @staticmethod
    def _registry(hive: str, path: str, name: str) -> str:
        registry = _winreg()
        try:
            access = registry.KEY_READ | registry.KEY_WOW64_64KEY
            with registry.OpenKey(getattr(registry, hive), path, 0, access) as key:
                return str(registry.QueryValueEx(key, name)[0])
        except OSError:
            return ""

    @staticmethod
    def _registry_values(hive: str, path: str) -> list[tuple[str, str]]:
        registry = _winreg()
        values: list[tuple[str, str]] = []
        try:
            access = registry.KEY_READ | registry.KEY_WOW64_64KEY
            with registry.OpenKey(getattr(registry, hive), path, 0, access) as key:
                while True:  # ends with OSError after the last value
                    name, value, _ = registry.EnumValue(key, len(values))
                    values.append((str(name), str(value)))
        except OSError:
            return values


def library(name: str) -> Any:
    """A system DLL; untyped, because the type stubs of other systems do not know them."""
    load: Callable[..., Any] = vars(ctypes)["WinDLL"]
    return load(name, use_last_error=True)


def _winreg() -> Any:
    return importlib.import_module("winreg")


__all__ = ["APPLICATION", "WindowsSystem", "library"]
