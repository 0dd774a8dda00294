"""A desktop of its own for tests: Xvfb, a session bus, xfwm4 and xfce4-panel with a place for tray icons."""

from __future__ import annotations

import os
import re
import shutil
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Mapping
from pathlib import Path
from types import TracebackType

from tests.xvfb import Xvfb

NEEDED = ("Xvfb", "dbus-daemon", "xfwm4", "xfce4-panel", "xfconf-query", "xdotool", "import", "xwininfo", "gdbus")
PANEL_HEIGHT = 32
CONFIGURATION = """<?xml version="1.0" encoding="UTF-8"?>
<channel name="xfce4-panel" version="1.0">
 <property name="configver" type="int" value="2"/>
 <property name="panels" type="array"><value type="int" value="1"/>
  <property name="dark-mode" type="bool" value="true"/>
  <property name="panel-1" type="empty">
   <property name="position" type="string" value="p=8;x=0;y=0"/>
   <property name="position-locked" type="bool" value="true"/>
   <property name="length" type="uint" value="100"/><property name="size" type="uint" value="32"/>
   <property name="plugin-ids" type="array">
    <value type="int" value="1"/><value type="int" value="2"/><value type="int" value="3"/><value type="int" value="4"/>
   </property>
  </property></property>
 <property name="plugins" type="empty">
  <property name="plugin-1" type="string" value="tasklist"/>
  <property name="plugin-2" type="string" value="separator">
   <property name="expand" type="bool" value="true"/>
  </property>
  <property name="plugin-3" type="string" value="systray">
   <property name="square-icons" type="bool" value="true"/><property name="icon-size" type="int" value="24"/>
  </property>
  <property name="plugin-4" type="string" value="clock"/>
 </property>
</channel>
"""


def missing() -> str:
    """The programs that this desktop needs and the machine lacks, as a sentence for a skip; empty when complete."""
    absent = [name for name in NEEDED if shutil.which(name) is None]
    return f"no panel here: {', '.join(absent)} not installed" if absent else ""


def wait_for(condition: Callable[[], object], what: str, deadline: float = 20.0) -> object:
    """The condition's first truthy value; fails with `what` when there is none within `deadline` seconds."""
    end = time.monotonic() + deadline
    while time.monotonic() < end:
        value = condition()
        if value:
            return value
        time.sleep(0.05)
    raise AssertionError(f"waited {deadline} s in vain: {what}")


