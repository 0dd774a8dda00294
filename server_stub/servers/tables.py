"""Tables of the servers that share a database."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from sqlalchemy import String
from sqlalchemy.orm import Mapped, mapped_column

from server_stub.columns import Base, Instant


class ServerRecord(Base):
    """A server process, from its start to its end. Others reach it at `address`; `seen_at` is its heartbeat, by the
    database's clock, so that no machine's own clock matters."""

    __tablename__ = "servers"

    id: Mapped[UUID] = mapped_column(primary_key=True)
    address: Mapped[str] = mapped_column(String(300))
    machine: Mapped[str] = mapped_column(String(300))
    started_at: Mapped[datetime] = mapped_column(Instant)
    seen_at: Mapped[datetime] = mapped_column(Instant)


class SharedSecret(Base):
    """What only servers of this database know, 32 bytes by name."""

    __tablename__ = "shared_secrets"

    name: Mapped[str] = mapped_column(String(40), primary_key=True)
    value: Mapped[bytes]
