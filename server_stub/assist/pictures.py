"""A picture of the shared screen that the agent keeps on the ticket, and asking the employee for one instead."""

from __future__ import annotations

import hashlib
from uuid import UUID

from sqlalchemy.orm import Session

from app.protocol.identity import uuid7
from app.protocol.problems import ProblemCode
from app.protocol.session import State
from app.protocol.tickets import OPEN_STATES, AttachmentKind
from server_stub.agents.tables import Agent
from server_stub.assist.service import for_agent
from server_stub.clock import Clock
from server_stub.database import Database
from server_stub.events.log import EventLog
from server_stub.events.tables import Details, Happening
from server_stub.problems import Refusal
from server_stub.tickets.access import ticket_for_agent
from server_stub.tickets.conversation import Conversation
from server_stub.tickets.transitions import agent_actor
from server_stub.uploads import media
from server_stub.uploads.storage import BlobFiles
from server_stub.uploads.tables import AttachmentRecord, Blob


class Pictures:
    """Pictures that come of remote assistance."""

    def __init__(
        self, database: Database, events: EventLog, conversation: Conversation, blobs: BlobFiles, now: Clock
    ) -> None:
        self._database = database
        self._events = events
        self._conversation = conversation
        self._blobs = blobs
        self._now = now

    def ask(self, session: Session, agent: Agent, ticket_id: UUID, words: str, entry_id: UUID) -> None:
        """Ask the employee for a picture of their choice: a reply on the ticket, and word to their computer.

        In the caller's writing transaction. Raises Refusal(transition_refused) when the ticket is not open.
        """
        ticket = ticket_for_agent(session, ticket_id)
        if ticket.state not in OPEN_STATES:
            raise Refusal(ProblemCode.TRANSITION_REFUSED)
        entry = self._conversation.agent_reply(session, agent, ticket_id, words, entry_id)
        self._events.append(
            session,
            Happening.PICTURE_ASKED,
            agent_actor(agent),
            ticket_id=ticket.id,
            device_id=ticket.device_id,
            details=Details(entry_id=entry.id),
        )

    def keep(self, agent_id: UUID, session_id: UUID, content: bytes) -> None:
        """Keep a picture of what the agent sees now, re-encoded like every other. Raises Refusal."""
        with self._database.read() as session:
            if for_agent(session, agent_id, session_id).state is not State.ACTIVE:
                raise Refusal(ProblemCode.TRANSITION_REFUSED)
        source, target = self._blobs.workplace(), self._blobs.workplace()
        try:
            source.write_bytes(content)
            finding = media.prepare(source, target, "image/png")
            sha256, size = self._blobs.keep(target)
        finally:
            source.unlink(missing_ok=True)
            target.unlink(missing_ok=True)
        now = self._now()
        with self._database.write() as session:
            record = for_agent(session, agent_id, session_id)
            if session.get(Blob, sha256) is None:
                blob = Blob(sha256=sha256, size=size, media_type=finding.media_type, created_at=now)
                blob.width, blob.height = finding.width, finding.height
                session.add(blob)
                session.flush()
            attachment = AttachmentRecord(
                id=uuid7(now),
                ticket_id=record.ticket_id,
                kind=AttachmentKind.SCREENSHOT,
                name=f"assist-{now:%Y%m%d-%H%M%S}.png",
                media_type="image/png",
                size=len(content),
                sha256=hashlib.sha256(content).hexdigest(),
                blob_sha256=sha256,
                declared_at=now,
                stored_at=now,
            )
            session.add(attachment)
            session.flush()
            self._events.append(
                session,
                Happening.ATTACHMENT_STORED,
                agent_actor(session.get_one(Agent, agent_id)),
                ticket_id=record.ticket_id,
                device_id=record.device_id,
                details=Details(attachment_id=attachment.id),
            )
