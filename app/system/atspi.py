"""Password fields of a Linux desktop, by the accessibility bus (AT-SPI 2): what a program says is one, is one.

Focus events tell of a field; from then on its place is asked for until it is gone, because what stands in it may be
made readable. Programs offer this when the desktop says that somebody listens, which is said here for as long.
"""

from __future__ import annotations

import threading
from contextlib import suppress
from typing import Any

from app.system.base import Rect
from app.system.curtain import Concealed, Kind

PASSWORD_ROLE = 40
"""ATSPI_ROLE_PASSWORD_TEXT."""
FOCUS, SHOWING = 12, 25
"""ATSPI_STATE_FOCUSED and ATSPI_STATE_SHOWING, bits of two words."""
SCREEN = 0
"""ATSPI_COORD_TYPE_SCREEN."""
BUS, BUS_PATH = "org.a11y.Bus", "/org/a11y/bus"
REGISTRY, REGISTRY_PATH = "org.a11y.atspi.Registry", "/org/a11y/atspi/registry"
ROOT = "/org/a11y/atspi/accessible/root"
PROPERTIES = "org.freedesktop.DBus.Properties"
ACCESSIBLE, COMPONENT = "org.a11y.atspi.Accessible", "org.a11y.atspi.Component"
FOCUSED = "object:state-changed:focused"
LOOK = 0.15
"""Seconds between two looks at where the known fields are."""
PARTING = 0.25
"""Seconds the end of a session waits for that; whoever ends it must not."""
ANSWER = 0.5
"""Seconds a program may take to answer; one that hangs must not hide the others."""
MOST_SEARCHED = 400
"""Elements looked through at the start for a field that has the focus already."""

Element = tuple[str, str]


class PasswordFields:
    """A thread that listens to the bus; `areas` says what it knows. Does nothing where there is no bus.

    `only_focused`: a field counts while it has the keyboard. On Wayland programs do not know where they are, so that a
    field hides everything, which must not last for as long as a form stands open somewhere.
    """

    def __init__(self, *, only_focused: bool = False) -> None:
        self._only_focused = only_focused
        self._fields: dict[Element, Rect] = {}
        self._lock = threading.Lock()
        self._is_closed = threading.Event()
        self._thread = threading.Thread(target=self._run, name="password-fields", daemon=True)

    def start(self) -> None:
        """Begin to listen."""
        self._thread.start()

    def areas(self) -> tuple[Concealed, ...]:
        with self._lock:
            return tuple(Concealed(Kind.SECRET, rect) for rect in self._fields.values() if not rect.is_empty)

    def leave(self) -> None:
        """Listen no more; programs are told so if nobody listened before."""
        self._is_closed.set()

    def close(self) -> None:
        self.leave()
        if self._thread.is_alive():
            self._thread.join(PARTING)

    def _run(self) -> None:
        from jeepney.wrappers import DBusErrorResponse

        with suppress(OSError, KeyError, ValueError, TimeoutError, DBusErrorResponse, ImportError):
            _Listener(self._changed, self._is_closed, FOCUS if self._only_focused else SHOWING).listen()
        self._changed({})

    def _changed(self, fields: dict[Element, Rect]) -> None:
        with self._lock:
            self._fields = fields


