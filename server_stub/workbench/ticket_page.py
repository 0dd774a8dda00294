"""What a ticket's page shows besides the ticket itself: grouped facts, pictures, articles with their reasons."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from app.knowledge.teaching import is_code
from app.protocol.knowledge import Outcome, Reason, Suggestion
from app.protocol.tickets import (
    OPEN_STATES,
    AttachmentKind,
    ContextItem,
    FieldName,
    Origin,
    ShownSuggestion,
    TicketField,
    TicketState,
)
from server_stub.events.tables import AssistStep, Happening
from server_stub.knowledge.library import digest_of
from server_stub.knowledge.solutions import Solution
from server_stub.tickets.agent_view import AgentTicket, HistoryItem
from server_stub.tickets.files import File
from server_stub.tickets.queue import QueueRow
from server_stub.workbench.words import GROUPS, OTHER_GROUP, STATES

UNSURE = 0.75
"""A machine's guess below this confidence is marked for a second look."""

_OWN_PLACE = (FieldName.SUBJECT, FieldName.DESCRIPTION, FieldName.RECOGNISED_TEXT)
_NATURAL = {
    TicketState.NEW: TicketState.IN_PROGRESS,
    TicketState.ASSIGNED: TicketState.IN_PROGRESS,
    TicketState.IN_PROGRESS: TicketState.RESOLVED,
    TicketState.PENDING: TicketState.IN_PROGRESS,
    TicketState.RESOLVED: TicketState.CLOSED,
}
"""The move that usually comes next; it stands first."""

_GISTS = ("host.name", "window.application", "memory.free", "network.link", "display.count", "clock.local")


@dataclass(frozen=True, slots=True)
class Group:
    """Facts of device context that belong together; `gist` is the one worth seeing while the group is folded."""

    key: str
    items: tuple[ContextItem, ...]
    gist: ContextItem

    @property
    def needs_name(self) -> bool:
        """Whether the gist alone would not say what it is, as an amount does not."""
        return self.gist.name == "memory.free"


@dataclass(frozen=True, slots=True)
class Offer:
    """An article for this ticket. `reason` is None when the index no longer knows why; `outcome` is None when the
    employee was not shown it; `exists` is false for one that has been retired since."""

    article_id: str
    title: str
    reason: Reason | None
    outcome: Outcome | None
    exists: bool


