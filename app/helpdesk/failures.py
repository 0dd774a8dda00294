"""What can go wrong between this computer and the helpdesk, in words an employee can act on."""

from __future__ import annotations

import math
import ssl
from collections.abc import Iterator
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from typing import TYPE_CHECKING

from pydantic import ValidationError

from app.errors import HelpdeskError, Refused, Unreachable
from app.protocol.message import one_line
from app.protocol.problems import Problem, ProblemCode

if TYPE_CHECKING:
    import httpx

LONGEST_WAIT = 24 * 3600.0
"""Seconds; a server that asks for more is not believed."""

KEPT = "What you send is kept on this computer and goes out by itself later."
# Our own sentences, because these can be translated; the server's are English and kept as the detail.
REFUSAL_LABELS = {
    ProblemCode.MALFORMED: "The helpdesk did not understand this.",
    ProblemCode.NOT_AUTHENTICATED: "The helpdesk does not know this computer.",
    ProblemCode.NOT_ALLOWED: "The helpdesk does not allow this.",
    ProblemCode.NOT_FOUND: "The helpdesk no longer has this.",
    ProblemCode.TOKEN_REFUSED: "The enrolment token is not valid.",
    ProblemCode.DEVICE_REVOKED: "IT has withdrawn this computer's access.",
    ProblemCode.KEY_REUSED: "The helpdesk already has another report with this number.",
    ProblemCode.TRANSITION_REFUSED: "This is no longer possible for the ticket as it is now.",
    ProblemCode.ALREADY_URGED: "This ticket was urged less than a day ago.",
    ProblemCode.DIGEST_MISMATCH: "The file arrived damaged.",
    ProblemCode.UNSUPPORTED_MEDIA: "The helpdesk does not accept files of this kind.",
    ProblemCode.TOO_LARGE: "The helpdesk does not accept anything this large.",
    ProblemCode.CURSOR_EXPIRED: "The helpdesk has forgotten where we were.",
}
_BUSY = frozenset({408, 425, 429, 502, 503, 504, 507})


class Busy(Unreachable):
    """The server answers, but not now; `retry_after` is its own wish in seconds (None: it named none).

    `one_kind`: only requests of this kind were too many, others are welcome.
    """

    def __init__(
        self, summary: str, hint: str = "", *, retry_after: float | None, one_kind: bool = False, **values: object
    ) -> None:
        super().__init__(summary, hint, **values)
        self.retry_after = retry_after
        self.one_kind = one_kind


class NotNow(HelpdeskError):
    """This one request failed for a reason of the server's own; others may well succeed meanwhile."""

    def __init__(self, summary: str, hint: str = "", *, retry_after: float | None, **values: object) -> None:
        super().__init__(summary, hint, retry=True, **values)
        self.retry_after = retry_after


class NotEnrolled(Unreachable):
    """The server does not know this computer, or no longer does, and there is no token to change that."""


def retry_after(error: HelpdeskError) -> float | None:
    """How long the server asked to be left alone, in seconds; None when it did not say."""
    return error.retry_after if isinstance(error, (Busy, NotNow)) else None


def not_answering(error: Exception, host: str) -> Unreachable:
    """What an exception of the HTTP library or of the socket below it means."""
    import httpx

    for cause in chain(error):
        if isinstance(cause, ssl.SSLCertVerificationError):
            return Unreachable(
                "The identity of {host} could not be confirmed: {reason}.",
                "Check this computer's date and time; if they are right, IT has to install the certificate.",
                host=host,
                reason=getattr(cause, "verify_message", "") or cause.reason or "not trusted",
            )
        if isinstance(cause, ssl.SSLError):
            return Unreachable(
                "No secure connection to {host} was possible.",
                "Check the address of the helpdesk in the settings. " + KEPT,
                host=host,
            )
    if isinstance(error, httpx.ProxyError):
        return Unreachable(
            "The proxy did not let the request through to {host}.",
            "Check the proxy in the settings. " + KEPT,
            host=host,
        )
    if isinstance(error, httpx.ConnectError | httpx.ConnectTimeout):
        return Unreachable("The helpdesk at {host} cannot be reached.", "Check the network. " + KEPT, host=host)
    if isinstance(error, httpx.TimeoutException):
        return Unreachable("The helpdesk at {host} does not answer in time.", KEPT, host=host)
    return Unreachable("The connection to {host} broke off.", KEPT, host=host)


