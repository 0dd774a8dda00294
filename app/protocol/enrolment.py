"""How a device becomes known: an enrolment token is exchanged for a secret of the device's own."""

from __future__ import annotations

from typing import Annotated
from uuid import UUID

from pydantic import StringConstraints

from app.protocol.message import Line, Message, Reply


class EnrolRequest(Message):
    """`POST /api/v1/enroll`, authorised by `Authorization: Bearer <enrolment token>`.

    `installation_id` is minted by the client on its first start, so that a repeated call yields the same device.
    """

    installation_id: UUID
    hostname: Line
    os: Line
    client_version: Line
    site: Line = ""


class EnrolReceipt(Reply):
    """What the device keeps. It authorises itself with `Authorization: Device <device_id>:<secret>`.

    `pack_key` is the public key of knowledge packs, empty from a server that signs none.
    """

    device_id: UUID
    secret: Annotated[str, StringConstraints(min_length=32, max_length=128)]
    pack_key: Annotated[str, StringConstraints(pattern=r"^([0-9a-f]{64})?$")] = ""
