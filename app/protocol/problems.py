"""Problem details (RFC 9457) with codes that stay the same for ever."""

from __future__ import annotations

from enum import StrEnum

from app.protocol.message import Reply


class ProblemCode(StrEnum):
    """Why a request was not carried out; both ends know the codes, neither knows the other's classes."""

    MALFORMED = "malformed"
    NOT_AUTHENTICATED = "not_authenticated"
    NOT_ALLOWED = "not_allowed"
    NOT_FOUND = "not_found"
    METHOD_NOT_ALLOWED = "method_not_allowed"
    TOKEN_REFUSED = "token_refused"
    DEVICE_REVOKED = "device_revoked"
    KEY_MISSING = "idempotency_key_missing"
    KEY_REUSED = "idempotency_key_reused"
    STILL_RUNNING = "still_running"
    TRANSITION_REFUSED = "transition_refused"
    ALREADY_URGED = "already_urged"
    CHANGED_MEANWHILE = "changed_meanwhile"
    OFFSET_MISMATCH = "offset_mismatch"
    DIGEST_MISMATCH = "digest_mismatch"
    UNSUPPORTED_MEDIA = "unsupported_media"
    TOO_LARGE = "too_large"
    TOO_MANY_REQUESTS = "too_many_requests"
    CURSOR_EXPIRED = "cursor_expired"
    STORAGE_FULL = "storage_full"
    UNAVAILABLE = "unavailable"
    INTERNAL = "internal"


class Problem(Reply):
    """The body of every answer that is not a success (`application/problem+json`)."""

    type: str
    title: str
    status: int
    code: str
    detail: str = ""
    retry_after: float | None = None
