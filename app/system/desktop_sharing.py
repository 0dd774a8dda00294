"""What a Wayland desktop has of its own for sharing a screen: its portal, PipeWire's pictures, and who is at work.

Asked without loading any of it: files are looked for, and the bus answers in milliseconds.
"""

from __future__ import annotations

import importlib.util
import os
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from app.errors import NotAvailable

SERVICE = "org.freedesktop.portal.Desktop"
DESKTOP = "/org/freedesktop/portal/desktop"
SCREEN_CAST = "org.freedesktop.portal.ScreenCast"
REMOTE_DESKTOP = "org.freedesktop.portal.RemoteDesktop"
MONITORS = 1
PLUGIN = "gstreamer-1.0/libgstpipewire.so"
LIBRARIES = ("/usr/lib", "/usr/lib64", "/usr/local/lib", "/usr/local/lib64")
ANSWER = 2.0
"""Seconds the bus may take, and a portal that has to be started."""
IDLE, IDLE_PATH = "org.gnome.Mutter.IdleMonitor", "/org/gnome/Mutter/IdleMonitor/Core"


def missing(environment: Mapping[str, str] = os.environ) -> NotAvailable | None:
    """What sharing the screen by the desktop's own means lacks here; None when nothing. Takes seconds at worst."""
    if not environment.get("DISPLAY"):
        return NotAvailable(
            "This desktop cannot keep Deskbell's strip above other windows.", "Install XWayland, then sign in again."
        )
    if importlib.util.find_spec("jeepney") is None or not offers_monitors():
        return NotAvailable(
            "This desktop does not share its screen with other programs.",
            "Install xdg-desktop-portal with the part for your desktop, and PipeWire.",
        )
    if not has_pictures(environment):
        return NotAvailable(
            "The part that brings the desktop's picture is missing.",
            "Install GStreamer's PipeWire plug-in (Debian: gstreamer1.0-pipewire and gstreamer1.0-plugins-base).",
        )
    return None


def has_pictures(environment: Mapping[str, str] = os.environ) -> bool:
    """Whether GStreamer's PipeWire plug-in lies where GStreamer looks for it."""
    named = (environment.get(name, "") for name in ("GST_PLUGIN_SYSTEM_PATH_1_0", "GST_PLUGIN_PATH_1_0"))
    places = [Path(place, Path(PLUGIN).name) for paths in named for place in paths.split(":") if place]
    for library in map(Path, LIBRARIES):
        places.append(library / PLUGIN)
        places += library.glob(f"*/{PLUGIN}")
    return any(place.is_file() for place in places)


def offers_monitors() -> bool:
    """Whether a portal shares whole monitors."""
    from jeepney import AuthenticationError, DBusAddress, DBusErrorResponse, Properties
    from jeepney.io.blocking import open_dbus_connection
    from jeepney.wrappers import unwrap_msg

    asked = Properties(DBusAddress(DESKTOP, SERVICE, SCREEN_CAST)).get("AvailableSourceTypes")
    try:
        with open_dbus_connection() as bus:
            [(_, kinds)] = unwrap_msg(bus.send_and_get_reply(asked, timeout=ANSWER))
    except (OSError, KeyError, ValueError, EOFError, TimeoutError, AuthenticationError, DBusErrorResponse):
        return False
    return bool(kinds & MONITORS)


class IdleMonitor:
    """How long nobody has touched mouse or keyboard, where the desktop tells (GNOME)."""

    def __init__(self) -> None:
        """Raises NotAvailable where it does not."""
        from jeepney.io.blocking import open_dbus_connection

        try:
            self._bus: Any = open_dbus_connection()
        except self._errors() as error:
            raise untold() from error
        try:
            self.seconds()
        except NotAvailable:
            self._bus.close()
            raise

    def seconds(self) -> float:
        """Since the last input, ours included. Raises NotAvailable when the desktop tells no more."""
        from jeepney import DBusAddress, new_method_call
        from jeepney.wrappers import unwrap_msg

        call = new_method_call(DBusAddress(IDLE_PATH, IDLE, IDLE), "GetIdletime")
        try:
            [milliseconds] = unwrap_msg(self._bus.send_and_get_reply(call, timeout=ANSWER))
        except self._errors() as error:
            raise untold() from error
        return float(milliseconds) / 1000

    def close(self) -> None:
        """Ask no more."""
        self._bus.close()

    @staticmethod
    def _errors() -> tuple[type[Exception], ...]:
        from jeepney import AuthenticationError, DBusErrorResponse

        return (OSError, EOFError, LookupError, ValueError, AuthenticationError, DBusErrorResponse)


def untold() -> NotAvailable:
    return NotAvailable("This desktop does not tell when the employee's own hand is at work.")
