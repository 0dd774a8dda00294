"""Tables of files: what was declared, what is arriving, what is kept."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from sqlalchemy import ForeignKey, Index, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from app.protocol.problems import ProblemCode
from app.protocol.tickets import AttachmentKind
from server_stub.columns import Base, Instant, choice


class Blob(Base):
    """Bytes that are kept, under a name made of their own SHA-256. Images are our re-encoding, never the original.

    `width` and `height` are in pixels and empty for what is not an image.
    """

    __tablename__ = "blobs"

    sha256: Mapped[str] = mapped_column(String(64), primary_key=True)
    size: Mapped[int]
    media_type: Mapped[str] = mapped_column(String(100))
    width: Mapped[int | None]
    height: Mapped[int | None]
    created_at: Mapped[datetime] = mapped_column(Instant)


class Upload(Base):
    """The bytes of one file from one device; `blob_sha256` is set when they are complete and kept."""

    __tablename__ = "uploads"
    __table_args__ = (UniqueConstraint("device_id", "sha256", "size"),)

    id: Mapped[UUID] = mapped_column(primary_key=True)
    device_id: Mapped[UUID] = mapped_column(ForeignKey("devices.id"))
    sha256: Mapped[str] = mapped_column(String(64))
    size: Mapped[int]
    offset: Mapped[int] = mapped_column(default=0)
    blob_sha256: Mapped[str | None] = mapped_column(ForeignKey("blobs.sha256"))
    created_at: Mapped[datetime] = mapped_column(Instant)
    updated_at: Mapped[datetime] = mapped_column(Instant)


class AttachmentRecord(Base):
    """A file that belongs to a ticket or to one entry of it: declared first, stored when `blob_sha256` is set.

    `refusal` says why its bytes were not accepted. `name` and `media_type` are the device's word.
    """

    __tablename__ = "attachments"
    __table_args__ = (Index(None, "device_id", "sha256", "size"),)

    id: Mapped[UUID] = mapped_column(primary_key=True)
    ticket_id: Mapped[UUID] = mapped_column(ForeignKey("tickets.id"), index=True)
    entry_id: Mapped[UUID | None] = mapped_column(ForeignKey("entries.id"), index=True)
    device_id: Mapped[UUID | None] = mapped_column(ForeignKey("devices.id"))
    position: Mapped[int] = mapped_column(default=0)
    kind: Mapped[AttachmentKind] = mapped_column(choice(AttachmentKind))
    name: Mapped[str] = mapped_column(String(300))
    media_type: Mapped[str] = mapped_column(String(100))
    size: Mapped[int]
    sha256: Mapped[str] = mapped_column(String(64))
    blob_sha256: Mapped[str | None] = mapped_column(ForeignKey("blobs.sha256"), index=True)
    refusal: Mapped[ProblemCode | None] = mapped_column(choice(ProblemCode))
    declared_at: Mapped[datetime] = mapped_column(Instant)
    stored_at: Mapped[datetime | None] = mapped_column(Instant)
