"""The feed that clients follow by long poll, because that works through every shop's network."""

from __future__ import annotations

from time import monotonic
from typing import Annotated

from fastapi import APIRouter, Query
from fastapi.concurrency import run_in_threadpool

from app.protocol.events import EventPage
from server_stub.asking import PROBLEMS, Found, spends
from server_stub.devices.authentication import AskingDevice
from server_stub.devices.tables import Device
from server_stub.events import feed
from server_stub.rates import RateClass
from server_stub.services import Services

router = APIRouter(tags=["events"], responses=PROBLEMS)

LONGEST_WAIT = 25
"""Seconds; middleboxes cut silent connections at 60 and some at 30."""


@router.get("/events", dependencies=[spends(RateClass.FEED)])
async def events(
    device: AskingDevice,
    found: Found,
    after: Annotated[int, Query(ge=0, lt=2**63)] = 0,
    wait: Annotated[float, Query(ge=0, le=LONGEST_WAIT)] = 0,
) -> EventPage:
    """What happened after `after`; waits for something to happen when nothing has."""
    until = monotonic() + wait
    page = await run_in_threadpool(_page, found, device, after)
    while not page.events and (left := until - monotonic()) > 0 and not found.bell.closed:
        if await found.bell.beyond(page.next, left, device.id):
            page = await run_in_threadpool(_page, found, device, page.next)
    return page


def _page(found: Services, device: Device, after: int) -> EventPage:
    with found.database.read() as session:
        return feed.page(session, device.id, after)
