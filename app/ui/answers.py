"""Articles by words: from this computer's knowledge pack, from the server where there is none."""

from __future__ import annotations

import re
from dataclasses import dataclass

from app.errors import HelpdeskError
from app.knowledge.base import KnowledgeBase, Topics
from app.protocol.knowledge import Article, Suggestion
from app.ui.services import Services

MOST = 30
EXCERPT = 140
"""Characters of an article shown below its title."""
_MARKUP = re.compile(r"!?\[([^\]]*)\]\([^)]*\)|^\s{0,3}#+\s.*$|^\s{0,3}(?:[-*+>]|\d+[.)])\s+|[*_`|]+", re.MULTILINE)
"""Links and pictures (their words stay), headings (they go whole), marks of lists and of stress."""
_CHINESE = re.compile(r"[\u3400-\u9fff]{2,}")


@dataclass(frozen=True, slots=True)
class Found:
    """An article that fits, with the place in it that does; the excerpt is empty where only the server has it."""

    suggestion: Suggestion
    excerpt: str = ""


@dataclass(frozen=True, slots=True)
class Narrowed:
    """What a search is narrowed to: a language (`zh`), and an application or tag; empty for everything."""

    locale: str = ""
    topic: str = ""


def find_answers(services: Services, words: str, narrowed: Narrowed) -> tuple[Found, ...]:
    """Articles that fit the words, best first: the pack's, and the server's where the pack holds a part only.

    Raises HelpdeskError when neither pack nor server can be asked.
    """
    base = services.pack.base()
    if base is None and not services.settings.server_url:
        raise HelpdeskError(
            "There are no answers on this computer yet.",
            "They arrive by themselves once IT has set up the helpdesk.",
        )
    if base is None:
        return _at_the_server(services, words, narrowed)
    sought = marks(words)
    local = base.search(words, MOST, locale=narrowed.locale, topic=narrowed.topic)
    found = tuple(Found(each, _excerpt_of(base, each, sought)) for each in local)
    if not base.is_part or not services.settings.server_url:
        return found
    try:
        more = _at_the_server(services, words, narrowed)
    except HelpdeskError:
        return found  # what is on this computer is better than an error
    known = {each.suggestion.id: each for each in found}
    return tuple(known.get(each.suggestion.id, each) for each in more) or found


def _at_the_server(services: Services, words: str, narrowed: Narrowed) -> tuple[Found, ...]:
    answer = services.server.search(words, MOST, locale=narrowed.locale, topic=narrowed.topic)
    return tuple(map(Found, answer.suggestions))


def topics_of(services: Services) -> Topics:
    """What searches can be narrowed to; nothing where no pack is here yet."""
    base = services.pack.base()
    try:
        return base.topics() if base is not None else Topics()
    except HelpdeskError:
        return Topics()


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


def marks(words: str) -> tuple[str, ...]:
    """What to set off in a result: the words, and pairs of Chinese characters, since Chinese has no spaces."""
    sought = dict.fromkeys(word for word in words.split() if len(word) > 1)
    for run in _CHINESE.findall(words):
        sought.update(dict.fromkeys(run[place : place + 2] for place in range(len(run) - 1)))
    return tuple(sought)


def excerpt(body: str, sought: tuple[str, ...]) -> str:
    """About a line of the article around the first thing sought, without markup; its beginning when there is none."""
    plain = " ".join(_MARKUP.sub(r"\1", body).split())
    folded = plain.casefold()
    places = [place for word in sought if (place := folded.find(word.casefold())) >= 0]
    start = max(0, min(places, default=0) - EXCERPT // 4)
    if start:
        space = plain.find(" ", start, start + 20)
        start = space + 1 if space >= 0 else start
    cut = plain[start : start + EXCERPT]
    return ("… " if start else "") + cut


def _excerpt_of(base: KnowledgeBase, found: Suggestion, sought: tuple[str, ...]) -> str:
    try:
        return excerpt(base.article(found.id).body, sought)
    except KeyError:
        return ""
