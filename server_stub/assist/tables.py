"""Tables of remote-assist sessions."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from sqlalchemy import ForeignKey, Index, String, Text
from sqlalchemy.orm import Mapped, mapped_column

from app.protocol.assist import LedgerLine
from app.protocol.escrow import WrappedKey
from app.protocol.message import Message
from app.protocol.session import Party, Reason, Session, State
from server_stub.columns import Base, Instant, Json, choice
from server_stub.events.tables import AssistStep


class AssistRecord(Base):
    """A session. `course` is the truth and changes only by the session table; `state`, `ended` and `due_at` (when
    time alone changes it next) are copied from it to be searched. Tokens are kept as digests.

    `link_number` counts the pairs of sockets there have been; each has keys of its own. `server_id` is the server that
    relays, where there are several; none until the first end links, and again when that server is gone.
    """

    __tablename__ = "assist_sessions"
    __table_args__ = (
        Index(None, "device_id", "state"),
        Index(None, "ticket_id", "invited_at"),
        Index(None, "state", "due_at"),
    )

    id: Mapped[UUID] = mapped_column(primary_key=True)
    ticket_id: Mapped[UUID] = mapped_column(ForeignKey("tickets.id"))
    device_id: Mapped[UUID] = mapped_column(ForeignKey("devices.id"))
    agent_id: Mapped[UUID] = mapped_column(ForeignKey("agents.id"))
    reason: Mapped[str] = mapped_column(String(300))
    course: Mapped[Session] = mapped_column(Json(Session))
    state: Mapped[State] = mapped_column(choice(State))
    ended: Mapped[Reason | None] = mapped_column(choice(Reason))
    due_at: Mapped[datetime | None] = mapped_column(Instant)
    invited_at: Mapped[datetime] = mapped_column(Instant)
    ended_at: Mapped[datetime | None] = mapped_column(Instant)
    commitment: Mapped[str] = mapped_column(String(44))
    viewer_public: Mapped[str | None] = mapped_column(String(88))
    nonce: Mapped[str | None] = mapped_column(String(44))
    host_public: Mapped[str | None] = mapped_column(String(88))
    link_number: Mapped[int] = mapped_column(default=0)
    server_id: Mapped[UUID | None]
    host_token: Mapped[str | None] = mapped_column(String(64))
    host_token_until: Mapped[datetime | None] = mapped_column(Instant)
    viewer_token: Mapped[str | None] = mapped_column(String(64))
    viewer_token_until: Mapped[datetime | None] = mapped_column(Instant)
    device_ledger: Mapped[tuple[LedgerLine, ...] | None] = mapped_column(Json(tuple[LedgerLine, ...]))


class AssistLine(Base):
    """One line of the server's own ledger of a session, chained by `app.protocol.ledger`."""

    __tablename__ = "assist_lines"

    session_id: Mapped[UUID] = mapped_column(ForeignKey("assist_sessions.id"), primary_key=True)
    number: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    at: Mapped[datetime] = mapped_column(Instant)
    party: Mapped[str] = mapped_column(String(40))
    event: Mapped[AssistStep] = mapped_column(choice(AssistStep))
    detail: Mapped[str] = mapped_column(String(300), default="")
    digest: Mapped[str] = mapped_column(String(64))


class AssistChat(Base):
    """Something said in a session. `id` comes from whoever said it, so that it is kept once."""

    __tablename__ = "assist_chat"

    id: Mapped[UUID] = mapped_column(primary_key=True)
    session_id: Mapped[UUID] = mapped_column(ForeignKey("assist_sessions.id"), index=True)
    party: Mapped[Party] = mapped_column(choice(Party))
    at: Mapped[datetime] = mapped_column(Instant)
    text: Mapped[str] = mapped_column(Text)


class RecordedLink(Message):
    """One connection of a recorded session and the wrapped key of what the machine sent over it."""

    number: int
    key: WrappedKey


class AssistRecording(Base):
    """A session that is recorded, from its invitation on; the messages lie in a file of its own.

    `days` is what the employee was told. A deleted one keeps its row, and neither file nor keys.
    """

    __tablename__ = "assist_recordings"

    session_id: Mapped[UUID] = mapped_column(ForeignKey("assist_sessions.id"), primary_key=True)
    days: Mapped[int]
    expires_at: Mapped[datetime] = mapped_column(Instant, index=True)
    deleted_at: Mapped[datetime | None] = mapped_column(Instant)
    links: Mapped[tuple[RecordedLink, ...]] = mapped_column(Json(tuple[RecordedLink, ...]))
