"""Tickets as they travel: the draft a device sends and what it may read back."""

from __future__ import annotations

from enum import StrEnum
from typing import Annotated
from uuid import UUID

from pydantic import Field, StringConstraints

from app.protocol.knowledge import ArticleId, ErrorSignature, Outcome
from app.protocol.language import Language
from app.protocol.message import Line, Message, Moment, Name, Reply, Sha256, Text

MediaType = Annotated[str, StringConstraints(max_length=100, pattern=r"^[a-z]+/[a-z0-9.+-]+$")]


class Origin(StrEnum):
    """Who a value comes from; shown beside every prefilled field."""

    EMPLOYEE = "employee"
    DEVICE = "device"
    OCR = "ocr"
    RULE = "rule"
    AGENT = "agent"


class TicketKind(StrEnum):
    """ITIL record types a ticket may be."""

    INCIDENT = "incident"
    SERVICE_REQUEST = "service_request"
    QUESTION = "question"


class TicketState(StrEnum):
    """States of a ticket; the moves between them are in `MOVES`."""

    NEW = "new"
    ASSIGNED = "assigned"
    IN_PROGRESS = "in_progress"
    PENDING = "pending"
    RESOLVED = "resolved"
    CLOSED = "closed"
    CANCELLED = "cancelled"


OPEN_STATES = frozenset({TicketState.NEW, TicketState.ASSIGNED, TicketState.IN_PROGRESS, TicketState.PENDING})

MOVES: dict[TicketState, frozenset[TicketState]] = {
    TicketState.NEW: frozenset(
        {TicketState.ASSIGNED, TicketState.IN_PROGRESS, TicketState.RESOLVED, TicketState.CANCELLED}
    ),
    TicketState.ASSIGNED: frozenset(
        {TicketState.IN_PROGRESS, TicketState.PENDING, TicketState.RESOLVED, TicketState.CANCELLED}
    ),
    TicketState.IN_PROGRESS: frozenset({TicketState.PENDING, TicketState.RESOLVED, TicketState.CANCELLED}),
    TicketState.PENDING: frozenset({TicketState.IN_PROGRESS, TicketState.RESOLVED, TicketState.CANCELLED}),
    TicketState.RESOLVED: frozenset({TicketState.IN_PROGRESS, TicketState.CLOSED}),
    TicketState.CLOSED: frozenset(),
    TicketState.CANCELLED: frozenset(),
}


class FieldName(StrEnum):
    """Fields of a ticket that the client fills in."""

    SUBJECT = "subject"
    DESCRIPTION = "description"
    APPLICATION = "application"
    WINDOW_TITLE = "window_title"
    ERROR_CODE = "error_code"
    RECOGNISED_TEXT = "recognised_text"


class TicketField(Message):
    """One prefilled value with its origin; `confidence` (0 to 1) where a machine guessed."""

    name: FieldName
    value: Text
    origin: Origin
    confidence: float | None = Field(default=None, ge=0, le=1)


class ContextItem(Message):
    """One line of device context. `name` is stable (`memory.free`), `value` is for people, units included."""

    name: Name
    value: Line
    origin: Origin = Origin.DEVICE


class AttachmentKind(StrEnum):
    """What a file is, which decides how it is shown and how long it is kept."""

    SCREENSHOT = "screenshot"
    DIAGNOSTICS = "diagnostics"
    FILE = "file"


class DeclaredAttachment(Message):
    """A file that follows the ticket; `id` is minted by the client, `size` is in bytes."""

    id: UUID
    kind: AttachmentKind
    name: Line
    media_type: MediaType
    size: int = Field(ge=1, le=25 * 1024 * 1024)
    sha256: Sha256


class ShownSuggestion(Message):
    """An article the employee was shown before sending, and what became of it."""

    article_id: ArticleId
    title: Line
    outcome: Outcome


class TicketDraft(Message):
    """`POST /api/v1/tickets` with `Idempotency-Key: <id>`; `id` is a UUIDv7 minted when the draft was made."""

    id: UUID
    created_at: Moment
    language: Language
    kind: TicketKind = TicketKind.INCIDENT
    fields: tuple[TicketField, ...] = Field(max_length=20)
    context: tuple[ContextItem, ...] = Field(default=(), max_length=200)
    signature: ErrorSignature = ErrorSignature()
    suggestions: tuple[ShownSuggestion, ...] = Field(default=(), max_length=20)
    attachments: tuple[DeclaredAttachment, ...] = Field(default=(), max_length=30)

    def value(self, name: FieldName) -> str:
        """The value of one field, empty when the draft has none of that name."""
        return next((field.value for field in self.fields if field.name is name), "")


class TicketReceipt(Reply):
    """The server has the ticket for good. `number` is what people say aloud (`INC-000123`)."""

    id: UUID
    number: Line
    received_at: Moment


class AttachmentState(Reply):
    """A declared file as the server sees it; `stored` is false until every byte has arrived."""

    id: UUID
    kind: AttachmentKind
    name: Line
    media_type: str
    size: int
    stored: bool


class EntryKind(StrEnum):
    """What a line in a ticket's conversation is. Internal notes never reach a device."""

    REQUESTER_REPLY = "requester_reply"
    AGENT_REPLY = "agent_reply"
    INTERNAL_NOTE = "internal_note"
    SYSTEM = "system"


class Entry(Reply):
    """One line of a ticket's conversation, body as plain text, to be shown as it was written."""

    id: UUID
    kind: EntryKind
    author: Line
    body: Text
    at: Moment
    attachments: tuple[AttachmentState, ...] = ()


class NewEntry(Message):
    """`POST /api/v1/tickets/{id}/entries` with `Idempotency-Key: <id>`; `attachments` follow by upload."""

    id: UUID
    body: Text = ""
    attachments: tuple[DeclaredAttachment, ...] = Field(default=(), max_length=10)


class TicketSummary(Reply):
    """A row of *My tickets*. `unread` counts agents' replies newer than the device's last look."""

    id: UUID
    number: Line
    subject: Line
    state: TicketState
    created_at: Moment
    updated_at: Moment
    unread: int = 0


class TicketPage(Reply):
    """`GET /api/v1/tickets?limit=&cursor=`, newest first; `as_of` is the event sequence number to follow from: that of
    the snapshot, earlier where remote assistance began so lately that it may still wait for an answer.
    """

    tickets: tuple[TicketSummary, ...]
    cursor: str | None = None
    as_of: int


class TicketView(Reply):
    """`GET /api/v1/tickets/{id}` as the requester may see it.

    `urge_at` is the moment from which *Urge* is allowed again (None: now).
    """

    summary: TicketSummary
    fields: tuple[TicketField, ...]
    entries: tuple[Entry, ...]
    attachments: tuple[AttachmentState, ...]
    urge_count: int = 0
    urge_at: Moment | None = None
    as_of: int
