"""Tables of tickets."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from sqlalchemy import ForeignKey, Index, String, Text
from sqlalchemy.orm import Mapped, mapped_column

from app.protocol.knowledge import ErrorSignature, Outcome
from app.protocol.language import Language
from app.protocol.tickets import ContextItem, EntryKind, FieldName, Origin, TicketKind, TicketState
from server_stub.columns import LONG, Base, Instant, Json, choice


class Counter(Base):
    """The last number given out of a sequence without gaps."""

    __tablename__ = "counters"

    name: Mapped[str] = mapped_column(String(40), primary_key=True)
    value: Mapped[int] = mapped_column(LONG)


class Ticket(Base):
    """A ticket. `id` is the client's draft id, so that the same draft can never become two tickets.

    `sequence` is the number people say aloud (`INC-000123`); `version` grows with every change and is the ETag;
    `draft_digest` recognises the draft when it is sent again, however late. Three clocks: `created_at` when the
    draft was made, `sent_at` when the client sent it, `received_at` when it was ours. `confirmed` is set when the
    employee has said that it works again.
    """

    __tablename__ = "tickets"
    __table_args__ = (
        Index(None, "state", "sequence"),
        Index(None, "assignee_id", "sequence"),
        Index(None, "device_id", "sequence"),
    )

    id: Mapped[UUID] = mapped_column(primary_key=True)
    sequence: Mapped[int] = mapped_column(LONG, unique=True)
    device_id: Mapped[UUID] = mapped_column(ForeignKey("devices.id"))
    kind: Mapped[TicketKind] = mapped_column(choice(TicketKind))
    state: Mapped[TicketState] = mapped_column(choice(TicketState))
    language: Mapped[Language] = mapped_column(choice(Language))
    subject: Mapped[str] = mapped_column(String(300))
    signature: Mapped[ErrorSignature] = mapped_column(Json(ErrorSignature))
    fingerprint: Mapped[str] = mapped_column(String(300), default="", index=True)
    context: Mapped[tuple[ContextItem, ...]] = mapped_column(Json(tuple[ContextItem, ...]))
    draft_digest: Mapped[str] = mapped_column(String(64))
    assignee_id: Mapped[UUID | None] = mapped_column(ForeignKey("agents.id"))
    version: Mapped[int] = mapped_column(default=1)
    urge_count: Mapped[int] = mapped_column(default=0)
    confirmed: Mapped[bool] = mapped_column(default=False)
    created_at: Mapped[datetime] = mapped_column(Instant)
    sent_at: Mapped[datetime | None] = mapped_column(Instant)
    received_at: Mapped[datetime] = mapped_column(Instant)
    updated_at: Mapped[datetime] = mapped_column(Instant)
    resolved_at: Mapped[datetime | None] = mapped_column(Instant)
    requester_seen_at: Mapped[datetime | None] = mapped_column(Instant)


class FieldRecord(Base):
    """One prefilled field with its origin."""

    __tablename__ = "ticket_fields"

    ticket_id: Mapped[UUID] = mapped_column(ForeignKey("tickets.id"), primary_key=True)
    position: Mapped[int] = mapped_column(primary_key=True)
    name: Mapped[FieldName] = mapped_column(choice(FieldName))
    value: Mapped[str] = mapped_column(Text)
    origin: Mapped[Origin] = mapped_column(choice(Origin))
    confidence: Mapped[float | None]


class ShownRecord(Base):
    """An article the employee was shown before sending."""

    __tablename__ = "ticket_suggestions"

    ticket_id: Mapped[UUID] = mapped_column(ForeignKey("tickets.id"), primary_key=True)
    position: Mapped[int] = mapped_column(primary_key=True)
    article_id: Mapped[str] = mapped_column(String(400))
    title: Mapped[str] = mapped_column(String(300))
    outcome: Mapped[Outcome] = mapped_column(choice(Outcome))


class EntryRecord(Base):
    """One line of the conversation. `id` comes from the client where a requester writes, and is unique for ever."""

    __tablename__ = "entries"
    __table_args__ = (Index(None, "ticket_id", "at"),)

    id: Mapped[UUID] = mapped_column(primary_key=True)
    ticket_id: Mapped[UUID] = mapped_column(ForeignKey("tickets.id"))
    kind: Mapped[EntryKind] = mapped_column(choice(EntryKind))
    agent_id: Mapped[UUID | None] = mapped_column(ForeignKey("agents.id"))
    author: Mapped[str] = mapped_column(String(300), default="")
    body: Mapped[str] = mapped_column(Text)
    digest: Mapped[str] = mapped_column(String(64), default="")
    at: Mapped[datetime] = mapped_column(Instant)


class UrgeRecord(Base):
    """An employee asked for haste, once."""

    __tablename__ = "urges"

    id: Mapped[UUID] = mapped_column(primary_key=True)
    ticket_id: Mapped[UUID] = mapped_column(ForeignKey("tickets.id"), index=True)
    at: Mapped[datetime] = mapped_column(Instant)