class PanelDesktop:
    """Use as a context manager; `environment` is for programs that shall appear on it.

    Everything it starts runs in a process group of its own and is ended by its id.
    """

    def __init__(self, folder: Path, size: tuple[int, int] = (1280, 800), *, with_panel: bool = True) -> None:
        self.folder = folder
        self.width, self.height = size
        self.environment: dict[str, str] = {}
        self._with_panel = with_panel
        self._screen = Xvfb(*size)
        self._processes: list[subprocess.Popen[bytes]] = []
        self._panel: subprocess.Popen[bytes] | None = None

    def __enter__(self) -> PanelDesktop:
        try:
            self._start()
        except BaseException:
            self.close()
            raise
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def run(self, command: list[str], name: str, more: Mapping[str, str] | None = None) -> subprocess.Popen[bytes]:
        """Start a program on this desktop; its output goes to `<folder>/<name>.log`."""
        with (self.folder / f"{name}.log").open("ab") as output:
            process = subprocess.Popen(
                command,
                env={**self.environment, **(more or {})},
                stdin=subprocess.DEVNULL,
                stdout=output,
                stderr=subprocess.STDOUT,
                start_new_session=True,
            )
        self._processes.append(process)
        return process

    def start_panel(self) -> None:
        """Start the panel and wait until it takes tray icons."""
        self._panel = self.run(["xfce4-panel", "--disable-wm-check"], "panel")
        wait_for(self.host_runs, "the panel takes tray icons")

    def stop_panel(self) -> None:
        """End the panel as a crash would."""
        if self._panel is not None:
            end(self._panel)
            self._panel = None
            wait_for(lambda: not self.host_runs(), "the panel is gone")

    def host_runs(self) -> bool:
        """Whether something shows tray icons."""
        return "org.kde.StatusNotifierWatcher" in self.bus_names()

    def bus_names(self) -> str:
        """The names on the session bus, as gdbus prints them."""
        return self.ask(
            "gdbus", "call", "--session", "--dest", "org.freedesktop.DBus", "--object-path", "/",
            "--method", "org.freedesktop.DBus.ListNames",
        )  # fmt: skip

    def items(self) -> list[str]:
        """The tray icons the panel's host knows, as `bus name/object path`."""
        printed = self.ask(
            "gdbus", "call", "--session", "--dest", "org.kde.StatusNotifierWatcher",
            "--object-path", "/StatusNotifierWatcher", "--method", "org.freedesktop.DBus.Properties.Get",
            "org.kde.StatusNotifierWatcher", "RegisteredStatusNotifierItems",
        )  # fmt: skip
        return re.findall(r"'([^']+)'", printed)

    def ask(self, *command: str) -> str:
        """What a short command prints; empty when it fails."""
        ran = subprocess.run(command, env=self.environment, capture_output=True, text=True, timeout=20, check=False)
        return ran.stdout if ran.returncode == 0 else ""

    def mouse(self, x: int, y: int, button: int = 1) -> None:
        """Press a mouse button at a place on the screen."""
        self.ask("xdotool", "mousemove", str(x), str(y))
        self.ask("xdotool", "click", str(button))

    def key(self, *names: str) -> None:
        """Press keys, named as xdotool names them."""
        self.ask("xdotool", "key", *names)

    def windows(self, title: str) -> list[str]:
        """Ids of the visible windows whose title matches."""
        return self.ask("xdotool", "search", "--onlyvisible", "--name", title).split()

    def picture(self, path: Path) -> Path:
        """Keep a picture of the whole screen."""
        path.parent.mkdir(parents=True, exist_ok=True)
        self.ask("import", "-window", "root", str(path))
        return path

    def close(self) -> None:
        """End everything that was started here, last first."""
        for process in reversed(self._processes):
            end(process)
        self._processes.clear()
        self._screen.__exit__(None, None, None)

    def _start(self) -> None:
        settings = self.folder / "config" / "xfce4" / "xfconf" / "xfce-perchannel-xml"
        runtime = self.folder / "runtime"
        home = self.folder / "home"
        for each in (settings, runtime, home):
            each.mkdir(parents=True, exist_ok=True)
        runtime.chmod(0o700)
        (settings / "xfce4-panel.xml").write_text(CONFIGURATION, encoding="utf-8")
        kept = {name: os.environ[name] for name in ("PATH", "LANG", "LD_LIBRARY_PATH") if name in os.environ}
        self.environment = {
            **kept,
            "HOME": str(home),
            "XDG_CONFIG_HOME": str(self.folder / "config"),
            "XDG_CACHE_HOME": str(self.folder / "cache"),
            "XDG_DATA_HOME": str(self.folder / "data"),
            "XDG_RUNTIME_DIR": str(runtime),
            "QT_QPA_PLATFORM": "xcb",
            "NO_AT_BRIDGE": "1",
            "GTK_A11Y": "none",
            "PYTHONUTF8": "1",
        }
        self.environment["DISPLAY"] = self._screen.__enter__().display
        self.environment["DBUS_SESSION_BUS_ADDRESS"] = self._start_bus(runtime)
        self.run(["xfwm4", "--compositor=off"], "window-manager")
        wait_for(lambda: "_NET_WM_NAME" in self.ask("xprop", "-root", "_NET_SUPPORTED"), "a window manager")
        if self._with_panel:
            self.start_panel()

    def _start_bus(self, runtime: Path) -> str:
        address = f"unix:path={runtime}/bus"
        self.run(["dbus-daemon", "--session", "--nofork", f"--address={address}"], "bus")
        wait_for(lambda: (runtime / "bus").exists(), "a session bus")
        return address


def end(process: subprocess.Popen[bytes]) -> None:
    """End a process that was started here and what it started, politely first."""
    for name in (signal.SIGTERM, signal.SIGKILL):
        if process.poll() is not None and name is signal.SIGKILL:
            break
        try:
            os.killpg(process.pid, name)
        except ProcessLookupError:
            break
        try:
            process.wait(timeout=3)
        except subprocess.TimeoutExpired:
            continue
        break
    process.wait(timeout=5)


def python() -> str:
    """The interpreter the tests run with, for programs started on the desktop."""
    return sys.executable
