"""The agent's browser, linked: keeps what the host sends and says what it is told to."""

from __future__ import annotations

import json
import threading
from typing import Any
from uuid import UUID

from websockets.exceptions import ConnectionClosed

from app.assist.seal import Direction, Opener, Sealer, as_bytes
from app.protocol.stream import ACK_BODY, Frame, FromHost, FromViewer, ViewerMessage
from tests.server_stub.assist_desk import Browser


class LinkedViewer:
    """One link of a browser whose session is allowed; acknowledges frames by itself."""

    def __init__(self, browser: Browser) -> None:
        self.messages: list[bytes] = []
        self.texts: list[dict[str, Any]] = []
        self.epoch = 0
        self._number = -1
        self._lock = threading.Lock()
        self._socket = browser.link()
        first = json.loads(self._socket.recv(timeout=10))
        session = UUID(browser.session)
        shared = browser.keys.shared(as_bytes(str(browser.standing()["host_public"])))
        self._sealer = Sealer(shared, session, Direction.TO_HOST, first["link"])
        self._opener = Opener(shared, session, Direction.TO_VIEWER, first["link"])
        self._here = threading.Event()
        threading.Thread(target=self._listen, name="viewer", daemon=True).start()

    def count(self, kind: FromHost) -> int:
        return sum(1 for message in list(self.messages) if message[0] == kind)

    def statuses(self) -> list[dict[str, Any]]:
        return [json.loads(message[1:]) for message in list(self.messages) if message[0] == FromHost.STATUS]

    def delivery(self) -> str:
        """The last that was heard of an offer."""
        told = [json.loads(message[1:]) for message in list(self.messages) if message[0] == FromHost.DELIVERY]
        return told[-1]["step"] if told else ""

    def say(self, said: FromViewer, /, **values: Any) -> None:
        self.send(said, json.dumps(values).encode())

    def send(self, said: FromViewer, body: bytes) -> None:
        assert self._here.wait(10)
        with self._lock:
            self._number += 1
            self._send(said, self._number, body)

    def close(self) -> None:
        self._socket.close()

    def _send(self, kind: FromViewer, number: int, body: bytes) -> None:
        self._socket.send(self._sealer.seal(ViewerMessage(kind, max(number, 0), self.epoch, body).pack()))

    def _listen(self) -> None:
        try:
            for message in self._socket:
                if isinstance(message, str):
                    self.texts.append(json.loads(message))
                    if self.texts[-1].get("peer") == "here":
                        self._here.set()
                    continue
                opened = self._opener.open(message)
                if opened[0] == FromHost.STATUS:
                    self.epoch = json.loads(opened[1:])["epoch"]
                self.messages.append(opened)
                if opened[0] == FromHost.FRAME:
                    with self._lock:
                        self._send(FromViewer.ACK, self._number, ACK_BODY.pack(Frame.unpack(opened).number, 1))
        except (ConnectionClosed, OSError):
            pass
