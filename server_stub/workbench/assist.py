"""Remote assistance in the workbench: inviting, the viewer's page, and the viewer's side of the link."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Form, Request, Response, WebSocket
from pydantic import BaseModel
from sqlalchemy import select
from starlette.concurrency import run_in_threadpool

from app.protocol.assist import Digest, PublicKey
from app.protocol.identity import uuid7
from app.protocol.message import printable
from app.protocol.problems import ProblemCode
from app.protocol.session import Grade, Party, Reason, State
from app.protocol.tickets import OPEN_STATES
from server_stub.agents.doorway import SignedIn
from server_stub.agents.tables import Agent
from server_stub.assist.courses import LIVE
from server_stub.assist.relay import Relay
from server_stub.assist.service import PROOF_LASTS, SHORTEST_REASON, Hindered, Hurdle, for_agent
from server_stub.assist.tables import AssistRecord
from server_stub.problems import Refusal
from server_stub.ringing import ring_after_commit
from server_stub.services import Services
from server_stub.services import services as services_of
from server_stub.tickets.agent_view import AgentTicket, load
from server_stub.workbench import visitors
from server_stub.workbench.assist_words import AssistWords
from server_stub.workbench.languages import catalogue
from server_stub.workbench.pages import page, reader_of
from server_stub.workbench.visitors import Acting, Looking

LONGEST_CHAT = 2000

router = APIRouter(include_in_schema=False)


@dataclass(frozen=True, slots=True)
class AssistPage:
    """What the viewer's page begins with. `live_id` is a session of this agent's on the ticket that still lives."""

    ticket: AgentTicket
    agent_id: UUID
    live_id: UUID | None
    is_open: bool
    needs_proof: bool
    shortest_reason: int
    next_entry: UUID
    is_recorded: bool
    words: str


class Standing(BaseModel):
    """Where a session stands, for the page's script, with the words for it."""

    id: UUID
    state: State
    ended: Reason | None
    title: str
    advice: str = ""
    host_public: str | None = None


class Invited(BaseModel):
    """An invitation that was made, or the hurdle in its way with the words for it."""

    id: UUID | None = None
    hurdle: Hurdle | None = None
    words: str = ""


class Ticket(BaseModel):
    """What opens the viewer's link once."""

    token: str


class Vocabulary(BaseModel):
    """Words for what the host tells of, which the server never sees."""

    reasons: dict[Reason, str]
    advice: dict[Reason, str]
    grades: dict[str, str]


@router.get("/workbench/tickets/{ticket_id}/assist")
def viewer(request: Request, signed_in: Looking, ticket_id: UUID) -> Response:
    """The page on which a session is offered, and then seen."""
    services = services_of(request)
    words = _words(request, signed_in)
    with services.database.read() as session:
        ticket = load(session, ticket_id)
        query = select(AssistRecord.id).where(
            AssistRecord.device_id == ticket.device.id,
            AssistRecord.agent_id == signed_in.agent_id,
            AssistRecord.state.in_(LIVE),
        )
        live_id = session.scalar(query)
    vocabulary = Vocabulary(
        reasons={reason: words.reason(reason) for reason in Reason},
        advice={reason: words.advice(reason) for reason in Reason},
        grades={str(int(grade)): words.grade(grade) for grade in Grade},
    )
    model = AssistPage(
        ticket=ticket,
        agent_id=signed_in.agent_id,
        live_id=live_id,
        is_open=ticket.row.state in OPEN_STATES,
        needs_proof=services.now() - signed_in.proven_at > PROOF_LASTS,
        shortest_reason=SHORTEST_REASON,
        next_entry=uuid7(services.now()),
        is_recorded=services.recordings.days > 0,
        words=vocabulary.model_dump_json(),
    )
    return page(request, "assist.html", signed_in, page=model)


@router.post("/workbench/tickets/{ticket_id}/assist")
def invite(
    request: Request,
    signed_in: Acting,
    ticket_id: UUID,
    commitment: Annotated[Digest, Form()],
    reason: Annotated[str, Form(max_length=2000)] = "",
    password: Annotated[str, Form()] = "",
) -> Invited:
    """Invite the employee; a hurdle is an answer too."""
    services = services_of(request)
    words = _words(request, signed_in)
    try:
        proven_at = signed_in.proven_at
        if password:
            _step_up(request, signed_in, password)
            proven_at = services.now()
        with services.database.write() as session:
            agent = session.get_one(Agent, signed_in.agent_id)
            record = services.assistance.invite(session, agent, ticket_id, reason, commitment, proven_at)
    except Hindered as hindered:
        return Invited(hurdle=hindered.hurdle, words=words.hurdle(hindered.hurdle))
    return Invited(id=record.id)


@router.get("/workbench/assist/{session_id}")
def standing(request: Request, signed_in: Looking, session_id: UUID) -> Standing:
    """Where a session of the agent's stands."""
    words = _words(request, signed_in)
    with services_of(request).database.read() as session:
        record = for_agent(session, signed_in.agent_id, session_id)
    ended = record.ended
    return Standing(
        id=record.id,
        state=record.state,
        ended=ended,
        title=words.reason(ended) if ended else words.state(record.state),
        advice=words.advice(ended) if ended else "",
        host_public=record.host_public,
    )


