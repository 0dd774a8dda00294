"""A server that ends while a WebSocket's other end is closing it."""

from __future__ import annotations

import asyncio
from types import SimpleNamespace
from typing import Any, cast

import uvicorn
from uvicorn.server import ServerState
from websockets.server import ServerProtocol

from server_stub.serving import Socket


async def nothing(scope: Any, receive: Any, send: Any) -> None:
    """An application that is never asked."""


def test_a_socket_that_is_closing_is_let_go_without_an_error() -> None:
    async def closed() -> bool:
        config = uvicorn.Config(cast(Any, nothing), log_config=None)
        config.load()
        made = Socket(config=config, server_state=ServerState(), app_state={})
        told: list[bool] = []
        made.transport = cast(Any, SimpleNamespace(close=lambda: told.append(True), write=lambda _: None))
        made.conn = ServerProtocol()
        made.handshake_complete = True
        made.conn.state = type(made.conn.state).CLOSING
        made.shutdown()
        return bool(told)

    assert asyncio.run(closed())