@dataclass(frozen=True, slots=True)
class TicketPage:
    """A ticket laid out for reading."""

    ticket: AgentTicket
    agent_id: UUID
    next_entry: UUID
    groups: tuple[Group, ...]
    offers: tuple[Offer, ...]
    others: tuple[QueueRow, ...]
    solution: Solution | None = None
    watchable: frozenset[UUID] = frozenset()
    """The sessions whose recording the agent may watch."""

    @property
    def is_mine(self) -> bool:
        """Whether the reading agent has the ticket."""
        return self.ticket.row.assignee_id == self.agent_id

    @property
    def is_open(self) -> bool:
        """Whether remote assistance may start from it."""
        return self.ticket.row.state in OPEN_STATES

    @property
    def solution_digest(self) -> str:
        """The digest of the article that solved it, as this page shows it."""
        return digest_of(self.solution.article) if self.solution else ""

    @staticmethod
    def is_code(text: str) -> bool:
        """Whether a lesson is a code rather than a message."""
        return is_code(text)

    @property
    def may_resolve(self) -> bool:
        """Whether an article can be said to have solved it."""
        return TicketState.RESOLVED in self.ticket.moves

    @property
    def moves(self) -> tuple[TicketState, ...]:
        """What the ticket's state may become by a button of its own; taking it has one already."""
        natural = _NATURAL.get(self.ticket.row.state)
        others = (each for each in self.ticket.moves if each is not TicketState.ASSIGNED)
        return tuple(sorted(others, key=lambda each: each is not natural))

    @property
    def said(self) -> TicketField | None:
        """The employee's own sentence, if there is one."""
        return self._field(FieldName.DESCRIPTION)

    @property
    def recognised(self) -> TicketField | None:
        """The text in the picture, if any was read."""
        return self._field(FieldName.RECOGNISED_TEXT)

    @property
    def facts(self) -> tuple[TicketField, ...]:
        """The prefilled fields that have no place of their own on the page."""
        return tuple(field for field in self.ticket.fields if field.name not in _OWN_PLACE and field.value)

    @property
    def codes(self) -> tuple[str, ...]:
        """The codes in the error that no field shows already."""
        fields = {field.value for field in self.facts}
        return tuple(code for code in self.ticket.signature.codes if code not in fields)

    @property
    def subject_origin(self) -> Origin | None:
        """Who the subject comes from."""
        field = self._field(FieldName.SUBJECT)
        return field.origin if field else None

    @property
    def user(self) -> str:
        """Who was signed in on the computer; empty when that was not sent."""
        return user_of(self.ticket.context)

    def instant(self, item: ContextItem) -> datetime | None:
        """The moment a fact names, to be shown in the reader's own time; None for every other fact."""
        if item.name != "uptime.since":
            return None
        try:
            found = datetime.fromisoformat(item.value)
        except ValueError:
            return None
        return found if found.tzinfo is not None else None

    @property
    def frames(self) -> tuple[File, ...]:
        """The screenshots, arrived or awaited."""
        return tuple(file for file in self.ticket.files if file.kind is AttachmentKind.SCREENSHOT)

    @property
    def papers(self) -> tuple[File, ...]:
        """All files that are no screenshots."""
        return tuple(file for file in self.ticket.files if file.kind is not AttachmentKind.SCREENSHOT)

    @property
    def history(self) -> tuple[HistoryItem, ...]:
        """What happened, newest first."""
        return tuple(reversed(self.ticket.history))

    def file_name(self, item: HistoryItem) -> str:
        """The name of the file an event is about, empty when it is gone."""
        every = (*self.ticket.files, *(file for entry in self.ticket.entries for file in entry.files))
        return next((file.name for file in every if file.id == item.details.attachment_id), "")

    def is_recording(self, item: HistoryItem) -> bool:
        """Whether an event tells of a recording that is there for the reading agent to watch."""
        return item.details.step is AssistStep.RECORD and item.details.assist_id in self.watchable

    def is_move(self, item: HistoryItem) -> bool:
        """Whether an event moved the ticket from one state to another."""
        return item.kind is Happening.STATE_CHANGED and item.details.before in STATES and item.details.after in STATES

    def _field(self, name: FieldName) -> TicketField | None:
        return next((field for field in self.ticket.fields if field.name is name and field.value), None)


def grouped(items: Sequence[ContextItem]) -> tuple[Group, ...]:
    """Device context in groups, in the order of `GROUPS`, with what belongs nowhere at the end."""
    order = dict.fromkeys(GROUPS.values())
    sorted_in: dict[str, list[ContextItem]] = {key: [] for key in (*order, OTHER_GROUP)}
    for item in items:
        sorted_in[GROUPS.get(item.name.split(".")[0], OTHER_GROUP)].append(item)
    return tuple(Group(key, tuple(found), _gist(found)) for key, found in sorted_in.items() if found)


def offered(
    shown: Sequence[ShownSuggestion], found: Sequence[Suggestion], exists: Callable[[str], bool]
) -> tuple[Offer, ...]:
    """What the employee was shown, with the reasons that the server's own ranking gives; then what it adds."""
    reasons = {each.id: each.reason for each in found}
    known = {each.article_id for each in shown}
    told = [
        Offer(each.article_id, each.title, reasons.get(each.article_id), each.outcome, exists(each.article_id))
        for each in shown
    ]
    added = [Offer(each.id, each.title, each.reason, None, exists=True) for each in found if each.id not in known]
    return (*told, *added)


def user_of(context: Sequence[ContextItem]) -> str:
    """Who was signed in on the computer, as it says itself; empty when that was not sent."""
    return next((item.value for item in context if item.name == "user.name"), "")


def _gist(items: Sequence[ContextItem]) -> ContextItem:
    named = {item.name: item for item in items}
    return next((named[name] for name in _GISTS if name in named), items[0])
