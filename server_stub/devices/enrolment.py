"""Enrolment tokens, and the devices they admit."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from app.protocol.enrolment import EnrolReceipt, EnrolRequest
from app.protocol.identity import uuid7
from app.protocol.problems import ProblemCode
from server_stub.clock import Clock
from server_stub.devices import secrets
from server_stub.devices.tables import Device, DeviceCredential, EnrolmentToken, EnrolmentUse
from server_stub.problems import Refusal


@dataclass(frozen=True, slots=True)
class TokenTerms:
    """What a token allows. None for `max_uses` or `lasts` means without limit; a `site` is put on its devices."""

    label: str = ""
    site: str = ""
    max_uses: int | None = None
    lasts: timedelta | None = None


class Enrolment:
    """Makes tokens and admits devices, in the caller's transaction."""

    def __init__(self, now: Clock) -> None:
        self._now = now

    def make_token(self, session: Session, terms: TokenTerms) -> str:
        """A new token; this is the only time it can be read."""
        now = self._now()
        token = secrets.new_secret()
        session.add(
            EnrolmentToken(
                id=uuid7(now),
                token_hash=secrets.digest(token),
                label=terms.label,
                site=terms.site,
                max_uses=terms.max_uses,
                created_at=now,
                expires_at=now + terms.lasts if terms.lasts is not None else None,
            )
        )
        session.flush()
        return token

    def enrol(self, session: Session, token: str, request: EnrolRequest) -> EnrolReceipt:
        """Admit an installation and give it a secret; the same installation stays the same device, its older
        secret ends. Raises Refusal(token_refused) and Refusal(device_revoked).
        """
        now = self._now()
        found = self._usable(session, token, request.installation_id, now)
        device = session.scalar(select(Device).where(Device.installation_id == request.installation_id))
        if device is None:
            device = Device(id=uuid7(now), installation_id=request.installation_id, enrolled_at=now, seen_at=now)
            session.add(device)
        elif device.revoked_at is not None:
            raise Refusal(ProblemCode.DEVICE_REVOKED)
        device.hostname = request.hostname
        device.os = request.os
        device.client_version = request.client_version
        device.site = found.site or request.site
        device.seen_at = now
        session.flush()
        session.merge(EnrolmentUse(token_id=found.id, installation_id=request.installation_id, at=now))
        secret = secrets.new_secret()
        session.merge(DeviceCredential(device_id=device.id, secret_hash=secrets.digest(secret), created_at=now))
        session.flush()
        return EnrolReceipt(device_id=device.id, secret=secret)

    def _usable(self, session: Session, token: str, installation_id: UUID, now: datetime) -> EnrolmentToken:
        found = session.scalar(select(EnrolmentToken).where(EnrolmentToken.token_hash == secrets.digest(token)))
        if found is None or found.revoked_at is not None:
            raise Refusal(ProblemCode.TOKEN_REFUSED)
        if found.expires_at is not None and found.expires_at <= now:
            raise Refusal(ProblemCode.TOKEN_REFUSED, "the token has expired")
        others = session.scalar(
            select(func.count())
            .select_from(EnrolmentUse)
            .where(EnrolmentUse.token_id == found.id, EnrolmentUse.installation_id != installation_id)
        )
        if found.max_uses is not None and (others or 0) >= found.max_uses:
            raise Refusal(ProblemCode.TOKEN_REFUSED, "the token is used up")
        return found


def standing_at(session: Session, device: Device, told: str) -> str:
    """The site where a device stands: the one that its newest token put on it; else the one it tells now; else the
    one it told when it enrolled.
    """
    given = session.scalar(
        select(EnrolmentToken.site)
        .join(EnrolmentUse, EnrolmentUse.token_id == EnrolmentToken.id)
        .where(EnrolmentUse.installation_id == device.installation_id)
        .order_by(EnrolmentUse.at.desc())
        .limit(1)
    )
    return given or told or device.site


def every_device(session: Session) -> Sequence[Device]:
    """All devices by name, those that are shut out too."""
    return session.scalars(select(Device).order_by(Device.hostname, Device.enrolled_at)).all()


def revoke_device(session: Session, device_id: UUID, now: datetime) -> bool:
    """Shut a device out for good; its tickets stay. False when there is none, or it is out already."""
    device = session.get(Device, device_id)
    if device is None or device.revoked_at is not None:
        return False
    device.revoked_at = now
    return True


def revoke_token(session: Session, label: str, now: datetime) -> int:
    """Let tokens of that label admit nobody any more; how many there were."""
    tokens = session.scalars(
        select(EnrolmentToken).where(EnrolmentToken.label == label, EnrolmentToken.revoked_at.is_(None))
    ).all()
    for each in tokens:
        each.revoked_at = now
    return len(tokens)
