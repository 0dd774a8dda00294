"""What became of suggestions: the evidence whether they help."""

from __future__ import annotations

from dataclasses import dataclass

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from app.protocol.knowledge import Outcome, OutcomeReport
from app.protocol.problems import ProblemCode
from server_stub.clock import Clock
from server_stub.devices.tables import Device
from server_stub.knowledge.tables import OutcomeRecord
from server_stub.problems import Refusal


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
        session.add(
            OutcomeRecord(
                id=report.id,
                device_id=device.id,
                article_id=report.article_id,
                outcome=report.outcome,
                fingerprint=report.signature.fingerprint[:300],
                signature=report.signature,
                at=self._now(),
            )
        )
        session.flush()


def counts(session: Session, article_id: str) -> tuple[OutcomeCount, ...]:
    """What became of one article's suggestions so far."""
    found = session.execute(
        select(OutcomeRecord.outcome, func.count())
        .where(OutcomeRecord.article_id == article_id)
        .group_by(OutcomeRecord.outcome)
    )
    return tuple(OutcomeCount(outcome, count) for outcome, count in found)
