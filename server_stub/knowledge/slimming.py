"""Which articles go to a computer when all of them are too many: those of its reach that are used most."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import case, func, select
from sqlalchemy.orm import Session

from app.protocol.knowledge import Outcome, Visibility
from server_stub.knowledge.reach import Entry, Reach, Reaches
from server_stub.knowledge.tables import ArticleRecord, OutcomeRecord

LARGEST = 20_000_000
"""Bytes of a pack for clients."""
_ROOM = 0.96  # of LARGEST is aimed at, for articles are not of one size
_USES = {Outcome.SOLVED: 5, Outcome.OPENED: 1, Outcome.SHOWN: 0, Outcome.DID_NOT_HELP: 0}
_OWN_SITE = 3  # uses that being written for this very site is worth
_FOREIGN = 4  # uses of an article in another language for each that counts


@dataclass(frozen=True, slots=True)
class Part:
    """The ids of the articles that go, of so many that belong there."""

    kept: frozenset[str]
    total: int


@dataclass(frozen=True, slots=True)
class _Candidate:
    entry: Entry
    uses: int
    updated: datetime
    number: int

    def rank(self, reach: Reach) -> tuple[float, bool, float, int]:
        own = _OWN_SITE if reach.site and self.entry.sites else 0
        is_foreign = reach.language and self.entry.is_chinese != (reach.language == "zh")
        worth = (1 + self.uses + own) / (_FOREIGN if is_foreign else 1)
        return -worth, bool(self.entry.sites), -self.updated.timestamp(), self.number


def chosen(session: Session, visible: frozenset[Visibility], size: int, limit: int, reach: Reach) -> Part:
    """As many articles of a reach as fit into `limit` bytes when all there are make `size`, the most useful first."""
    candidates = list(_candidates(session, visible))
    room = _room([each.entry for each in candidates], size, limit)
    wanted = sorted((each for each in candidates if reach.holds(each.entry.sites)), key=lambda each: each.rank(reach))
    kept = []
    for each in wanted:
        room -= each.entry.weight
        if room < 0:
            break
        kept.append(each.entry.id)
    return Part(frozenset(kept), len(wanted))


def reaches(session: Session, visible: frozenset[Visibility], size: int, limit: int) -> Reaches:
    """What computers may need of the articles as they are now."""
    entries = [each.entry for each in _candidates(session, visible)]
    return Reaches(entries, _room(entries, size, limit))


def _room(entries: list[Entry], size: int, limit: int) -> float:
    return sum(each.weight for each in entries) * limit * _ROOM / max(size, 1)


def _candidates(session: Session, visible: frozenset[Visibility]) -> Iterator[_Candidate]:
    uses = (
        select(
            OutcomeRecord.article_id.label("article_id"),
            func.sum(case(_USES, value=OutcomeRecord.outcome, else_=0)).label("uses"),
        )
        .group_by(OutcomeRecord.article_id)
        .subquery()
    )
    record = ArticleRecord
    rows = session.execute(
        select(
            *(record.id, record.digest, record.sites, record.locale, record.updated_at, record.number),
            func.length(record.body) + func.length(record.title) + 400,
            func.coalesce(uses.c.uses, 0),
        )
        .outerjoin(uses, uses.c.article_id == record.id)
        .where(record.retired_at.is_(None), record.visibility.in_(sorted(visible)))
        .execution_options(yield_per=1000)
    )
    for identity, digest, sites, locale, updated, number, weight, used in rows:
        yield _Candidate(Entry(identity, digest, sites, locale.startswith("zh"), weight), int(used), updated, number)
