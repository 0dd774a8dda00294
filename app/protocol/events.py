"""The feed a client follows by long poll."""

from __future__ import annotations

from enum import StrEnum
from uuid import UUID

from app.protocol.message import Line, Moment, Reply


class EventKind(StrEnum):
    """What happened, as far as a device may know."""

    TICKET_RECEIVED = "ticket_received"
    TICKET_STATE = "ticket_state"
    TICKET_REPLY = "ticket_reply"
    ATTACHMENT_STORED = "attachment_stored"
    ANNOUNCEMENT = "announcement"
    KNOWLEDGE = "knowledge"
    ASSIST = "assist"
    PICTURE_ASKED = "picture_asked"


class Event(Reply):
    """Something to look at again; the details are fetched, never pushed."""

    seq: int
    kind: EventKind
    at: Moment
    ticket_id: UUID | None = None
    number: Line = ""
    assist_id: UUID | None = None


class EventPage(Reply):
    """`GET /api/v1/events?after=<seq>&wait=<seconds up to 25>`; go on from `next`."""

    events: tuple[Event, ...]
    next: int
