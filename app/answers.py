"""Who answers: this computer's own pack of articles, the server where that is not enough, or nobody yet."""

from __future__ import annotations

import math
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from enum import StrEnum
from typing import TYPE_CHECKING

from app.errors import HelpdeskError
from app.protocol.knowledge import Article, ErrorSignature, Fit, SuggestionList

if TYPE_CHECKING:
    from app.capture.reading import Reading
    from app.helpdesk.server import Server
    from app.knowledge.base import KnowledgeBase


class AnswerSource(StrEnum):
    """Who gave the answers."""

    PACK = "pack"
    SERVER = "server"
    NOBODY = "nobody"


SURE = 1.0
"""The score from which an article for a text without a word of trouble is believed: it is one text of many."""

MOST_ASKED = 2
"""Single texts of a screen that a server is asked for; the own pack is asked for all of them."""

PATIENCE = 2.0
"""Seconds for the server to know better than a pack that holds a part of its articles."""


@dataclass(frozen=True, slots=True)
class _Query:
    lines: tuple[str, ...]
    title: str
    application: str
    language: str
    top: int


class Answers:
    """Answers from this computer's own pack, from the server when there is none or the pack holds a part only.

    `base` gives the pack's knowledge as it is now, None when there is none yet; `server` may be None. `site` is where
    this computer stands.
    """

    def __init__(
        self,
        base: Callable[[], KnowledgeBase | None],
        server: Server | None,
        *,
        site: str = "",
        now: Callable[[], datetime] = lambda: datetime.now(UTC),
    ) -> None:
        self._base = base
        self._server = server
        self._site = site
        self._now = now

    def suggest(
        self, reading: Reading, application: str, language: str, top: int
    ) -> tuple[SuggestionList, AnswerSource]:
        """Articles for what was read. Raises HelpdeskError when the server is needed and does not answer."""
        message = tuple(line.text for line in reading.message)
        query = _Query(message, reading.title, application, language, top)
        base = self._base()
        if base is None and self._server is None:
            return SuggestionList(signature=recognised(reading, application), suggestions=()), AnswerSource.NOBODY
        found, source = self._asked(base, query)
        if len(reading.message) < len(reading.lines) and not has_good_fit(found):
            # What was taken for the message may not be it.
            whole, source = self._asked(base, replace(query, lines=tuple(line.text for line in reading.lines)))
            if has_good_fit(whole) or not found.suggestions:
                found = whole
        if has_good_fit(found):
            return found, source
        return self._by_passages(base, query, reading, _score(found)) or (found, source)

    def _by_passages(
        self, base: KnowledgeBase | None, query: _Query, reading: Reading, than: float
    ) -> tuple[SuggestionList, AnswerSource] | None:
        """What one text of a whole screen leads to, if better: with all that stands around it, it fits nothing well."""
        from app.capture.passages import quiet, troubled

        asked = [(passage, -math.inf) for passage in troubled(reading)]
        asked = asked[:MOST_ASKED] if base is None else [*asked, *((passage, SURE) for passage in quiet(reading))]
        best = None
        for passage, least in asked:
            one = replace(query, lines=tuple(line.text for line in passage), title="")
            try:
                found = self._ask(one) if base is None else self._of_pack(base, one)
            except HelpdeskError:
                break  # what is known already is not lost to a line that broke meanwhile
            if found.suggestions and found.suggestions[0].score > max(than, least):
                best, than = found, found.suggestions[0].score
        if best is None:
            return None
        return best, AnswerSource.SERVER if base is None else AnswerSource.PACK

    def _asked(self, base: KnowledgeBase | None, query: _Query) -> tuple[SuggestionList, AnswerSource]:
        if base is None:
            return self._ask(query), AnswerSource.SERVER
        found = self._of_pack(base, query)
        sure = any(each.fit is Fit.GOOD for each in found.suggestions)
        if sure or not base.is_part or self._server is None:
            return found, AnswerSource.PACK
        more = self._sooner(lambda: self._ask(query))
        return (found, AnswerSource.PACK) if more is None else (more, AnswerSource.SERVER)

    def _of_pack(self, base: KnowledgeBase, query: _Query) -> SuggestionList:
        return base.suggest(
            query.lines,
            title=query.title,
            application=query.application,
            language=query.language,
            site=self._site,
            today=_today(self._now()),
            top=query.top,
        )

    def _ask(self, query: _Query) -> SuggestionList:
        if self._server is None:
            raise HelpdeskError("No helpdesk is set up on this computer.")
        return self._server.suggest(
            list(query.lines),
            title=query.title,
            application=query.application,
            language=query.language,
            site=self._site,
            top=query.top,
        )

    @staticmethod
    def _sooner(ask: Callable[[], SuggestionList]) -> SuggestionList | None:
        """What the server says if it says so in time; what the pack has must not wait for a slow line."""
        pool = ThreadPoolExecutor(1, thread_name_prefix="server answers")
        try:
            return pool.submit(ask).result(timeout=PATIENCE)
        except (HelpdeskError, TimeoutError):
            return None
        finally:
            pool.shutdown(wait=False)

    def article(self, article_id: str) -> Article:
        """One article. Raises HelpdeskError when nobody has it."""
        base = self._base()
        if base is not None:
            try:
                return base.article(article_id)
            except KeyError:
                pass  # a pack that was renewed meanwhile no longer holds it; the server may
        if self._server is None:
            raise HelpdeskError("There is no article {id}.", id=article_id)
        found = self._server.article(article_id)
        return Article(id=found.id, title=found.title, body=found.body)


def has_good_fit(found: SuggestionList) -> bool:
    """Whether the first of the suggestions is more than possible."""
    return bool(found.suggestions) and found.suggestions[0].fit is Fit.GOOD


def _score(found: SuggestionList) -> float:
    return found.suggestions[0].score if found.suggestions else -math.inf


def _today(now: datetime) -> int:
    from app.knowledge.scope import day

    return day(now)


def recognised(reading: Reading, application: str) -> ErrorSignature:
    """What an error says of itself, without any knowledge base."""
    from app.knowledge.signature import extract

    return extract([line.text for line in reading.message], reading.title, application)
