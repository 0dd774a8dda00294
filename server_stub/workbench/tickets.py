"""The queue and the tickets: pages, their live fragments, and what agents do."""

from __future__ import annotations

from collections.abc import Callable
from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Form, Request, Response
from fastapi.responses import RedirectResponse
from sqlalchemy.orm import Session

from app.knowledge.teaching import taught
from app.protocol.identity import uuid7
from app.protocol.problems import ProblemCode
from app.protocol.tickets import EntryKind, TicketState
from server_stub.agents.doorway import SignedIn
from server_stub.agents.tables import Agent
from server_stub.events.tables import AssistStep
from server_stub.knowledge.library import digest_of
from server_stub.problems import STATUS, Refusal
from server_stub.services import services as services_of
from server_stub.tickets.access import ticket_for_agent
from server_stub.tickets.agent_view import load, same_fault
from server_stub.tickets.tables import EntryRecord
from server_stub.workbench import visitors
from server_stub.workbench.knowledge import articles_for
from server_stub.workbench.pages import page
from server_stub.workbench.queue import Queue, look_of, looked
from server_stub.workbench.ticket_page import TicketPage, grouped
from server_stub.workbench.visitors import Acting, Looking

Act = Callable[[Session, Agent], object]

router = APIRouter(include_in_schema=False)


@router.get("/workbench/")
def front(request: Request, signed_in: Looking, filter: str = "", q: str = "", show: int = 0) -> Response:  # noqa: A002  # the word in the address
    """The queue."""
    return page(request, "queue.html", signed_in, queue=_queue(request, signed_in, filter, q, show))


@router.get("/workbench/queue")
def rows(request: Request, signed_in: Looking, filter: str = "", q: str = "", show: int = 0) -> Response:  # noqa: A002  # the word in the address
    """The queue's rows and counts as they are now."""
    return page(request, "queue_live.html", signed_in, queue=_queue(request, signed_in, filter, q, show))


@router.get("/workbench/tickets/{ticket_id}")
def ticket(request: Request, signed_in: Looking, ticket_id: UUID) -> Response:
    """A ticket."""
    return _shown(request, signed_in, ticket_id)


@router.get("/workbench/tickets/{ticket_id}/live")
def live(request: Request, signed_in: Looking, ticket_id: UUID) -> Response:
    """The parts of a ticket's page that change."""
    return _shown(request, signed_in, ticket_id, template="ticket_live.html")


@router.post("/workbench/tickets/{ticket_id}/entries")
def write(
    request: Request,
    signed_in: Acting,
    ticket_id: UUID,
    entry_id: Annotated[UUID, Form()],
    kind: Annotated[EntryKind, Form()],
    version: Annotated[int, Form()],
    body: Annotated[str, Form()] = "",
) -> Response:
    """A reply to the employee or an internal note."""
    conversation = services_of(request).conversation
    say = conversation.agent_reply if kind is EntryKind.AGENT_REPLY else conversation.internal_note

    def act(session: Session, agent: Agent) -> object:
        known = session.get(EntryRecord, entry_id)
        if known is not None and known.body == body.replace("\r\n", "\n").strip():
            # Sent again because the answer was lost: it is there already.
            return say(session, agent, ticket_id, body, entry_id)
        if kind is EntryKind.AGENT_REPLY and ticket_for_agent(session, ticket_id).version != version:
            raise Refusal(ProblemCode.CHANGED_MEANWHILE)
        # The same form with another text, after an answer was lost, is another entry: nothing typed is dropped.
        return say(session, agent, ticket_id, body, None if known else entry_id)

    return _acted(request, signed_in, ticket_id, act, body=body, kind=kind)


@router.post("/workbench/tickets/{ticket_id}/take")
def take(request: Request, signed_in: Acting, ticket_id: UUID, taken_from: Annotated[str, Form()] = "") -> Response:
    """Make the ticket the agent's; from a colleague only if the agent saw whose it was."""
    transitions = services_of(request).transitions

    def act(session: Session, agent: Agent) -> object:
        holder = ticket_for_agent(session, ticket_id).assignee_id
        saw_holder = taken_from != "" and str(holder) == taken_from
        return transitions.take(session, agent, ticket_id, from_other=saw_holder)

    return _acted(request, signed_in, ticket_id, act)


