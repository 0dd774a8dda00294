"""*Urge*: asking for haste, at most once a day, on the record."""

from __future__ import annotations

from datetime import datetime, timedelta
from uuid import UUID

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from app.protocol.identity import uuid7
from app.protocol.problems import ProblemCode
from app.protocol.tickets import OPEN_STATES
from server_stub.clock import Clock
from server_stub.devices.tables import Device
from server_stub.events.log import EventLog
from server_stub.events.tables import Happening
from server_stub.problems import Refusal
from server_stub.tickets.access import ticket_for_device
from server_stub.tickets.tables import Ticket, UrgeRecord
from server_stub.tickets.transitions import Transitions, allowed_moves, device_actor

EVERY = timedelta(hours=24)


class Urging:
    """Records urges, each with its event, in the caller's transaction."""

    def __init__(self, events: EventLog, transitions: Transitions, now: Clock) -> None:
        self._events = events
        self._transitions = transitions
        self._now = now

    def urge(self, session: Session, device: Device, ticket_id: UUID) -> Ticket:
        """Ask for haste. Raises Refusal(already_urged) with the seconds to wait, Refusal(transition_refused) when
        the ticket is not open, Refusal(not_found).
        """
        ticket = ticket_for_device(session, device, ticket_id)
        if ticket.state not in OPEN_STATES:
            raise Refusal(ProblemCode.TRANSITION_REFUSED, allowed=allowed_moves(ticket.state))
        now = self._now()
        again = urge_at(session, ticket, now)
        if again is not None:
            raise Refusal(ProblemCode.ALREADY_URGED, retry_after=(again - now).total_seconds())
        session.add(UrgeRecord(id=uuid7(now), ticket_id=ticket.id, at=now))
        ticket.urge_count += 1
        self._transitions.touch(ticket)
        self._events.append(
            session, Happening.URGED, device_actor(device), ticket_id=ticket.id, device_id=ticket.device_id
        )
        return ticket


def urge_at(session: Session, ticket: Ticket, now: datetime) -> datetime | None:
    """The moment from which the ticket may be urged again; None when that is now."""
    last = session.scalar(select(func.max(UrgeRecord.at)).where(UrgeRecord.ticket_id == ticket.id))
    return last + EVERY if last is not None and last + EVERY > now else None
