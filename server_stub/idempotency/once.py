"""Carrying a request out once, and giving the same answer to every repetition."""

from __future__ import annotations

import hashlib
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

from pydantic import BaseModel
from sqlalchemy import delete
from sqlalchemy.orm import Session

from app.protocol.problems import ProblemCode
from server_stub.idempotency.tables import IdempotencyRecord
from server_stub.problems import Refusal

KEPT = timedelta(days=90)
"""How long answers are kept. Tickets and entries recognise their own ids for ever, without this table."""


@dataclass(frozen=True, slots=True)
class Answer:
    """A JSON body and whether it was given before."""

    status: int
    body: str
    replayed: bool


@dataclass(frozen=True, slots=True)
class Request:
    """What makes two requests the same: who asks (`device:<id>`), the key, the route with its ids, and the body."""

    principal: str
    key: UUID
    route: str
    body: BaseModel | None = None

    @property
    def fingerprint(self) -> str:
        """The SHA-256 (hexadecimal) of route and canonical body."""
        content = self.body.model_dump_json() if self.body is not None else ""
        return hashlib.sha256(f"{self.route}\n{content}".encode()).hexdigest()


def digest(message: BaseModel) -> str:
    """The SHA-256 (hexadecimal) of a message's canonical JSON."""
    return hashlib.sha256(message.model_dump_json().encode("utf-8")).hexdigest()


def once(session: Session, request: Request, now: datetime, act: Callable[[], BaseModel], status: int = 200) -> Answer:
    """Run `act` in the session's transaction together with the record of its answer, or repeat the recorded one.

    Raises Refusal(idempotency_key_reused) when the key came with something else before.
    """
    known = session.get(IdempotencyRecord, (request.principal, str(request.key)))
    if known is not None:
        if known.fingerprint != request.fingerprint:
            raise Refusal(ProblemCode.KEY_REUSED)
        return Answer(known.status, known.answer, replayed=True)
    body = act().model_dump_json()
    session.add(
        IdempotencyRecord(
            principal=request.principal,
            key=str(request.key),
            fingerprint=request.fingerprint,
            status=status,
            answer=body,
            at=now,
        )
    )
    session.flush()
    return Answer(status, body, replayed=False)


def forget_old(session: Session, now: datetime) -> None:
    """Drop the answers nobody will ask for again."""
    session.execute(delete(IdempotencyRecord).where(IdempotencyRecord.at < now - KEPT))
