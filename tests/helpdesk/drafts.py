"""Reports to send."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from datetime import UTC, datetime
from uuid import UUID

from app.protocol.identity import uuid7
from app.protocol.language import Language
from app.protocol.tickets import AttachmentKind, DeclaredAttachment, FieldName, Origin, TicketDraft, TicketField

AT = datetime(2026, 11, 22, 9, 0, tzinfo=UTC)


def declare(content: bytes) -> DeclaredAttachment:
    return DeclaredAttachment(
        id=uuid7(AT),
        kind=AttachmentKind.FILE,
        name="file-1.txt",
        media_type="text/plain",
        size=len(content),
        sha256=hashlib.sha256(content).hexdigest(),
    )


def report(*files: bytes, subject: str = "The till does not print") -> tuple[TicketDraft, Mapping[UUID, bytes]]:
    declared = [declare(content) for content in files]
    draft = TicketDraft(
        id=uuid7(AT),
        created_at=AT,
        language=Language.ENGLISH,
        fields=(TicketField(name=FieldName.SUBJECT, value=subject, origin=Origin.EMPLOYEE),),
        attachments=tuple(declared),
    )
    return draft, {each.id: content for each, content in zip(declared, files, strict=True)}
