"""The agents' queue: which tickets there are, newest first."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from sqlalchemy import ColumnElement, Select, and_, exists, func, or_, select
from sqlalchemy.orm import Session

from app.protocol.tickets import OPEN_STATES, AttachmentKind, EntryKind, TicketKind, TicketState
from server_stub.agents.tables import Agent
from server_stub.cursor import decode, encode
from server_stub.devices.tables import Device
from server_stub.events.tables import EventRecord
from server_stub.tickets.numbers import number, sequence_of
from server_stub.tickets.tables import EntryRecord, FieldRecord, Ticket, UrgeRecord
from server_stub.uploads.tables import AttachmentRecord

PAGE = 50


@dataclass(frozen=True, slots=True)
class QueueFilter:
    """Which tickets are wanted; `states` empty means all of them, `text` is looked for in number, fields and host."""

    states: frozenset[TicketState] = OPEN_STATES
    assignee_id: UUID | None = None
    unassigned: bool = False
    text: str = ""
    fingerprint: str = ""


@dataclass(frozen=True, slots=True)
class QueueRow:
    """A ticket in the queue. Every text in it is somebody else's word.

    `waits_for_us` is true while the newest thing anybody wrote to the other side is the employee's.
    """

    id: UUID
    number: str
    kind: TicketKind
    state: TicketState
    subject: str
    hostname: str
    site: str
    assignee_id: UUID | None
    assignee: str
    urge_count: int
    urged_at: datetime | None
    waits_for_us: bool
    screenshot_id: UUID | None
    created_at: datetime
    received_at: datetime
    updated_at: datetime
    version: int


@dataclass(frozen=True, slots=True)
class QueuePage:
    """Part of the queue. Go on with `cursor`; `as_of` is the event number of the snapshot, to follow from."""

    rows: tuple[QueueRow, ...]
    cursor: str | None
    as_of: int


def list_queue(session: Session, wanted: QueueFilter, cursor: str | None = None, limit: int = PAGE) -> QueuePage:
    """The tickets that fit, newest first. Raises Refusal(malformed) for a cursor that is none of ours."""
    statement = _rows().where(*_conditions(wanted)).order_by(Ticket.sequence.desc()).limit(limit + 1)
    if cursor is not None:
        statement = statement.where(Ticket.sequence < decode(cursor, "queue"))
    found = session.execute(statement).all()
    rows = tuple(_row(*each) for each in found[:limit])
    following = encode("queue", found[limit - 1][0].sequence) if len(found) > limit else None
    return QueuePage(rows, following, session.scalar(select(func.max(EventRecord.seq))) or 0)


def row(session: Session, ticket_id: UUID) -> QueueRow | None:
    """One ticket as the queue shows it; None when there is no such ticket."""
    found = session.execute(_rows().where(Ticket.id == ticket_id)).first()
    return _row(*found) if found else None


def counts(session: Session) -> dict[TicketState, int]:
    """How many tickets are in each state, states without any left out."""
    found = session.execute(select(Ticket.state, func.count()).group_by(Ticket.state))
    return dict(found.all())


def _rows() -> Select[Ticket, str, str, str | None, datetime | None, EntryKind | None, UUID | None]:
    urged = select(func.max(UrgeRecord.at)).where(UrgeRecord.ticket_id == Ticket.id).scalar_subquery()
    last = (
        select(EntryRecord.kind)
        .where(EntryRecord.ticket_id == Ticket.id, EntryRecord.kind != EntryKind.INTERNAL_NOTE)
        .order_by(EntryRecord.at.desc(), EntryRecord.id.desc())
        .limit(1)
        .scalar_subquery()
    )
    screenshot = (
        select(AttachmentRecord.id)
        .where(
            AttachmentRecord.ticket_id == Ticket.id,
            AttachmentRecord.kind == AttachmentKind.SCREENSHOT,
            AttachmentRecord.blob_sha256.is_not(None),
        )
        .order_by(AttachmentRecord.declared_at, AttachmentRecord.position)
        .limit(1)
        .scalar_subquery()
    )
    return (
        select(Ticket, Device.hostname, Device.site, Agent.name, urged, last, screenshot)
        .join(Device, Device.id == Ticket.device_id)
        .outerjoin(Agent, Agent.id == Ticket.assignee_id)
    )


def _conditions(wanted: QueueFilter) -> list[ColumnElement[bool]]:
    conditions: list[ColumnElement[bool]] = []
    if wanted.states:
        conditions.append(Ticket.state.in_(sorted(wanted.states)))
    if wanted.unassigned:
        conditions.append(Ticket.assignee_id.is_(None))
    elif wanted.assignee_id is not None:
        conditions.append(Ticket.assignee_id == wanted.assignee_id)
    if wanted.fingerprint:
        conditions.append(Ticket.fingerprint == wanted.fingerprint)
    if text := wanted.text.strip()[:200]:
        conditions.append(_mentions(text))
    return conditions


def _mentions(text: str) -> ColumnElement[bool]:
    in_field = exists().where(
        and_(FieldRecord.ticket_id == Ticket.id, FieldRecord.value.icontains(text, autoescape=True))
    )
    found = [
        Ticket.subject.icontains(text, autoescape=True),
        Device.hostname.icontains(text, autoescape=True),
        in_field,
    ]
    sequence = sequence_of(text)
    if sequence is not None:
        found.append(Ticket.sequence == sequence)
    return or_(*found)


def _row(
    ticket: Ticket,
    hostname: str,
    site: str,
    assignee: str | None,
    urged_at: datetime | None,
    last: EntryKind | None,
    screenshot_id: UUID | None,
) -> QueueRow:
    return QueueRow(
        id=ticket.id,
        number=number(ticket.sequence),
        kind=ticket.kind,
        state=ticket.state,
        subject=ticket.subject,
        hostname=hostname,
        site=site,
        assignee_id=ticket.assignee_id,
        assignee=assignee or "",
        urge_count=ticket.urge_count,
        urged_at=urged_at,
        waits_for_us=ticket.state in OPEN_STATES and last in (None, EntryKind.REQUESTER_REPLY),
        screenshot_id=screenshot_id,
        created_at=ticket.created_at,
        received_at=ticket.received_at,
        updated_at=ticket.updated_at,
        version=ticket.version,
    )
