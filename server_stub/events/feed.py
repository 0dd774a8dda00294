"""What a device may know of the log: its own tickets and what concerns everybody."""

from __future__ import annotations

from uuid import UUID

from sqlalchemy import func, or_, select
from sqlalchemy.orm import Session

from app.protocol.events import Event, EventKind, EventPage
from app.protocol.problems import ProblemCode
from server_stub.events.tables import EventRecord, Happening
from server_stub.problems import Refusal
from server_stub.tickets.numbers import number
from server_stub.tickets.tables import Ticket

TOLD = {
    Happening.TICKET_RECEIVED: EventKind.TICKET_RECEIVED,
    Happening.STATE_CHANGED: EventKind.TICKET_STATE,
    Happening.TAKEN: EventKind.TICKET_STATE,
    Happening.AGENT_REPLIED: EventKind.TICKET_REPLY,
    Happening.ATTACHMENT_STORED: EventKind.ATTACHMENT_STORED,
    Happening.ANNOUNCED: EventKind.ANNOUNCEMENT,
    Happening.KNOWLEDGE_PUBLISHED: EventKind.KNOWLEDGE,
    Happening.ASSIST: EventKind.ASSIST,
    Happening.PICTURE_ASKED: EventKind.PICTURE_ASKED,
}
PAGE = 200


def page(session: Session, device_id: UUID, after: int) -> EventPage:
    """The next events after `after`, at most PAGE of them.

    Raises Refusal(cursor_expired) for a number that has not been given out, as after the restore of a backup.
    """
    newest = session.scalar(select(func.max(EventRecord.seq))) or 0
    if after > newest:
        raise Refusal(ProblemCode.CURSOR_EXPIRED)
    rows = session.execute(
        select(
            EventRecord.seq,
            EventRecord.kind,
            EventRecord.at,
            EventRecord.ticket_id,
            Ticket.sequence,
            EventRecord.details,
        )
        .outerjoin(Ticket, Ticket.id == EventRecord.ticket_id)
        .where(
            EventRecord.seq > after,
            or_(EventRecord.device_id == device_id, EventRecord.device_id.is_(None)),
            EventRecord.kind.in_(sorted(TOLD)),
        )
        .order_by(EventRecord.seq)
        .limit(PAGE)
    ).all()
    events = tuple(
        Event(
            seq=seq,
            kind=TOLD[kind],
            at=at,
            ticket_id=ticket_id,
            number=number(sequence) if sequence is not None else "",
            assist_id=details.assist_id,
        )
        for seq, kind, at, ticket_id, sequence, details in rows
    )
    return EventPage(events=events, next=events[-1].seq if len(events) == PAGE else newest)
