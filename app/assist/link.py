"""The way to the viewer: one WebSocket to the server on its ordinary port, which relays sealed bytes."""

from __future__ import annotations

import json
import ssl
from threading import Lock
from typing import Protocol
from urllib.parse import urlsplit, urlunsplit
from uuid import UUID

from app.assist.seal import Broken, Direction, Opener, Sealer, key
from app.errors import Refused, Unreachable
from app.protocol.escrow import wrap
from app.protocol.session import Event, Grade, Party, Reason

LARGEST = 1024 * 1024 + 64
OPEN_SECONDS = 10.0


class Cut(Unreachable):
    """The line broke; the session may go on over a new one for two minutes."""

    def __init__(self) -> None:
        super().__init__("The connection to the agent was interrupted.")


class Over(Exception):
    """The server says that the session is over."""

    def __init__(self, reason: Reason) -> None:
        super().__init__(reason.value)
        self.reason = reason


class Link(Protocol):
    """Messages to and from the viewer. A WebRTC data channel could be another one."""

    def send(self, message: bytes) -> None:
        """Seal and send one message; blocks while the line is full. Raises Cut."""
        ...

    def receive(self) -> bytes | None:
        """The next message; None when the viewer's presence changed instead. Raises Cut, Over and seal.Broken."""
        ...

    def tell(self, event: Event, party: Party, grade: Grade | None = None, detail: str = "") -> None:
        """Let the server know what became of the session here, so that its own copy stays true. Raises Cut."""
        ...

    def open_to(self, recorder: bytes) -> None:
        """Hand the server what opens this connection's messages to the viewer, sealed to its recording key. Raises Cut
        and seal.Broken."""
        ...

    def tell_end(self, reason: Reason) -> None:
        """Let the server know that the session is over here. Raises Cut."""
        ...

    @property
    def is_cut(self) -> bool:
        """Whether the line is known to be broken."""
        ...

    @property
    def is_peer_here(self) -> bool:
        """Whether a viewer is at the other end now: without one nothing is captured."""
        ...

    def close(self) -> None:
        """End the line."""
        ...


class WebSocketLink:
    """A connection with the keys of its own number."""

    def __init__(
        self, server: str, session: UUID, token: str, shared: bytes, *, context: ssl.SSLContext | None = None
    ) -> None:
        """Connect. Raises Cut when the server cannot be reached, Refused when it says no."""
        from websockets.exceptions import InvalidStatus, WebSocketException
        from websockets.sync.client import connect

        address = link_address(server, session)
        try:
            self._socket = connect(
                address,
                additional_headers={"Authorization": f"Assist {token}"},
                ssl=context if address.startswith("wss:") else None,
                max_size=LARGEST,
                max_queue=4,
                compression=None,
                open_timeout=OPEN_SECONDS,
                ping_interval=10,
                ping_timeout=10,
                close_timeout=1,
                legacy=True,  # as an object that lives longer than a block
            )
            first = self._socket.recv(timeout=OPEN_SECONDS)
        except InvalidStatus as error:
            status = error.response.status_code
            if status >= 500:
                raise Cut from error
            raise Refused(
                "The server does not accept this session any more.", code="not_allowed", status=status
            ) from error
        except (OSError, WebSocketException) as error:
            raise Cut from error
        self._shared, self._session = shared, session
        self._number = number = link_number(first)
        self.next_token = next_token(first)
        self._is_peer_here = False
        self._is_cut = False
        self._sending = Lock()
        self._sealer = Sealer(shared, session, Direction.TO_VIEWER, number)
        self._opener = Opener(shared, session, Direction.TO_HOST, number)

    @property
    def is_peer_here(self) -> bool:
        return self._is_peer_here and not self._is_cut

    @property
    def is_cut(self) -> bool:
        return self._is_cut

    def send(self, message: bytes) -> None:
        from websockets.exceptions import WebSocketException

        try:
            # Sealing counts, so that messages must leave in the order they were sealed in.
            with self._sending:
                self._socket.send(self._sealer.seal(message))
        except (OSError, WebSocketException) as error:
            self._is_cut = True
            raise Cut from error

    def tell(self, event: Event, party: Party, grade: Grade | None = None, detail: str = "") -> None:
        told: dict[str, object] = {"event": event.value, "party": party.value}
        if grade is not None:
            told["grade"] = int(grade)
        if detail:
            told["detail"] = detail
        self._tell(told)

    def open_to(self, recorder: bytes) -> None:
        key_of_link = key(self._shared, self._session, Direction.TO_VIEWER, self._number)
        try:
            wrapped = wrap(key_of_link, recorder, self._session, self._number)
        except ValueError as error:
            raise Broken from error
        self._tell({"key": wrapped.model_dump()})

    def tell_end(self, reason: Reason) -> None:
        self._tell({"ended": reason.value})

    def _tell(self, told: dict[str, object]) -> None:
        from websockets.exceptions import WebSocketException

        try:
            with self._sending:
                self._socket.send(json.dumps(told))
        except (OSError, WebSocketException) as error:
            self._is_cut = True
            raise Cut from error

    def receive(self) -> bytes | None:
        from websockets.exceptions import WebSocketException

        try:
            found = self._socket.recv()
        except (OSError, WebSocketException, EOFError) as error:
            self._is_cut = True
            raise Cut from error
        if isinstance(found, bytes):
            return self._opener.open(found)
        over = end_of(found)
        if over is not None:
            raise Over(over)
        self._is_peer_here = peer_of(found, before=self._is_peer_here)
        return None

    def close(self) -> None:
        self._is_cut = True
        self._socket.close()


def link_address(server: str, session: UUID) -> str:
    """The WebSocket address of a session's link on a server."""
    parts = urlsplit(server)
    scheme = "wss" if parts.scheme == "https" else "ws"
    path = f"{parts.path.rstrip('/')}/api/v1/assist/{session}/link"
    return urlunsplit((scheme, parts.netloc, path, "role=host", ""))


def link_number(first: str | bytes) -> int:
    """The number of this connection, from the server's first text message. Raises Cut."""
    try:
        number = json.loads(first)["link"]
    except (ValueError, KeyError, TypeError) as error:
        raise Cut from error
    if not isinstance(number, int) or isinstance(number, bool) or number < 0:
        raise Cut
    return number


def next_token(first: str | bytes) -> str:
    """What opens the connection after this one; empty when the server told nothing."""
    token = json.loads(first).get("token")
    return token if isinstance(token, str) else ""


def end_of(text: str) -> Reason | None:
    """Why the server says the session is over; None when it says something else."""
    try:
        return Reason(json.loads(text)["ended"])
    except (ValueError, KeyError, TypeError):
        return None


def peer_of(text: str, *, before: bool) -> bool:
    """Whether the viewer is there, as the server tells; what it does not tell stays as it was."""
    try:
        told = json.loads(text).get("peer")
    except (ValueError, AttributeError):
        return before
    return {"here": True, "gone": False}.get(told, before)
