"""Announcements over the wire."""

from __future__ import annotations

from fastapi import APIRouter

from app.protocol.announcements import AnnouncementList
from server_stub.asking import PROBLEMS, Found, spends
from server_stub.devices.authentication import AskingDevice
from server_stub.rates import RateClass

router = APIRouter(tags=["announcements"], responses=PROBLEMS)


@router.get("/announcements", dependencies=[spends(RateClass.READING)])
def listing(device: AskingDevice, found: Found) -> AnnouncementList:
    """What the device's people are told now, incidents first."""
    with found.database.read() as session:
        return AnnouncementList(announcements=found.announcements.current(session, device))
