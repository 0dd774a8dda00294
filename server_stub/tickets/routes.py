"""Tickets over the wire, as far as the device that sent them goes."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Depends, Header, Query, Response
from sqlalchemy.orm import Session

from app.protocol.tickets import Entry, NewEntry, TicketDraft, TicketPage, TicketReceipt, TicketSummary, TicketView
from server_stub.asking import PROBLEMS, Found, Key, MaybeKey, answered, answered_once, check_key, principal, spends
from server_stub.devices.authentication import AskingDevice
from server_stub.idempotency.once import Request
from server_stub.rates import RateClass
from server_stub.tickets import requester_view
from server_stub.tickets.files import files_of

router = APIRouter(prefix="/tickets", tags=["tickets"], responses=PROBLEMS)


def _sent_at(header: Annotated[str | None, Header(alias="Deskbell-Sent-At", max_length=64)] = None) -> datetime | None:
    """When the client says it sent the request. A clock that writes nonsense must not keep a ticket out."""
    try:
        moment = datetime.fromisoformat(header or "")
    except ValueError:
        return None
    return moment if moment.tzinfo else None


@router.post("", status_code=201, response_model=TicketReceipt, dependencies=[spends(RateClass.TICKETS)])
def create(
    draft: TicketDraft,
    key: Key,
    device: AskingDevice,
    found: Found,
    sent_at: Annotated[datetime | None, Depends(_sent_at)],
) -> Response:
    """Make one ticket of a draft, however often it is sent. Its files follow by upload."""
    check_key(key, draft.id)
    return answered_once(
        found,
        Request(principal(device), key, "POST /tickets", draft),
        lambda session: found.intake.receive(session, device, draft, sent_at),
        status=201,
    )


@router.get("", dependencies=[spends(RateClass.READING)])
def listing(
    device: AskingDevice,
    found: Found,
    limit: Annotated[int, Query(ge=1, le=100)] = 50,
    cursor: Annotated[str | None, Query(max_length=200)] = None,
) -> TicketPage:
    """The device's tickets, newest first."""
    with found.database.read() as session:
        return requester_view.page(session, device, cursor, limit, found.now())


@router.get("/{ticket_id}", dependencies=[spends(RateClass.READING)])
def detail(ticket_id: UUID, device: AskingDevice, found: Found) -> TicketView:
    """One ticket with its conversation; looking at it marks the replies in it as read."""
    with found.database.read() as session:
        view = requester_view.view(session, device, ticket_id, found.now())
    if view.summary.unread:
        with found.database.write() as session:
            requester_view.mark_read(session, device, ticket_id, view.entries[-1].at)
    return view


@router.post("/{ticket_id}/entries", status_code=201, response_model=Entry, dependencies=[spends(RateClass.ACTIONS)])
def reply(ticket_id: UUID, new: NewEntry, key: Key, device: AskingDevice, found: Found) -> Response:
    """The employee's reply, once however often it is sent."""
    check_key(key, new.id)

    def act(session: Session) -> Entry:
        record = found.conversation.requester_reply(session, device, ticket_id, new)
        return requester_view.entry(record, files_of(session, [ticket_id]))

    return answered_once(
        found, Request(principal(device), key, f"POST /tickets/{ticket_id}/entries", new), act, status=201
    )


@router.post("/{ticket_id}/urge", response_model=TicketView, dependencies=[spends(RateClass.ACTIONS)])
def urge(ticket_id: UUID, key: Key, device: AskingDevice, found: Found) -> Response:
    """Ask for haste, at most once a day."""

    def act(session: Session) -> TicketView:
        found.urging.urge(session, device, ticket_id)
        return requester_view.view(session, device, ticket_id, found.now())

    return answered_once(found, Request(principal(device), key, f"POST /tickets/{ticket_id}/urge"), act)


@router.post("/{ticket_id}/confirm", response_model=TicketSummary, dependencies=[spends(RateClass.ACTIONS)])
def confirm(ticket_id: UUID, key: MaybeKey, device: AskingDevice, found: Found) -> Response:
    """It works again."""

    def act(session: Session) -> TicketSummary:
        ticket = found.transitions.confirm(session, device, ticket_id)
        return requester_view.summaries(session, [ticket])[0]

    return answered(found, key, principal(device), f"POST /tickets/{ticket_id}/confirm", act)


@router.post("/{ticket_id}/reopen", response_model=TicketSummary, dependencies=[spends(RateClass.ACTIONS)])
def reopen(ticket_id: UUID, key: MaybeKey, device: AskingDevice, found: Found) -> Response:
    """It does not work after all."""

    def act(session: Session) -> TicketSummary:
        ticket = found.transitions.reopen(session, device, ticket_id)
        return requester_view.summaries(session, [ticket])[0]

    return answered(found, key, principal(device), f"POST /tickets/{ticket_id}/reopen", act)
