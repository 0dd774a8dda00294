"""Moves between the states of a ticket, by whoever may make them."""

from __future__ import annotations

from datetime import timedelta
from uuid import UUID

from sqlalchemy.orm import Session

from app.protocol.problems import ProblemCode
from app.protocol.tickets import MOVES, OPEN_STATES, TicketState
from server_stub.agents.tables import Agent
from server_stub.clock import Clock
from server_stub.devices.tables import Device
from server_stub.events.log import Actor, EventLog
from server_stub.events.tables import ActorKind, Details, Happening
from server_stub.problems import Refusal
from server_stub.tickets.access import ticket_for_agent, ticket_for_device
from server_stub.tickets.tables import Ticket

REOPENED_WITHIN = timedelta(days=7)
"""How long after a resolution the employee may say that it was none."""

_ORDER = tuple(TicketState)


def agent_actor(agent: Agent) -> Actor:
    """An agent as the log remembers them."""
    return Actor(ActorKind.AGENT, agent.id, agent.name)


def device_actor(device: Device) -> Actor:
    """A device as the log remembers it."""
    return Actor(ActorKind.DEVICE, device.id, device.hostname)


def allowed_moves(state: TicketState) -> tuple[TicketState, ...]:
    """The states a ticket may go to from `state`, in the order of the enumeration."""
    return tuple(each for each in _ORDER if each in MOVES[state])


class Transitions:
    """Changes states, each with its event. Every method works in the caller's transaction."""

    def __init__(self, events: EventLog, now: Clock) -> None:
        self._events = events
        self._now = now

    def change(
        self, session: Session, agent: Agent, ticket_id: UUID, to: TicketState, version: int | None = None
    ) -> Ticket:
        """An agent's move. `version` is the ticket's as the agent saw it.

        A ticket that nobody has, becomes the agent's when it is assigned or worked on.
        Raises Refusal(changed_meanwhile) for another version, Refusal(transition_refused) with the allowed states.
        """
        ticket = ticket_for_agent(session, ticket_id)
        if version is not None and version != ticket.version:
            raise Refusal(ProblemCode.CHANGED_MEANWHILE)
        self.move(session, ticket, to, agent_actor(agent))
        if ticket.assignee_id is None and to in (TicketState.ASSIGNED, TicketState.IN_PROGRESS):
            ticket.assignee_id = agent.id
        return ticket

    def take(self, session: Session, agent: Agent, ticket_id: UUID, *, from_other: bool = False) -> Ticket:
        """Make the ticket the agent's, atomically: of two who take it at once, one is told that it is gone.

        Raises Refusal(changed_meanwhile) when somebody else has it and `from_other` is false,
        Refusal(transition_refused) when it is no longer open.
        """
        ticket = ticket_for_agent(session, ticket_id)
        if ticket.state not in OPEN_STATES:
            raise Refusal(ProblemCode.TRANSITION_REFUSED, allowed=allowed_moves(ticket.state))
        if ticket.assignee_id == agent.id:
            return ticket
        if ticket.assignee_id is not None and not from_other:
            holder = session.get(Agent, ticket.assignee_id)
            raise Refusal(ProblemCode.CHANGED_MEANWHILE, f"{holder.name if holder else 'somebody'} has taken it")
        before = ticket.state
        ticket.assignee_id = agent.id
        if before is TicketState.NEW:
            ticket.state = TicketState.ASSIGNED
        self.touch(ticket)
        self._events.append(
            session,
            Happening.TAKEN,
            agent_actor(agent),
            ticket_id=ticket.id,
            device_id=ticket.device_id,
            details=Details(before=before, after=ticket.state),
        )
        return ticket

    def confirm(self, session: Session, device: Device, ticket_id: UUID) -> Ticket:
        """*It works again*: an open ticket is resolved, one that an agent has resolved is closed.

        Saying it again changes nothing. Raises Refusal(transition_refused) for a cancelled ticket.
        """
        ticket = ticket_for_device(session, device, ticket_id)
        if ticket.state in OPEN_STATES:
            ticket.confirmed = True
            self.move(session, ticket, TicketState.RESOLVED, device_actor(device))
        elif ticket.state is TicketState.RESOLVED and not ticket.confirmed:
            ticket.confirmed = True
            self.move(session, ticket, TicketState.CLOSED, device_actor(device))
        elif ticket.state is TicketState.CANCELLED:
            raise Refusal(ProblemCode.TRANSITION_REFUSED, allowed=allowed_moves(ticket.state))
        return ticket

    def reopen(self, session: Session, device: Device, ticket_id: UUID) -> Ticket:
        """*It does not work*: a resolved ticket goes back to work, at most a week after it was resolved.

        Saying it of an open ticket changes nothing. Raises Refusal(transition_refused).
        """
        ticket = ticket_for_device(session, device, ticket_id)
        if ticket.state in OPEN_STATES:
            return ticket
        too_late = ticket.resolved_at is None or self._now() - ticket.resolved_at > REOPENED_WITHIN
        if ticket.state is not TicketState.RESOLVED or too_late:
            raise Refusal(ProblemCode.TRANSITION_REFUSED)
        self.move(session, ticket, TicketState.IN_PROGRESS, device_actor(device))
        return ticket

    def move(self, session: Session, ticket: Ticket, to: TicketState, actor: Actor) -> None:
        """Put a ticket into another state if `MOVES` allows it. Raises Refusal(transition_refused)."""
        if to not in MOVES[ticket.state]:
            raise Refusal(ProblemCode.TRANSITION_REFUSED, allowed=allowed_moves(ticket.state))
        before, ticket.state = ticket.state, to
        if to is TicketState.RESOLVED:
            ticket.resolved_at = self._now()
        elif before is TicketState.RESOLVED and to is not TicketState.CLOSED:
            ticket.resolved_at = None
            ticket.confirmed = False
        self.touch(ticket)
        self._events.append(
            session,
            Happening.STATE_CHANGED,
            actor,
            ticket_id=ticket.id,
            device_id=ticket.device_id,
            details=Details(before=before, after=to),
        )

    def touch(self, ticket: Ticket) -> None:
        """Count a change of the ticket."""
        ticket.version += 1
        ticket.updated_at = self._now()
