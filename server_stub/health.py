"""Whether the server is there, for load balancers and for clients that ask before they send."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Depends
from sqlalchemy import text

from app import __version__
from app.protocol.message import Moment, Reply
from server_stub.services import Services, services

router = APIRouter(tags=["health"])


class Health(Reply):
    """`GET /api/v1/health`, for anybody. `now` lets a device see how wrong its clock is."""

    status: str
    version: str
    now: Moment


@router.get("/health")
def health(found: Annotated[Services, Depends(services)]) -> Health:
    """Answers when requests are served and the database can be read."""
    with found.database.read() as session:
        session.execute(text("SELECT 1"))
    return Health(status="ok", version=__version__, now=found.now())
