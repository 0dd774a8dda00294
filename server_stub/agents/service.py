"""Taking staff on and giving them passwords."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from uuid import UUID

from sqlalchemy import delete, select
from sqlalchemy.orm import Session

from app.errors import HelpdeskError
from app.protocol.identity import uuid7
from app.protocol.message import one_line
from server_stub.agents import passwords
from server_stub.agents.tables import Agent, AgentSession, Role

SHORTEST = 10
"""Characters a chosen password must have; invented ones are longer."""

FIRST_LOGIN = "admin"
_LOGIN = re.compile(r"[a-z0-9][a-z0-9._@+-]{0,199}")


@dataclass(frozen=True, slots=True)
class NewAgent:
    """An agent just taken on; `password` is told once and kept nowhere."""

    id: UUID
    login: str
    password: str = field(repr=False)


def add(
    session: Session,
    login: str,
    *,
    now: Callable[[], datetime],
    name: str = "",
    password: str | None = None,
    role: Role = Role.AGENT,
    title: str = "",
    department: str = "",
) -> NewAgent:
    """Take an agent on in the caller's writing transaction; without a password one is invented.

    Raises HelpdeskError when the login is taken or not a login, or the password too short or long.
    """
    login = canonical(login)
    if not _LOGIN.fullmatch(login):
        raise HelpdeskError(
            "{login} cannot be a login.", "Use letters, digits and the characters . _ - + @ only.", login=repr(login)
        )
    if session.scalar(select(Agent.id).where(Agent.login == login)) is not None:
        raise HelpdeskError("There is already an agent {login}.", "Choose another login.", login=login)
    chosen = _acceptable(password) if password is not None else passwords.invented()
    agent = Agent(
        id=uuid7(now()),
        login=login,
        name=one_line(name)[:300] or login,
        title=one_line(title)[:300],
        department=one_line(department)[:300],
        password_hash=passwords.hashed(chosen),
        role=role,
        created_at=now(),
    )
    session.add(agent)
    session.flush()
    return NewAgent(agent.id, agent.login, chosen)


def add_first(session: Session, *, now: Callable[[], datetime]) -> NewAgent | None:
    """The administrator of a new server, with an invented password; None when there is staff already."""
    if session.scalar(select(Agent.id).limit(1)) is not None:
        return None
    return add(session, FIRST_LOGIN, now=now, name="Administrator", role=Role.ADMINISTRATOR)


def set_password(session: Session, login: str, password: str | None = None) -> NewAgent:
    """Give an agent another password and sign every browser of theirs out. Raises HelpdeskError."""
    agent = _known(session, login)
    chosen = _acceptable(password) if password is not None else passwords.invented()
    agent.password_hash = passwords.hashed(chosen)
    session.execute(delete(AgentSession).where(AgentSession.agent_id == agent.id))
    return NewAgent(agent.id, agent.login, chosen)


def set_photo(session: Session, login: str, photo: bytes | None) -> Agent:
    """Give an agent the photo that employees see, or none. Raises HelpdeskError."""
    agent = _known(session, login)
    agent.photo = photo
    return agent


def disable(session: Session, login: str, now: datetime, *, is_disabled: bool = True) -> Agent:
    """Shut an agent out at once, in every browser, or let them in again. What they wrote and took stays theirs.

    Raises HelpdeskError when there is no such agent, or no other administrator would be left.
    """
    agent = _known(session, login)
    if is_disabled and agent.role is Role.ADMINISTRATOR:
        others = select(Agent.id).where(
            Agent.role == Role.ADMINISTRATOR, Agent.disabled_at.is_(None), Agent.id != agent.id
        )
        if session.scalar(others.limit(1)) is None:
            raise HelpdeskError(
                "{login} is the only administrator.", "Add another administrator first.", login=agent.login
            )
    agent.disabled_at = now if is_disabled else None
    session.execute(delete(AgentSession).where(AgentSession.agent_id == agent.id))
    return agent


def everybody(session: Session) -> Sequence[Agent]:
    """All agents by login, those who are shut out too."""
    return session.scalars(select(Agent).order_by(Agent.login)).all()


def _known(session: Session, login: str) -> Agent:
    agent = session.scalar(select(Agent).where(Agent.login == canonical(login)))
    if agent is None:
        raise HelpdeskError("There is no agent {login}.", "Look at the spelling.", login=repr(canonical(login)))
    return agent


def canonical(login: str) -> str:
    """A login as it is kept: trimmed, NFKC, lower case. No database takes half a character, nor all of them a NUL."""
    text = login.encode("utf-8", "replace").decode("utf-8").replace("\0", "\ufffd")
    return unicodedata.normalize("NFKC", text).strip().lower()[:201]


def _acceptable(password: str) -> str:
    if not SHORTEST <= len(password) <= passwords.LONGEST:
        raise HelpdeskError(
            "The password must have {least} to {most} characters.", least=SHORTEST, most=passwords.LONGEST
        )
    return password
