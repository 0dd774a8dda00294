"""Writing the log of events, and checking that nobody rewrote it."""

from __future__ import annotations

import hashlib
import json
from contextlib import closing
from dataclasses import dataclass
from uuid import UUID

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from server_stub.bell import Bell
from server_stub.clock import Clock
from server_stub.events.tables import ActorKind, Details, EventRecord, Happening
from server_stub.ringing import ring_after_commit


@dataclass(frozen=True, slots=True)
class Actor:
    """Who does something, as the log remembers them."""

    kind: ActorKind
    id: UUID | None = None
    name: str = ""


SYSTEM = Actor(ActorKind.SYSTEM)


class EventLog:
    """Appends events in the transaction of what they tell about, and rings the bell when that is on the disk."""

    def __init__(self, bell: Bell, now: Clock) -> None:
        self._bell = bell
        self._now = now

    def append(
        self,
        session: Session,
        kind: Happening,
        actor: Actor,
        *,
        ticket_id: UUID | None = None,
        device_id: UUID | None = None,
        details: Details | None = None,
    ) -> EventRecord:
        """Add one event; `device_id` is the device whose ticket it concerns, None for what concerns everybody."""
        session.flush()
        last = session.execute(
            select(EventRecord.seq, EventRecord.digest).order_by(EventRecord.seq.desc()).limit(1)
        ).first()
        record = EventRecord(
            seq=last.seq + 1 if last else 1,
            kind=kind,
            ticket_id=ticket_id,
            device_id=device_id,
            actor_kind=actor.kind,
            actor_id=actor.id,
            actor_name=actor.name,
            details=details or Details(),
            at=self._now(),
            previous_digest=last.digest if last else "",
        )
        record.digest = digest_of(record)
        session.add(record)
        session.flush()
        ring_after_commit(session, self._bell, record.seq, device_id)
        return record

    def latest(self, session: Session) -> int:
        """The sequence number of the newest event in the session's snapshot; 0 when there is none."""
        return session.scalar(select(func.max(EventRecord.seq))) or 0


def digest_of(record: EventRecord) -> str:
    """The SHA-256 (hexadecimal) of an event and of the digest of the one before."""
    content = [
        record.previous_digest,
        record.seq,
        record.kind.value,
        str(record.ticket_id),
        str(record.device_id),
        record.actor_kind.value,
        str(record.actor_id),
        record.actor_name,
        record.details.model_dump_json(exclude_defaults=True),
        record.at.isoformat(),
    ]
    return hashlib.sha256(json.dumps(content, ensure_ascii=False).encode("utf-8")).hexdigest()


def first_broken(session: Session) -> int | None:
    """The number of the first event that does not follow from the one before; None when the whole log holds."""
    previous = ""
    expected = 1
    query = select(EventRecord).order_by(EventRecord.seq).execution_options(yield_per=500)
    with closing(session.scalars(query)) as records:
        for record in records:
            if record.seq != expected or record.previous_digest != previous or record.digest != digest_of(record):
                return record.seq
            previous = record.digest
            expected += 1
    return None
