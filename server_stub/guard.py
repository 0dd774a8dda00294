"""What every request passes before and after the routes: size caps, headers, and the last resort."""

from __future__ import annotations

import logging
import re
import secrets
from collections.abc import Sequence

from starlette.datastructures import Headers, MutableHeaders
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from app.protocol.problems import ProblemCode
from server_stub.problems import Refusal, answer, refusal_for

log = logging.getLogger(__name__)

LARGEST_BODY = 2 * 1024 * 1024
"""Bytes: the longest ticket a client can write is about 1.5 MB; files go through uploads in smaller chunks."""

_PORT = re.compile(r":\d{1,5}$")
_NAME = re.compile(r"[A-Za-z0-9.-]+")

HEADERS = {
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
    "Referrer-Policy": "no-referrer",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Permissions-Policy": "camera=(), geolocation=(), microphone=()",
    "Content-Security-Policy": "default-src 'none'; frame-ancestors 'none'",
    "Cache-Control": "no-store",
}
"""Set where a route has not said otherwise."""


class Guard:
    """The outermost layer. Reads a body whole, up to its cap, before any parser sees it; adds the security headers
    and a `Request-Id`; answers `internal` and logs when something below raised what nobody handles."""

    def __init__(self, app: ASGIApp, names: Sequence[str] = (), largest_body: int = LARGEST_BODY) -> None:
        """`names` are those the server answers to, `*.example.com` included; empty means all."""
        self._app = app
        self._names = tuple(name.lower() for name in names)
        self._largest_body = largest_body

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        request_id = secrets.token_hex(8)
        started = False

        async def send_guarded(message: Message) -> None:
            nonlocal started
            if message["type"] == "http.response.start":
                started = True
                headers = MutableHeaders(scope=message)
                headers["Request-Id"] = request_id
                for name, value in HEADERS.items():
                    headers.setdefault(name, value)
            await send(message)

        try:
            self._check_name(Headers(scope=scope).get("host", ""))
            body = await self._whole_body(scope, receive)
        except Refusal as refusal:
            response = answer(refusal)
            # The rest of the body is still on its way; hanging up is the only way not to take it.
            response.headers["Connection"] = "close"
            await response(scope, receive, send_guarded)
            return
        try:
            await self._app(scope, _replayed(body, receive), send_guarded)
        except Exception as failure:  # the last resort: whatever it was, the caller gets an answer
            log.exception("request %s %s failed", scope["method"], request_id)
            if not started:
                told = refusal_for(failure) or Refusal(ProblemCode.INTERNAL, f"request {request_id}")
                await answer(told)(scope, receive, send_guarded)

    def _check_name(self, host: str) -> None:
        name = host.rpartition(":")[0] if _PORT.search(host) else host
        if self._names and not any(
            name.lower() == each
            or (each.startswith("*.") and _NAME.fullmatch(name) and name.lower().endswith(each[1:]))
            for each in self._names
        ):
            raise Refusal(ProblemCode.NOT_ALLOWED, "the server does not answer to that name")

    async def _whole_body(self, scope: Scope, receive: Receive) -> bytes:
        declared = Headers(scope=scope).get("content-length", "")
        if declared.isdecimal() and int(declared) > self._largest_body:
            raise Refusal(ProblemCode.TOO_LARGE, f"at most {self._largest_body} bytes")
        parts: list[bytes] = []
        length = 0
        while True:
            message = await receive()
            if message["type"] == "http.disconnect":
                raise Refusal(ProblemCode.MALFORMED, "the body ended early")
            part: bytes = message.get("body", b"")
            length += len(part)
            if length > self._largest_body:
                raise Refusal(ProblemCode.TOO_LARGE, f"at most {self._largest_body} bytes")
            parts.append(part)
            if not message.get("more_body", False):
                return b"".join(parts)


def _replayed(body: bytes, receive: Receive) -> Receive:
    """A `receive` that hands out the body read before, then goes on listening for the caller to hang up."""
    handed = False

    async def replay() -> Message:
        nonlocal handed
        if handed:
            return await receive()
        handed = True
        return {"type": "http.request", "body": body, "more_body": False}

    return replay
