"""Sockets of remote assistance between servers: each goes to the server that relays its session, as it is.

A server that passes a socket on reads nothing of it and keeps nothing: one message is taken when the one before has
been taken at the other side, so that a slow line slows the sender down here as everywhere. Tokens, cookie and origin
are judged by the server that relays; that it is a server which hands them over is proved by a code over all of them.
"""

from __future__ import annotations

import hashlib
import hmac
import logging
import re
from contextlib import suppress
from uuid import UUID

from sqlalchemy.exc import SQLAlchemyError
from starlette.concurrency import run_in_threadpool
from starlette.datastructures import Headers
from starlette.types import ASGIApp, Receive, Scope, Send
from starlette.websockets import WebSocket, WebSocketDisconnect
from websockets.asyncio.client import ClientConnection, connect
from websockets.exceptions import ConnectionClosed, InvalidStatus, WebSocketException

from app.protocol.assist import MOST_BYTES
from server_stub.assist.pinning import Pinning
from server_stub.assist.relay import AGAIN, LOOK, first
from server_stub.bell import Bell
from server_stub.servers.roll import Roll, Way

log = logging.getLogger(__name__)

OPEN_SECONDS = 5.0
_PATH = re.compile(r"/(api/v1|workbench)/assist/([0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12})/link", re.IGNORECASE)
_PROOF, _HOST, _SCHEME = "deskbell-passed", "deskbell-host", "deskbell-scheme"
_HANDED_ON = ("authorization", "cookie", "origin")


class Crossing:
    """The layer that sockets come through first."""

    def __init__(self, app: ASGIApp, pinning: Pinning, roll: Roll, bell: Bell, secret: bytes) -> None:
        self._app = app
        self._pinning = pinning
        self._roll = roll
        self._bell = bell
        self._secret = secret

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        wanted = _PATH.fullmatch(scope["path"]) if scope["type"] == "websocket" and self._roll.is_in else None
        if wanted is None:
            await self._app(scope, receive, send)
            return
        socket = WebSocket(scope, receive, send)
        if _PROOF in socket.headers:
            expected = self._proof(scope, self._roll.id, socket.headers.get(_HOST, ""), socket.headers.get(_SCHEME, ""))
            if not hmac.compare_digest(expected.encode(), socket.headers[_PROOF].encode()):
                await socket.close()
                return
            await self._app(_arrived(scope), receive, send)
            return
        is_host = wanted[1] != "workbench"
        token = _bearer(socket) if is_host else socket.query_params.get("ticket", "")
        way = await run_in_threadpool(self._pinning.way, UUID(wanted[2]), token, is_host=is_host)
        if way is None:
            await socket.close()
        elif not way.address:
            await self._app(scope, receive, send)
        else:
            await self._pass_on(UUID(wanted[2]), socket, way)

    async def _pass_on(self, session_id: UUID, socket: WebSocket, way: Way) -> None:
        try:
            there = await self._connect(socket, way)
        except InvalidStatus as refused:
            if refused.response.status_code >= 500:
                await self._come_again(socket)
            else:
                await socket.close()
            return
        except (OSError, TimeoutError, WebSocketException) as problem:
            log.warning("the server at %s, which relays a session, is not reached: %s", way.address, problem)
            with suppress(SQLAlchemyError):
                await run_in_threadpool(self._roll.suspect, way.server_id)
            await self._come_again(socket)
            return
        await socket.accept()
        try:
            await first(_carry_there(socket, there), _carry_back(there, socket), self._until_elsewhere(session_id, way))
        except (WebSocketDisconnect, ConnectionClosed, RuntimeError):
            pass
        finally:
            await there.close()
            with suppress(WebSocketDisconnect, RuntimeError):
                await socket.close(_code(there.close_code))

    async def _connect(self, socket: WebSocket, way: Way) -> ClientConnection:
        query = socket.url.query
        address = f"ws{way.address.removeprefix('http')}{socket.url.path}{f'?{query}' if query else ''}"
        headers = {name: socket.headers[name] for name in _HANDED_ON if name in socket.headers}
        host, scheme = socket.headers.get("host", ""), socket.url.scheme
        headers |= {_HOST: host, _SCHEME: scheme, _PROOF: self._proof(socket.scope, way.server_id, host, scheme)}
        return await connect(
            address,
            additional_headers=headers,
            open_timeout=OPEN_SECONDS,
            close_timeout=1,
            # Whether the other server lives is known from its heartbeat; a full line answers no ping.
            ping_interval=None,
            compression=None,
            max_size=2 * MOST_BYTES,
            max_queue=2,
            proxy=None,
        )

    async def _come_again(self, socket: WebSocket) -> None:
        await socket.accept()
        await socket.close(AGAIN)

    async def _until_elsewhere(self, session_id: UUID, way: Way) -> None:
        """Return when another server relays the session, or none."""
        while not self._bell.closed:
            # A database that is away is noticed at the other end, too.
            with suppress(SQLAlchemyError):
                if not await run_in_threadpool(self._pinning.is_relayed_by, session_id, way.server_id):
                    return
            await self._bell.beyond(self._bell.latest, LOOK)

    def _proof(self, scope: Scope, target: UUID, host: str, scheme: str) -> str:
        """What proves to the target that a server of this database hands a socket over: a code over all that counts."""
        headers = Headers(scope=scope)
        told = [str(target), scope["path"], scope["query_string"].decode("latin-1"), host, scheme]
        told += [headers.get(name, "") for name in _HANDED_ON]
        return hmac.new(self._secret, "\n".join(told).encode("latin-1"), hashlib.sha256).hexdigest()


def _arrived(scope: Scope) -> Scope:
    """A socket that was handed over, as the server saw it that its caller came to."""
    headers = Headers(scope=scope)
    kept = [each for each in scope["headers"] if each[0].decode("latin-1") not in ("host", _PROOF, _HOST, _SCHEME)]
    return {**scope, "headers": [*kept, (b"host", headers[_HOST].encode("latin-1"))], "scheme": headers[_SCHEME]}


async def _carry_there(socket: WebSocket, there: ClientConnection) -> None:
    while True:
        message = await socket.receive()
        if message["type"] == "websocket.disconnect":
            raise WebSocketDisconnect(message.get("code", 1000))
        sealed: bytes | None = message.get("bytes")
        await there.send(sealed if sealed is not None else message.get("text") or "")


async def _carry_back(there: ClientConnection, socket: WebSocket) -> None:
    async for message in there:
        if isinstance(message, bytes):
            await socket.send_bytes(message)
        else:
            await socket.send_text(message)


def _bearer(socket: WebSocket) -> str:
    scheme, _, token = socket.headers.get("authorization", "").partition(" ")
    return token if scheme.lower() == "assist" else ""


def _code(given: int | None) -> int:
    """The code to close with: what the relaying server said, or that the way there broke and another may be found."""
    return given if given is not None and 4000 <= given < 5000 else AGAIN
