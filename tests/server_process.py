"""A real server in a process of its own, and a parent that forks warm ones for tests that start hundreds."""

from __future__ import annotations

import os
import select
import signal
import socket
import subprocess
import sys
import time
from pathlib import Path
from types import TracebackType

PATIENCE = 30.0

_WARM = """
import os, signal, socket, sys
import server_stub.serving
import anyio._backends._asyncio, sqlalchemy.dialects.sqlite, uvicorn.lifespan.on, uvicorn.loops.auto
import uvicorn.protocols.http.h11_impl, uvicorn.protocols.websockets.auto
from server_stub.__main__ import main
ear = socket.socket(fileno=int(sys.argv[1]))
signal.signal(signal.SIGCHLD, signal.SIG_IGN)
ear.sendall(b"ready")
while True:
    message, files, _, _ = socket.recv_fds(ear, 65536, 2)
    if not message:
        break
    pid = os.fork()
    if pid == 0:
        signal.signal(signal.SIGCHLD, signal.SIG_DFL)
        ear.close()
        os.dup2(files[0], 1)
        os.dup2(files[1], 2)
        for each in files:
            os.close(each)
        sys.exit(main(message.decode().split("\\0")))
    for each in files:
        os.close(each)
    ear.sendall(b"%d" % pid)
"""


class WarmParent:
    """A process that has imported everything and forks servers, so that a start costs a tenth of a second."""

    def __init__(self) -> None:
        ours, theirs = socket.socketpair()
        with theirs:
            self._process = subprocess.Popen(
                [sys.executable, "-c", _WARM, str(theirs.fileno())], pass_fds=[theirs.fileno()]
            )
        self._ear = ours
        assert self._ear.recv(5) == b"ready"

    def fork(self, arguments: list[str], out: int, errors: int) -> int:
        """A child that runs `deskbell-server` with those arguments; its process id."""
        socket.send_fds(self._ear, ["\0".join(arguments).encode()], [out, errors])
        return int(self._ear.recv(20))

    def close(self) -> None:
        """End the parent; its children are their owners' business."""
        self._ear.close()
        self._process.wait(PATIENCE)


class ServerProcess:
    """`deskbell-server serve` on a data folder. `url`, and after the first start `token`, `login` and `password`,
    are what it printed. Starting it again after `kill` or `stop` keeps them, and the port unless told otherwise.

    With `warm` it is forked instead of started. Everything it says on stderr is in `log`.
    """

    def __init__(self, data: Path, *, port: int = 0, warm: WarmParent | None = None) -> None:
        self.data = data
        self.log = data.with_name(data.name + ".log")
        self.url = ""
        self.token = ""
        self.login = ""
        self.password = ""
        self.pid = 0
        self._port = port
        self._warm = warm
        self._process: subprocess.Popen[bytes] | None = None

    def start(self) -> ServerProcess:
        """Start and return when it answers."""
        arguments = ["serve", "--data", str(self.data), "--port", str(self._port)]
        reading, writing = os.pipe()
        with self.log.open("ab") as errors:
            if self._warm is not None:
                self.pid = self._warm.fork(arguments, writing, errors.fileno())
            else:
                command = [sys.executable, "-m", "server_stub", *arguments]
                self._process = subprocess.Popen(command, stdout=writing, stderr=errors)
                self.pid = self._process.pid
        os.close(writing)
        try:
            self._read(self._first_words(reading))
        finally:
            os.close(reading)
        return self

    def kill(self) -> None:
        """End it as a power cut would."""
        self._signal(signal.SIGKILL)
        self._wait()

    def stop(self) -> int | None:
        """End it as an administrator would; its exit code where it is known."""
        self._signal(signal.SIGTERM)
        return self._wait()

    @property
    def running(self) -> bool:
        """Whether the process is there."""
        if self._process is not None:
            return self._process.poll() is None
        try:
            os.kill(self.pid, 0)
        except ProcessLookupError:
            return False
        return True

    def _first_words(self, reading: int) -> str:
        said = b""
        until = time.monotonic() + PATIENCE
        while b"listening on" not in said or not said.endswith(b"\n"):
            ready, _, _ = select.select([reading], [], [], until - time.monotonic())
            piece = os.read(reading, 65536) if ready else b""
            if not piece:
                raise AssertionError(f"the server did not start:\n{said.decode()}\n{self.log.read_text()}")
            said += piece
        return said.decode()

    def _read(self, words: str) -> None:
        for line in words.splitlines():
            for start, name in (
                ("Deskbell server is listening on ", "url"),
                ("Enrolment token: ", "token"),
                ("Workbench login: ", "login"),
                ("Workbench password: ", "password"),
            ):
                if line.startswith(start):
                    setattr(self, name, line.removeprefix(start))
        self._port = int(self.url.rsplit(":", 1)[1])

    def _signal(self, number: signal.Signals) -> None:
        try:
            os.kill(self.pid, number)
        except ProcessLookupError:
            pass

    def _wait(self) -> int | None:
        if self._process is not None:
            return self._process.wait(PATIENCE)
        # A forked server is its warm parent's child: its end shows in /proc or in the missing process.
        handle = self._pidfd()
        if handle is not None:
            select.select([handle], [], [], PATIENCE)
            os.close(handle)
        return None

    def _pidfd(self) -> int | None:
        try:
            return os.pidfd_open(self.pid)
        except ProcessLookupError:
            return None

    def __enter__(self) -> ServerProcess:
        return self.start()

    def __exit__(
        self, kind: type[BaseException] | None, failure: BaseException | None, trace: TracebackType | None
    ) -> None:
        if self.pid and self.running:
            self.kill()
