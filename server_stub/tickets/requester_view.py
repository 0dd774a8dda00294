"""Tickets as the device that sent them may see them: no notes, no names of what happens inside."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from app.protocol.session import SHOWN_WITHIN
from app.protocol.tickets import Entry, EntryKind, TicketPage, TicketState, TicketSummary, TicketView
from server_stub.cursor import decode, encode
from server_stub.devices.tables import Device
from server_stub.events.tables import EventRecord, Happening
from server_stub.tickets.access import ticket_for_device
from server_stub.tickets.agent_view import fields_of
from server_stub.tickets.files import File, files_of
from server_stub.tickets.numbers import number
from server_stub.tickets.tables import EntryRecord, Ticket
from server_stub.tickets.urging import urge_at

VISIBLE = (EntryKind.REQUESTER_REPLY, EntryKind.AGENT_REPLY, EntryKind.SYSTEM)


def page(session: Session, device: Device, cursor: str | None, limit: int, now: datetime) -> TicketPage:
    """The device's tickets, newest first. Raises Refusal(malformed) for a cursor that is none of ours."""
    statement = select(Ticket).where(Ticket.device_id == device.id).order_by(Ticket.sequence.desc()).limit(limit + 1)
    if cursor is not None:
        statement = statement.where(Ticket.sequence < decode(cursor, "mine"))
    tickets = session.scalars(statement).all()
    shown = tickets[:limit]
    return TicketPage(
        tickets=summaries(session, shown),
        cursor=encode("mine", shown[-1].sequence) if len(tickets) > limit else None,
        as_of=_to_follow_from(session, device, now),
    )


def view(session: Session, device: Device, ticket_id: UUID, now: datetime) -> TicketView:
    """One ticket with its conversation. Raises Refusal(not_found)."""
    ticket = ticket_for_device(session, device, ticket_id)
    files = files_of(session, [ticket.id])
    records = session.scalars(
        select(EntryRecord)
        .where(EntryRecord.ticket_id == ticket.id, EntryRecord.kind.in_(VISIBLE))
        .order_by(EntryRecord.at, EntryRecord.id)
    ).all()
    return TicketView(
        summary=summaries(session, [ticket])[0],
        fields=fields_of(session, ticket.id),
        entries=tuple(entry(each, files) for each in records),
        attachments=tuple(file.state() for file in files if file.entry_id is None),
        urge_count=ticket.urge_count,
        urge_at=urge_at(session, ticket, now),
        as_of=_newest(session),
    )


def entry(record: EntryRecord, files: Sequence[File]) -> Entry:
    """One line of the conversation with those of `files` that belong to it."""
    return Entry(
        id=record.id,
        kind=record.kind,
        author=record.author,
        body=record.body,
        at=record.at,
        attachments=tuple(file.state() for file in files if file.entry_id == record.id),
    )


def mark_read(session: Session, device: Device, ticket_id: UUID, until: datetime) -> None:
    """Note that the employee has seen every reply up to that moment."""
    ticket = ticket_for_device(session, device, ticket_id)
    if ticket.requester_seen_at is None or ticket.requester_seen_at < until:
        ticket.requester_seen_at = until


def summaries(session: Session, tickets: Sequence[Ticket]) -> tuple[TicketSummary, ...]:
    """Rows of *My tickets* in the order given."""
    counted = session.execute(
        select(EntryRecord.ticket_id, func.count())
        .join(Ticket, Ticket.id == EntryRecord.ticket_id)
        .where(
            EntryRecord.ticket_id.in_([each.id for each in tickets]),
            EntryRecord.kind == EntryKind.AGENT_REPLY,
            EntryRecord.at > func.coalesce(Ticket.requester_seen_at, Ticket.received_at),
        )
        .group_by(EntryRecord.ticket_id)
    )
    unread = dict(counted.all())
    return tuple(
        TicketSummary(
            id=each.id,
            number=number(each.sequence),
            subject=each.subject,
            state=TicketState(each.state),
            created_at=each.created_at,
            updated_at=each.updated_at,
            unread=unread.get(each.id, 0),
        )
        for each in tickets
    )


def _to_follow_from(session: Session, device: Device, now: datetime) -> int:
    """The newest event, or the one before an invitation that may still wait: no list of tickets tells of it."""
    waiting = session.scalar(
        select(func.min(EventRecord.seq)).where(
            EventRecord.device_id == device.id,
            EventRecord.kind == Happening.ASSIST,
            EventRecord.at >= now - SHOWN_WITHIN,
        )
    )
    return _newest(session) if waiting is None else waiting - 1


def _newest(session: Session) -> int:
    return session.scalar(select(func.max(EventRecord.seq))) or 0