@router.post("/workbench/assist/{session_id}/reveal", status_code=204)
def reveal(
    request: Request,
    signed_in: Acting,
    session_id: UUID,
    viewer_public: Annotated[PublicKey, Form()],
    nonce: Annotated[Digest, Form()],
) -> Response:
    """The browser shows the key it had promised; the employee's machine is waiting for it."""
    services = services_of(request)
    with services.database.write() as session:
        services.assistance.reveal(for_agent(session, signed_in.agent_id, session_id), viewer_public, nonce)
        ring_after_commit(session, services.bell)
    return Response(status_code=204)


@router.post("/workbench/assist/{session_id}/ticket")
def ticket(request: Request, signed_in: Acting, session_id: UUID) -> Ticket:
    """A token that opens the viewer's side of the link once."""
    services = services_of(request)
    with services.database.write() as session:
        record = for_agent(session, signed_in.agent_id, session_id)
        return Ticket(token=services.assistance.viewer_token(session, record))


@router.post("/workbench/assist/{session_id}/stop", status_code=204)
def stop(request: Request, signed_in: Acting, session_id: UUID) -> Response:
    """End it, whether it has begun or not."""
    services = services_of(request)
    with services.database.write() as session:
        record = for_agent(session, signed_in.agent_id, session_id)
        services.assistance.stop(session, record, Reason.STOPPED_BY_AGENT, Party.AGENT)
    return Response(status_code=204)


@router.post("/workbench/assist/{session_id}/chat", status_code=204)
def chat(
    request: Request,
    signed_in: Acting,
    session_id: UUID,
    line_id: Annotated[UUID, Form()],
    text: Annotated[str, Form(min_length=1, max_length=LONGEST_CHAT)],
) -> Response:
    """Keep a line the agent wrote; the employee's own lines come from their machine."""
    services = services_of(request)
    with services.database.write() as session:
        record = for_agent(session, signed_in.agent_id, session_id)
        services.transcript.say(session, record, Party.AGENT, line_id, _printable(text))
    return Response(status_code=204)


@router.post("/workbench/assist/{session_id}/picture", status_code=204)
async def picture(request: Request, session_id: UUID) -> Response:
    """Keep a picture of what the agent sees on the ticket. The body is the picture, the token a header."""
    visitors.check_origin(request)
    signed_in = await run_in_threadpool(visitors.agent, request)
    visitors.check_token(request.headers.get("deskbell-csrf", ""), signed_in.csrf)
    pictures = services_of(request).pictures
    await run_in_threadpool(pictures.keep, signed_in.agent_id, session_id, await request.body())
    return Response(status_code=204)


@router.post("/workbench/tickets/{ticket_id}/ask-picture", status_code=204)
def ask_picture(
    request: Request,
    signed_in: Acting,
    ticket_id: UUID,
    entry_id: Annotated[UUID, Form()],
    text: Annotated[str, Form(min_length=1, max_length=LONGEST_CHAT)],
) -> Response:
    """Ask for a picture instead: the employee chooses, hides and sends it."""
    services = services_of(request)
    with services.database.write() as session:
        agent = session.get_one(Agent, signed_in.agent_id)
        services.pictures.ask(session, agent, ticket_id, text, entry_id)
    return Response(status_code=204)


@router.websocket("/workbench/assist/{session_id}/link")
async def viewer_link(socket: WebSocket, session_id: UUID, ticket: str = "") -> None:
    """The viewer's side of the link: our own page, the agent's own browser, and a token used once."""
    found: Services = socket.app.state.services
    relay: Relay = socket.app.state.relay
    signed_in = await run_in_threadpool(visitors.caller, socket)
    is_sane = signed_in is not None and 0 < len(ticket) <= 128
    if (
        signed_in is None
        or not is_sane
        or not await run_in_threadpool(found.linking.admit_viewer, session_id, signed_in.agent_id, ticket)
    ):
        await socket.close()
        return
    await socket.accept()
    await relay.viewer(session_id, socket)


def _step_up(request: Request, signed_in: SignedIn, password: str) -> None:
    address = request.client.host if request.client else ""
    try:
        if not visitors.doorway(request).step_up(signed_in, password, address):
            raise Hindered(Hurdle.PROOF_WRONG)
    except Refusal as refusal:
        raise Hindered(Hurdle.TOO_OFTEN) from refusal


def _words(request: Request, signed_in: SignedIn) -> AssistWords:
    return AssistWords(catalogue(reader_of(request, signed_in).language))


def _printable(text: str) -> str:
    try:
        clean = printable(text).strip()
    except ValueError as problem:
        raise Refusal(ProblemCode.MALFORMED, str(problem)) from problem
    if not clean:
        raise Refusal(ProblemCode.MALFORMED, "the line is empty")
    return clean
