"""The workbench put into the server's application."""

from __future__ import annotations

from typing import Annotated
from urllib.parse import quote
from uuid import UUID

from fastapi import APIRouter, Depends, FastAPI, Request, Response
from fastapi.responses import HTMLResponse, RedirectResponse

from app.protocol.problems import Problem, ProblemCode
from server_stub.agents.doorway import Doorway
from server_stub.agents.throttle import Throttle
from server_stub.problems import Refusal, shown
from server_stub.services import Services, services
from server_stub.uploads import serving
from server_stub.workbench import articles, assets, assist, live, password_page, recordings, sign_in, tickets, visitors
from server_stub.workbench.pages import page
from server_stub.workbench.visitors import Looking, SignInNeeded

router = APIRouter(include_in_schema=False)


def install(application: FastAPI, throttle: Throttle | None = None) -> None:
    """Add every page of the workbench to an application whose `state.services` are open."""
    open_services: Services = application.state.services
    application.state.doorway = Doorway(open_services.database, open_services.now, throttle)
    application.state.error_page = problem_page
    application.add_exception_handler(SignInNeeded, _sign_in_first)
    parts = (assets, sign_in, password_page, live, tickets, assist, recordings, articles)
    for each in (router, *(part.router for part in parts)):
        application.include_router(each)


@router.get("/")
def front_door() -> Response:
    """Who types the server's name wants the workbench."""
    return RedirectResponse(sign_in.HOME, 307)


@router.get("/workbench")
def without_slash() -> Response:
    """The same page under its usual misspelling."""
    return RedirectResponse(sign_in.HOME, 307)


@router.get("/workbench/attachments/{attachment_id}")
def attachment(attachment_id: UUID, _signed_in: Looking, at: Annotated[Services, Depends(services)]) -> Response:
    """A file of a ticket, for agents only; pictures that the server encoded itself are shown, the rest is saved."""
    with at.database.read() as session:
        file = serving.for_agent(session, attachment_id)
    return serving.response(at.blobs, file, inline=True)


def problem_page(request: Request, problem: Problem) -> Response:
    """A refusal as a page, or as a notice where a script of ours asked."""
    code = ProblemCode(problem.code)
    if code is ProblemCode.MALFORMED and request.method == "GET":
        # A mistyped address; to a reader that is a page that does not exist.
        code = ProblemCode.NOT_FOUND
    template = "notice.html" if visitors.is_fragment(request) else "problem.html"
    answer: HTMLResponse = page(request, template, None, status=problem.status, code=code)
    if problem.retry_after is not None:
        answer.headers["Retry-After"] = str(max(1, round(problem.retry_after)))
    return answer


async def _sign_in_first(request: Request, _failure: Exception) -> Response:
    if visitors.is_fragment(request):
        return problem_page(request, _problem(ProblemCode.NOT_AUTHENTICATED))
    if request.method != "GET" or "text/html" not in request.headers.get("accept", ""):
        return shown(request, Refusal(ProblemCode.NOT_AUTHENTICATED))
    wanted = request.url.path + (f"?{request.url.query}" if request.url.query else "")
    return RedirectResponse(f"{sign_in.SIGN_IN}?to={quote(wanted, safe='')}", 303)


def _problem(code: ProblemCode) -> Problem:
    return Problem(type=f"urn:deskbell:problem:{code.value}", title="", status=401, code=code.value)
