"""One running program per user and session; a second start hands its command to the first and ends.

The conversation on the local socket: four bytes of length (big endian), then a JSON object
`{"command": …, "argument": …, "token": …}`; the answer is the single byte `k`. Anything else is dropped.
"""

from __future__ import annotations

import hashlib
import json
import os
import struct
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path

from PySide6.QtCore import QDir, QLockFile, QObject, Signal, Slot
from PySide6.QtNetwork import QLocalServer, QLocalSocket

LARGEST = 4096
"""Bytes in one command; ours have about a hundred."""
PATIENCE = 2000
"""Milliseconds to wait for the other process."""
TALKERS = 8
"""Connections that may be open at once; a second start needs one for a moment."""
_LENGTH = struct.Struct(">I")
_HEARD = b"k"


class Command(StrEnum):
    """What a start of the program may ask of the one that runs."""

    BACKGROUND = "background"
    OPEN = "open"
    REPORT = "report"
    TICKETS = "tickets"
    SEARCH = "search"
    SETTINGS = "settings"
    QUIT = "quit"


@dataclass(frozen=True, slots=True)
class Request:
    """A command with its argument (a ticket's id, words to search for) and the desktop's activation token."""

    command: Command
    argument: str = ""
    token: str = ""


def socket_name(user: str, session: str, data: Path) -> str:
    """The socket's name: the same for one user, session and data folder, different for any other.

    In the user's own runtime folder where the desktop provides one, so that nobody else can take the name.
    """
    key = "\n".join((user, session, str(data)))
    name = "deskbell-" + hashlib.sha256(key.encode("utf-8", "surrogatepass")).hexdigest()[:20]
    folder = os.environ.get("XDG_RUNTIME_DIR", "")
    if folder and len(folder) < 60 and os.access(folder, os.W_OK):
        return f"{folder}/{name}"
    return name


def packed(request: Request) -> bytes:
    """The request as it goes over the socket."""
    body = json.dumps(
        {"command": request.command.value, "argument": request.argument[:500], "token": request.token[:500]}
    ).encode()
    return _LENGTH.pack(len(body)) + body


def unpacked(received: bytes) -> Request | None:
    """The request in a complete frame, None while bytes are missing; raises ValueError for anything hostile."""
    if len(received) < _LENGTH.size:
        return None
    (length,) = _LENGTH.unpack_from(received)
    if length > LARGEST or len(received) > _LENGTH.size + length:
        raise ValueError("a frame of the wrong size")
    if len(received) < _LENGTH.size + length:
        return None
    message = json.loads(received[_LENGTH.size :])
    if not isinstance(message, dict):
        raise ValueError("not an object")  # noqa: TRY004 (one kind of error for every hostile frame)
    texts = [message.get(name, "") for name in ("argument", "token")]
    if not all(isinstance(text, str) and len(text) <= 500 for text in texts):
        raise ValueError("not a text")
    return Request(Command(str(message.get("command"))), *texts)


def forward(name: str, request: Request) -> bool:
    """Hand the request to the program that runs; False when none runs or it does not answer."""
    socket = QLocalSocket()
    socket.connectToServer(name)
    if not socket.waitForConnected(PATIENCE):
        return False
    socket.write(packed(request))
    socket.flush()
    heard = socket.bytesAvailable() > 0 or socket.waitForReadyRead(PATIENCE)
    answer = bytes(socket.readAll().data()) if heard else b""
    socket.abort()
    return answer == _HEARD


class SingleInstance(QObject):
    """Listens for later starts of the program."""

    asked = Signal(object)

    def __init__(self, name: str, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._name = name
        self._received: dict[QLocalSocket, bytes] = {}
        self._server = QLocalServer(self)
        self._server.setSocketOptions(QLocalServer.SocketOption.UserAccessOption)
        self._server.setMaxPendingConnections(TALKERS)
        self._server.newConnection.connect(self._welcome)

    def claim(self, request: Request) -> bool:
        """Become the running program and listen; False when another one runs and has taken the request.

        A socket left behind by a crash is noticed because nobody answers on it, and is replaced.
        """
        lock = QLockFile(_lock_path(self._name))
        lock.setStaleLockTime(10_000)
        locked = lock.tryLock(PATIENCE * 2)
        try:
            if forward(self._name, request):
                return False
            if not self._server.listen(self._name):
                QLocalServer.removeServer(self._name)
                self._server.listen(self._name)
            return True
        finally:
            if locked:
                lock.unlock()

    def close(self) -> None:
        """Stop listening."""
        self._server.close()
        for socket in list(self._received):
            socket.abort()

    @Slot()
    def _welcome(self) -> None:
        while (socket := self._server.nextPendingConnection()) is not None:
            if len(self._received) >= TALKERS:
                next(iter(self._received)).abort()  # the one that has kept us waiting longest
            self._received[socket] = b""
            socket.readyRead.connect(self._hear)
            socket.disconnected.connect(self._part)
            self._listen_to(socket)

    @Slot()
    def _hear(self) -> None:
        socket = self.sender()
        if isinstance(socket, QLocalSocket):
            self._listen_to(socket)

    def _listen_to(self, socket: QLocalSocket) -> None:
        if socket not in self._received or not socket.bytesAvailable():
            return
        self._received[socket] += bytes(socket.read(LARGEST + _LENGTH.size + 1).data())
        try:
            request = unpacked(self._received[socket])
        except (ValueError, RecursionError):
            socket.abort()
            return
        if request is not None:
            self._received[socket] = b""
            socket.write(_HEARD)
            socket.flush()
            socket.disconnectFromServer()
            self.asked.emit(request)

    @Slot()
    def _part(self) -> None:
        socket = self.sender()
        if isinstance(socket, QLocalSocket):
            self._received.pop(socket, None)
            socket.deleteLater()


def _lock_path(name: str) -> str:
    return (name if os.path.isabs(name) else QDir.temp().filePath(name)) + ".lock"  # noqa: PTH117 (a name, not a file)
