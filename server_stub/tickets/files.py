"""The files of tickets as both sides see them: how far each has arrived."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from sqlalchemy import and_, select
from sqlalchemy.orm import Session

from app.protocol.problems import ProblemCode
from app.protocol.tickets import AttachmentKind, AttachmentState
from server_stub.uploads.tables import AttachmentRecord, Blob, Upload


@dataclass(frozen=True, slots=True)
class File:
    """A declared file. `received` and `size` are bytes of what the device sends; `media_type` is what we found it to
    be once `stored`, before that the device's word. `width` and `height` are pixels, of stored images only.
    `refusal` says why its bytes were not accepted.
    """

    id: UUID
    entry_id: UUID | None
    kind: AttachmentKind
    name: str
    media_type: str
    size: int
    received: int
    stored: bool
    refusal: ProblemCode | None
    width: int | None
    height: int | None
    declared_at: datetime
    stored_at: datetime | None

    @property
    def is_image(self) -> bool:
        """Whether it may be shown as a picture: only what we encoded ourselves."""
        return self.stored and self.width is not None

    def state(self) -> AttachmentState:
        """The file as its device may see it."""
        return AttachmentState(
            id=self.id, kind=self.kind, name=self.name, media_type=self.media_type, size=self.size, stored=self.stored
        )


def files_of(session: Session, ticket_ids: Sequence[UUID]) -> tuple[File, ...]:
    """All files of some tickets and of their entries, in the order they were declared."""
    same_bytes = and_(
        Upload.device_id == AttachmentRecord.device_id,
        Upload.sha256 == AttachmentRecord.sha256,
        Upload.size == AttachmentRecord.size,
    )
    rows = session.execute(
        select(AttachmentRecord, Upload.offset, Blob.media_type, Blob.width, Blob.height)
        .outerjoin(Upload, same_bytes)
        .outerjoin(Blob, Blob.sha256 == AttachmentRecord.blob_sha256)
        .where(AttachmentRecord.ticket_id.in_(ticket_ids))
        .order_by(AttachmentRecord.declared_at, AttachmentRecord.position)
    )
    return tuple(
        File(
            id=record.id,
            entry_id=record.entry_id,
            kind=record.kind,
            name=record.name,
            media_type=found or record.media_type,
            size=record.size,
            received=record.size if record.blob_sha256 else received or 0,
            stored=record.blob_sha256 is not None,
            refusal=record.refusal,
            width=width,
            height=height,
            declared_at=record.declared_at,
            stored_at=record.stored_at,
        )
        for record, received, found, width, height in rows
    )
