"""Remote assistance over the wire, as far as the employee's machine goes."""

from __future__ import annotations

import base64
from time import monotonic
from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Query, Response, WebSocket
from fastapi.concurrency import run_in_threadpool

from app.protocol.assist import Answer, Answered, Helper, Invitation, Ledger, LinkTicket, Over, Said, Shown
from app.protocol.problems import ProblemCode
from app.protocol.session import Outcome, Party, Reason, State
from server_stub.agents.tables import Agent
from server_stub.asking import PROBLEMS, Found, spends
from server_stub.assist.recordings import recording_of
from server_stub.assist.relay import Relay
from server_stub.assist.service import for_device
from server_stub.assist.tables import AssistRecord
from server_stub.devices.authentication import AskingDevice
from server_stub.devices.tables import Device
from server_stub.events.routes import LONGEST_WAIT
from server_stub.problems import Refusal
from server_stub.rates import RateClass
from server_stub.services import Services
from server_stub.tickets.numbers import number
from server_stub.tickets.tables import Ticket

router = APIRouter(prefix="/assist", tags=["assist"], responses=PROBLEMS)

LOOK = 1.0
"""Seconds between two looks for the agent's key at the longest."""

BY_DEVICE = {
    Reason.STOPPED_BY_EMPLOYEE: Party.EMPLOYEE,
    Reason.DENIED: Party.EMPLOYEE,
    Reason.STOPPED_BY_AGENT: Party.AGENT,
}
"""Whom an end is put down to that the machine tells of; everything else is the machine's own doing."""


@router.get("/{session_id}", dependencies=[spends(RateClass.READING)])
async def invitation(
    session_id: UUID,
    device: AskingDevice,
    found: Found,
    wait: Annotated[float, Query(ge=0, le=LONGEST_WAIT)] = 0,
) -> Invitation:
    """The invitation as it stands; `wait` waits until the agent's browser has shown its key or it is over."""
    until = monotonic() + wait
    while True:
        seen = found.bell.latest
        told = await run_in_threadpool(_invitation, found, device, session_id)
        is_there = told.viewer_public is not None or told.state is State.ENDED
        left = until - monotonic()
        if is_there or left <= 0 or found.bell.closed:
            return told
        # A key is no event with a number of its own: its ring is lost on whoever is just about to wait.
        await found.bell.beyond(seen, min(left, LOOK))


@router.post("/{session_id}/show", dependencies=[spends(RateClass.ACTIONS)])
def show(session_id: UUID, shown: Shown, device: AskingDevice, found: Found) -> Invitation:
    """The question is on the employee's screen, and this is the machine's key."""
    with found.database.write() as session:
        outcome = found.assistance.show(session, for_device(session, device, session_id), shown)
    _refuse_unless_accepted(outcome)
    return _invitation(found, device, session_id)


@router.post("/{session_id}/answer", response_model=LinkTicket | None, dependencies=[spends(RateClass.ACTIONS)])
def answer(session_id: UUID, answered: Answered, device: AskingDevice, found: Found) -> Response:
    """What the employee said, said once: a second answer is none, and ends the session."""
    token = ""
    with found.database.write() as session:
        record = for_device(session, device, session_id)
        outcome = found.assistance.answer(session, record, answered.answer)
        if outcome is Outcome.ACCEPTED and answered.answer is Answer.ALLOW:
            token = found.assistance.host_token(session, record)
    _refuse_unless_accepted(outcome)
    if not token:
        return Response(status_code=204)
    return Response(LinkTicket(token=token).model_dump_json(), media_type="application/json")


@router.post("/{session_id}/link", dependencies=[spends(RateClass.ACTIONS)])
def link(session_id: UUID, device: AskingDevice, found: Found) -> LinkTicket:
    """A token that opens the link once within a minute; it replaces every one before."""
    with found.database.write() as session:
        return LinkTicket(token=found.assistance.host_token(session, for_device(session, device, session_id)))


@router.post("/{session_id}/stop", status_code=204, dependencies=[spends(RateClass.ACTIONS)])
def stop(session_id: UUID, over: Over, device: AskingDevice, found: Found) -> Response:
    """It is over on the machine, which is what counts."""
    with found.database.write() as session:
        party = BY_DEVICE.get(over.reason, Party.HOST)
        found.assistance.stop(session, for_device(session, device, session_id), over.reason, party)
    return Response(status_code=204)


@router.post("/{session_id}/chat", status_code=204, dependencies=[spends(RateClass.ACTIONS)])
def chat(session_id: UUID, said: Said, device: AskingDevice, found: Found) -> Response:
    """A line the employee wrote."""
    with found.database.write() as session:
        record = for_device(session, device, session_id)
        found.transcript.say(session, record, Party.EMPLOYEE, said.id, said.text, said.at)
    return Response(status_code=204)


@router.post("/{session_id}/ledger", status_code=204, dependencies=[spends(RateClass.ACTIONS)])
def ledger(session_id: UUID, told: Ledger, device: AskingDevice, found: Found) -> Response:
    """The machine's own account of the session."""
    with found.database.write() as session:
        found.assistance.take_ledger(for_device(session, device, session_id), told)
    return Response(status_code=204)


@router.websocket("/{session_id}/link")
async def host_link(socket: WebSocket, session_id: UUID) -> None:
    """The host's side of the link, opened once by `Authorization: Assist <token>`."""
    found: Services = socket.app.state.services
    relay: Relay = socket.app.state.relay
    scheme, _, token = socket.headers.get("authorization", "").partition(" ")
    is_sane = scheme.lower() == "assist" and 0 < len(token) <= 128
    admitted = await run_in_threadpool(found.linking.admit_host, session_id, token) if is_sane else None
    if admitted is None:
        await socket.close()
        return
    await socket.accept()
    await relay.host(session_id, socket, admitted.next_token)


def _invitation(found: Services, device: Device, session_id: UUID) -> Invitation:
    with found.database.read() as session:
        record = for_device(session, device, session_id)
        agent = session.get_one(Agent, record.agent_id)
        ticket = session.get_one(Ticket, record.ticket_id)
        recording = recording_of(session, record)
        told = told_of(record, agent, ticket)
    if recording is None:
        return told
    recorded = {"is_recorded": True, "recorder": found.recordings.public(), "record_days": recording.days}
    return told.model_copy(update=recorded)


def told_of(record: AssistRecord, agent: Agent, ticket: Ticket) -> Invitation:
    """An invitation as the employee's machine hears it, but for whether it is recorded."""
    return Invitation(
        id=record.id,
        ticket_id=ticket.id,
        number=number(ticket.sequence),
        agent=Helper(
            id=agent.id,
            name=agent.name,
            title=agent.title,
            department=agent.department,
            photo=base64.b64encode(agent.photo).decode() if agent.photo else "",
        ),
        reason=record.reason,
        invited_at=record.invited_at,
        state=record.state,
        ended=record.ended,
        commitment=record.commitment,
        viewer_public=record.viewer_public,
        nonce=record.nonce,
    )


def _refuse_unless_accepted(outcome: Outcome) -> None:
    if outcome is not Outcome.ACCEPTED:
        raise Refusal(ProblemCode.TRANSITION_REFUSED, f"the session says: {outcome.value}")
