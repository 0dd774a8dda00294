"""What IT tells everybody before they report it."""

from __future__ import annotations

from enum import StrEnum
from uuid import UUID

from app.protocol.message import Line, Moment, Reply, Text


class Severity(StrEnum):
    """How loud an announcement is."""

    NOTICE = "notice"
    INCIDENT = "incident"


class Announcement(Reply):
    """Valid now for the asking device; `body` is Markdown source in `locale`."""

    id: UUID
    title: Line
    body: Text = ""
    severity: Severity
    locale: str = ""
    since: Moment
    until: Moment | None = None


class AnnouncementList(Reply):
    """`GET /api/v1/announcements`."""

    announcements: tuple[Announcement, ...]
