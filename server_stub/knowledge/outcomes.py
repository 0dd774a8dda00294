"""What became of suggestions: the evidence whether they help."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from app.knowledge.feedback import REMEMBERED, Experience, Vote, experiences
from app.protocol.knowledge import Outcome, OutcomeReport
from app.protocol.problems import ProblemCode
from server_stub.clock import Clock
from server_stub.devices.tables import Device
from server_stub.knowledge.tables import OutcomeRecord
from server_stub.problems import Refusal

MOST_OF_ONE_DEVICE = 200
"""Words of one device that count, its newest; nobody solves that many faults, so more is noise or malice."""
_FINGERPRINT = re.compile(r"[0-9a-f]{16}")


@dataclass(frozen=True, slots=True)
class OutcomeCount:
    """How often one article had one outcome."""

    outcome: Outcome
    count: int


class Outcomes:
    """Records outcomes in the caller's transaction, each once."""

    def __init__(self, now: Clock) -> None:
        self._now = now

    def record(self, session: Session, device: Device, report: OutcomeReport) -> None:
        """Keep a report. Raises Refusal(idempotency_key_reused) when its id came with something else before."""
        known = session.get(OutcomeRecord, report.id)
        if known is not None:
            same = (known.device_id, known.article_id, known.outcome) == (
                device.id,
                report.article_id,
                report.outcome,
            )
            if not same:
                raise Refusal(ProblemCode.KEY_REUSED)
            return
        session.add(self._kept(device, report))
        session.flush()

    def settle(self, session: Session, device: Device, report: OutcomeReport) -> None:
        """Keep what an agent found out for a device, in place of what was found out under the same id before."""
        session.merge(self._kept(device, report))
        session.flush()

    def _kept(self, device: Device, report: OutcomeReport) -> OutcomeRecord:
        return OutcomeRecord(
            id=report.id,
            device_id=device.id,
            article_id=report.article_id,
            outcome=report.outcome,
            site=device.site,
            fingerprint=report.signature.fingerprint[:300],
            signature=report.signature,
            at=self._now(),
        )


def counts(session: Session, article_id: str) -> tuple[OutcomeCount, ...]:
    """What became of one article's suggestions so far."""
    found = session.execute(
        select(OutcomeRecord.outcome, func.count())
        .where(OutcomeRecord.article_id == article_id)
        .group_by(OutcomeRecord.outcome)
    )
    return tuple(OutcomeCount(outcome, count) for outcome, count in found)


def learned(session: Session, now: datetime) -> tuple[Experience, ...]:
    """What all devices' words say at a moment of articles for certain faults."""
    return experiences(_votes(session, now), now)


def _votes(session: Session, now: datetime) -> Iterator[Vote]:
    said = (
        select(
            OutcomeRecord.article_id,
            OutcomeRecord.fingerprint,
            OutcomeRecord.outcome,
            OutcomeRecord.device_id,
            OutcomeRecord.site,
            OutcomeRecord.at,
            func.row_number()
            .over(partition_by=OutcomeRecord.device_id, order_by=OutcomeRecord.at.desc())
            .label("place"),
        )
        .where(
            OutcomeRecord.outcome.in_((Outcome.SOLVED, Outcome.DID_NOT_HELP)),
            OutcomeRecord.fingerprint != "",
            OutcomeRecord.at > now - REMEMBERED,
        )
        .subquery()
    )
    rows = session.execute(select(said).where(said.c.place <= MOST_OF_ONE_DEVICE).execution_options(yield_per=1000))
    for article, fingerprint, outcome, device, site, at, _ in rows:
        if _FINGERPRINT.fullmatch(fingerprint):
            yield Vote(article, fingerprint, outcome is Outcome.SOLVED, str(device), site, at)
