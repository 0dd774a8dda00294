"""Tables of helpdesk staff."""

from __future__ import annotations

from datetime import datetime
from enum import StrEnum
from uuid import UUID

from sqlalchemy import ForeignKey, Index, String
from sqlalchemy.orm import Mapped, mapped_column

from app.protocol.language import Language
from server_stub.columns import Base, Instant, choice


class Role(StrEnum):
    """What a member of staff may do: agents work tickets and articles, administrators also manage agents."""

    AGENT = "agent"
    ADMINISTRATOR = "administrator"


class Agent(Base):
    """A member of the helpdesk. `login` is kept in lower case; `password_hash` is an argon2id string."""

    __tablename__ = "agents"

    id: Mapped[UUID] = mapped_column(primary_key=True)
    login: Mapped[str] = mapped_column(String(200), unique=True)
    name: Mapped[str] = mapped_column(String(300))
    title: Mapped[str] = mapped_column(String(300), default="")
    department: Mapped[str] = mapped_column(String(300), default="")
    password_hash: Mapped[str] = mapped_column(String(300))
    role: Mapped[Role] = mapped_column(choice(Role), default=Role.AGENT)
    language: Mapped[Language | None] = mapped_column(choice(Language))
    photo: Mapped[bytes | None]
    """A small JPEG or PNG that employees see; None for initials."""
    created_at: Mapped[datetime] = mapped_column(Instant)
    disabled_at: Mapped[datetime | None] = mapped_column(Instant)


class AgentSession(Base):
    """A signed-in browser. `id` is the SHA-256 of the cookie's token; the token itself is kept nowhere."""

    __tablename__ = "agent_sessions"

    id: Mapped[str] = mapped_column(String(64), primary_key=True)
    agent_id: Mapped[UUID] = mapped_column(ForeignKey("agents.id"), index=True)
    csrf: Mapped[str] = mapped_column(String(64))
    created_at: Mapped[datetime] = mapped_column(Instant)
    seen_at: Mapped[datetime] = mapped_column(Instant)
    expires_at: Mapped[datetime] = mapped_column(Instant, index=True)
    stepped_up_at: Mapped[datetime | None] = mapped_column(Instant)


class SignInAttempt(Base):
    """Somebody tried to sign in; `key` is the SHA-256 of the login or of the address it came from."""

    __tablename__ = "sign_in_attempts"
    __table_args__ = (Index(None, "key", "at"),)

    id: Mapped[UUID] = mapped_column(primary_key=True)
    key: Mapped[str] = mapped_column(String(64))
    at: Mapped[datetime] = mapped_column(Instant)
