"""A remote-assist session over HTTP: the invitation, the answer, the end, and the ledgers of both sides."""

from __future__ import annotations

from datetime import timedelta
from enum import StrEnum
from typing import Annotated
from uuid import UUID

from pydantic import Field, StringConstraints

from app.protocol.message import Line, Message, Moment, Reply, Text
from app.protocol.session import Limits, Reason, State

MOST_BYTES = 1024 * 1024
"""What a message between host and viewer holds at most, before it is sealed."""
PublicKey = Annotated[str, StringConstraints(pattern=r"^[A-Za-z0-9+/]{87}=$")]
"""Base64 of an uncompressed P-256 point (65 bytes)."""
Digest = Annotated[str, StringConstraints(pattern=r"^[A-Za-z0-9+/]{43}=$")]
"""Base64 of 32 bytes."""


class Helper(Reply):
    """The agent as the employee sees them."""

    id: UUID
    name: Line
    title: Line = ""
    department: Line = ""
    photo: str = ""


class Invitation(Reply):
    """`GET /api/v1/assist/{id}`. `viewer_public` and `nonce` appear once the host has shown its own key.

    Where the server's policy is to record, `recorder` is the key to which the host seals what opens its messages,
    and `record_days` how long the recording is kept.
    """

    id: UUID
    ticket_id: UUID
    number: Line
    agent: Helper
    reason: Line
    invited_at: Moment
    state: State
    ended: Reason | None = None
    is_recorded: bool = False
    recorder: PublicKey | None = None
    record_days: int = 0
    commitment: Digest
    viewer_public: PublicKey | None = None
    nonce: Digest | None = None


class Terms(Message):
    """How long things may take on this machine, within what anybody may set."""

    answer_seconds: int = Field(default=60, ge=30, le=180)
    minutes: int = Field(default=30, ge=5, le=60)
    idle_minutes: int = Field(default=5, ge=2, le=15)
    idle_end_minutes: int = Field(default=10, ge=2, le=15)

    @property
    def limits(self) -> Limits:
        """The same for the session table; who may do nothing for long may not be sent away before."""
        return Limits(
            answer=timedelta(seconds=self.answer_seconds),
            confirm=timedelta(minutes=self.minutes),
            idle_to_view=timedelta(minutes=self.idle_minutes),
            idle_to_end=timedelta(minutes=max(self.idle_minutes, self.idle_end_minutes)),
        )


class Shown(Message):
    """`POST /api/v1/assist/{id}/show`: the question is on the employee's screen."""

    host_public: PublicKey
    terms: Terms = Terms()


class Answer(StrEnum):
    """What the employee said, or did not."""

    ALLOW = "allow"
    DENY = "deny"
    NOT_ANSWERED = "not_answered"


class Answered(Message):
    """`POST /api/v1/assist/{id}/answer`."""

    answer: Answer


class LinkTicket(Reply):
    """What opens the link once: `GET /api/v1/assist/{id}/link` with `Authorization: Assist <token>`."""

    token: str = Field(min_length=32, max_length=128)


class Over(Message):
    """`POST /api/v1/assist/{id}/stop`: the session is over on the employee's machine."""

    reason: Reason


class Said(Message):
    """`POST /api/v1/assist/{id}/chat`: what the employee wrote, once for every id."""

    id: UUID
    at: Moment
    text: Annotated[Text, Field(min_length=1, max_length=2000)]


class LedgerLine(Message):
    """One event in a ledger. `digest` is SHA-256 over the previous digest and the line's canonical JSON."""

    session_id: UUID
    number: int = Field(ge=0)
    at: Moment
    party: Line
    event: Line
    detail: Line = ""
    digest: Line = ""


class Ledger(Message):
    """`POST /api/v1/assist/{id}/ledger`: the device's account of a session."""

    lines: tuple[LedgerLine, ...] = Field(max_length=5000)
