"""Tables of devices and of the tokens that admit them."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from sqlalchemy import ForeignKey, String
from sqlalchemy.orm import Mapped, mapped_column

from server_stub.columns import Base, Instant


class EnrolmentToken(Base):
    """Lets `max_uses` installations become devices until `expires_at`; only its SHA-256 is kept."""

    __tablename__ = "enrolment_tokens"

    id: Mapped[UUID] = mapped_column(primary_key=True)
    token_hash: Mapped[str] = mapped_column(String(64), unique=True)
    label: Mapped[str] = mapped_column(String(300), default="")
    site: Mapped[str] = mapped_column(String(300), default="")
    max_uses: Mapped[int | None]
    created_at: Mapped[datetime] = mapped_column(Instant)
    expires_at: Mapped[datetime | None] = mapped_column(Instant)
    revoked_at: Mapped[datetime | None] = mapped_column(Instant)


class EnrolmentUse(Base):
    """An installation a token has admitted; admitting it again costs no further use."""

    __tablename__ = "enrolment_uses"

    token_id: Mapped[UUID] = mapped_column(ForeignKey("enrolment_tokens.id"), primary_key=True)
    installation_id: Mapped[UUID] = mapped_column(primary_key=True)
    at: Mapped[datetime] = mapped_column(Instant)


class Device(Base):
    """A configuration item as it described itself; every string is the device's word and nothing more."""

    __tablename__ = "devices"

    id: Mapped[UUID] = mapped_column(primary_key=True)
    installation_id: Mapped[UUID] = mapped_column(unique=True)
    hostname: Mapped[str] = mapped_column(String(300))
    os: Mapped[str] = mapped_column(String(300))
    client_version: Mapped[str] = mapped_column(String(300))
    site: Mapped[str] = mapped_column(String(300), default="")
    enrolled_at: Mapped[datetime] = mapped_column(Instant)
    seen_at: Mapped[datetime] = mapped_column(Instant)
    revoked_at: Mapped[datetime | None] = mapped_column(Instant)


class DeviceCredential(Base):
    """The SHA-256 of a device's secret; enrolling again replaces it."""

    __tablename__ = "device_credentials"

    device_id: Mapped[UUID] = mapped_column(ForeignKey("devices.id"), primary_key=True)
    secret_hash: Mapped[str] = mapped_column(String(64))
    created_at: Mapped[datetime] = mapped_column(Instant)
