"""Tickets, drafts and conversations for windows to show."""

from __future__ import annotations

import hashlib
from datetime import UTC, datetime, timedelta
from uuid import UUID, uuid4, uuid5

from app.protocol.identity import uuid7
from app.protocol.language import Language
from app.protocol.tickets import (
    AttachmentKind,
    DeclaredAttachment,
    Entry,
    EntryKind,
    FieldName,
    Origin,
    TicketDraft,
    TicketField,
    TicketState,
    TicketSummary,
    TicketView,
)

SPACE = UUID("6ba7b810-9dad-11d1-80b4-00c04fd430c8")


def now() -> datetime:
    return datetime.now(UTC)


def ticket(number: int = 1, state: TicketState = TicketState.NEW, unread: int = 0, **more: object) -> TicketSummary:
    """A ticket as the list shows it; the same number is the same ticket."""
    moment = now() - timedelta(minutes=14)
    values: dict[str, object] = {
        "id": uuid5(SPACE, str(number)),
        "number": f"INC-{number:06}",
        "subject": "Till 3: E1023 payment terminal not connected",
        "state": state,
        "created_at": moment,
        "updated_at": moment,
        "unread": unread,
    }
    return TicketSummary.model_validate(values | more)


def view(summary: TicketSummary, *entries: Entry, **more: object) -> TicketView:
    """A ticket with its conversation."""
    values: dict[str, object] = {
        "summary": summary,
        "fields": (
            TicketField(name=FieldName.SUBJECT, value=summary.subject, origin=Origin.OCR),
            TicketField(name=FieldName.DESCRIPTION, value="Customers are waiting.", origin=Origin.EMPLOYEE),
        ),
        "entries": entries,
        "attachments": (),
        "as_of": 3,
    }
    return TicketView.model_validate(values | more)


def reply(body: str = "Please unplug it for ten seconds.", author: str = "Li Na") -> Entry:
    """What an agent answered."""
    return Entry(id=uuid4(), kind=EntryKind.AGENT_REPLY, author=author, body=body, at=now())


def draft(subject: str = "0x80070005 Access denied", picture: bytes = b"") -> tuple[TicketDraft, dict[UUID, bytes]]:
    """A report for the outbox and the bytes that go with it."""
    declared = ()
    files: dict[UUID, bytes] = {}
    if picture:
        made = DeclaredAttachment(
            id=uuid7(now()),
            kind=AttachmentKind.SCREENSHOT,
            name="screen.png",
            media_type="image/png",
            size=len(picture),
            sha256=hashlib.sha256(picture).hexdigest(),
        )
        declared, files = (made,), {made.id: picture}
    told = TicketField(name=FieldName.SUBJECT, value=subject, origin=Origin.OCR)
    return (
        TicketDraft(id=uuid7(now()), created_at=now(), language=Language.ENGLISH, fields=(told,), attachments=declared),
        files,
    )
