"""The table of events."""

from __future__ import annotations

from datetime import datetime
from enum import StrEnum
from uuid import UUID

from sqlalchemy import ForeignKey, Index, String
from sqlalchemy.orm import Mapped, mapped_column

from app.protocol.message import Line, Message
from app.protocol.problems import ProblemCode
from app.protocol.session import Grade, Reason
from app.protocol.tickets import TicketState
from server_stub.columns import LONG, Base, Instant, Json, choice


class Happening(StrEnum):
    """Everything the log may hold; devices are told of some of it (`server_stub.events.feed`)."""

    TICKET_RECEIVED = "ticket_received"
    STATE_CHANGED = "state_changed"
    TAKEN = "taken"
    REQUESTER_REPLIED = "requester_replied"
    AGENT_REPLIED = "agent_replied"
    NOTED = "noted"
    URGED = "urged"
    ATTACHMENT_STORED = "attachment_stored"
    ATTACHMENT_REFUSED = "attachment_refused"
    ANNOUNCED = "announced"
    KNOWLEDGE_PUBLISHED = "knowledge_published"
    ASSIST = "assist"
    PICTURE_ASKED = "picture_asked"


class AssistStep(StrEnum):
    """What can happen to a remote-assist session, as far as a ticket's history and the ledgers tell it."""

    INVITED = "invited"
    SHOW = "show"
    ALLOW = "allow"
    DENY = "deny"
    NOT_ANSWERED = "not_answered"
    START = "start"
    ASK_GRADE = "ask_grade"
    GRANT_GRADE = "grant_grade"
    REFUSE_GRADE = "refuse_grade"
    LOWER_GRADE = "lower_grade"
    ASK_SCREEN = "ask_screen"
    CHOOSE_SCREEN = "choose_screen"
    REFUSE_SCREEN = "refuse_screen"
    PAUSE = "pause"
    RESUME = "resume"
    LOSE_LINK = "lose_link"
    REGAIN_LINK = "regain_link"
    CONFIRM = "confirm"
    CHAT = "chat"
    OFFER_FILE = "offer_file"
    OFFER_TEXT = "offer_text"
    TAKE_OFFER = "take_offer"
    REFUSE_OFFER = "refuse_offer"
    WITHDRAW_OFFER = "withdraw_offer"
    END_OFFER = "end_offer"
    GIVE_TEXT = "give_text"
    RECORD = "record"
    RECORDING_BROKEN = "recording_broken"
    RECORDING_WATCHED = "recording_watched"
    RECORDING_DELETED = "recording_deleted"
    ENDED = "ended"


class ActorKind(StrEnum):
    """Who made something happen."""

    DEVICE = "device"
    AGENT = "agent"
    SYSTEM = "system"


class Details(Message):
    """What exactly happened, as far as the kind of event needs it."""

    before: TicketState | None = None
    after: TicketState | None = None
    entry_id: UUID | None = None
    attachment_id: UUID | None = None
    announcement_id: UUID | None = None
    code: ProblemCode | None = None
    version: str = ""
    assist_id: UUID | None = None
    step: AssistStep | None = None
    grade: Grade | None = None
    reason: Reason | None = None
    told: Line = ""


class EventRecord(Base):
    """One thing that happened, never changed afterwards. `seq` is global and grows without gaps.

    `digest` covers the row and the digest of the row before, so that a row changed or taken out later is found.
    """

    __tablename__ = "events"
    __table_args__ = (Index(None, "ticket_id", "seq"), Index(None, "device_id", "seq"))

    seq: Mapped[int] = mapped_column(LONG, primary_key=True, autoincrement=False)
    kind: Mapped[Happening] = mapped_column(choice(Happening))
    ticket_id: Mapped[UUID | None] = mapped_column(ForeignKey("tickets.id"))
    device_id: Mapped[UUID | None] = mapped_column(ForeignKey("devices.id"))
    actor_kind: Mapped[ActorKind] = mapped_column(choice(ActorKind))
    actor_id: Mapped[UUID | None]
    actor_name: Mapped[str] = mapped_column(String(300), default="")
    details: Mapped[Details] = mapped_column(Json(Details))
    at: Mapped[datetime] = mapped_column(Instant)
    previous_digest: Mapped[str] = mapped_column(String(64))
    digest: Mapped[str] = mapped_column(String(64))
