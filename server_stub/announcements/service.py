"""Making announcements, and which of them concern a device now."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

from sqlalchemy import or_, select
from sqlalchemy.orm import Session

from app.protocol.announcements import Announcement, Severity
from app.protocol.identity import uuid7
from server_stub.announcements.tables import AnnouncementRecord
from server_stub.clock import Clock
from server_stub.devices.tables import Device
from server_stub.events.log import SYSTEM, EventLog
from server_stub.events.tables import Details, Happening


@dataclass(frozen=True, slots=True)
class News:
    """What is to be announced; an empty `site` means everywhere, no `lasts` means until it is withdrawn."""

    title: str
    body: str = ""
    severity: Severity = Severity.NOTICE
    locale: str = ""
    site: str = ""
    lasts: timedelta | None = None


class Announcements:
    """Every method works in the caller's transaction."""

    def __init__(self, events: EventLog, now: Clock) -> None:
        self._events = events
        self._now = now

    def announce(self, session: Session, news: News) -> UUID:
        """Tell everybody from now on; the announcement's id."""
        now = self._now()
        record = AnnouncementRecord(
            id=uuid7(now),
            title=news.title,
            body=news.body,
            severity=news.severity,
            locale=news.locale,
            site=news.site,
            since=now,
            until=now + news.lasts if news.lasts is not None else None,
            created_at=now,
        )
        session.add(record)
        self._tell(session, record.id)
        return record.id

    def withdraw(self, session: Session, announcement_id: UUID) -> bool:
        """Stop telling; false when there is no such announcement that is still told."""
        record = session.get(AnnouncementRecord, announcement_id)
        now = self._now()
        if record is None or (record.until is not None and record.until <= now):
            return False
        record.until = now
        self._tell(session, record.id)
        return True

    def current(self, session: Session, device: Device) -> tuple[Announcement, ...]:
        """What that device is told now, incidents first, then the newest."""
        now = self._now()
        records = session.scalars(
            select(AnnouncementRecord)
            .where(
                AnnouncementRecord.since <= now,
                or_(AnnouncementRecord.until.is_(None), AnnouncementRecord.until > now),
                AnnouncementRecord.site.in_(("", device.site)),
            )
            .order_by(AnnouncementRecord.since.desc())
        ).all()
        return tuple(_told(each) for each in sorted(records, key=lambda each: each.severity is not Severity.INCIDENT))

    def _tell(self, session: Session, announcement_id: UUID) -> None:
        self._events.append(session, Happening.ANNOUNCED, SYSTEM, details=Details(announcement_id=announcement_id))


def everything(session: Session, now: datetime) -> tuple[Announcement, ...]:
    """All that is told anywhere now, newest first."""
    records = session.scalars(
        select(AnnouncementRecord)
        .where(or_(AnnouncementRecord.until.is_(None), AnnouncementRecord.until > now))
        .order_by(AnnouncementRecord.since.desc())
    )
    return tuple(_told(each) for each in records)


def _told(record: AnnouncementRecord) -> Announcement:
    return Announcement(
        id=record.id,
        title=record.title,
        body=record.body,
        severity=record.severity,
        locale=record.locale,
        since=record.since,
        until=record.until,
    )
