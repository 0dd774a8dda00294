"""The ways between host and viewer in a benchmark: a shaped TCP line, a relay of sealed messages, and the pages."""

from __future__ import annotations

import asyncio
import http
import json
import socket
import threading
from collections.abc import Coroutine
from contextlib import suppress
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from websockets.asyncio.server import ServerConnection, serve
from websockets.datastructures import Headers
from websockets.exceptions import ConnectionClosed
from websockets.http11 import Request, Response

CHUNK = 4096
BUFFER = 32 * 1024
"""Bytes the line takes in before it pushes back, as a router of a small shop does."""
KINDS = {".js": "text/javascript", ".html": "text/html; charset=utf-8"}


class Loop:
    """An event loop in a thread of its own."""

    def __init__(self) -> None:
        self._loop = asyncio.new_event_loop()
        threading.Thread(target=self._loop.run_forever, name="line", daemon=True).start()

    def run(self, work: Coroutine[Any, Any, Any]) -> Any:
        return asyncio.run_coroutine_threadsafe(work, self._loop).result(20)


class Line:
    """A TCP connection to `target` that carries `rate` bytes a second upwards, after `delay` seconds each way.

    Rate 0 is as fast as it goes. `carried` counts the bytes from the sender.
    """

    def __init__(self, loop: Loop, target: int, rate: float = 0, delay: float = 0, *, is_sender_behind: bool) -> None:
        self._target, self._rate, self._delay, self._is_sender_behind = target, rate, delay, is_sender_behind
        self.carried = 0
        taking = socket.create_server(("127.0.0.1", 0))
        if rate:
            taking.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, BUFFER)
        self.port: int = taking.getsockname()[1]
        self._server = loop.run(asyncio.start_server(self._serve, sock=taking, limit=BUFFER))
        self._loop = loop

    def close(self) -> None:
        async def end() -> None:
            self._server.close()

        self._loop.run(end())

    async def _serve(self, near: asyncio.StreamReader, near_out: asyncio.StreamWriter) -> None:
        far, far_out = await asyncio.open_connection("127.0.0.1", self._target, limit=BUFFER)
        up = self._pump(near, far_out, is_counted=not self._is_sender_behind)
        down = self._pump(far, near_out, is_counted=self._is_sender_behind)
        await asyncio.gather(up, down)

    async def _pump(
        self, source: asyncio.StreamReader, sink: asyncio.StreamWriter, *, is_counted: bool = False
    ) -> None:
        loop = asyncio.get_running_loop()
        under_way: asyncio.Queue[tuple[float, bytes]] = asyncio.Queue()

        async def deliver() -> None:
            while True:
                at, data = await under_way.get()
                await asyncio.sleep(max(at - loop.time(), 0))
                sink.write(data)
                await sink.drain()
                if not data:
                    return

        delivering = asyncio.create_task(deliver())
        free_at = loop.time()
        with suppress(ConnectionError, OSError):
            while data := await source.read(CHUNK if self._rate else 65536):
                if is_counted:
                    self.carried += len(data)
                if is_counted and self._rate:
                    free_at = max(free_at, loop.time()) + len(data) / self._rate
                    await asyncio.sleep(max(free_at - loop.time(), 0))
                if self._delay:
                    under_way.put_nowait((loop.time() + self._delay, data))
                else:
                    sink.write(data)
                    await sink.drain()
        delivering.cancel()
        with suppress(ConnectionError, OSError):
            sink.close()


class Relay:
    """Passes messages between one host and one viewer, as the server does, and serves files to the browser."""

    def __init__(self, loop: Loop, folders: dict[str, Path], pages: dict[str, str]) -> None:
        self._folders, self._pages = folders, pages
        self._ends: dict[str, ServerConnection] = {}
        self._complete = asyncio.Event()
        self._loop = loop
        self._server = loop.run(self._start())
        self.port: int = self._server.sockets[0].getsockname()[1]

    def close(self) -> None:
        async def end() -> None:
            self._server.close()

        self._loop.run(end())

    async def _start(self) -> Any:
        return await serve(
            self._meet, "127.0.0.1", 0, process_request=self._page, compression=None, max_size=2**22, max_queue=4
        )

    async def _meet(self, end: ServerConnection) -> None:
        role = "viewer" if (end.request and end.request.path == "/viewer") else "host"
        other = "host" if role == "viewer" else "viewer"
        self._ends[role] = end
        await end.send(json.dumps({"link": 1, "token": "next"}))
        if other in self._ends:
            for each in self._ends.values():
                await each.send(json.dumps({"peer": "here"}))
        with suppress(ConnectionClosed):
            async for message in end:
                if isinstance(message, bytes):
                    await self._ends[other].send(message)

    def _page(self, _: ServerConnection, request: Request) -> Response | None:
        path = urlsplit(request.path).path
        if "Upgrade" in request.headers:
            return None
        body = self._pages.get(path, "").encode()
        for prefix, folder in self._folders.items():
            if path.startswith(prefix) and (folder / path.removeprefix(prefix)).is_file():
                body = (folder / path.removeprefix(prefix)).read_bytes()
        status = http.HTTPStatus.OK if body else http.HTTPStatus.NOT_FOUND
        kind = KINDS.get(Path(path).suffix, "text/html; charset=utf-8")
        headers = Headers({"Content-Type": kind, "Content-Length": str(len(body)), "Connection": "close"})
        return Response(status.value, status.phrase, headers, body)


def free_port() -> int:
    """A port nobody listens on."""
    with socket.create_server(("127.0.0.1", 0)) as taken:
        return int(taken.getsockname()[1])
