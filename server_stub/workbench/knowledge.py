"""Articles for a ticket: what the employee was shown and what the server's ranking says of it."""

from __future__ import annotations

from app.errors import HelpdeskError
from app.knowledge.scope import day
from app.protocol.knowledge import Suggestion
from app.protocol.tickets import FieldName
from server_stub.knowledge.library import STAFF
from server_stub.problems import Refusal
from server_stub.services import Services
from server_stub.tickets.agent_view import AgentTicket
from server_stub.workbench.ticket_page import Offer, offered

TOP = 5


def articles_for(services: Services, ticket: AgentTicket) -> tuple[Offer, ...]:
    """What the employee was shown, with reasons, and what the ranking adds; agents' own articles included."""
    found = _ranked(services, ticket)
    with services.database.read() as session:

        def exists(article_id: str) -> bool:
            return services.library.article(session, article_id, STAFF) is not None

        return offered(ticket.suggestions, found, exists)


def _ranked(services: Services, ticket: AgentTicket) -> tuple[Suggestion, ...]:
    text = ticket.value(FieldName.RECOGNISED_TEXT)
    lines = [*text.splitlines(), *ticket.signature.codes]
    if not lines:
        return ()
    try:
        base = services.publication.agents.base
        title = ticket.signature.title or ticket.value(FieldName.WINDOW_TITLE)
        application = ticket.signature.application or ticket.value(FieldName.APPLICATION)
        language = ticket.language.value
        found = base.suggest(
            lines,
            title=title,
            application=application,
            language=language,
            site=ticket.device.site,
            today=day(services.now()),
            top=TOP,
        )
        return found.suggestions
    except (Refusal, HelpdeskError):
        # The index is being built, or broken: the ticket is worth reading without it.
        return ()
