"""The stream that tells every open page that something happened; the pages then look again themselves."""

from __future__ import annotations

import json
from collections.abc import AsyncIterator
from dataclasses import dataclass
from typing import Annotated

from fastapi import APIRouter, Header, Request
from fastapi.responses import StreamingResponse
from sqlalchemy import select
from starlette.concurrency import run_in_threadpool

from server_stub.agents.doorway import Doorway
from server_stub.database import Database
from server_stub.events.tables import EventRecord
from server_stub.services import Services
from server_stub.workbench import visitors

HEARTBEAT = 20.0
"""Seconds. Routers that forget silent connections do so after a minute at the earliest."""

MOST = 200
"""Events told one by one; who has missed more is told to look at everything again."""

router = APIRouter(include_in_schema=False)


@dataclass(frozen=True, slots=True)
class Changes:
    """What happened after some event, ready to send; `last` is the newest of it."""

    text: str
    last: int


@router.get("/workbench/events")
async def events(
    request: Request, after: int = 0, last_event_id: Annotated[str | None, Header()] = None
) -> StreamingResponse:
    """Server-sent events from `after` on, or from `Last-Event-ID` when the browser reconnects."""
    services: Services = request.app.state.services
    seen = last_event_id or ""
    start = int(seen) if seen.isascii() and seen.isdecimal() and len(seen) < 16 else max(0, after)
    told = _told(services, visitors.doorway(request), visitors.token_of(request), start)
    # Proxies that gather answers before passing them on are asked not to.
    headers = {"Cache-Control": "no-store", "X-Accel-Buffering": "no"}
    return StreamingResponse(told, media_type="text/event-stream", headers=headers)


async def _told(services: Services, doorway: Doorway, token: str, seen: int) -> AsyncIterator[str]:
    yield "retry: 1500\n\n"
    while not services.bell.closed:
        # Whoever has signed out, anywhere, hears nothing more from that moment on.
        if await run_in_threadpool(_is_gone, doorway, token):
            yield "event: signed_out\ndata: {}\n\n"
            return
        changes = await run_in_threadpool(_changes, services.database, seen)
        yield changes.text or "event: beat\ndata: {}\n\n"
        seen = changes.last
        await services.bell.beyond(seen, HEARTBEAT)


def _is_gone(doorway: Doorway, token: str) -> bool:
    return doorway.who(token, is_active=False) is None


def _changes(database: Database, seen: int) -> Changes:
    with database.read() as session:
        records = session.scalars(
            select(EventRecord).where(EventRecord.seq > seen).order_by(EventRecord.seq).limit(MOST + 1)
        ).all()
        newest = session.scalar(select(EventRecord.seq).order_by(EventRecord.seq.desc()).limit(1)) or 0
        # A number from the future was given out before the data came back from an older backup.
        if len(records) <= MOST and seen <= newest:
            return Changes("".join(_change(record) for record in records), newest)
    return Changes(f"id: {newest}\nevent: resync\ndata: {json.dumps({'seq': newest})}\n\n", newest)


def _change(record: EventRecord) -> str:
    ticket = str(record.ticket_id) if record.ticket_id else None
    data = json.dumps({"seq": record.seq, "kind": record.kind.value, "ticket": ticket})
    return f"id: {record.seq}\nevent: change\ndata: {data}\n\n"
