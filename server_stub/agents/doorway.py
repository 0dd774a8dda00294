"""Signing in and out, and knowing who a browser's cookie belongs to."""

from __future__ import annotations

import hashlib
import secrets
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from uuid import UUID

from sqlalchemy import delete, select
from sqlalchemy.orm import Session

from app.protocol.language import Language
from app.protocol.problems import ProblemCode
from server_stub.agents import passwords
from server_stub.agents.service import canonical, set_password
from server_stub.agents.shared_throttle import SharedThrottle
from server_stub.agents.tables import Agent, AgentSession, Role
from server_stub.agents.throttle import Throttle
from server_stub.bell import Bell
from server_stub.database import Database
from server_stub.events.log import Actor
from server_stub.events.tables import ActorKind
from server_stub.problems import Refusal
from server_stub.ringing import ring_after_commit

IDLE = timedelta(hours=4)
ABSOLUTE = timedelta(hours=12)
TOUCH = timedelta(minutes=1)
"""A use is noted at most this often: a page makes several requests, and each note is a durable write."""


@dataclass(frozen=True, slots=True)
class SignedIn:
    """The agent behind a request. `csrf` must come back with everything this browser posts; `proven_at` is when the
    password was last given."""

    session_id: str
    agent_id: UUID
    login: str
    name: str
    role: Role
    language: Language | None
    csrf: str = field(repr=False)
    proven_at: datetime

    @property
    def actor(self) -> Actor:
        """The agent as the event log names them."""
        return Actor(ActorKind.AGENT, self.agent_id, self.name)


@dataclass(frozen=True, slots=True)
class PasswordChange:
    """What an agent types to get another password."""

    current: str = field(repr=False)
    chosen: str = field(repr=False)


class Doorway:
    """Lets agents in by password and recognises them by the hash of their browser's token."""

    def __init__(
        self, database: Database, now: Callable[[], datetime], throttle: Throttle | SharedThrottle | None = None
    ) -> None:
        self._database = database
        self._now = now
        self._throttle = throttle or (SharedThrottle(database, now) if database.is_shared else Throttle())

    def sign_in(self, login: str, password: str, address: str, old_token: str = "") -> str | None:
        """The token of a new session, None when login and password do not belong together.

        Raises Refusal TOO_MANY_REQUESTS. A session the browser had before ends.
        """
        login = canonical(login)
        wait = self._throttle.attempt(login, address)
        if wait is not None:
            raise Refusal(ProblemCode.TOO_MANY_REQUESTS, retry_after=wait)
        with self._database.read() as session:
            agent = session.scalar(select(Agent).where(Agent.login == login, Agent.disabled_at.is_(None)))
        checked = passwords.check(password, agent.password_hash if agent else None)
        if agent is None or not checked.is_right:
            return None
        self._throttle.forgive(login)
        token = secrets.token_urlsafe(32)
        renewed = passwords.hashed(password) if checked.is_outdated else None
        with self._database.write() as session:
            now = self._now()
            session.execute(delete(AgentSession).where(AgentSession.expires_at <= now))
            session.execute(delete(AgentSession).where(AgentSession.id == _digest(old_token)))
            if renewed is not None:
                session.get_one(Agent, agent.id).password_hash = renewed
            session.add(
                AgentSession(
                    id=_digest(token),
                    agent_id=agent.id,
                    csrf=secrets.token_urlsafe(32),
                    created_at=now,
                    seen_at=now,
                    expires_at=now + ABSOLUTE,
                )
            )
        return token

    def who(self, token: str, *, is_active: bool = True) -> SignedIn | None:
        """The agent a token belongs to; None when it is unknown, too old, idle for too long or its agent disabled.

        What a page fetches by itself passes `is_active=False` and does not keep the session alive.
        """
        if not token:
            return None
        now = self._now()
        with self._database.read() as session:
            found = _find(session, _digest(token), now)
            if found is None:
                return None
            kept, agent = found
            signed_in = SignedIn(
                session_id=kept.id,
                agent_id=agent.id,
                login=agent.login,
                name=agent.name,
                role=agent.role,
                language=agent.language,
                csrf=kept.csrf,
                proven_at=kept.stepped_up_at or kept.created_at,
            )
            needs_touch = is_active and now - kept.seen_at >= TOUCH
        if needs_touch:
            with self._database.write() as session:
                seen = session.get(AgentSession, signed_in.session_id)
                if seen is not None:
                    seen.seen_at = now
        return signed_in

    def step_up(self, signed_in: SignedIn, password: str, address: str) -> bool:
        """Have somebody who is signed in give the password once more. Raises Refusal TOO_MANY_REQUESTS."""
        wait = self._throttle.attempt(signed_in.login, address)
        if wait is not None:
            raise Refusal(ProblemCode.TOO_MANY_REQUESTS, retry_after=wait)
        with self._database.read() as session:
            known = session.get_one(Agent, signed_in.agent_id).password_hash
        if not passwords.check(password, known).is_right:
            return False
        self._throttle.forgive(signed_in.login)
        with self._database.write() as session:
            kept = session.get(AgentSession, signed_in.session_id)
            if kept is not None:
                kept.stepped_up_at = self._now()
            return kept is not None

    def change_password(self, signed_in: SignedIn, change: PasswordChange, address: str) -> str | None:
        """The token of a new session after the password was changed and every other session of the agent ended;
        None when the present password is wrong. Raises Refusal TOO_MANY_REQUESTS and HelpdeskError.
        """
        if not self.step_up(signed_in, change.current, address):
            return None
        with self._database.write() as session:
            set_password(session, signed_in.login, change.chosen)
        return self.sign_in(signed_in.login, change.chosen, address)

    def sign_out(self, token: str, bell: Bell | None = None) -> None:
        """Forget a token, and have every open page look whether it is still signed in."""
        with self._database.write() as session:
            session.execute(delete(AgentSession).where(AgentSession.id == _digest(token)))
            if bell is not None:
                ring_after_commit(session, bell)

    def choose_language(self, agent_id: UUID, language: Language) -> None:
        """Remember the language an agent wants to read."""
        with self._database.write() as session:
            session.get_one(Agent, agent_id).language = language


def _find(session: Session, session_id: str, now: datetime) -> tuple[AgentSession, Agent] | None:
    row = session.execute(
        select(AgentSession, Agent)
        .join(Agent, Agent.id == AgentSession.agent_id)
        .where(
            AgentSession.id == session_id,
            AgentSession.expires_at > now,
            AgentSession.seen_at > now - IDLE,
            Agent.disabled_at.is_(None),
        )
    ).first()
    return (row[0], row[1]) if row else None


def _digest(token: str) -> str:
    return hashlib.sha256(token.encode("utf-8", "replace")).hexdigest()