@router.post("/workbench/tickets/{ticket_id}/move")
def move(
    request: Request,
    signed_in: Acting,
    ticket_id: UUID,
    to: Annotated[TicketState, Form()],
    version: Annotated[int, Form()],
) -> Response:
    """Put the ticket into another state."""
    transitions = services_of(request).transitions
    return _acted(
        request, signed_in, ticket_id, lambda session, agent: transitions.change(session, agent, ticket_id, to, version)
    )


@router.post("/workbench/tickets/{ticket_id}/solved-by")
def solved_by(
    request: Request,
    signed_in: Acting,
    ticket_id: UUID,
    article_id: Annotated[str, Form(max_length=400)],
    version: Annotated[int, Form()],
) -> Response:
    """Resolve the ticket with an article; the page then proposes what the article could learn from it."""
    services = services_of(request)
    return _acted(
        request,
        signed_in,
        ticket_id,
        lambda session, agent: services.solutions.solve(session, agent, load(session, ticket_id), article_id, version),
    )


@router.post("/workbench/tickets/{ticket_id}/lessons")
def teach(
    request: Request,
    signed_in: Acting,
    ticket_id: UUID,
    digest: Annotated[str, Form(max_length=64)] = "",
    lesson: Annotated[tuple[str, ...], Form()] = (),
) -> Response:
    """Add what the agent ticked to the article that solved the ticket; nothing ticked means that it learns nothing.

    What was not proposed is not taken in.
    """
    services = services_of(request)
    with services.database.read() as session:
        solution = services.solutions.solution(session, load(session, ticket_id))
    if solution is not None:
        chosen = [each for each in solution.lessons if each in lesson]
        if chosen and digest_of(solution.article) != digest:
            return _shown(request, signed_in, ticket_id, refusal=Refusal(ProblemCode.CHANGED_MEANWHILE))
        if chosen:
            services.library.take([taught(solution.article, chosen).model_copy(update={"updated": None})])
            services.publication.refresh_in_background()
        with services.database.write() as session:
            services.solutions.settle(session, ticket_id)
    return RedirectResponse(f"/workbench/tickets/{ticket_id}", 303)


def _acted(
    request: Request, signed_in: SignedIn, ticket_id: UUID, act: Act, body: str = "", kind: EntryKind | None = None
) -> Response:
    """Do it in one transaction and show the ticket as it is then; what was typed comes back when it is refused."""
    services = services_of(request)
    try:
        with services.database.write() as session:
            act(session, session.get_one(Agent, signed_in.agent_id))
    except Refusal as refusal:
        if refusal.code is ProblemCode.NOT_FOUND:
            raise
        return _shown(request, signed_in, ticket_id, refusal=refusal, body=body, kind=kind)
    if visitors.is_fragment(request):
        return _shown(request, signed_in, ticket_id, template="ticket_live.html")
    return RedirectResponse(f"/workbench/tickets/{ticket_id}", 303)


def _shown(
    request: Request,
    signed_in: SignedIn,
    ticket_id: UUID,
    *,
    template: str = "ticket.html",
    refusal: Refusal | None = None,
    body: str = "",
    kind: EntryKind | None = None,
) -> Response:
    if refusal is not None and visitors.is_fragment(request):
        template = "ticket_live.html"
    services = services_of(request)
    with services.database.read() as session:
        found = load(session, ticket_id)
        others = same_fault(session, found)
        solution = services.solutions.solution(session, found) if template == "ticket.html" else None
        recorded = {each.details.assist_id for each in found.history if each.details.step is AssistStep.RECORD}
        watchable = frozenset(
            each
            for each in recorded
            if each is not None and services.recordings.may_watch(session, signed_in.agent_id, each)
        )
    model = TicketPage(
        ticket=found,
        agent_id=signed_in.agent_id,
        next_entry=uuid7(services.now()),
        groups=grouped(found.context),
        # The articles stay as they are while the page is open; looking again would cost more than all the rest.
        offers=articles_for(services, found) if template == "ticket.html" else (),
        others=others,
        solution=solution,
        watchable=watchable,
    )
    status = STATUS[refusal.code] if refusal else 200
    notice = refusal.code if refusal else None
    return page(
        request,
        template,
        signed_in,
        status=status,
        page=model,
        notice=notice,
        body=body,
        kind=kind or EntryKind.AGENT_REPLY,
    )


def _queue(request: Request, signed_in: SignedIn, filter_name: str, text: str, show: int) -> Queue:
    with services_of(request).database.read() as session:
        return looked(session, signed_in.agent_id, look_of(filter_name, text, show))
