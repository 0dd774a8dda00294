"""Ringing the bell, here and at every other server of the same database, once something is on the disk."""

from __future__ import annotations

from dataclasses import dataclass
from uuid import UUID

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from server_stub.bell import Bell
from server_stub.database import after_commit

CHANNEL = "deskbell"
"""Of PostgreSQL's LISTEN and NOTIFY."""


@dataclass(frozen=True, slots=True)
class Ring:
    """What servers tell each other: who rang, for which event (0 for what has no number), for which device alone."""

    origin: str
    seq: int
    device_id: UUID | None

    def text(self) -> str:
        """As it travels."""
        return f"{self.origin} {self.seq} {self.device_id or '-'}"

    @classmethod
    def read(cls, text: str) -> Ring | None:
        """The same back; None for what no server of ours wrote."""
        match text.split(" "):
            case [origin, seq, device] if seq.isascii() and seq.isdecimal() and len(seq) < 19:
                try:
                    return cls(origin, int(seq), None if device == "-" else UUID(device))
                except ValueError:
                    return None
        return None


def ring_after_commit(session: Session, bell: Bell, seq: int = 0, device_id: UUID | None = None) -> None:
    """Wake who waits when the session's transaction is on the disk; without a number, to look again at everything.

    Other servers are told in the transaction itself, so that none hears of what is rolled back. NOTIFY takes a lock of
    the whole database at the commit, which costs nothing here: writers take turns anyway.
    """
    after_commit(session, lambda: bell.ring(seq or bell.latest, device_id))
    if session.get_bind().dialect.name == "postgresql":
        session.execute(select(func.pg_notify(CHANNEL, Ring(bell.id, seq, device_id).text())))
