"""One session of the desktop portal: the desktop asks the employee itself, and gives a picture and, if asked, hands.

Interfaces org.freedesktop.portal.ScreenCast and RemoteDesktop. A session without devices is made by ScreenCast, so that
who may only look never holds a permission to act. Nothing is kept for later: every session is a question.
"""

from __future__ import annotations

import secrets
import threading
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from queue import Empty, Queue
from typing import Any

from app.assist.source import Denied, TakenBack
from app.errors import NotAvailable
from app.system.base import Rect
from app.system.desktop_sharing import DESKTOP, REMOTE_DESKTOP, SCREEN_CAST, SERVICE

BUS = "org.freedesktop.DBus"
REQUEST = "org.freedesktop.portal.Request"
SESSION = "org.freedesktop.portal.Session"
CALL_SECONDS = 5.0
"""For what no person has to answer."""
QUESTION_SECONDS = 25.0
"""For the desktop's own question; after 30 s without a picture the session is over anyway."""
LOOK_SECONDS = 0.5
"""Between looks at whether the bus is still there."""
NEAR = 2
"""Pixels a place may be off where the desktop counts in other units."""
KEYBOARD, POINTER = 1, 2
MONITORS = 1
HIDDEN, EMBEDDED = 1, 2
GRANTED = 0


@dataclass(frozen=True, slots=True)
class Stream:
    """A monitor the employee chose: its PipeWire node, and where it lies where the desktop tells (its own units)."""

    node: int
    place: Rect | None


