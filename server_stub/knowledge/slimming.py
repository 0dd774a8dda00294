"""Which articles go to every computer when all of them are too many: those that hold everywhere and are used most."""

from __future__ import annotations

from collections.abc import Sequence

from sqlalchemy import case, func, select
from sqlalchemy.orm import Session

from app.protocol.knowledge import Outcome, Visibility
from server_stub.knowledge.tables import ArticleRecord, OutcomeRecord

LARGEST = 20_000_000
"""Bytes of a pack for clients."""
_ROOM = 0.96  # of LARGEST is aimed at, for articles are not of one size
_USES = {Outcome.SOLVED: 5, Outcome.OPENED: 1, Outcome.SHOWN: 0, Outcome.DID_NOT_HELP: 0}


def chosen(session: Session, visible: frozenset[Visibility], size: int, limit: int = LARGEST) -> frozenset[str]:
    """The ids of as many articles as fit into `limit` bytes when all of them make `size`, the most useful first."""
    uses = (
        select(
            OutcomeRecord.article_id.label("article_id"),
            func.sum(case(_USES, value=OutcomeRecord.outcome, else_=0)).label("uses"),
        )
        .group_by(OutcomeRecord.article_id)
        .subquery()
    )
    weight = func.length(ArticleRecord.body) + func.length(ArticleRecord.title) + 400
    rows: Sequence[tuple[str, int]] = session.execute(
        select(ArticleRecord.id, weight)
        .outerjoin(uses, uses.c.article_id == ArticleRecord.id)
        .where(ArticleRecord.retired_at.is_(None), ArticleRecord.visibility.in_(sorted(visible)))
        .order_by(
            func.coalesce(uses.c.uses, 0).desc(),
            ArticleRecord.sites != (),
            ArticleRecord.updated_at.desc(),
            ArticleRecord.number,
        )
    ).all()
    room = sum(row[1] for row in rows) * limit * _ROOM / max(size, 1)
    kept = []
    for identity, length in rows:
        room -= length
        if room < 0:
            break
        kept.append(identity)
    return frozenset(kept)
