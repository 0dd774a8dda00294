"""Recordings of remote assistance in the workbench: the page that plays one, what it plays, and deleting it."""

from __future__ import annotations

import base64
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from fastapi import APIRouter, Request, Response
from fastapi.responses import FileResponse, RedirectResponse
from pydantic import BaseModel

from app.protocol.problems import ProblemCode
from server_stub.agents.tables import Agent
from server_stub.assist.tables import AssistRecord, AssistRecording
from server_stub.problems import Refusal
from server_stub.services import services as services_of
from server_stub.tickets.numbers import number
from server_stub.tickets.tables import Ticket
from server_stub.workbench.pages import page
from server_stub.workbench.visitors import Acting, Looking

PRIVATE = {"Cache-Control": "no-store"}

router = APIRouter(include_in_schema=False)


@dataclass(frozen=True, slots=True)
class RecordingPage:
    """What the player's page says beside the picture."""

    session_id: UUID
    ticket_id: UUID
    number: str
    agent: str
    reason: str
    began_at: datetime
    expires_at: datetime


class Keys(BaseModel):
    """What opens a recording: base64 of the key of each link."""

    keys: dict[int, str]


@router.get("/workbench/assist/{session_id}/recording")
def recording(request: Request, signed_in: Looking, session_id: UUID) -> Response:
    """The page that plays a recording. Looking at it is no watching yet: the keys are asked for by its button."""
    services = services_of(request)
    with services.database.read() as session:
        if not services.recordings.may_watch(session, signed_in.agent_id, session_id):
            raise Refusal(ProblemCode.NOT_FOUND)
        record = session.get_one(AssistRecord, session_id)
        model = RecordingPage(
            session_id=session_id,
            ticket_id=record.ticket_id,
            number=number(session.get_one(Ticket, record.ticket_id).sequence),
            agent=session.get_one(Agent, record.agent_id).name,
            reason=record.reason,
            began_at=record.invited_at,
            expires_at=session.get_one(AssistRecording, session_id).expires_at,
        )
    return page(request, "recording.html", signed_in, page=model)


@router.post("/workbench/assist/{session_id}/recording/keys")
def keys(request: Request, signed_in: Acting, session_id: UUID, response: Response) -> Keys:
    """What opens it, written down as watched."""
    playable = services_of(request).recordings.watch(signed_in.agent_id, session_id)
    response.headers.update(PRIVATE)
    return Keys(keys={link: base64.b64encode(key).decode() for link, key in playable.keys.items()})


@router.get("/workbench/assist/{session_id}/recording/tape")
def tape(request: Request, signed_in: Looking, session_id: UUID) -> Response:
    """The sealed messages."""
    services = services_of(request)
    with services.database.read() as session:
        if not services.recordings.may_watch(session, signed_in.agent_id, session_id):
            raise Refusal(ProblemCode.NOT_FOUND)
    path = services.recordings.path(session_id)
    if not path.is_file():
        raise Refusal(ProblemCode.NOT_FOUND)
    return FileResponse(path, media_type="application/octet-stream", headers=PRIVATE)


@router.post("/workbench/assist/{session_id}/recording/delete")
def delete(request: Request, signed_in: Acting, session_id: UUID) -> Response:
    """Delete it for good, as an employee may ask."""
    services = services_of(request)
    with services.database.read() as session:
        record = session.get(AssistRecord, session_id)
    services.recordings.delete(signed_in.agent_id, session_id)
    ticket_id = record.ticket_id if record is not None else ""
    return RedirectResponse(f"/workbench/tickets/{ticket_id}", status_code=303)
