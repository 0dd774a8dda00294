"""Linux: X11 windows by xcffib, os-release, XDG autostart."""

from __future__ import annotations

import ctypes
import os
import shlex
from collections.abc import Sequence
from pathlib import Path

from app.errors import StorageError
from app.system.base import APPLICATION, ChildOptions, Window
from app.system.launch import own_command
from app.system.null import NullSystem
from app.system.processor import careful

DESKTOP_ENTRY = """[Desktop Entry]
Type=Application
Name=Deskbell
Name[zh_CN]=Deskbell 服务铃
Comment=Help from IT with one click
Comment[zh_CN]=一键获得 IT 帮助
Exec={command}
Icon=deskbell
Terminal=false
X-GNOME-Autostart-enabled=true
"""
BACKGROUND_NICE = 5  # gives way to the till, yet somebody is waiting for the answer
# One heap that gives large blocks back: the OCR worker needs 220 instead of 400 MB, at 2 % more processor time.
FRUGAL_MEMORY = (
    ("MALLOC_ARENA_MAX", "1"),
    ("MALLOC_MMAP_THRESHOLD_", str(4 * 1024 * 1024)),
    ("MALLOC_TRIM_THRESHOLD_", str(32 * 1024 * 1024)),
)


class LinuxSystem(NullSystem):
    """A Linux desktop, under X11 or Wayland."""

    name = "linux"

    def os_description(self) -> str:
        """`PRETTY_NAME` of os-release with the kernel, `Debian GNU/Linux 12 (bookworm), kernel 6.1.0`."""
        kernel = os.uname().release
        for path in (Path("/etc/os-release"), Path("/usr/lib/os-release")):
            try:
                text = path.read_text("utf-8")
            except OSError:
                continue
            for line in text.splitlines():
                name, _, value = line.partition("=")
                if name == "PRETTY_NAME":
                    return f"{' '.join(shlex.split(value))}, kernel {kernel}"
        return f"Linux {kernel}"

    def foreground(self) -> Window | None:
        """The active X11 window, or the topmost one of another program when the active one is ours."""
        if self.is_wayland():
            return None  # no client may know about the windows of others
        from app.system.x11 import Desktop

        try:
            with Desktop() as desktop:
                return desktop.active() or next(iter(desktop.stacking()), None)
        except (OSError, ImportError):
            return None

    def windows(self) -> tuple[Window, ...]:
        """X11 windows of other programs, topmost first."""
        if self.is_wayland():
            return ()
        from app.system.x11 import Desktop

        try:
            with Desktop() as desktop:
                return desktop.stacking()
        except (OSError, ImportError):
            return ()

    def is_wayland(self) -> bool:
        """A Wayland compositor answers for this session (an X11 one may be there too, for old programs)."""
        session = os.environ.get("XDG_SESSION_TYPE", "")
        return session == "wayland" or (session != "x11" and bool(os.environ.get("WAYLAND_DISPLAY")))

    def session_id(self) -> str:
        """The logind session, else the display."""
        return os.environ.get("XDG_SESSION_ID") or os.environ.get("DISPLAY", "0")

    def machine_id(self) -> str:
        """systemd's or D-Bus' machine id."""
        for path in (Path("/etc/machine-id"), Path("/var/lib/dbus/machine-id")):
            try:
                if text := path.read_text("ascii").strip():
                    return text
            except (OSError, UnicodeDecodeError):
                continue
        return super().machine_id()

    def boot_id(self) -> str:
        """The kernel's own, random for each start."""
        try:
            return Path("/proc/sys/kernel/random/boot_id").read_text("ascii").strip()
        except (OSError, UnicodeDecodeError):
            return ""

    def child_options(self) -> ChildOptions:
        """glibc is told to be frugal, numpy to be careful."""
        return ChildOptions(environment=(*FRUGAL_MEMORY, *careful()))

    def lower_own_priority(self) -> None:
        """Nice, and idle for the disk scheduler as far as nice implies it."""
        missing = BACKGROUND_NICE - os.nice(0)
        if missing > 0:
            os.nice(missing)

    def release_memory(self) -> None:
        """glibc's malloc_trim; other C libraries have none and need none."""
        trim = getattr(ctypes.CDLL(None), "malloc_trim", None)
        if trim is not None:
            trim(0)

    def set_autostart(self, enabled: bool, command: Sequence[str] = ()) -> None:
        """Write or remove the XDG autostart entry of this user."""
        entry = self._autostart_entry()
        words = tuple(command) or own_command("--background")
        try:
            if not enabled:
                entry.unlink(missing_ok=True)
                return
            entry.parent.mkdir(parents=True, exist_ok=True)
            partial = entry.with_suffix(".partial")
            partial.write_text(DESKTOP_ENTRY.format(command=desktop_command(words)), "utf-8")
            partial.replace(entry)
        except OSError as error:
            raise StorageError(
                "The start-up entry {path} cannot be changed: {reason}",
                "Ask IT about the rights on that folder.",
                path=entry,
                reason=error.strerror,
            ) from error

    def autostart(self) -> bool:
        """Whether the entry is there."""
        return self._autostart_entry().is_file()

    @staticmethod
    def _autostart_entry() -> Path:
        config = os.environ.get("XDG_CONFIG_HOME") or str(Path.home() / ".config")
        return Path(config) / "autostart" / f"{APPLICATION}.desktop"


def desktop_command(words: Sequence[str]) -> str:
    """An `Exec=` value: quoted by the rules of the desktop entry specification, which are not the shell's."""
    return " ".join(_quoted(word) for word in words)


def _quoted(word: str) -> str:
    escaped = word.replace("%", "%%")
    if escaped and not set(escaped) & set(" \t\n\"'\\><~|&;$*?#()`"):
        return escaped
    for character in ("\\", '"', "`", "$"):
        escaped = escaped.replace(character, "\\" + character)
    return '"' + escaped.replace("\\", "\\\\") + '"'
