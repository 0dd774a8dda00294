"""Tells when the screen is locked, the computer sleeps or another user takes over: whatever is shown must end."""

from __future__ import annotations

import sys
import threading
from collections.abc import Callable
from contextlib import suppress
from typing import Any

WM_WTSSESSION_CHANGE = 0x02B1
LEAVING = frozenset({2, 4, 6, 7})
"""Console and remote disconnect, logoff, lock."""
END_SECONDS = 0.2
LOGIN = "org.freedesktop.login1"
RULES = (
    (LOGIN, "org.freedesktop.login1.Manager", "PrepareForSleep"),
    (LOGIN, "org.freedesktop.login1.Session", "Lock"),
    (LOGIN, "org.freedesktop.DBus.Properties", "PropertiesChanged"),
)
SAVERS = ("org.freedesktop.ScreenSaver", "org.gnome.ScreenSaver", "org.xfce.ScreenSaver", "org.mate.ScreenSaver")


class LockWatch:
    """Calls `locked`, from a thread of its own, whenever somebody leaves this desktop. Linux: logind and screen savers.

    On Windows the windows' own message queue tells; see `listen_on` and `is_leaving`.
    """

    def __init__(self, locked: Callable[[], None]) -> None:
        self._locked = locked
        self._buses: list[Any] = []
        self._threads: list[threading.Thread] = []
        self._is_closed = False

    def start(self) -> None:
        """Begin; where nobody tells, nothing is heard."""
        if sys.platform == "linux":
            for bus in ("SYSTEM", "SESSION"):
                thread = threading.Thread(target=self._listen, args=(bus,), name=f"locks-{bus.lower()}", daemon=True)
                self._threads.append(thread)
                thread.start()

    def close(self) -> None:
        """Hear nothing more."""
        self._is_closed = True
        for bus in self._buses:
            with suppress(OSError):
                bus.sock.shutdown(2)  # wakes the thread that waits on it
        for thread in self._threads:
            thread.join(END_SECONDS)

    def _listen(self, name: str) -> None:
        try:
            from jeepney import DBusErrorResponse, MatchRule, message_bus
            from jeepney.io.blocking import Proxy, open_dbus_connection
        except ImportError:
            return
        try:
            bus: Any = open_dbus_connection(bus=name)
        except (OSError, KeyError, ValueError, EOFError, DBusErrorResponse):
            return  # no such bus on this desktop
        self._buses.append(bus)
        wanted = RULES if name == "SYSTEM" else tuple((None, saver, "ActiveChanged") for saver in SAVERS)
        try:
            ask = Proxy(message_bus, bus)
            for sender, interface, member in wanted:
                rule = MatchRule(type="signal", sender=sender, interface=interface, member=member)
                ask.AddMatch(rule)
            while not self._is_closed:
                if is_leaving_signal(bus.receive()):
                    self._locked()
        except (OSError, EOFError, ValueError, DBusErrorResponse):
            pass  # the bus went away with the desktop
        finally:
            bus.close()


def is_leaving_signal(message: Any) -> bool:
    """Whether a D-Bus signal tells of a lock, of sleep, of another user, or of a screen saver that begins."""
    fields = {getattr(field, "name", field): value for field, value in message.header.fields.items()}
    member = fields.get("member")
    if member == "Lock":
        return True
    if member == "PropertiesChanged":  # another user's session has come to the front, or this one is locked
        return has_changed(message.body, "Active", False) or has_changed(message.body, "LockedHint", True)
    return member in ("PrepareForSleep", "ActiveChanged") and bool(message.body and message.body[0])


def has_changed(body: Any, name: str, value: bool) -> bool:
    """Whether a PropertiesChanged signal of a logind session says that a property has that value now."""
    if not body or body[0] != f"{LOGIN}.Session" or len(body) < 2:
        return False
    return bool(body[1].get(name) == ("b", value))


def listen_on(window: int) -> bool:
    """Windows: have a window told when the session is locked or left; False elsewhere."""
    if sys.platform == "win32":
        import ctypes

        from app.system.windows import library

        return bool(library("wtsapi32").WTSRegisterSessionNotification(ctypes.c_void_p(window), 0))
    return False


def is_leaving(message: int, parameter: int) -> bool:
    """Windows: whether a window message tells that the employee leaves this session."""
    return message == WM_WTSSESSION_CHANGE and parameter in LEAVING
