"""The table of announcements."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from sqlalchemy import String, Text
from sqlalchemy.orm import Mapped, mapped_column

from app.protocol.announcements import Severity
from server_stub.columns import Base, Instant, choice


class AnnouncementRecord(Base):
    """What everybody (or everybody at `site`) is told from `since` until `until`."""

    __tablename__ = "announcements"

    id: Mapped[UUID] = mapped_column(primary_key=True)
    title: Mapped[str] = mapped_column(String(300))
    body: Mapped[str] = mapped_column(Text, default="")
    severity: Mapped[Severity] = mapped_column(choice(Severity))
    locale: Mapped[str] = mapped_column(String(40), default="")
    site: Mapped[str] = mapped_column(String(300), default="")
    since: Mapped[datetime] = mapped_column(Instant)
    until: Mapped[datetime | None] = mapped_column(Instant, index=True)
    created_at: Mapped[datetime] = mapped_column(Instant)
