"""What is said in a session, kept on the ticket as one entry that both sides can read afterwards."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.protocol.problems import ProblemCode
from app.protocol.session import Party
from app.protocol.tickets import EntryKind
from server_stub.agents.tables import Agent
from server_stub.assist.tables import AssistChat, AssistRecord
from server_stub.clock import Clock, believable
from server_stub.devices.tables import Device
from server_stub.events.log import EventLog
from server_stub.events.tables import AssistStep, Details, Happening
from server_stub.problems import Refusal
from server_stub.tickets.conversation import LONGEST
from server_stub.tickets.tables import EntryRecord
from server_stub.tickets.transitions import agent_actor, device_actor


class Transcript:
    """Adds lines, each once, in the caller's writing transaction."""

    def __init__(self, events: EventLog, now: Clock) -> None:
        self._events = events
        self._now = now

    def say(
        self, session: Session, record: AssistRecord, party: Party, line_id: UUID, text: str, at: datetime | None = None
    ) -> None:
        """Keep a line of the agent's or the employee's. Raises Refusal(idempotency_key_reused)."""
        known = session.get(AssistChat, line_id)
        if known is not None:
            if known.session_id != record.id or known.party is not party or known.text != text:
                raise Refusal(ProblemCode.KEY_REUSED)
            return
        now = self._now()
        # A device's clock may be anywhere; order within the session is all that is wanted of it.
        moment = min(max(believable(at or now, now), record.invited_at), now)
        session.add(AssistChat(id=line_id, session_id=record.id, party=party, at=moment, text=text))
        session.flush()
        self._write(session, record, party)

    def _write(self, session: Session, record: AssistRecord, party: Party) -> None:
        agent = session.get_one(Agent, record.agent_id)
        device = session.get_one(Device, record.device_id)
        query = select(AssistChat).where(AssistChat.session_id == record.id).order_by(AssistChat.at, AssistChat.id)
        names = {Party.AGENT: agent.name, Party.EMPLOYEE: device.hostname}
        body = "\n".join(f"{names[line.party]}: {line.text}" for line in session.scalars(query))[:LONGEST]
        entry = session.get(EntryRecord, record.id)
        if entry is not None:
            entry.body = body
            return
        session.add(
            EntryRecord(
                id=record.id, ticket_id=record.ticket_id, kind=EntryKind.SYSTEM, author="", body=body, at=self._now()
            )
        )
        self._events.append(
            session,
            Happening.ASSIST,
            agent_actor(agent) if party is Party.AGENT else device_actor(device),
            ticket_id=record.ticket_id,
            device_id=record.device_id,
            details=Details(assist_id=record.id, step=AssistStep.CHAT, entry_id=record.id),
        )
