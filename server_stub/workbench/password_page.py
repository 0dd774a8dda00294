"""The agent's own password."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Form, Request
from starlette.responses import RedirectResponse, Response

from app.protocol.problems import ProblemCode
from server_stub.agents.doorway import PasswordChange
from server_stub.agents.passwords import LONGEST
from server_stub.agents.service import SHORTEST
from server_stub.problems import Refusal
from server_stub.workbench import visitors
from server_stub.workbench.pages import page
from server_stub.workbench.visitors import Acting, Looking, doorway

PASSWORD = "/workbench/password"  # noqa: S105  # an address

router = APIRouter(include_in_schema=False)


@router.get(PASSWORD)
def form(request: Request, signed_in: Looking, done: str = "") -> Response:
    """The form, and after a change that it is done."""
    told = "done" if done else ""
    return page(request, "password.html", signed_in, problem=told, shortest=SHORTEST, longest=LONGEST)


@router.post(PASSWORD)
def change(
    request: Request,
    signed_in: Acting,
    current: Annotated[str, Form()] = "",
    chosen: Annotated[str, Form()] = "",
    again: Annotated[str, Form()] = "",
) -> Response:
    """Change it for who knows the present one; every other browser of theirs is signed out."""
    address = request.client.host if request.client else ""
    if not SHORTEST <= len(chosen) <= LONGEST:
        problem, status = "length", 400
    elif chosen != again:
        problem, status = "differ", 400
    else:
        try:
            token = doorway(request).change_password(signed_in, PasswordChange(current, chosen), address)
        except Refusal as refusal:
            if refusal.code is not ProblemCode.TOO_MANY_REQUESTS:
                raise
            problem, status = "often", 429
        else:
            if token is not None:
                done = RedirectResponse(f"{PASSWORD}?done=1", 303)
                visitors.keep_token(request, done, token)
                return done
            problem, status = "wrong", 400
    return page(request, "password.html", signed_in, status=status, problem=problem, shortest=SHORTEST, longest=LONGEST)
