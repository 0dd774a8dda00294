"""Saying no: one exception for whatever is refused, and problem details for every answer that is not a success."""

from __future__ import annotations

import errno
import logging
import sqlite3
from collections.abc import Sequence
from http import HTTPStatus

from fastapi import FastAPI, Request, Response
from fastapi.exceptions import RequestValidationError
from sqlalchemy.exc import DataError, DBAPIError, OperationalError
from sqlalchemy.exc import TimeoutError as NoConnection
from starlette.exceptions import HTTPException

from app.errors import HelpdeskError
from app.protocol.message import one_line
from app.protocol.problems import Problem, ProblemCode
from app.protocol.tickets import TicketState

log = logging.getLogger(__name__)

STATUS = {
    ProblemCode.MALFORMED: 422,
    ProblemCode.NOT_AUTHENTICATED: 401,
    ProblemCode.NOT_ALLOWED: 403,
    ProblemCode.NOT_FOUND: 404,
    ProblemCode.METHOD_NOT_ALLOWED: 405,
    ProblemCode.TOKEN_REFUSED: 401,
    ProblemCode.DEVICE_REVOKED: 403,
    ProblemCode.KEY_MISSING: 400,
    ProblemCode.KEY_REUSED: 422,
    ProblemCode.STILL_RUNNING: 409,
    ProblemCode.TRANSITION_REFUSED: 409,
    ProblemCode.ALREADY_URGED: 409,
    ProblemCode.CHANGED_MEANWHILE: 412,
    ProblemCode.OFFSET_MISMATCH: 409,
    ProblemCode.DIGEST_MISMATCH: 422,
    ProblemCode.UNSUPPORTED_MEDIA: 415,
    ProblemCode.TOO_LARGE: 413,
    ProblemCode.TOO_MANY_REQUESTS: 429,
    ProblemCode.CURSOR_EXPIRED: 410,
    ProblemCode.STORAGE_FULL: 507,
    ProblemCode.UNAVAILABLE: 503,
    ProblemCode.INTERNAL: 500,
}
TITLES = {
    ProblemCode.MALFORMED: "The request is not understood.",
    ProblemCode.NOT_AUTHENTICATED: "The caller is not known.",
    ProblemCode.NOT_ALLOWED: "The caller may not do this.",
    ProblemCode.NOT_FOUND: "There is nothing here.",
    ProblemCode.METHOD_NOT_ALLOWED: "This address does not know that method.",
    ProblemCode.TOKEN_REFUSED: "The enrolment token is not valid.",
    ProblemCode.DEVICE_REVOKED: "This device has been shut out.",
    ProblemCode.KEY_MISSING: "The Idempotency-Key header is missing or not the id of the message.",
    ProblemCode.KEY_REUSED: "This key was used for something else.",
    ProblemCode.STILL_RUNNING: "The same request is still being carried out.",
    ProblemCode.TRANSITION_REFUSED: "The ticket cannot go from its state to that one.",
    ProblemCode.ALREADY_URGED: "This ticket was urged less than a day ago.",
    ProblemCode.CHANGED_MEANWHILE: "Somebody else changed this meanwhile.",
    ProblemCode.OFFSET_MISMATCH: "The upload goes on at another byte.",
    ProblemCode.DIGEST_MISMATCH: "The bytes are not those that were declared.",
    ProblemCode.UNSUPPORTED_MEDIA: "Files of this kind are not accepted.",
    ProblemCode.TOO_LARGE: "The request is too large.",
    ProblemCode.TOO_MANY_REQUESTS: "There were too many requests of this kind.",
    ProblemCode.CURSOR_EXPIRED: "The place to go on from is not known; start again without it.",
    ProblemCode.STORAGE_FULL: "The server's disk is full.",
    ProblemCode.UNAVAILABLE: "The server cannot do this at the moment.",
    ProblemCode.INTERNAL: "The server made a mistake.",
}
SOON = 5.0
"""Seconds after which it is worth trying again what failed for a passing reason."""

PASSING = ("08", "40", "53", "57")
"""Classes of PostgreSQL's SQLSTATE for what passes: a lost connection, a rollback, too many of something, an end."""


class Refusal(Exception):  # it is an answer, not an error
    """A request that is not carried out. `allowed` lists the states that would have been, for refused moves."""

    def __init__(
        self,
        code: ProblemCode,
        detail: str = "",
        *,
        retry_after: float | None = None,
        allowed: Sequence[TicketState] = (),
    ) -> None:
        self.code = code
        self.detail = detail
        self.retry_after = retry_after
        self.allowed = tuple(allowed)
        super().__init__(f"{code.value}: {detail or TITLES[code]}")


class ProblemBody(Problem):
    """A problem as this server sends it: with the allowed states where a move was refused."""

    allowed: tuple[TicketState, ...] = ()


def problem(refusal: Refusal) -> ProblemBody:
    """The problem details of a refusal."""
    return ProblemBody(
        type=f"urn:deskbell:problem:{refusal.code.value}",
        title=TITLES[refusal.code],
        status=STATUS[refusal.code],
        code=refusal.code.value,
        detail=refusal.detail,
        retry_after=refusal.retry_after,
        allowed=refusal.allowed,
    )


