"""The one place that decides whose ticket it is."""

from __future__ import annotations

from uuid import UUID

from sqlalchemy.orm import Session

from app.protocol.problems import ProblemCode
from server_stub.devices.tables import Device
from server_stub.problems import Refusal
from server_stub.tickets.tables import Ticket


def ticket_for_agent(session: Session, ticket_id: UUID) -> Ticket:
    """Any ticket. Raises Refusal(not_found)."""
    ticket = session.get(Ticket, ticket_id)
    if ticket is None:
        raise Refusal(ProblemCode.NOT_FOUND)
    return ticket


def ticket_for_device(session: Session, device: Device, ticket_id: UUID) -> Ticket:
    """A ticket that this device sent. Somebody else's is answered exactly like none: Refusal(not_found)."""
    ticket = session.get(Ticket, ticket_id)
    if ticket is None or ticket.device_id != device.id:
        raise Refusal(ProblemCode.NOT_FOUND)
    return ticket
