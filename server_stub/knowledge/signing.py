"""The key that this server's packs are signed with: made once, kept in the database and thus in every backup."""

from __future__ import annotations

from sqlalchemy import select

from app.knowledge import seal
from server_stub.clock import Clock
from server_stub.database import Database
from server_stub.knowledge.tables import PackKey

_FIRST = select(PackKey.private).order_by(PackKey.id).limit(1)


def pack_key(database: Database, now: Clock) -> bytes:
    """The private key, 32 bytes; a new one when there is none yet."""
    with database.read() as session:
        known = session.scalar(_FIRST)
    if known is not None:
        return known
    with database.write() as session:
        # Another server may have made one meanwhile.
        known = session.scalar(_FIRST)
        if known is not None:
            return known
        made = seal.new_key()
        session.add(PackKey(private=made, made_at=now()))
    return made
