"""The running server's ear for orders from the same machine and user."""

from __future__ import annotations

import hmac
import json
import os
from typing import Annotated

from fastapi import APIRouter, Depends, Header

from app.errors import HelpdeskError
from app.protocol.problems import ProblemCode
from server_stub.control.carrying_out import carry_out
from server_stub.control.orders import Order, Report
from server_stub.folder import DataFolder
from server_stub.problems import Refusal
from server_stub.services import Services, services

router = APIRouter(include_in_schema=False)


@router.post("/control")
def control(
    order: Order,
    found: Annotated[Services, Depends(services)],
    authorization: Annotated[str, Header(max_length=200)] = "",
) -> Report:
    """Carry an order out for whoever can read the secret in the data folder, which is this user."""
    secret = found.control_secret
    if not secret or not hmac.compare_digest(authorization.encode(), f"Bearer {secret}".encode()):
        raise Refusal(ProblemCode.NOT_FOUND)
    try:
        return carry_out(order, found)
    except HelpdeskError as problem:
        return Report(failed=problem.summary, hint=problem.hint)


def open_ear(folder: DataFolder, host: str, port: int, secret: str) -> None:
    """Tell this user's other processes where to order. The file ends with the server."""
    text = json.dumps({"host": host, "port": port, "secret": secret})
    handle = os.open(folder.control, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
    with os.fdopen(handle, "w", encoding="ascii") as file:
        file.write(text)


def close_ear(folder: DataFolder) -> None:
    """Nobody is listening any more."""
    folder.control.unlink(missing_ok=True)
