"""How often somebody may guess, counted for all servers of a database together."""

from __future__ import annotations

import hashlib
from datetime import datetime, timedelta
from uuid import uuid4

from limits import RateLimitItem
from sqlalchemy import delete, func, select
from sqlalchemy.orm import Session

from server_stub.agents.tables import SignInAttempt
from server_stub.agents.throttle import PER_ADDRESS, PER_LOGIN, network
from server_stub.clock import Clock
from server_stub.database import Database


class SharedThrottle:
    """What `Throttle` is for one server: attempts by login and by address, kept as long as they count."""

    def __init__(self, database: Database, now: Clock) -> None:
        self._database = database
        self._now = now

    def attempt(self, login: str, address: str) -> float | None:
        """Count one attempt. None when it may go on, else the seconds after which the next one may."""
        keys = ((PER_LOGIN, _key("login", login)), (PER_ADDRESS, _key("address", network(address))))
        now = self._now()
        with self._database.read() as session:
            # Who is refused anyway must not take the writers' turn.
            wait = max(self._wait(session, item, key, now) for item, key in keys)
        if wait > 0:
            return max(1.0, wait)
        with self._database.write() as session:
            oldest = now - timedelta(seconds=max(item.get_expiry() for item, _ in keys))
            session.execute(delete(SignInAttempt).where(SignInAttempt.at < oldest))
            wait = max(self._wait(session, item, key, now) for item, key in keys)
            session.add_all(SignInAttempt(id=uuid4(), key=key, at=now) for _, key in keys)
        return max(1.0, wait) if wait > 0 else None

    def forgive(self, login: str) -> None:
        """The right password was given: earlier mistakes with this login no longer count."""
        with self._database.write() as session:
            session.execute(delete(SignInAttempt).where(SignInAttempt.key == _key("login", login)))

    @staticmethod
    def _wait(session: Session, item: RateLimitItem, key: str, now: datetime) -> float:
        """Seconds until one more is allowed; 0 when it is now."""
        window = timedelta(seconds=item.get_expiry())
        counted = select(func.count(), func.min(SignInAttempt.at)).where(
            SignInAttempt.key == key, SignInAttempt.at > now - window
        )
        count, first = session.execute(counted).one()
        return (first + window - now).total_seconds() if count >= item.amount else 0.0


def _key(kind: str, value: str) -> str:
    # People type passwords where the login belongs; such a thing is not to be kept.
    return hashlib.sha256(f"{kind}\n{value}".encode("utf-8", "replace")).hexdigest()