class _Listener:
    """The thread's own part: two connections, one for events and one for questions."""

    def __init__(self, changed: Any, is_closed: threading.Event, needed: int) -> None:
        """`needed` is the state in which a field counts."""
        from jeepney import DBusAddress, Properties
        from jeepney.io.blocking import open_dbus_connection

        self._changed, self._is_closed, self._needed = changed, is_closed, needed
        self._session: Any = open_dbus_connection()
        self._status = Properties(DBusAddress(BUS_PATH, BUS, "org.a11y.Status"))
        address = self._ask(self._session, BUS, BUS_PATH, BUS, "GetAddress")[0]
        self._events: Any = open_dbus_connection(bus=address)
        self._bus: Any = open_dbus_connection(bus=address)
        self._fields: dict[Element, Rect] = {}

    def listen(self) -> None:
        """Until closed. Raises what the bus raises."""
        from jeepney import MatchRule, message_bus
        from jeepney.io.blocking import Proxy

        was_listened_to = self._say_listening(True)
        rule = MatchRule(type="signal", interface="org.a11y.atspi.Event.Object", member="StateChanged")
        Proxy(message_bus, self._events, timeout=ANSWER).AddMatch(rule)
        self._ask(self._events, REGISTRY, REGISTRY_PATH, REGISTRY, "RegisterEvent", "s", (FOCUSED,))
        try:
            self._search()
            while not self._is_closed.is_set():
                try:
                    self._hear(self._events.receive(timeout=LOOK))
                except TimeoutError:
                    pass
                self._measure()
        finally:
            if not was_listened_to:
                self._say_listening(False)

    def _hear(self, message: Any) -> None:
        from jeepney import HeaderFields

        body = message.body
        if len(body) < 2 or body[0] != "focused" or not body[1]:
            return
        fields = message.header.fields
        self._consider((str(fields[HeaderFields.sender]), str(fields[HeaderFields.path])))

    def _consider(self, element: Element) -> None:
        """Whether it is a field or, as in GTK 4, a part of one to which the field hands the keyboard."""
        field = next((each for each in (element, self._parent(element)) if self._role(each) == PASSWORD_ROLE), None)
        if field is not None:
            self._know(element if self._needed == FOCUS else field)

    def _know(self, *elements: Element) -> None:
        self._fields |= {element: Rect(0, 0, 0, 0) for element in elements}
        self._measure()

    def _measure(self) -> None:
        """Where the known fields are now; one that is gone or hidden is known no longer."""
        if not self._fields:
            return
        found: dict[Element, Rect] = {}
        for element in self._fields:
            rect = self._place(element)
            if rect is not None:
                found[element] = rect
        self._fields = found
        self._changed(dict(found))

    def _search(self) -> None:
        """Find fields that were there before."""
        waiting: list[Element] = [(REGISTRY, ROOT)]
        for _ in range(MOST_SEARCHED):
            if not waiting or self._is_closed.is_set():
                return
            element = waiting.pop()
            children = self._children(element)
            if self._role(element) == PASSWORD_ROLE:
                self._know(element, *(children if self._needed == FOCUS else ()))
            waiting += children

    def _children(self, element: Element) -> list[Element]:
        found = self._asked(element, ACCESSIBLE, "GetChildren")
        return [(str(name), str(path)) for name, path in found[0]] if found else []

    def _parent(self, element: Element) -> Element:
        found = self._asked(element, PROPERTIES, "Get", "ss", (ACCESSIBLE, "Parent"))
        name, path = found[0][1] if found else ("", "")
        return str(name), str(path)

    def _role(self, element: Element) -> int:
        found = self._asked(element, ACCESSIBLE, "GetRole") if element[0] else None
        return int(found[0]) if found else 0

    def _place(self, element: Element) -> Rect | None:
        states = self._asked(element, ACCESSIBLE, "GetState")
        if not states or not states[0] or not states[0][0] >> self._needed & 1:
            return None
        if self._needed == FOCUS:
            return Rect(0, 0, 1, 1)  # somewhere
        found = self._asked(element, COMPONENT, "GetExtents", "u", (SCREEN,))
        if not found:
            return None
        x, y, width, height = (int(each) for each in found[0])
        return Rect(x, y, width, height)

    def _asked(self, element: Element, interface: str, method: str, signature: str = "", body: Any = ()) -> Any:
        """What a program answers; None when it is gone or does not."""
        from jeepney.wrappers import DBusErrorResponse

        try:
            return self._ask(self._bus, *element, interface, method, signature, body)
        except (DBusErrorResponse, TimeoutError):
            return None

    @staticmethod
    def _ask(bus: Any, name: str, path: str, interface: str, method: str, signature: str = "", body: Any = ()) -> Any:
        from jeepney import DBusAddress, new_method_call
        from jeepney.wrappers import unwrap_msg

        call = new_method_call(DBusAddress(path, name, interface), method, signature or None, body)
        return unwrap_msg(bus.send_and_get_reply(call, timeout=ANSWER))

    def _say_listening(self, is_listening: bool) -> bool:
        """Ask programs to tell; whether they were asked before."""
        from jeepney.wrappers import unwrap_msg

        [(_, before)] = unwrap_msg(self._session.send_and_get_reply(self._status.get("IsEnabled"), timeout=ANSWER))
        if before != is_listening:
            told = self._status.set("IsEnabled", "b", is_listening)
            unwrap_msg(self._session.send_and_get_reply(told, timeout=ANSWER))
        return bool(before)
