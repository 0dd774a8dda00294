"""Which device is asking."""

from __future__ import annotations

from datetime import timedelta
from typing import Annotated
from uuid import UUID

from fastapi import Depends, Security
from fastapi.security import APIKeyHeader
from sqlalchemy import select

from app.protocol.problems import ProblemCode
from server_stub.devices import secrets
from server_stub.devices.tables import Device, DeviceCredential
from server_stub.problems import Refusal
from server_stub.services import Services, services

SEEN_EVERY = timedelta(minutes=10)
"""How exactly it is known when a device was last there; finer would cost a write for every request."""

_NOBODY = secrets.digest(secrets.new_secret())
_SCHEME = APIKeyHeader(
    name="Authorization",
    scheme_name="Device",
    description="`Device <device_id>:<secret>` as received by enrolment.",
    auto_error=False,
)


def authenticated(
    found: Annotated[Services, Depends(services)], header: Annotated[str | None, Security(_SCHEME)]
) -> Device:
    """The device of the `Authorization` header. Raises Refusal(not_authenticated), Refusal(device_revoked)."""
    device_id, secret = _credentials(header or "")
    with found.database.read() as session:
        row = session.execute(
            select(Device, DeviceCredential.secret_hash)
            .join(DeviceCredential, DeviceCredential.device_id == Device.id)
            .where(Device.id == device_id)
        ).first()
    # An unknown device costs the same comparison as a known one.
    if not secrets.matches(secret, row.secret_hash if row else _NOBODY) or row is None:
        raise Refusal(ProblemCode.NOT_AUTHENTICATED)
    device: Device = row.Device
    if device.revoked_at is not None:
        raise Refusal(ProblemCode.DEVICE_REVOKED)
    now = found.now()
    if now - device.seen_at > SEEN_EVERY:
        with found.database.write() as session:
            kept = session.get(Device, device.id)
            if kept is not None:
                kept.seen_at = now
    return device


def _credentials(header: str) -> tuple[UUID, str]:
    scheme, _, rest = header.partition(" ")
    device_id, separator, secret = rest.strip().partition(":")
    if scheme.lower() != "device" or not separator or len(secret) > 128:
        raise Refusal(ProblemCode.NOT_AUTHENTICATED)
    try:
        return UUID(device_id), secret
    except ValueError as problem:
        raise Refusal(ProblemCode.NOT_AUTHENTICATED) from problem


AskingDevice = Annotated[Device, Depends(authenticated)]
"""A parameter of a route that only devices may use."""
