"""Whether a desktop shows tray icons, asked in a way that does not spoil Qt's own answer.

On Linux Qt decides once per process, at the first question, between the D-Bus protocol and the older X11 one,
and never changes its mind. Asked before the panel runs (a race at every sign-in), it would stay without an
icon for good. So Qt is asked only when a host of either kind is known to be there.
"""

from __future__ import annotations

from typing import Any

from PySide6.QtGui import QGuiApplication
from PySide6.QtWidgets import QSystemTrayIcon

WATCHER = "org.kde.StatusNotifierWatcher"


def tray_host_exists() -> bool:
    """True when an icon shown now would be seen."""
    platform = QGuiApplication.platformName()
    if platform not in ("xcb", "wayland"):
        return QSystemTrayIcon.isSystemTrayAvailable()
    return (_watcher_runs() or (platform == "xcb" and _x11_host_runs())) and QSystemTrayIcon.isSystemTrayAvailable()


def _watcher_runs() -> bool:
    from PySide6.QtDBus import QDBusConnection

    bus = QDBusConnection.sessionBus()
    return bus.isConnected() and bool(bus.interface().isServiceRegistered(WATCHER).value())


def _x11_host_runs() -> bool:
    import xcffib
    import xcffib.xproto

    library: Any = xcffib  # its generated modules are untyped
    try:
        connection = library.connect()
    except xcffib.ConnectionException:
        return False
    try:
        name = f"_NET_SYSTEM_TRAY_S{connection.pref_screen}"
        atom = connection.core.InternAtom(False, len(name), name).reply().atom
        return bool(connection.core.GetSelectionOwner(atom).reply().owner)
    finally:
        connection.disconnect()
