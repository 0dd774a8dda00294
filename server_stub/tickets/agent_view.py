"""A whole ticket as an agent sees it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.protocol.knowledge import ErrorSignature
from app.protocol.language import Language
from app.protocol.tickets import (
    ContextItem,
    EntryKind,
    FieldName,
    ShownSuggestion,
    TicketField,
    TicketState,
)
from server_stub.devices.tables import Device
from server_stub.events.tables import ActorKind, Details, EventRecord, Happening
from server_stub.tickets.access import ticket_for_agent
from server_stub.tickets.files import File, files_of
from server_stub.tickets.queue import QueueRow, row
from server_stub.tickets.tables import EntryRecord, FieldRecord, ShownRecord, Ticket, UrgeRecord
from server_stub.tickets.transitions import allowed_moves


@dataclass(frozen=True, slots=True)
class AgentEntry:
    """One line of the conversation, internal notes included; `body` is plain text, untrusted."""

    id: UUID
    kind: EntryKind
    author: str
    agent_id: UUID | None
    body: str
    at: datetime
    files: tuple[File, ...]


@dataclass(frozen=True, slots=True)
class HistoryItem:
    """One event of the ticket."""

    seq: int
    kind: Happening
    actor_kind: ActorKind
    actor_name: str
    details: Details
    at: datetime


@dataclass(frozen=True, slots=True)
class DeviceFacts:
    """The device a ticket came from, in its own words."""

    id: UUID
    hostname: str
    os: str
    client_version: str
    site: str
    enrolled_at: datetime
    seen_at: datetime


@dataclass(frozen=True, slots=True)
class AgentTicket:
    """Everything known of a ticket. `files` are the ticket's own; those of entries hang on their entries.

    `moves` are the states an agent may put it into; `row.version` is what `Transitions.change` compares.
    """

    row: QueueRow
    language: Language
    sent_at: datetime | None
    resolved_at: datetime | None
    fields: tuple[TicketField, ...]
    context: tuple[ContextItem, ...]
    signature: ErrorSignature
    suggestions: tuple[ShownSuggestion, ...]
    entries: tuple[AgentEntry, ...]
    files: tuple[File, ...]
    history: tuple[HistoryItem, ...]
    urges: tuple[datetime, ...]
    device: DeviceFacts
    moves: tuple[TicketState, ...]
    as_of: int

    def value(self, name: FieldName) -> str:
        """The value of one field, empty when the ticket has none of that name."""
        return next((field.value for field in self.fields if field.name is name), "")


def load(session: Session, ticket_id: UUID) -> AgentTicket:
    """The ticket with all its parts from one snapshot. Raises Refusal(not_found)."""
    ticket = ticket_for_agent(session, ticket_id)
    listed = row(session, ticket_id)
    device = session.get(Device, ticket.device_id)
    if listed is None or device is None:
        raise LookupError(ticket_id)  # foreign keys make this impossible
    files = files_of(session, [ticket_id])
    history = _history(session, ticket_id)
    return AgentTicket(
        row=listed,
        language=ticket.language,
        sent_at=ticket.sent_at,
        resolved_at=ticket.resolved_at,
        fields=fields_of(session, ticket_id),
        context=ticket.context,
        signature=ticket.signature,
        suggestions=_suggestions(session, ticket_id),
        entries=_entries(session, ticket_id, files),
        files=tuple(file for file in files if file.entry_id is None),
        history=history,
        urges=tuple(
            session.scalars(select(UrgeRecord.at).where(UrgeRecord.ticket_id == ticket_id).order_by(UrgeRecord.at))
        ),
        device=DeviceFacts(
            device.id,
            device.hostname,
            device.os,
            device.client_version,
            device.site,
            device.enrolled_at,
            device.seen_at,
        ),
        moves=allowed_moves(ticket.state),
        as_of=_newest(session),
    )


def fields_of(session: Session, ticket_id: UUID) -> tuple[TicketField, ...]:
    """The prefilled fields in the order they were sent."""
    records = session.scalars(
        select(FieldRecord).where(FieldRecord.ticket_id == ticket_id).order_by(FieldRecord.position)
    )
    return tuple(
        TicketField(name=each.name, value=each.value, origin=each.origin, confidence=each.confidence)
        for each in records
    )


def same_fault(session: Session, ticket: AgentTicket, limit: int = 10) -> tuple[QueueRow, ...]:
    """Other tickets with the same error fingerprint, newest first; none when there was nothing to recognise."""
    if not ticket.signature.fingerprint:
        return ()
    ids = session.scalars(
        select(Ticket.id)
        .where(Ticket.fingerprint == ticket.signature.fingerprint[:300], Ticket.id != ticket.row.id)
        .order_by(Ticket.sequence.desc())
        .limit(limit)
    ).all()
    return tuple(found for found in (row(session, each) for each in ids) if found is not None)


def _suggestions(session: Session, ticket_id: UUID) -> tuple[ShownSuggestion, ...]:
    records = session.scalars(
        select(ShownRecord).where(ShownRecord.ticket_id == ticket_id).order_by(ShownRecord.position)
    )
    return tuple(
        ShownSuggestion(article_id=each.article_id, title=each.title, outcome=each.outcome) for each in records
    )


def _entries(session: Session, ticket_id: UUID, files: tuple[File, ...]) -> tuple[AgentEntry, ...]:
    records = session.scalars(
        select(EntryRecord).where(EntryRecord.ticket_id == ticket_id).order_by(EntryRecord.at, EntryRecord.id)
    )
    return tuple(
        AgentEntry(
            id=each.id,
            kind=each.kind,
            author=each.author,
            agent_id=each.agent_id,
            body=each.body,
            at=each.at,
            files=tuple(file for file in files if file.entry_id == each.id),
        )
        for each in records
    )


def _history(session: Session, ticket_id: UUID) -> tuple[HistoryItem, ...]:
    records = session.scalars(select(EventRecord).where(EventRecord.ticket_id == ticket_id).order_by(EventRecord.seq))
    return tuple(
        HistoryItem(each.seq, each.kind, each.actor_kind, each.actor_name, each.details, each.at) for each in records
    )


def _newest(session: Session) -> int:
    return session.scalar(select(EventRecord.seq).order_by(EventRecord.seq.desc()).limit(1)) or 0
