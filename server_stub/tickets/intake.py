"""Taking a draft in: a ticket, its fields and its event, all in the caller's transaction."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy.orm import Session

from app.protocol.message import one_line
from app.protocol.problems import ProblemCode
from app.protocol.tickets import FieldName, TicketDraft, TicketReceipt, TicketState
from server_stub.clock import Clock, believable
from server_stub.devices.tables import Device
from server_stub.events.log import Actor, EventLog
from server_stub.events.tables import ActorKind, Details, Happening
from server_stub.idempotency.once import digest
from server_stub.problems import Refusal
from server_stub.tickets.declarations import declare
from server_stub.tickets.numbers import next_sequence, number
from server_stub.tickets.tables import FieldRecord, ShownRecord, Ticket


class Intake:
    """Makes exactly one ticket of a draft, however often and however late the draft is sent."""

    def __init__(self, events: EventLog, now: Clock) -> None:
        self._events = events
        self._now = now

    def receive(self, session: Session, device: Device, draft: TicketDraft, sent_at: datetime | None) -> TicketReceipt:
        """The receipt of the draft's ticket, made now or long ago.

        Raises Refusal(idempotency_key_reused) when a ticket of that id has other content or another device's.
        """
        known = session.get(Ticket, draft.id)
        if known is not None:
            if known.device_id != device.id or known.draft_digest != digest(draft):
                raise Refusal(ProblemCode.KEY_REUSED)
            return receipt(known)
        now = self._now()
        ticket = Ticket(
            id=draft.id,
            sequence=next_sequence(session),
            device_id=device.id,
            kind=draft.kind,
            state=TicketState.NEW,
            language=draft.language,
            subject=subject_of(draft),
            signature=draft.signature,
            fingerprint=draft.signature.fingerprint[:300],
            context=draft.context,
            draft_digest=digest(draft),
            created_at=believable(draft.created_at, now),
            sent_at=believable(sent_at, now) if sent_at else None,
            received_at=now,
            updated_at=now,
        )
        session.add(ticket)
        session.flush()
        self._add_parts(session, ticket, draft)
        declare(session, draft.attachments, ticket_id=ticket.id, entry_id=None, device_id=device.id, at=now)
        self._events.append(
            session,
            Happening.TICKET_RECEIVED,
            Actor(ActorKind.DEVICE, device.id, device.hostname),
            ticket_id=ticket.id,
            device_id=device.id,
            details=Details(after=TicketState.NEW),
        )
        return receipt(ticket)

    def _add_parts(self, session: Session, ticket: Ticket, draft: TicketDraft) -> None:
        session.add_all(
            FieldRecord(
                ticket_id=ticket.id,
                position=position,
                name=field.name,
                value=field.value,
                origin=field.origin,
                confidence=field.confidence,
            )
            for position, field in enumerate(draft.fields)
        )
        session.add_all(
            ShownRecord(
                ticket_id=ticket.id,
                position=position,
                article_id=shown.article_id,
                title=shown.title,
                outcome=shown.outcome,
            )
            for position, shown in enumerate(draft.suggestions)
        )
        session.flush()


def receipt(ticket: Ticket) -> TicketReceipt:
    """What tells a device that its ticket is here for good."""
    return TicketReceipt(id=ticket.id, number=number(ticket.sequence), received_at=ticket.received_at)


def subject_of(draft: TicketDraft) -> str:
    """One line for queues: the subject, else the best thing the draft says of itself; empty when it says nothing."""
    candidates = (
        draft.value(FieldName.SUBJECT),
        draft.value(FieldName.DESCRIPTION),
        draft.signature.title,
        draft.value(FieldName.WINDOW_TITLE),
        draft.value(FieldName.RECOGNISED_TEXT),
    )
    return next((line for line in (one_line(each)[:300] for each in candidates) if line), "")
