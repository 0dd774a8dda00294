"""A network cable for tests: carries TCP to a port of this machine until it is cut, and then swallows everything."""

from __future__ import annotations

import socket
import threading
from contextlib import suppress

PIECE = 65536


class Wire:
    """`port` leads to `target` until `cut`; afterwards connections stay open and silent, as with a pulled plug."""

    def __init__(self, target: int) -> None:
        self._target = target
        self._is_cut = threading.Event()
        self._ends: list[socket.socket] = []
        self._ear = socket.create_server(("127.0.0.1", 0))
        self.port: int = self._ear.getsockname()[1]
        threading.Thread(target=self._accept, name="wire", daemon=True).start()

    def cut(self) -> None:
        """Nothing arrives any more, and nobody is told."""
        self._is_cut.set()

    def close(self) -> None:
        """Hang up everything."""
        self._is_cut.set()
        for each in (self._ear, *self._ends):
            with suppress(OSError):
                each.shutdown(socket.SHUT_RDWR)
            each.close()

    def _accept(self) -> None:
        with suppress(OSError):
            while True:
                near, _ = self._ear.accept()
                self._ends.append(near)
                if self._is_cut.is_set():
                    continue
                far = socket.create_connection(("127.0.0.1", self._target))
                self._ends.append(far)
                for source, sink in ((near, far), (far, near)):
                    threading.Thread(target=self._carry, args=(source, sink), name="wire", daemon=True).start()

    def _carry(self, source: socket.socket, sink: socket.socket) -> None:
        with suppress(OSError):
            while data := source.recv(PIECE):
                if self._is_cut.is_set():
                    return
                sink.sendall(data)
            sink.shutdown(socket.SHUT_WR)