class PortalSession:
    """Opened by `start`, in any thread. `lost` is called once, from a thread of its own, when the desktop ends it after
    it had begun.
    """

    def __init__(self, *, devices: int = 0, lost: Callable[[], None] = lambda: None) -> None:
        """`devices` is a mask of KEYBOARD and POINTER; 0 asks for a picture only. Raises NotAvailable without a bus."""
        from jeepney.io.threading import DBusRouter, open_dbus_connection

        self._devices = devices
        self._interface = REMOTE_DESKTOP if devices else SCREEN_CAST
        self._lost = lost
        self._ended = threading.Event()
        self._ending = threading.Lock()
        self._has_begun = self._is_closed = False
        self._handle = ""
        try:
            self._connection: Any = open_dbus_connection(enable_fds=True)
        except bus_errors() as error:
            raise not_reached() from error
        self._router: Any = DBusRouter(self._connection)
        self.stream = Stream(0, None)

    @property
    def is_over(self) -> bool:
        """Whether the desktop has ended it, or it was closed."""
        return self._ended.is_set()

    def start(self, monitor: Rect, seconds: float = QUESTION_SECONDS) -> Stream:
        """Ask, which shows the desktop's dialog, for the monitor the employee chose in our own question.

        Raises Denied when the employee or the desktop says no, nothing, or another monitor; NotAvailable when the
        portal cannot. It is closed then.
        """
        try:
            self._watch()
            results = self._request("CreateSession", "a{sv}", (), {"session_handle_token": ("s", token())})
            self._handle = str(results["session_handle"][1])
            if self._devices:
                self._request("SelectDevices", "oa{sv}", (self._handle,), {"types": ("u", self._devices)})
            sources = {"types": ("u", MONITORS), "multiple": ("b", False), "cursor_mode": ("u", self._cursor_mode())}
            self._request("SelectSources", "oa{sv}", (self._handle,), sources, interface=SCREEN_CAST)
            results = self._request("Start", "osa{sv}", (self._handle, ""), {}, seconds=seconds)
        except Denied:
            self.close()
            raise
        except bus_errors() as error:
            self.close()
            raise not_reached() from error
        try:
            self.stream = self._stream_of(results, monitor)
            self._begin()
        except Denied:
            self.close()
            raise
        return self.stream

    def ends_within(self, seconds: float) -> bool:
        """Wait for the end for so long, and whether it has come: the desktop's stream ends a little before its word."""
        return self._ended.wait(seconds)

    def pipewire(self) -> int:
        """A descriptor of PipeWire on which nothing but the chosen monitor is to be found; the caller's from now on.

        Raises TakenBack.
        """
        try:
            [descriptor] = self.call("OpenPipeWireRemote", "oa{sv}", ({},), interface=SCREEN_CAST)
            return int(descriptor.to_raw_fd())
        except (TypeError, ValueError, AttributeError) as error:
            raise TakenBack("the desktop gives no picture") from error

    def call(self, method: str, signature: str, body: tuple[object, ...], interface: str = "") -> Any:
        """Call a method of the session, whose handle comes first. Raises TakenBack when the session is over."""
        if self.is_over:
            raise TakenBack("the desktop has ended it")
        try:
            return self._call(interface or self._interface, method, signature, (self._handle, *body))
        except bus_errors() as error:
            raise TakenBack("the desktop does not let it go on") from error

    def close(self) -> None:
        """Give everything back; the desktop takes its sign away. A second time does nothing."""
        if self._is_closed:
            return
        self._is_closed = True
        self._lost = lambda: None
        was_over = self.is_over
        self._ended.set()
        try:
            if self._handle and not was_over:
                self._call(SESSION, "Close", "", (), path=self._handle, seconds=1.0)
        except bus_errors():
            pass  # it ends with the connection
        finally:
            self._router.close()
            self._connection.close()

    def _begin(self) -> None:
        """From now on an end is told. Raises Denied when it was ended while it was asked for."""
        with self._ending:
            self._has_begun = True
            if self.is_over:
                raise Denied("the desktop has ended it")

    def _stream_of(self, results: dict[str, Any], monitor: Rect) -> Stream:
        """The one monitor of a Start's results. Raises Denied when it is another one, or none."""
        try:
            granted = int(results["devices"][1]) if self._devices else 0
            node, told = results["streams"][1][0]
            place = Rect(*told["position"][1], *told["size"][1]) if {"position", "size"} <= set(told) else None
        except (LookupError, TypeError, ValueError) as error:
            raise Denied("nothing was chosen in the desktop's question") from error
        if self._devices & ~granted:
            raise Denied("the desktop gave less than mouse and keyboard")
        stream = Stream(int(node), place)
        if not is_of(stream, monitor):
            raise Denied("another screen was chosen in the desktop's question")
        return stream

    def _cursor_mode(self) -> int:
        """The pointer as part of the picture where the desktop offers that."""
        from jeepney import DBusAddress, Properties
        from jeepney.wrappers import unwrap_msg

        asked = Properties(DBusAddress(DESKTOP, SERVICE, SCREEN_CAST)).get("AvailableCursorModes")
        [(_, modes)] = unwrap_msg(self._router.send_and_get_reply(asked, timeout=CALL_SECONDS))
        return EMBEDDED if modes & EMBEDDED else HIDDEN

    def _request(
        self,
        method: str,
        signature: str,
        body: tuple[object, ...],
        options: Mapping[str, tuple[str, object]],
        *,
        interface: str = "",
        seconds: float = CALL_SECONDS,
    ) -> dict[str, Any]:
        """Ask something that is answered by a signal of its own. Raises Denied and what the bus raises."""
        from jeepney import MatchRule

        mine = token()
        sender = self._router.unique_name.removeprefix(":").replace(".", "_")
        rule = MatchRule(type="signal", interface=REQUEST, member="Response", path=f"{DESKTOP}/request/{sender}/{mine}")
        # Listening starts before the call: a quick portal answers before its own reply is read.
        with self._router.filter(rule) as answers:
            options = {**options, "handle_token": ("s", mine)}
            self._call(interface or self._interface, method, signature, (*body, options))
            answer = self._awaited(answers, seconds)
        code, results = answer.body
        if code != GRANTED:
            raise Denied("the desktop's question was answered with no")
        return dict(results)

    def _awaited(self, answers: Queue[Any], seconds: float) -> Any:
        """The answer, looked for in short steps: a bus that goes away wakes nobody."""
        left = seconds
        while left > 0:
            try:
                return answers.get(timeout=min(left, LOOK_SECONDS))
            except Empty:
                left -= LOOK_SECONDS
                if self.is_over or not self._is_connected:
                    break
        raise Denied("the desktop's question was not answered")

    def _call(
        self,
        interface: str,
        method: str,
        signature: str,
        body: tuple[object, ...],
        path: str = DESKTOP,
        seconds: float = CALL_SECONDS,
    ) -> Any:
        from jeepney import DBusAddress, new_method_call
        from jeepney.wrappers import unwrap_msg

        call = new_method_call(DBusAddress(path, SERVICE, interface), method, signature or None, body)
        return unwrap_msg(self._router.send_and_get_reply(call, timeout=seconds))

    def _watch(self) -> None:
        """Have the bus pass on the portal's answers, the end of its sessions, and its own end."""
        from jeepney import MatchRule, message_bus
        from jeepney.io.threading import Proxy

        ask = Proxy(message_bus, self._router, timeout=CALL_SECONDS)
        ask.AddMatch(MatchRule(type="signal", interface=REQUEST, member="Response"))
        closed = MatchRule(type="signal", interface=SESSION, member="Closed")
        gone = MatchRule(type="signal", sender=BUS, interface=BUS, member="NameOwnerChanged")
        gone.add_arg_condition(0, SERVICE)
        ends: Queue[Any] = Queue()
        for rule in (closed, gone):
            ask.AddMatch(rule)
            self._router.filter(rule, queue=ends)
        threading.Thread(target=self._until_ended, args=(ends,), name="portal", daemon=True).start()

    def _until_ended(self, ends: Queue[Any]) -> None:
        while not self.is_over and self._is_connected:
            try:
                if self._is_end(ends.get(timeout=LOOK_SECONDS)):
                    break
            except Empty:
                continue
        with self._ending:
            is_news = self._has_begun and not self.is_over
            self._ended.set()
        if is_news:
            self._lost()

    def _is_end(self, message: Any) -> bool:
        """Whether a signal tells of this session's end: its own, or that of the portal it was made by."""
        from jeepney import HeaderFields

        fields = message.header.fields
        if fields[HeaderFields.member] == "NameOwnerChanged":
            return bool(message.body[1])  # somebody had the name until now
        return bool(self._handle) and fields[HeaderFields.path] == self._handle

    @property
    def _is_connected(self) -> bool:
        """jeepney's own thread ends with the bus."""
        return bool(self._router._rcv_thread.is_alive())


def is_of(stream: Stream, monitor: Rect) -> bool:
    """Whether a stream shows that monitor, as far as the desktop tells. It may count in units of its own scale."""
    place = stream.place
    if place is None or place.is_empty:
        return True
    scale = monitor.width / place.width
    off = (place.height * scale - monitor.height, place.x * scale - monitor.x, place.y * scale - monitor.y)
    return all(abs(each) <= NEAR for each in off)


def bus_errors() -> tuple[type[Exception], ...]:
    """What a call over the bus may raise, and what an answer that is none."""
    from jeepney import AuthenticationError, DBusErrorResponse
    from jeepney.io.common import RouterClosed

    return (OSError, EOFError, LookupError, ValueError, DBusErrorResponse, AuthenticationError, RouterClosed)


def token() -> str:
    """A name for a request or a session that nobody guesses."""
    return f"deskbell{secrets.token_hex(8)}"


def not_reached() -> NotAvailable:
    return NotAvailable(
        "The desktop portal cannot be reached.",
        "Install xdg-desktop-portal with the part for your desktop, and the Python package jeepney.",
    )
