"""What solved a ticket, and what the article learns from it when an agent says so."""

from __future__ import annotations

from dataclasses import dataclass
from uuid import UUID

from sqlalchemy.orm import Session

from app.knowledge.teaching import lessons
from app.protocol.knowledge import Article, Outcome, OutcomeReport
from app.protocol.problems import ProblemCode
from app.protocol.tickets import FieldName, TicketState
from server_stub.agents.tables import Agent
from server_stub.clock import Clock
from server_stub.devices.tables import Device
from server_stub.knowledge.library import STAFF, Library
from server_stub.knowledge.outcomes import Outcomes
from server_stub.knowledge.tables import SolutionRecord
from server_stub.problems import Refusal
from server_stub.tickets.agent_view import AgentTicket
from server_stub.tickets.transitions import Transitions


@dataclass(frozen=True, slots=True)
class Solution:
    """The article that solved a ticket; `lessons` is what it could learn, empty when that was settled."""

    article: Article
    lessons: tuple[str, ...]


class Solutions:
    """Records and settles solutions in the caller's transaction."""

    def __init__(self, library: Library, outcomes: Outcomes, transitions: Transitions, now: Clock) -> None:
        self._library = library
        self._outcomes = outcomes
        self._transitions = transitions
        self._now = now

    def solve(self, session: Session, agent: Agent, ticket: AgentTicket, article_id: str, version: int) -> None:
        """Resolve a ticket with an article; counts for the ticket's fault as if its device had said that it helped.

        Raises Refusal(not_found) for an article that is not there, and what `Transitions.change` raises.
        """
        if self._library.article(session, article_id, STAFF) is None:
            raise Refusal(ProblemCode.NOT_FOUND)
        self._transitions.change(session, agent, ticket.row.id, TicketState.RESOLVED, version)
        known = session.get(SolutionRecord, ticket.row.id)
        if known is None:
            known = SolutionRecord(ticket_id=ticket.row.id)
            session.add(known)
        known.article_id, known.agent_id, known.at, known.settled_at = article_id, agent.id, self._now(), None
        session.flush()
        self._outcomes.settle(
            session,
            session.get_one(Device, ticket.device.id),
            OutcomeReport(id=ticket.row.id, article_id=article_id, outcome=Outcome.SOLVED, signature=ticket.signature),
        )

    def solution(self, session: Session, ticket: AgentTicket) -> Solution | None:
        """What solved the ticket; None for one that nothing is known to have solved, or whose article is gone."""
        known = session.get(SolutionRecord, ticket.row.id)
        article = self._library.article(session, known.article_id, STAFF) if known is not None else None
        if known is None or article is None:
            return None
        return Solution(article, _lessons(ticket, article) if known.settled_at is None else ())

    def settle(self, session: Session, ticket_id: UUID) -> None:
        """What this ticket taught has been taken in or declined; it is not proposed again."""
        known = session.get(SolutionRecord, ticket_id)
        if known is not None:
            known.settled_at = self._now()
            session.flush()


def _lessons(ticket: AgentTicket, article: Article) -> tuple[str, ...]:
    text = ticket.value(FieldName.RECOGNISED_TEXT)
    title = ticket.signature.title or ticket.value(FieldName.WINDOW_TITLE)
    return lessons([*text.splitlines(), *ticket.signature.codes], title, article)
