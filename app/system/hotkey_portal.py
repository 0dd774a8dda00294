"""Hotkeys on Wayland: the GlobalShortcuts portal, where the desktop asks the person and keeps the binding.

Nothing here waits: requests are sent, and their answers are read whenever the descriptor has something.
"""

from __future__ import annotations

import importlib.util
import os
import secrets
from typing import Any

from app.errors import NotAvailable
from app.system.hotkey import Combination, Modifier

SERVICE = "org.freedesktop.portal.Desktop"
DESKTOP = "/org/freedesktop/portal/desktop"
SHORTCUTS = "org.freedesktop.portal.GlobalShortcuts"
REQUEST = "org.freedesktop.portal.Request"
TRIGGERS = {Modifier.CTRL: "CTRL", Modifier.ALT: "ALT", Modifier.SHIFT: "SHIFT", Modifier.META: "LOGO"}


def trigger(combination: Combination) -> str:
    """The combination as the XDG shortcuts specification writes it: `CTRL+SHIFT+F1`."""
    held = [TRIGGERS[modifier] for modifier in Modifier if modifier in combination.modifiers]
    key = combination.key if len(combination.key) > 1 else combination.key.lower()
    return "+".join([*held, key])


class PortalHotkey:
    """One portal session with one shortcut; the combination is a wish that the desktop may change."""

    def __init__(self, name: str = "report", described: str = "Report a problem") -> None:
        """`name` tells the desktop one shortcut of ours from another, `described` tells the person what it does."""
        self._name, self._described = name, described
        self._bus: Any = None  # jeepney is untyped
        self._session = ""
        self._wanted: Combination | None = None
        self._awaited: dict[str, str] = {}
        self.is_refused = False

    def is_compatible(self) -> bool:
        """A Wayland session whose portal knows global shortcuts."""
        if not os.environ.get("WAYLAND_DISPLAY") or importlib.util.find_spec("jeepney") is None:
            return False
        from jeepney import DBusAddress, Properties
        from jeepney.io.blocking import open_dbus_connection
        from jeepney.wrappers import DBusErrorResponse, unwrap_msg

        try:
            with open_dbus_connection() as bus:
                address = DBusAddress(DESKTOP, bus_name=SERVICE, interface=SHORTCUTS)
                unwrap_msg(bus.send_and_get_reply(Properties(address).get("version"), timeout=2.0))
        except (OSError, KeyError, TimeoutError, DBusErrorResponse):
            return False
        return True

    def register(self, combination: Combination) -> None:
        """Ask for the combination; the desktop's own dialog may follow. Raises NotAvailable without a bus."""
        from jeepney import MatchRule, message_bus
        from jeepney.io.blocking import Proxy, open_dbus_connection
        from jeepney.wrappers import DBusErrorResponse

        self.release()
        try:
            self._bus = open_dbus_connection()
            rules = (
                MatchRule(type="signal", interface=REQUEST, member="Response"),
                MatchRule(type="signal", interface=SHORTCUTS, member="Activated"),
            )
            for rule in rules:
                Proxy(message_bus, self._bus, timeout=2.0).AddMatch(rule)
        except (OSError, KeyError, TimeoutError, DBusErrorResponse) as error:
            self.release()
            raise NotAvailable("The desktop portal cannot be reached.") from error
        self._wanted = combination
        self.is_refused = False
        options = {"session_handle_token": ("s", self._token()), "handle_token": ("s", self._expect("CreateSession"))}
        self._call("CreateSession", "a{sv}", (options,))

    def release(self) -> None:
        if self._bus is not None:
            self._bus.close()
        self._bus, self._session, self._wanted = None, "", None
        self._awaited.clear()

    def fileno(self) -> int | None:
        return None if self._bus is None else int(self._bus.sock.fileno())

    def presses(self) -> int:
        """Read what has arrived; answers to our own requests are followed up here."""
        from jeepney import HeaderFields, MessageType

        count = 0
        while self._bus is not None:
            try:
                message = self._bus.receive(timeout=0)
            except TimeoutError:
                return count
            except (OSError, EOFError):  # the bus went away with the desktop
                self.release()
                return count
            fields = message.header.fields
            if message.header.message_type is not MessageType.signal:
                continue
            member = fields.get(HeaderFields.member)
            if member == "Response":
                self._answered(str(fields.get(HeaderFields.path)), message.body)
            elif member == "Activated" and message.body[:2] == (self._session, self._name):
                count += 1
        return count

    def is_press(self, message: int) -> bool:  # noqa: ARG002 - part of the protocol
        return False

    def _answered(self, path: str, body: tuple[int, dict[str, Any]]) -> None:
        request = self._awaited.pop(path, "")
        code, results = body
        if not request:
            return
        if code != 0:
            self.is_refused = True
        elif request == "CreateSession" and self._wanted is not None:
            self._session = str(results["session_handle"][1])
            described = {
                "description": ("s", self._described),
                "preferred_trigger": ("s", trigger(self._wanted)),
            }
            options = {"handle_token": ("s", self._expect("BindShortcuts"))}
            body_out = (self._session, [(self._name, described)], "", options)
            self._call("BindShortcuts", "oa(sa{sv})sa{sv}", body_out)

    def _token(self) -> str:
        return f"deskbell{secrets.token_hex(8)}"

    def _expect(self, request: str) -> str:
        """A token whose request path is known before the call, so that a quick answer is not missed."""
        token = self._token()
        sender = self._bus.unique_name.removeprefix(":").replace(".", "_")
        self._awaited[f"{DESKTOP}/request/{sender}/{token}"] = request
        return token

    def _call(self, method: str, signature: str, body: tuple[object, ...]) -> None:
        from jeepney import DBusAddress, new_method_call

        address = DBusAddress(DESKTOP, bus_name=SERVICE, interface=SHORTCUTS)
        self._bus.send(new_method_call(address, method, signature, body))