def chain(error: BaseException) -> Iterator[BaseException]:
    """The exception and everything it came from, newest first."""
    cause: BaseException | None = error
    while cause is not None:
        yield cause
        cause = cause.__cause__ or cause.__context__


def somebody_else(host: str) -> Unreachable:
    """A sign-in page of a public network, a proxy's error page or a wrong address answered instead."""
    return Unreachable(
        "Something else than the helpdesk answered at {host}.",
        "Sign in to the network if it asks for it, or check the address of the helpdesk. " + KEPT,
        host=host,
    )


def nonsense(host: str) -> HelpdeskError:
    """The answer claims to be the helpdesk's and is not."""
    return HelpdeskError("The helpdesk at {host} gave an answer that makes no sense.", KEPT, retry=True, host=host)


def too_big(host: str, limit: int) -> HelpdeskError:
    """The answer is longer than such an answer can be; `limit` in bytes."""
    return HelpdeskError(
        "The helpdesk at {host} sent more than {limit} MB and was stopped.",
        "Tell IT about it.",
        retry=True,
        host=host,
        limit=round(limit / 1_000_000, 1),
    )


def refusal(status: int, headers: httpx.Headers, body: bytes, host: str) -> HelpdeskError:
    """What an answer with a status of 400 or above means. Only a well-formed problem can refuse for good."""
    problem = read_problem(status, headers, body)
    wait = problem.retry_after if problem else None
    seconds = believable(wait) if wait is not None else header_seconds(headers)
    if status == 407:
        return Unreachable("The proxy wants a password.", "Check the proxy in the settings.")
    if status in _BUSY:
        return Busy("The helpdesk is busy and asks for patience.", KEPT, retry_after=seconds, one_kind=status == 429)
    if problem is None:
        return somebody_else(host)
    if status >= 500:
        return NotNow("The helpdesk had a fault of its own ({code}).", KEPT, retry_after=seconds, code=problem.code)
    if problem.code == ProblemCode.STILL_RUNNING:
        return NotNow("The helpdesk is still at work on this.", KEPT, retry_after=seconds)
    title, detail = clean(problem.title), clean(problem.detail)
    ours = {code.value: text for code, text in REFUSAL_LABELS.items()}.get(problem.code)
    if ours is None:
        return Refused(
            "The helpdesk refused this: {title}", code=problem.code, status=status, title=title, detail=detail
        )
    return Refused(ours, code=problem.code, status=status, title=title, detail=detail)


def clean(text: str) -> str:
    """A server's words as one line that can be shown and stored anywhere."""
    return one_line(text[:1000].encode("utf-8", "replace").decode())


def read_problem(status: int, headers: httpx.Headers, body: bytes) -> Problem | None:
    """The problem details in an answer, None when it holds none that fit its status."""
    if media_type(headers) != "application/problem+json":
        return None
    try:
        problem = Problem.model_validate_json(body)
    except ValidationError:
        return None
    return problem if problem.status == status else None


def media_type(headers: httpx.Headers) -> str:
    """The Content-Type without its parameters, in lower case."""
    return str(headers.get("content-type", "")).split(";")[0].strip().lower()


def header_seconds(headers: httpx.Headers) -> float | None:
    """Retry-After in seconds; a date is read against the server's own Date, for our clock may be wrong."""
    value = str(headers.get("retry-after", "")).strip()
    if value.isascii() and value.isdigit():
        return believable(float(value[:12]))
    until, there = moment(value), moment(str(headers.get("date", "")))
    return believable((until - there).total_seconds()) if until and there else None


def moment(value: str) -> datetime | None:
    """An HTTP date as an aware moment, None when it is none."""
    try:
        found = parsedate_to_datetime(value)
    except (ValueError, TypeError, IndexError, OverflowError):
        return None
    return found if found.tzinfo else found.replace(tzinfo=UTC)


def believable(seconds: float) -> float | None:
    """Seconds between nothing and a day, None for what is no number."""
    return min(max(seconds, 0.0), LONGEST_WAIT) if math.isfinite(seconds) else None
