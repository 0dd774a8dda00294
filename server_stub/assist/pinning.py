"""Which server relays a session: the first that one of its ends comes to, until that server is gone."""

from __future__ import annotations

from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session

from server_stub.assist.courses import Courses
from server_stub.assist.linking import LINKED, is_token, note_lost
from server_stub.assist.tables import AssistRecord
from server_stub.database import Database
from server_stub.devices import secrets
from server_stub.servers.roll import Roll, Way


class Pinning:
    """Pins sessions to servers, in transactions of its own."""

    def __init__(self, database: Database, roll: Roll) -> None:
        self._database = database
        self._roll = roll

    def way(self, session_id: UUID, token: str, *, is_host: bool) -> Way | None:
        """Where to bring a socket with that token; None when it opens nothing, which the relaying server would say too.

        The token is looked at and not used up. A session that nobody relays is relayed here from now on.
        """
        with self._database.read() as session:
            record = session.get(AssistRecord, session_id)
            # Whoever guesses must not take the writers' turn.
            if record is None or record.state not in LINKED or not _opens(record, token, is_host=is_host):
                return None
            if record.server_id is not None:
                return self._way_to(session, record.server_id)
        with self._database.write() as session:
            record = session.get_one(AssistRecord, session_id)
            if record.server_id is None:
                record.server_id = self._roll.id
            return self._way_to(session, record.server_id)

    def is_relayed_by(self, session_id: UUID, server_id: UUID) -> bool:
        """Whether that server still relays the session."""
        with self._database.read() as session:
            return session.get_one(AssistRecord, session_id).server_id == server_id

    def _way_to(self, session: Session, server_id: UUID) -> Way | None:
        if server_id == self._roll.id:
            return Way(server_id)
        address = self._roll.address_of(session, server_id)
        return Way(server_id, address) if address is not None else None


def unpin(courses: Courses, session: Session, server_id: UUID) -> None:
    """A server is gone, and with it every socket of the sessions it relayed: they wait to be linked again."""
    relayed = select(AssistRecord).where(AssistRecord.server_id == server_id, AssistRecord.state.in_(LINKED))
    for record in session.scalars(relayed).all():
        note_lost(courses, session, record)
        record.server_id = None


def _opens(record: AssistRecord, token: str, *, is_host: bool) -> bool:
    if is_host:
        return is_token(record, token)
    return record.viewer_token is not None and secrets.matches(token, record.viewer_token)
