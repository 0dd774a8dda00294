"""What lies in the outbox: items, their files and what went wrong with them."""

from __future__ import annotations

import json
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from uuid import UUID

from app.errors import HelpdeskError, Refused
from app.protocol.tickets import AttachmentKind


class ItemKind(StrEnum):
    """What is to be told to the server."""

    TICKET = "ticket"
    REPLY = "reply"
    URGE = "urge"
    CONFIRM = "confirm"
    REOPEN = "reopen"
    OUTCOME = "outcome"


class SendState(StrEnum):
    """How far an item or a file is. REFUSED waits for the employee, DELIVERED is done for ever."""

    WAITING = "waiting"
    SENDING = "sending"
    REFUSED = "refused"
    DELIVERED = "delivered"


@dataclass(frozen=True, slots=True)
class Trouble:
    """Why the latest attempt failed, kept so that it can be shown in any language later.

    `summary` and `hint` are templates as in HelpdeskError; `code` is the server's, "" when it did not answer.
    """

    summary: str
    hint: str
    values: tuple[tuple[str, str], ...] = ()
    code: str = ""
    status: int = 0

    @classmethod
    def of(cls, error: HelpdeskError) -> Trouble:
        """The trouble an error stands for."""
        code, status = (error.code, error.status) if isinstance(error, Refused) else ("", 0)
        values = tuple((name, str(value)) for name, value in error.values.items())
        return cls(error.summary_template, error.hint_template, values, code, status)

    def error(self) -> HelpdeskError:
        """The error again, for whoever shows errors."""
        values: dict[str, object] = dict(self.values)
        if self.status:
            return Refused(self.summary, self.hint, code=self.code, status=self.status, **values)
        return HelpdeskError(self.summary, self.hint, retry=True, **values)

    def to_json(self) -> str:
        """As a line of text for the database."""
        return json.dumps([self.summary, self.hint, self.values, self.code, self.status])

    @classmethod
    def from_json(cls, text: str) -> Trouble | None:
        """What `to_json` wrote; None for an empty text."""
        if not text:
            return None
        summary, hint, values, code, status = json.loads(text)
        return cls(summary, hint, tuple((name, value) for name, value in values), code, status)


@dataclass(frozen=True, slots=True)
class OutboxFile:
    """A file that follows its item; `size` and `sent` in bytes."""

    id: UUID
    item_id: UUID
    kind: AttachmentKind
    name: str
    size: int
    sha256: str
    state: SendState
    sent: int
    attempts: int
    trouble: Trouble | None


@dataclass(frozen=True, slots=True)
class OutboxItem:
    """One thing to tell the server, or one that was told.

    `ticket_id` is the ticket it belongs to, as the server knows it (for a ticket: once delivered). `message` is its
    JSON on the wire, empty after delivery. `not_before` is the server's wish, `next_attempt_at` our own back-off.
    """

    id: UUID
    kind: ItemKind
    state: SendState
    subject: str
    message: str
    created_at: datetime
    attempts: int
    next_attempt_at: datetime
    ticket_id: UUID | None = None
    number: str = ""
    delivered_at: datetime | None = None
    trouble: Trouble | None = None
    files: tuple[OutboxFile, ...] = ()
