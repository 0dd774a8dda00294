"""The articles themselves: taking them in, keeping what they said before, handing them out."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from app.knowledge.store import FORMAT
from app.protocol.knowledge import Article, Visibility
from server_stub.clock import Clock
from server_stub.database import Database
from server_stub.knowledge.tables import ArticleRecord, ArticleVersion

EVERYBODY = frozenset({Visibility.EMPLOYEES})
STAFF = frozenset(Visibility)
_BATCH = 1000
_CONTENT = (
    *("title", "body", "locale", "applications", "signatures", "tags", "sites", "versions"),
    *("visibility", "digest"),
)


@dataclass(frozen=True, slots=True)
class ImportReport:
    """How many articles an import found new, changed and as they were; `retired` of the latter stay out of use."""

    added: int
    changed: int
    unchanged: int
    retired: int


class Library:
    """The table of articles."""

    def __init__(self, database: Database, now: Clock) -> None:
        self._database = database
        self._now = now

    def take(self, articles: Iterable[Article]) -> ImportReport:
        """Add articles or replace those of the same id, keeping what they said before; nothing is removed.

        An article that was retired takes the new content and stays out of use: whoever retired it decides.

        The whole of `articles` is read before anything is written, so a mistake in a file imports nothing of it.
        """
        wanted = {article.id: article for article in articles}
        # Two servers that took the same at once would both think it new.
        with self._database.holding("articles"):
            return self._take(wanted)

    def _take(self, wanted: dict[str, Article]) -> ImportReport:
        with self._database.read() as session:
            known = dict(session.execute(select(ArticleRecord.id, ArticleRecord.digest)).all())
            retired = set(session.scalars(select(ArticleRecord.id).where(ArticleRecord.retired_at.is_not(None))))
        fresh = [article for article in wanted.values() if article.id not in known]
        changed = [each for each in wanted.values() if each.id in known and known[each.id] != digest_of(each)]
        # Tickets that come in meanwhile get their turn between two batches.
        for part in _parts(fresh):
            with self._database.write() as session:
                last = session.scalar(select(func.max(ArticleRecord.number))) or 0
                session.add_all(self._record(article, number) for number, article in enumerate(part, last + 1))
        for part in _parts(changed):
            with self._database.write() as session:
                for article in part:
                    self._replace(session, article)
        unchanged = len(wanted) - len(fresh) - len(changed)
        return ImportReport(len(fresh), len(changed), unchanged, len(retired & wanted.keys()))

    def articles(self, session: Session, visible: frozenset[Visibility]) -> Iterator[Article]:
        """Every article of those visibilities that is not retired, the oldest first."""
        records = session.scalars(
            select(ArticleRecord)
            .where(ArticleRecord.retired_at.is_(None), ArticleRecord.visibility.in_(sorted(visible)))
            .order_by(ArticleRecord.number, ArticleRecord.id)
            .execution_options(yield_per=500)
        )
        return (_article(record) for record in records)

    def article(self, session: Session, article_id: str, visible: frozenset[Visibility]) -> Article | None:
        """One article; None when there is none that the reader may see."""
        record = session.get(ArticleRecord, article_id)
        if record is None or record.retired_at is not None or record.visibility not in visible:
            return None
        return _article(record)

    def listed(self, session: Session, *, retired: bool) -> list[tuple[str, str, str]]:
        """Id, language and title of the articles in use, or of the retired ones, by id."""
        wanted = ArticleRecord.retired_at.is_not(None) if retired else ArticleRecord.retired_at.is_(None)
        rows = session.execute(
            select(ArticleRecord.id, ArticleRecord.locale, ArticleRecord.title).where(wanted).order_by(ArticleRecord.id)
        )
        return [(identity, locale, title) for identity, locale, title in rows]

    def retire(self, session: Session, ids: Iterable[str], *, is_retired: bool) -> list[str]:
        """Take articles out of use or put retired ones back; answers the ids that are not there to be changed.

        When there are such, nothing is changed. What employees said of an article stays, for it may come back.
        """
        wanted = list(dict.fromkeys(ids))
        found = {each: session.get(ArticleRecord, each) for each in wanted}
        records = [each for each in found.values() if each is not None and (each.retired_at is None) == is_retired]
        if len(records) < len(wanted):
            changeable = {each.id for each in records}
            return [each for each in wanted if each not in changeable]
        for record in records:
            record.retired_at = self._now() if is_retired else None
        return []

    def count(self, session: Session) -> int:
        """How many articles there are, retired ones too."""
        return session.scalar(select(func.count()).select_from(ArticleRecord)) or 0

    def version(self, session: Session, visible: frozenset[Visibility]) -> str:
        """A short digest of everything those readers may see; equal content has equal versions."""
        content = hashlib.sha256(f"format {FORMAT}\n".encode())
        for article_id, digest in session.execute(
            select(ArticleRecord.id, ArticleRecord.digest)
            .where(ArticleRecord.retired_at.is_(None), ArticleRecord.visibility.in_(sorted(visible)))
            .order_by(ArticleRecord.id)
        ):
            content.update(f"{article_id}\n{digest}\n".encode())
        return content.hexdigest()[:16]

    def _record(self, article: Article, number: int = 0) -> ArticleRecord:
        return ArticleRecord(
            number=number,
            id=article.id,
            title=article.title,
            body=article.body,
            locale=article.locale,
            applications=article.applications,
            signatures=article.signatures,
            tags=article.tags,
            sites=article.sites,
            versions=article.versions,
            visibility=article.visibility,
            version=1,
            digest=digest_of(article),
            updated_at=article.updated or self._now(),
        )

    def _replace(self, session: Session, article: Article) -> None:
        record = session.get_one(ArticleRecord, article.id)
        session.add(
            ArticleVersion(
                article_id=record.id, version=record.version, article=_article(record), replaced_at=self._now()
            )
        )
        replacement = self._record(article)
        for name in _CONTENT:
            setattr(record, name, getattr(replacement, name))
        record.version += 1
        record.updated_at = replacement.updated_at


def digest_of(article: Article) -> str:
    """The SHA-256 (hexadecimal) of an article's content; when it was changed is not part of it."""
    content = article.model_dump_json(exclude={"updated"}, exclude_defaults=True)
    return hashlib.sha256(content.encode("utf-8")).hexdigest()


def _article(record: ArticleRecord) -> Article:
    return Article(
        id=record.id,
        title=record.title,
        body=record.body,
        locale=record.locale,
        applications=record.applications,
        signatures=record.signatures,
        tags=record.tags,
        sites=record.sites,
        versions=record.versions,
        visibility=record.visibility,
        updated=record.updated_at,
    )


def _parts(articles: list[Article]) -> Iterator[list[Article]]:
    return (articles[start : start + _BATCH] for start in range(0, len(articles), _BATCH))
