"""A desktop portal for tests: ScreenCast, RemoteDesktop and GNOME's idle monitor on a real bus.

`python -m tests.assist.portal_service BEHAVIOUR WIDTH HEIGHT`; prints `ready`, then a JSON line for each call. Lines on
its standard input: `frame N` writes a picture whose pixels say N, `close` ends every session as the desktop's sign
does, `sync` is answered when everything before it is told.

Behaviours: grant, quick (the answer comes before the call's own reply), deny, silent, nothing (no screen is chosen),
elsewhere (another screen), looking (yes to looking, no to acting), deaf (nothing tells who is at work), halves (mouse
without keyboard), vanish (the portal dies while the person is asked).
"""

from __future__ import annotations

import json
import os
import sys
import threading
from typing import Any

import numpy as np
from jeepney import DBusAddress, Message, MessageType, message_bus, new_error, new_method_return, new_signal
from jeepney.io.threading import DBusConnection, DBusRouter, Proxy, open_dbus_connection
from jeepney.low_level import HeaderFields

PORTAL = "org.freedesktop.portal.Desktop"
IDLE = "org.gnome.Mutter.IdleMonitor"
PROPERTIES = {"AvailableSourceTypes": 7, "AvailableCursorModes": 7, "AvailableDeviceTypes": 7, "version": 2}
NODE = 42


class Service:
    """Answers one call after the other."""

    def __init__(self, bus: DBusConnection, behaviour: str, width: int, height: int) -> None:
        self.bus, self.behaviour, self.width, self.height = bus, behaviour, width, height
        self.sessions: dict[str, dict[str, Any]] = {}
        self.pipes: list[int] = []
        self.level = 0
        self.saying = threading.Lock()
        self.fields: dict[HeaderFields, Any] = {}

    def answer(self, call: Message) -> None:
        self.fields = call.header.fields
        member, interface = self.fields[HeaderFields.member], self.fields[HeaderFields.interface]
        if member == "Get":
            self.bus.send(new_method_return(call, "v", (("u", PROPERTIES[call.body[1]]),)))
        elif member == "GetIdletime":
            self.bus.send(new_method_return(call, "t", (60_000,)))
        elif member in ("CreateSession", "SelectDevices", "SelectSources", "Start"):
            self.request(call, member, interface.rsplit(".", 1)[1])
        elif member == "OpenPipeWireRemote":
            self.open(call)
        elif member == "Close":
            self.say(call="Close", session=self.fields[HeaderFields.path])
            self.bus.send(new_method_return(call))
        elif member.startswith("Notify"):
            self.say(call=member, values=list(call.body[2:]))
            self.bus.send(new_method_return(call))
        else:
            self.bus.send(new_error(call, "org.freedesktop.DBus.Error.UnknownMethod"))

    def request(self, call: Message, member: str, interface: str) -> None:
        options = call.body[-1]
        told = {name: value for name, (_, value) in options.items() if "token" not in name}
        self.say(call=member, interface=interface, **told)
        sender = self.fields[HeaderFields.sender].removeprefix(":").replace(".", "_")
        if member == "CreateSession":
            session = f"/org/freedesktop/portal/desktop/session/{sender}/{options['session_handle_token'][1]}"
            self.sessions[session] = {"sender": self.fields[HeaderFields.sender]}
            code, results = 0, {"session_handle": ("s", session)}
        else:
            self.sessions[call.body[0]][member] = told
            code, results = self.result(member, self.sessions[call.body[0]])
        path = f"/org/freedesktop/portal/desktop/request/{sender}/{options['handle_token'][1]}"
        signal = new_signal(
            DBusAddress(path, interface="org.freedesktop.portal.Request"), "Response", "ua{sv}", (code, results)
        )
        reply = new_method_return(call, "o", (path,))
        if member == "Start" and self.behaviour == "vanish":
            os._exit(0)
        if member == "Start" and self.behaviour == "silent":
            self.bus.send(reply)
            return
        for message in (signal, reply) if self.behaviour == "quick" else (reply, signal):
            self.bus.send(message)

    def result(self, member: str, session: dict[str, Any]) -> tuple[int, dict[str, Any]]:
        if member != "Start":
            return 0, {}
        if self.behaviour == "deny" or (self.behaviour == "looking" and "SelectDevices" in session):
            return 1, {}
        x = 5000 if self.behaviour == "elsewhere" else 0
        told = {"position": ("(ii)", (x, 0)), "size": ("(ii)", (self.width, self.height)), "source_type": ("u", 1)}
        streams = [] if self.behaviour == "nothing" else [(NODE, told)]
        results: dict[str, Any] = {"streams": ("a(ua{sv})", streams)}
        if "SelectDevices" in session:
            results["devices"] = ("u", 2 if self.behaviour == "halves" else 3)
        return 0, results

    def open(self, call: Message) -> None:
        """A pipe in PipeWire's place, with the newest picture in it as a compositor gives it at once."""
        reading, writing = os.pipe()
        self.say(call="OpenPipeWireRemote")
        self.bus.send(new_method_return(call, "h", (reading,)))
        os.close(reading)
        self.pipes.append(writing)
        threading.Thread(target=self.draw, args=(writing,), daemon=True).start()

    def draw(self, pipe: int) -> None:
        """One picture: every pixel says the level, its column and its row."""
        picture = np.zeros((self.height, self.width, 4), np.uint8)
        picture[..., 0] = self.level
        picture[..., 1] = np.arange(self.width) % 256
        picture[..., 2] = (np.arange(self.height) % 256)[:, None]
        data = memoryview(picture.tobytes())
        try:
            while data:
                data = data[os.write(pipe, data) :]
        except BrokenPipeError:
            pass  # nobody looks any more

    def obey(self) -> None:
        for line in sys.stdin:
            word, _, value = line.strip().partition(" ")
            if word == "frame":
                self.level = int(value)
                self.draw(self.pipes[-1])
            elif word == "sync":
                self.say(call="synced")
            elif word == "close":
                for session in self.sessions:
                    address = DBusAddress(session, interface="org.freedesktop.portal.Session")
                    self.bus.send(new_signal(address, "Closed", "a{sv}", ({},)))

    def say(self, **values: Any) -> None:
        with self.saying:
            print(json.dumps(values), flush=True)


def main() -> None:
    bus = open_dbus_connection(enable_fds=True)
    service = Service(bus, sys.argv[1], int(sys.argv[2]), int(sys.argv[3]))
    with DBusRouter(bus) as router:
        for name in (PORTAL,) if service.behaviour == "deaf" else (PORTAL, IDLE):
            Proxy(message_bus, router).RequestName(name)
    print("ready", flush=True)
    threading.Thread(target=service.obey, daemon=True).start()
    while True:
        call = bus.receive()
        if call.header.message_type is MessageType.method_call:
            service.answer(call)


if __name__ == "__main__":
    main()
