"""Files that are announced before their bytes arrive."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.protocol.problems import ProblemCode
from app.protocol.tickets import DeclaredAttachment
from server_stub.problems import Refusal
from server_stub.uploads.tables import AttachmentRecord


def declare(
    session: Session,
    declared: Sequence[DeclaredAttachment],
    *,
    ticket_id: UUID,
    entry_id: UUID | None,
    device_id: UUID,
    at: datetime,
) -> tuple[AttachmentRecord, ...]:
    """Note the files that belong to a ticket or an entry. Raises Refusal(malformed) for an id already in use."""
    ids = [each.id for each in declared]
    taken = session.scalar(select(AttachmentRecord.id).where(AttachmentRecord.id.in_(ids)).limit(1))
    if taken is not None or len(set(ids)) != len(ids):
        raise Refusal(ProblemCode.MALFORMED, "an attachment id is used twice")
    records = tuple(
        AttachmentRecord(
            id=each.id,
            ticket_id=ticket_id,
            entry_id=entry_id,
            device_id=device_id,
            position=position,
            kind=each.kind,
            name=each.name,
            media_type=each.media_type,
            size=each.size,
            sha256=each.sha256,
            declared_at=at,
        )
        for position, each in enumerate(declared)
    )
    session.add_all(records)
    session.flush()
    return records
