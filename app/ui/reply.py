"""An employee's answer to a ticket on its way into the outbox."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from uuid import UUID

from app.protocol.identity import uuid7
from app.protocol.tickets import AttachmentKind, DeclaredAttachment, NewEntry
from app.ui.services import Services

LARGEST = 25 * 1024 * 1024
"""Bytes in one file, as the protocol has it."""
MOST = 10
"""Files in one reply, as the protocol has it."""


@dataclass(frozen=True, slots=True)
class Enclosure:
    """A file that goes with a reply; pictures are PNG without any metadata."""

    name: str
    media_type: str
    content: bytes
    kind: AttachmentKind = AttachmentKind.SCREENSHOT


@dataclass(frozen=True, slots=True)
class Reply:
    """What the employee wrote and enclosed."""

    ticket_id: UUID
    body: str
    enclosures: tuple[Enclosure, ...] = ()


def store(services: Services, reply: Reply) -> UUID:
    """Put the reply into the outbox; when this returns it is durable. Raises StorageError."""
    declared, files = [], {}
    for enclosure in reply.enclosures:
        made = DeclaredAttachment(
            id=uuid7(services.now()),
            kind=enclosure.kind,
            name=enclosure.name,
            media_type=enclosure.media_type,
            size=len(enclosure.content),
            sha256=hashlib.sha256(enclosure.content).hexdigest(),
        )
        declared.append(made)
        files[made.id] = enclosure.content
    entry = NewEntry(id=uuid7(services.now()), body=reply.body, attachments=tuple(declared))
    services.outbox.put_reply(reply.ticket_id, entry, files)
    return entry.id
