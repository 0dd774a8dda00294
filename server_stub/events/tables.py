"""The table of events."""

from __future__ import annotations

from datetime import datetime
from enum import StrEnum
from uuid import UUID

from sqlalchemy import ForeignKey, Index, String
from sqlalchemy.orm import Mapped, mapped_column

from app.protocol.message import Message
from app.protocol.problems import ProblemCode
from app.protocol.tickets import TicketState
from server_stub.columns import Base, Instant, Json, choice


class Happening(StrEnum):
    """Everything the log may hold; devices are told of some of it (`server_stub.events.feed`)."""

    TICKET_RECEIVED = "ticket_received"
    STATE_CHANGED = "state_changed"
    TAKEN = "taken"
    REQUESTER_REPLIED = "requester_replied"
    AGENT_REPLIED = "agent_replied"
    NOTED = "noted"
    URGED = "urged"
    ATTACHMENT_STORED = "attachment_stored"
    ATTACHMENT_REFUSED = "attachment_refused"
    ANNOUNCED = "announced"
    KNOWLEDGE_PUBLISHED = "knowledge_published"


class ActorKind(StrEnum):
    """Who made something happen."""

    DEVICE = "device"
    AGENT = "agent"
    SYSTEM = "system"


class Details(Message):
    """What exactly happened, as far as the kind of event needs it."""

    before: TicketState | None = None
    after: TicketState | None = None
    entry_id: UUID | None = None
    attachment_id: UUID | None = None
    announcement_id: UUID | None = None
    code: ProblemCode | None = None
    version: str = ""


class EventRecord(Base):
    """One thing that happened, never changed afterwards. `seq` is global and grows without gaps.

    `digest` covers the row and the digest of the row before, so that a row changed or taken out later is found.
    """

    __tablename__ = "events"
    __table_args__ = (Index(None, "ticket_id", "seq"), Index(None, "device_id", "seq"))

    seq: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    kind: Mapped[Happening] = mapped_column(choice(Happening))
    ticket_id: Mapped[UUID | None] = mapped_column(ForeignKey("tickets.id"))
    device_id: Mapped[UUID | None] = mapped_column(ForeignKey("devices.id"))
    actor_kind: Mapped[ActorKind] = mapped_column(choice(ActorKind))
    actor_id: Mapped[UUID | None]
    actor_name: Mapped[str] = mapped_column(String(300), default="")
    details: Mapped[Details] = mapped_column(Json(Details))
    at: Mapped[datetime] = mapped_column(Instant)
    previous_digest: Mapped[str] = mapped_column(String(64))
    digest: Mapped[str] = mapped_column(String(64))
