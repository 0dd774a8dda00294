"""Articles by words: from this computer's knowledge pack, from the server where there is none."""

from __future__ import annotations

from app.errors import HelpdeskError
from app.protocol.knowledge import Article, Suggestion
from app.ui.services import Services

MOST = 30


def find_answers(services: Services, words: str) -> tuple[Suggestion, ...]:
    """Articles that fit the words, best first. Raises HelpdeskError when neither pack nor server can be asked."""
    base = services.pack.base()
    if base is not None:
        return base.search(words, MOST)
    if not services.settings.server_url:
        raise HelpdeskError(
            "There are no answers on this computer yet.",
            "They arrive by themselves once IT has set up the helpdesk.",
        )
    return services.server.search(words, limit=MOST).suggestions


def read_article(services: Services, article_id: str) -> Article:
    """One article, the pack's if it has it. Raises HelpdeskError."""
    base = services.pack.base()
    if base is not None:
        try:
            return base.article(article_id)
        except KeyError:
            pass  # the server may have a newer one
    body = services.server.article(article_id)
    return Article(id=body.id, title=body.title, body=body.body)