def answer(refusal: Refusal) -> Response:
    """A refusal as a response with `application/problem+json`."""
    body = problem(refusal)
    headers = {"Cache-Control": "no-store"}
    if refusal.retry_after is not None:
        headers["Retry-After"] = str(max(1, round(refusal.retry_after)))
    if refusal.code in (ProblemCode.NOT_AUTHENTICATED, ProblemCode.TOKEN_REFUSED):
        headers["WWW-Authenticate"] = "Device" if refusal.code is ProblemCode.NOT_AUTHENTICATED else "Bearer"
    content = body.model_dump_json(exclude_none=True, exclude_defaults=False)
    return Response(content, body.status, headers, "application/problem+json")


def refusal_for(failure: Exception) -> Refusal | None:
    """What to answer when the world failed us: a full disk, a busy or broken store. None for our own mistakes."""
    if isinstance(failure, OSError) and failure.errno in (errno.ENOSPC, errno.EDQUOT):
        return Refusal(ProblemCode.STORAGE_FULL, retry_after=60)
    if isinstance(failure, DBAPIError) and isinstance(failure.orig, sqlite3.OperationalError):
        code = failure.orig.sqlite_errorcode & 0xFF
        if code == sqlite3.SQLITE_FULL:
            return Refusal(ProblemCode.STORAGE_FULL, retry_after=60)
        if code in (sqlite3.SQLITE_BUSY, sqlite3.SQLITE_IOERR, sqlite3.SQLITE_READONLY, sqlite3.SQLITE_CANTOPEN):
            return Refusal(ProblemCode.UNAVAILABLE, retry_after=SOON)
    if isinstance(failure, DBAPIError) and hasattr(failure.orig, "sqlstate"):
        return _refusal_of_postgres(failure)
    if isinstance(failure, (HelpdeskError, NoConnection)):
        return Refusal(ProblemCode.UNAVAILABLE, retry_after=SOON)
    return None


def _refusal_of_postgres(failure: DBAPIError) -> Refusal | None:
    """By the classes of its SQLSTATE; a connection that could not be made or broke has none."""
    state: str = getattr(failure.orig, "sqlstate", None) or ""
    if state == "53100":
        return Refusal(ProblemCode.STORAGE_FULL, retry_after=60)
    if state[:2] in PASSING or state in ("55P03", "25006", "25P03") or failure.connection_invalidated:
        return Refusal(ProblemCode.UNAVAILABLE, retry_after=SOON)
    if not state and isinstance(failure, OperationalError):
        return Refusal(ProblemCode.UNAVAILABLE, retry_after=SOON)
    if state[:2] == "22" or isinstance(failure, DataError):
        # A NUL, or a number beyond all numbers: SQLite finds nothing for it, PostgreSQL does not look.
        return Refusal(ProblemCode.MALFORMED)
    return None


def answer_problems(application: FastAPI) -> None:
    """Have every refusal of the application, ours or the framework's, answered with problem details."""
    application.add_exception_handler(Refusal, _refused)
    application.add_exception_handler(RequestValidationError, _malformed)
    application.add_exception_handler(HTTPException, _framework_refused)
    for kind in (OSError, DBAPIError, NoConnection, HelpdeskError):
        application.add_exception_handler(kind, _world_failed)


def shown(request: Request, refusal: Refusal) -> Response:
    """The refusal as the page of whoever shows pages, for browsers; as problem details for everybody else."""
    page = getattr(request.app.state, "error_page", None)
    wants_page = "text/html" in request.headers.get("accept", "")
    if page is not None and wants_page and not request.url.path.startswith("/api/"):
        response: Response = page(request, problem(refusal))
        return response
    return answer(refusal)


async def _refused(request: Request, failure: Exception) -> Response:
    assert isinstance(failure, Refusal)  # noqa: S101  # the framework calls by class
    return shown(request, failure)


async def _malformed(request: Request, failure: Exception) -> Response:
    assert isinstance(failure, RequestValidationError)  # noqa: S101  # the framework calls by class
    # What was sent is never repeated: it may be anything, and an answer goes into logs and windows.
    found = [f"{'.'.join(str(step) for step in error['loc'])}: {error['msg']}" for error in failure.errors()[:5]]
    detail = "; ".join(found).encode("utf-8", "replace").decode("utf-8")
    return shown(request, Refusal(ProblemCode.MALFORMED, one_line(detail)[:1000]))


async def _framework_refused(request: Request, failure: Exception) -> Response:
    assert isinstance(failure, HTTPException)  # noqa: S101  # the framework calls by class
    code = {
        401: ProblemCode.NOT_AUTHENTICATED,
        403: ProblemCode.NOT_ALLOWED,
        404: ProblemCode.NOT_FOUND,
        405: ProblemCode.METHOD_NOT_ALLOWED,
        413: ProblemCode.TOO_LARGE,
        415: ProblemCode.UNSUPPORTED_MEDIA,
        416: ProblemCode.OFFSET_MISMATCH,
    }.get(failure.status_code, ProblemCode.MALFORMED)
    response = shown(request, Refusal(code))
    if allowed := (failure.headers or {}).get("Allow"):
        response.headers["Allow"] = allowed
    return response


async def _world_failed(request: Request, failure: Exception) -> Response:
    refusal = refusal_for(failure)
    if refusal is None:
        raise failure
    if refusal.code is not ProblemCode.MALFORMED:
        log.error("%s %s: %s", request.method, HTTPStatus(STATUS[refusal.code]).phrase, failure)
    return shown(request, refusal)
