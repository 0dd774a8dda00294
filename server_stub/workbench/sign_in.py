"""Signing in and out, and choosing the language."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Form, Request, Response
from fastapi.responses import RedirectResponse

from app.protocol.language import Language
from app.protocol.problems import ProblemCode
from server_stub.problems import Refusal
from server_stub.services import services
from server_stub.workbench import languages, visitors
from server_stub.workbench.pages import page
from server_stub.workbench.visitors import Acting, Passing, doorway

HOME = "/workbench/"
SIGN_IN = "/workbench/sign-in"
YEAR = 365 * 24 * 3600

router = APIRouter(include_in_schema=False)


@router.get(SIGN_IN)
def form(request: Request, signed_in: Passing, to: Annotated[str, "query"] = HOME) -> Response:
    """The form, or onwards for who is signed in already."""
    if signed_in is not None:
        return _onwards(to)
    return page(request, "sign_in.html", None, to=inside(to), login="", problem="", minutes=0)


@router.post(SIGN_IN)
def sign_in(
    request: Request,
    login: Annotated[str, Form(max_length=200)] = "",
    password: Annotated[str, Form()] = "",
    to: Annotated[str, Form(max_length=2000)] = HOME,
    csrf: Annotated[str, Form()] = "",
) -> Response:
    """Let an agent in, or show the form again; what was wrong, login or password, is not said."""
    visitors.check_origin(request)
    visitors.check_token(csrf, visitors.form_token(request))
    address = request.client.host if request.client else ""
    try:
        token = doorway(request).sign_in(login, password, address, visitors.token_of(request))
    except Refusal as refusal:
        minutes = max(1, round((refusal.retry_after or 60) / 60))
        answer = page(
            request, "sign_in.html", None, status=429, to=inside(to), login=login, problem="often", minutes=minutes
        )
        answer.headers["Retry-After"] = str(round(refusal.retry_after or 60))
        return answer
    if token is None:
        return page(request, "sign_in.html", None, status=401, to=inside(to), login=login, problem="wrong", minutes=0)
    onwards = _onwards(to)
    visitors.keep_token(request, onwards, token)
    return onwards


@router.post("/workbench/sign-out")
def sign_out(request: Request, _signed_in: Acting) -> Response:
    """Forget this browser."""
    # Wakes the streams: this browser's other tabs must fall silent now, not at the next heartbeat.
    doorway(request).sign_out(visitors.token_of(request), services(request).bell)
    answer = RedirectResponse(SIGN_IN, 303)
    visitors.forget_token(request, answer)
    return answer


@router.post("/workbench/language")
def choose_language(
    request: Request,
    signed_in: Passing,
    language: Annotated[str, Form()] = "",
    back: Annotated[str, Form(max_length=2000)] = HOME,
    csrf: Annotated[str, Form()] = "",
) -> Response:
    """Remember a language, for the agent who is signed in and for this browser."""
    visitors.check_origin(request)
    visitors.check_token(csrf, signed_in.csrf if signed_in else visitors.form_token(request))
    try:
        chosen = Language(language)
    except ValueError as problem:
        raise Refusal(ProblemCode.MALFORMED, "an unknown language") from problem
    if signed_in is not None:
        doorway(request).choose_language(signed_in.agent_id, chosen)
    answer = _onwards(back)
    secure = request.url.scheme == "https"
    answer.set_cookie(languages.COOKIE, chosen.value, YEAR, path="/", secure=secure, httponly=True, samesite="lax")
    return answer


def inside(address: str) -> str:
    """An address if it leads into the workbench, else its front page: a link must not lead agents elsewhere."""
    is_plain = address.isascii() and address.isprintable() and "\\" not in address and "//" not in address
    return address if is_plain and address.startswith(HOME) and "/../" not in address else HOME


def _onwards(to: str) -> RedirectResponse:
    return RedirectResponse(inside(to), 303)
