"""The knowledge base: suggestions for an error, search as one types, and the articles themselves."""

from __future__ import annotations

import json
import lzma
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from app.knowledge.finding import Finder, Found
from app.knowledge.pinyin import spelt_part
from app.knowledge.question import Question
from app.knowledge.ranking import ranked, shown
from app.knowledge.reading import tame
from app.knowledge.reasons import reason
from app.knowledge.scope import Place
from app.knowledge.signature import extract
from app.knowledge.store import Row, Store, damaged
from app.protocol.knowledge import (
    Article,
    Fit,
    Reason,
    ReasonKind,
    Suggestion,
    SuggestionList,
    Visibility,
)

_MOST_LOOKED_AT = 400
_LONGEST_EVIDENCE = 200


@dataclass(frozen=True, slots=True)
class Topics:
    """What the articles of a base are about and written in, the most frequent first."""

    applications: tuple[str, ...] = ()
    tags: tuple[str, ...] = ()
    locales: tuple[str, ...] = ()


class KnowledgeBase:
    """One file of articles, opened read-only; usable from several threads."""

    def __init__(self, store: Store) -> None:
        self._store = store
        self.version = store.text("version")
        self.count = int(store.text("count") or 0)
        self.is_part = int(store.text("total") or 0) > self.count
        """Whether the server has articles that this file lacks."""

    @classmethod
    def open(cls, path: Path) -> KnowledgeBase:
        """Opens a file made by `build`. Raises HelpdeskError when it is missing or damaged."""
        return cls(Store(path))

    def close(self) -> None:
        """Lets go of the file."""
        self._store.close()

    def suggest(
        self,
        lines: Sequence[str],
        *,
        title: str = "",
        application: str = "",
        language: str = "",
        site: str = "",
        today: int = 0,
        top: int = 3,
        without: Collection[str] = (),
    ) -> SuggestionList:
        """Articles for recognised lines, best first; empty when nothing fits.

        `title` and `application` are the window's where the system knows them, `language` the reader's (`zh-CN`),
        `site` where the computer stands, `today` the day (`scope.day`): they decide between equals. Articles
        `without` are left out, for they did not help before.
        Raises HelpdeskError when the file is damaged.
        """
        signature = extract(lines, title, application)
        question = Question.of(lines, title, application)
        if not question.terms:
            return SuggestionList(signature=signature, suggestions=())
        look, found = ranked(
            self._store,
            question,
            self.count,
            fingerprint=signature.fingerprint,
            place=Place(language, application, signature.version, site, today),
            without=self._numbers(without),
        )
        chosen = shown(found, top)
        rows = self._rows([each.look.candidate.document for each in chosen])
        suggestions = []
        for each in chosen:
            row = rows[each.look.candidate.document]
            suggestions.append(
                Suggestion(
                    id=str(row[1]),
                    title=str(row[2]),
                    locale=str(row[3]),
                    score=round(each.score, 4),
                    fit=each.fit or Fit.POSSIBLE,
                    reason=reason(question, look, each.look),
                )
            )
        return SuggestionList(signature=signature, suggestions=tuple(suggestions))

    def search(self, text: str, limit: int = 20, *, locale: str = "", topic: str = "") -> tuple[Suggestion, ...]:
        """Articles for what somebody types, best first; the last word may be unfinished.

        `locale` keeps articles of a language (`zh` or `zh-CN`), `topic` those with that tag or for that application.
        The evidence holds the words to highlight. Raises HelpdeskError when the file is damaged.
        """
        looked_at = _MOST_LOOKED_AT if locale or topic else max(limit, 0)
        found = Finder(self._store, self.count).find(text, looked_at)
        rows = self._rows([each.document for each in found])
        kept = [
            (each, rows[each.document])
            for each in found
            if each.document in rows and _allowed(rows[each.document], locale, topic)
        ]
        return tuple(_hit(each, row) for each, row in kept[: max(limit, 0)])

    def topics(self) -> Topics:
        """What a search can be narrowed to. Raises HelpdeskError when the file is damaged."""
        try:
            found = json.loads(self._store.text("topics") or "{}")
            kinds = (tuple(map(str, found.get(name, ()))) for name in ("applications", "tags", "locales"))
            return Topics(*kinds)
        except (ValueError, AttributeError) as error:
            raise damaged(self._store.path, error) from error

    def article(self, identity: str) -> Article:
        """The whole article. Raises KeyError when the base has none of that id."""
        rows = self._store.rows(
            "SELECT id, title, locale, applications, signatures, tags, visibility, block, first, length"
            " FROM articles WHERE id = ?",
            (tame(identity),),
        )
        if not rows:
            raise KeyError(identity)
        row = rows[0]
        block = self._store.rows("SELECT data FROM bodies WHERE block = ?", (row[7],))
        first, length = int(row[8] or 0), int(row[9] or 0)
        try:
            data = block[0][0]
            body = lzma.decompress(data if isinstance(data, bytes) else b"")[first : first + length].decode()
        except (lzma.LZMAError, UnicodeDecodeError, IndexError) as error:
            raise damaged(self._store.path, error) from error
        return Article(
            id=str(row[0]),
            title=str(row[1]),
            body=body,
            locale=str(row[2]),
            applications=tuple(json.loads(str(row[3]))),
            signatures=tuple(json.loads(str(row[4]))),
            tags=tuple(json.loads(str(row[5]))),
            visibility=Visibility(str(row[6])),
        )

    def _numbers(self, identities: Collection[str]) -> frozenset[int]:
        if not identities:
            return frozenset()
        names = json.dumps([tame(identity) for identity in identities])
        rows = self._store.rows("SELECT doc FROM articles WHERE id IN (SELECT value FROM json_each(?))", (names,))
        return frozenset(int(row[0] or 0) for row in rows)

    def _rows(self, documents: Sequence[int]) -> Mapping[int, Row]:
        rows = self._store.rows(
            "SELECT doc, id, title, locale, tags, applications FROM articles"
            " WHERE doc IN (SELECT value FROM json_each(?))",
            (json.dumps(list(documents)),),
        )
        found = {int(row[0] or 0): row for row in rows}
        if len(found) < len(set(documents)):
            raise damaged(self._store.path)
        return found


def _allowed(row: Row, locale: str, topic: str) -> bool:
    if locale and not str(row[3]).casefold().startswith(locale.casefold()):
        return False
    return not topic or topic in json.loads(str(row[4])) or topic in json.loads(str(row[5]))


def _hit(found: Found, row: Row) -> Suggestion:
    title = str(row[2])
    shown = (word if word in title.casefold() else spelt_part(title, word) or word for word in found.evidence)
    evidence = tuple(word[:_LONGEST_EVIDENCE] for word in shown)
    return Suggestion(
        id=str(row[1]),
        title=title,
        locale=str(row[3]),
        score=round(found.score, 4),
        fit=Fit.GOOD if found.complete else Fit.POSSIBLE,
        reason=Reason(kind=ReasonKind.CODE if found.code else ReasonKind.WORDS, evidence=evidence),
    )
