"""Who is looking, and whether what they post really comes from our own page."""

from __future__ import annotations

import secrets
from typing import Annotated
from urllib.parse import urlsplit

from fastapi import Depends, Form, Request, Response, WebSocket
from starlette.requests import HTTPConnection

from app.protocol.problems import ProblemCode
from server_stub.agents.doorway import ABSOLUTE, Doorway, SignedIn
from server_stub.problems import Refusal

COOKIE = "deskbell_agent"
FORM_COOKIE = "deskbell_form"
FRAGMENT = "deskbell-fragment"
"""A header that only our own scripts send, because it makes a foreign page's request need permission first."""


class SignInNeeded(Exception):  # it is an answer, not an error
    """The page is for agents, and this browser has not signed in or no longer counts."""


def doorway(request: Request) -> Doorway:
    """The application's doorway; for `Depends`."""
    found: Doorway = request.app.state.doorway
    return found


def visitor(request: Request) -> SignedIn | None:
    """The agent behind a request, if any. What scripts fetch by themselves keeps nobody signed in."""
    is_active = not (is_fragment(request) and request.method == "GET")
    return doorway(request).who(token_of(request), is_active=is_active)


def agent(request: Request) -> SignedIn:
    """The agent behind a request. Raises SignInNeeded."""
    signed_in = visitor(request)
    if signed_in is None:
        raise SignInNeeded
    return signed_in


def acting(request: Request, csrf: Annotated[str, Form()] = "") -> SignedIn:
    """The agent who posts a form of ours. Raises SignInNeeded, Refusal NOT_ALLOWED."""
    check_origin(request)
    signed_in = agent(request)
    check_token(csrf, signed_in.csrf)
    return signed_in


Looking = Annotated[SignedIn, Depends(agent)]
Acting = Annotated[SignedIn, Depends(acting)]
Passing = Annotated[SignedIn | None, Depends(visitor)]


def check_origin(request: Request) -> None:
    """Refuse what another site made the browser send; both signs must agree where both are given."""
    site = request.headers.get("sec-fetch-site")
    origin = request.headers.get("origin")
    if site is None and origin is None:
        raise Refusal(ProblemCode.NOT_ALLOWED, "the request does not say which page it comes from")
    if site is not None and site != "same-origin":
        raise Refusal(ProblemCode.NOT_ALLOWED, "the request comes from another site")
    if origin is not None and urlsplit(origin).netloc.lower() != request.headers.get("host", "").lower():
        raise Refusal(ProblemCode.NOT_ALLOWED, "the request comes from another site")


def check_token(given: str, expected: str) -> None:
    """Refuse a form that we did not render for this browser."""
    if not expected or not secrets.compare_digest(given.encode("utf-8", "replace"), expected.encode()):
        raise Refusal(ProblemCode.NOT_ALLOWED, "the form is not from this page, or too old")


def is_fragment(request: Request) -> bool:
    """Whether a script of ours asks for a piece of a page."""
    return FRAGMENT in request.headers


def caller(socket: WebSocket) -> SignedIn | None:
    """The agent whose browser opens a socket from a page of ours. Browsers send the origin with every socket, and
    nothing else keeps another site from opening one."""
    scheme = "https" if socket.url.scheme == "wss" else "http"
    if socket.headers.get("origin", "").lower() != f"{scheme}://{socket.headers.get('host', '')}".lower():
        return None
    found: Doorway = socket.app.state.doorway
    return found.who(token_of(socket))


def token_of(request: HTTPConnection) -> str:
    """The token in the browser's cookie, empty without one."""
    return request.cookies.get(_named(request, COOKIE), "")


def form_token(request: Request) -> str:
    """The token for forms before anybody has signed in: that of the browser's cookie, or a new one."""
    return request.cookies.get(_named(request, FORM_COOKIE), "") or secrets.token_urlsafe(32)


def keep_form_token(request: Request, response: Response, token: str) -> None:
    """Have the browser send the token back."""
    _set(request, response, FORM_COOKIE, token, None)


def keep_token(request: Request, response: Response, token: str) -> None:
    """Sign the browser in."""
    _set(request, response, COOKIE, token, int(ABSOLUTE.total_seconds()))


def forget_token(request: Request, response: Response) -> None:
    """Sign the browser out."""
    _set(request, response, COOKIE, "", 0)


def _set(request: Request, response: Response, name: str, value: str, max_age: int | None) -> None:
    response.set_cookie(
        _named(request, name), value, max_age, path="/", secure=_is_secure(request), httponly=True, samesite="lax"
    )


def _named(request: HTTPConnection, name: str) -> str:
    # With TLS the prefix makes the browser refuse the cookie from anybody but this very host.
    return f"__Host-{name}" if _is_secure(request) else name


def _is_secure(request: HTTPConnection) -> bool:
    return request.url.scheme in ("https", "wss")
