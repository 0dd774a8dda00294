"""A desktop portal for tests: owns the portal's name on the bus and answers Screenshot as it is told.

`python -m tests.capture.portal_service BEHAVIOUR PICTURE`; prints `ready` once it owns the name, then the
`interactive` option of every call.
"""

from __future__ import annotations

import shutil
import sys
from pathlib import Path

from jeepney import DBusAddress, Message, MessageType, message_bus, new_error, new_method_return, new_signal
from jeepney.io.blocking import DBusConnection, Proxy, open_dbus_connection
from jeepney.low_level import HeaderFields

SERVICE = "org.freedesktop.portal.Desktop"
GRANTED, CANCELLED, OTHER = 0, 1, 2


def main() -> None:
    behaviour, picture = sys.argv[1], Path(sys.argv[2])
    with open_dbus_connection() as bus:
        Proxy(message_bus, bus).RequestName(SERVICE)
        print("ready", flush=True)
        while True:
            call = bus.receive()
            fields = call.header.fields
            if call.header.message_type is MessageType.method_call and fields[HeaderFields.member] == "Screenshot":
                _answer(bus, call, behaviour, picture)


def _answer(bus: DBusConnection, call: Message, behaviour: str, picture: Path) -> None:
    _, options = call.body
    interactive = options["interactive"][1]
    print(f"interactive={interactive}", flush=True)
    sender = call.header.fields[HeaderFields.sender].removeprefix(":").replace(".", "_")
    path = f"/org/freedesktop/portal/desktop/request/{sender}/{options['handle_token'][1]}"
    if behaviour == "error":
        bus.send(new_error(call, "org.freedesktop.DBus.Error.AccessDenied"))
        return
    handle = new_method_return(call, "o", (path,))
    copy = picture.with_name(f"Screenshot ü {interactive}.png")
    shutil.copy(picture, copy)
    granted = behaviour in {"grant", "quick", "vanished"} or (behaviour == "interactive" and interactive)
    if behaviour == "vanished":
        copy.unlink()
    request = DBusAddress(path, interface="org.freedesktop.portal.Request")
    results = {"uri": ("s", copy.as_uri())} if granted else {}
    response = new_signal(request, "Response", "ua{sv}", (GRANTED if granted else OTHER, results))
    if behaviour == "silent":
        bus.send(handle)
    elif behaviour == "quick":
        bus.send(response)  # faster than its own reply, as some portals are
        bus.send(handle)
    else:
        bus.send(handle)
        bus.send(response)


if __name__ == "__main__":
    main()
