"""What the queue's page shows: tickets, what their errors say, and the count behind every filter."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum
from uuid import UUID

from sqlalchemy import case, func, select
from sqlalchemy.orm import Session

from app.protocol.message import one_line
from app.protocol.tickets import OPEN_STATES, FieldName
from server_stub.tickets.queue import PAGE, QueueFilter, QueueRow, list_queue
from server_stub.tickets.tables import FieldRecord, Ticket
from server_stub.workbench.ticket_page import user_of

LARGEST = 1000
LONGEST_SEARCH = 200


class Filter(StrEnum):
    """Which tickets are looked at."""

    OPEN = "open"
    UNASSIGNED = "unassigned"
    MINE = "mine"
    ALL = "all"


@dataclass(frozen=True, slots=True)
class Look:
    """What an agent asked the queue for; at most `show` rows."""

    filter: Filter
    text: str
    show: int


@dataclass(frozen=True, slots=True)
class Line:
    """A ticket with the application and the error code it is about, and who was signed in; empty where nobody knows."""

    row: QueueRow
    user: str
    application: str
    code: str
    is_mine: bool


@dataclass(frozen=True, slots=True)
class _Told:
    """What tickets say: fields by ticket and name, users by ticket."""

    fields: dict[tuple[UUID, FieldName], str]
    users: dict[UUID, str]


@dataclass(frozen=True, slots=True)
class Tab:
    """A filter and the number of tickets behind it."""

    filter: Filter
    count: int


@dataclass(frozen=True, slots=True)
class Queue:
    """One consistent look; `as_of` is the newest event in it."""

    look: Look
    lines: tuple[Line, ...]
    tabs: tuple[Tab, ...]
    has_more: bool
    as_of: int


def look_of(filter_name: str, text: str, show: int) -> Look:
    """What the address of a page asks for; what is not understood becomes the ordinary."""
    chosen = Filter(filter_name) if filter_name in set(Filter) else Filter.OPEN
    return Look(chosen, _searchable(text), min(max(show, PAGE), LARGEST))


def looked(session: Session, agent_id: UUID, look: Look) -> Queue:
    """The queue as one agent sees it, newest ticket first."""
    page = list_queue(session, _wanted(look, agent_id), limit=look.show)
    told = _told(session, [row.id for row in page.rows])
    lines = tuple(
        Line(
            row,
            user=told.users.get(row.id, ""),
            application=told.fields.get((row.id, FieldName.APPLICATION), ""),
            code=told.fields.get((row.id, FieldName.ERROR_CODE), ""),
            is_mine=row.assignee_id == agent_id,
        )
        for row in page.rows
    )
    return Queue(look, lines, _tabs(session, agent_id), page.cursor is not None and look.show < LARGEST, page.as_of)


def _wanted(look: Look, agent_id: UUID) -> QueueFilter:
    return QueueFilter(
        states=frozenset() if look.filter is Filter.ALL else OPEN_STATES,
        assignee_id=agent_id if look.filter is Filter.MINE else None,
        unassigned=look.filter is Filter.UNASSIGNED,
        text=look.text,
    )


def _searchable(text: str) -> str:
    try:
        return one_line(text)[:LONGEST_SEARCH]
    except ValueError:
        return ""


def _tabs(session: Session, agent_id: UUID) -> tuple[Tab, ...]:
    is_open = Ticket.state.in_(OPEN_STATES)
    conditions = {
        Filter.OPEN: is_open,
        Filter.UNASSIGNED: is_open & Ticket.assignee_id.is_(None),
        Filter.MINE: is_open & (Ticket.assignee_id == agent_id),
        Filter.ALL: Ticket.sequence.is_not(None),
    }
    found = session.execute(select(*(func.count(case((each, 1))) for each in conditions.values()))).one()
    return tuple(Tab(each, int(count)) for each, count in zip(conditions, found, strict=True))


def _told(session: Session, ids: Sequence[UUID]) -> _Told:
    """What the tickets say; the signature's own application and code where no field names one."""
    told: dict[tuple[UUID, FieldName], str] = {}
    users: dict[UUID, str] = {}
    wanted = select(Ticket.id, Ticket.signature, Ticket.context).where(Ticket.id.in_(ids))
    for ticket_id, signature, context in session.execute(wanted):
        users[ticket_id] = user_of(context)
        told[ticket_id, FieldName.APPLICATION] = signature.application
        told[ticket_id, FieldName.ERROR_CODE] = signature.codes[0] if signature.codes else ""
    fields = session.execute(
        select(FieldRecord.ticket_id, FieldRecord.name, FieldRecord.value).where(
            FieldRecord.ticket_id.in_(ids), FieldRecord.name.in_((FieldName.APPLICATION, FieldName.ERROR_CODE))
        )
    )
    told.update({(ticket_id, name): value for ticket_id, name, value in fields if value})
    return _Told(told, users)
