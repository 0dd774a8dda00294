"""What employee and helpdesk write to each other, and what agents note among themselves."""

from __future__ import annotations

from uuid import UUID

from sqlalchemy.orm import Session

from app.protocol.identity import uuid7
from app.protocol.message import printable
from app.protocol.problems import ProblemCode
from app.protocol.tickets import EntryKind, NewEntry, TicketState
from server_stub.agents.tables import Agent
from server_stub.clock import Clock
from server_stub.devices.tables import Device
from server_stub.events.log import Actor, EventLog
from server_stub.events.tables import Details, Happening
from server_stub.idempotency.once import digest
from server_stub.problems import Refusal
from server_stub.tickets.access import ticket_for_agent, ticket_for_device
from server_stub.tickets.declarations import declare
from server_stub.tickets.tables import EntryRecord, Ticket
from server_stub.tickets.transitions import Transitions, agent_actor, device_actor

LONGEST = 20_000
"""Characters in one entry, the same for both sides."""


class Conversation:
    """Adds entries, each with its event. Every method works in the caller's transaction."""

    def __init__(self, events: EventLog, transitions: Transitions, now: Clock) -> None:
        self._events = events
        self._transitions = transitions
        self._now = now

    def requester_reply(self, session: Session, device: Device, ticket_id: UUID, new: NewEntry) -> EntryRecord:
        """The employee's reply, once however often it is sent; a ticket that waited for it goes back to work.

        Closed tickets take replies too: nothing an employee wrote is thrown away.
        Raises Refusal(not_found), Refusal(malformed) for an empty one, Refusal(idempotency_key_reused).
        """
        ticket = ticket_for_device(session, device, ticket_id)
        known = session.get(EntryRecord, new.id)
        if known is not None:
            if known.ticket_id != ticket.id or known.digest != digest(new):
                raise Refusal(ProblemCode.KEY_REUSED)
            return known
        if not new.body.strip() and not new.attachments:
            raise Refusal(ProblemCode.MALFORMED, "the reply is empty")
        entry = EntryRecord(
            id=new.id,
            ticket_id=ticket.id,
            kind=EntryKind.REQUESTER_REPLY,
            author=device.hostname,
            body=new.body,
            digest=digest(new),
            at=self._now(),
        )
        actor = device_actor(device)
        self._add(session, ticket, entry, Happening.REQUESTER_REPLIED, actor)
        declare(session, new.attachments, ticket_id=ticket.id, entry_id=entry.id, device_id=device.id, at=entry.at)
        if ticket.state is TicketState.PENDING:
            self._transitions.move(session, ticket, TicketState.IN_PROGRESS, actor)
        return entry

    def agent_reply(
        self, session: Session, agent: Agent, ticket_id: UUID, body: str, entry_id: UUID | None = None
    ) -> EntryRecord:
        """An agent's reply, which the employee is told of. `entry_id`, minted with the form, makes a second click
        on *Send* harmless. Raises Refusal(not_found), Refusal(malformed) for an empty or overlong one.
        """
        return self._by_agent(session, agent, ticket_id, EntryKind.AGENT_REPLY, body, entry_id)

    def internal_note(
        self, session: Session, agent: Agent, ticket_id: UUID, body: str, entry_id: UUID | None = None
    ) -> EntryRecord:
        """A note that no device ever sees; otherwise like `agent_reply`."""
        return self._by_agent(session, agent, ticket_id, EntryKind.INTERNAL_NOTE, body, entry_id)

    def _by_agent(
        self, session: Session, agent: Agent, ticket_id: UUID, kind: EntryKind, body: str, entry_id: UUID | None
    ) -> EntryRecord:
        ticket = ticket_for_agent(session, ticket_id)
        known = session.get(EntryRecord, entry_id) if entry_id else None
        if known is not None:
            if known.ticket_id != ticket.id or known.agent_id != agent.id:
                raise Refusal(ProblemCode.KEY_REUSED)
            return known
        try:
            text = printable(body).strip()
        except ValueError as problem:
            raise Refusal(ProblemCode.MALFORMED, str(problem)) from problem
        if not text or len(text) > LONGEST:
            raise Refusal(ProblemCode.MALFORMED, f"a text of 1 to {LONGEST} characters is needed")
        entry = EntryRecord(
            id=entry_id or uuid7(self._now()),
            ticket_id=ticket.id,
            kind=kind,
            agent_id=agent.id,
            author=agent.name,
            body=text,
            at=self._now(),
        )
        happening = Happening.AGENT_REPLIED if kind is EntryKind.AGENT_REPLY else Happening.NOTED
        self._add(session, ticket, entry, happening, agent_actor(agent))
        return entry

    def _add(self, session: Session, ticket: Ticket, entry: EntryRecord, happening: Happening, actor: Actor) -> None:
        session.add(entry)
        session.flush()
        self._transitions.touch(ticket)
        self._events.append(
            session,
            happening,
            actor,
            ticket_id=ticket.id,
            device_id=ticket.device_id,
            details=Details(entry_id=entry.id),
        )
