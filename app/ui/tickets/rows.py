"""The rows of My tickets: what waits on this computer first, then the server's tickets, newest first."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from PySide6.QtCore import QAbstractListModel, QModelIndex, QObject, QPersistentModelIndex, Qt

from app.helpdesk.outbox_items import ItemKind, OutboxItem, SendState
from app.protocol.tickets import TicketSummary
from app.ui import wording
from app.ui.language import tr
from app.ui.theme import Tone

Index = QModelIndex | QPersistentModelIndex
ROW = Qt.ItemDataRole.UserRole


@dataclass(frozen=True, slots=True)
class Row:
    """One line of the list. `ticket_id` is None for what is not with the helpdesk yet, `item_id` for what is."""

    subject: str
    number: str
    state: str
    tone: Tone
    moment: datetime
    unread: int = 0
    ticket_id: UUID | None = None
    item_id: UUID | None = None
    is_refused: bool = False

    def detail(self, now: datetime) -> str:
        """The line below the subject."""
        return " · ".join(part for part in (self.number, wording.age(self.moment, now)) if part)

    def spoken(self, now: datetime) -> str:
        """The whole row for a screen reader."""
        unread = wording.replies(self.unread) if self.unread else ""
        return ", ".join(part for part in (self.subject, self.state, unread, self.detail(now)) if part)


def rows_of(waiting: Sequence[OutboxItem], tickets: Sequence[TicketSummary]) -> tuple[Row, ...]:
    """Unsent tickets, newest first, then the server's; a ticket that is with both is the server's."""
    known = {ticket.id for ticket in tickets}
    unsent = [
        item
        for item in waiting
        if item.kind is ItemKind.TICKET and item.state is not SendState.DELIVERED and item.id not in known
    ]
    newest = sorted(unsent, key=lambda item: item.created_at, reverse=True)
    return (*map(_waiting_row, newest), *map(_ticket_row, tickets))


def _waiting_row(item: OutboxItem) -> Row:
    refused = item.state is SendState.REFUSED
    return Row(
        subject=item.subject or tr("A report without a title"),
        number="",
        state=tr("Not accepted") if refused else tr("Waiting to be sent"),
        tone=Tone.DANGER if refused else Tone.WAITING,
        moment=item.created_at,
        item_id=item.id,
        is_refused=refused,
    )


def _ticket_row(ticket: TicketSummary) -> Row:
    return Row(
        subject=ticket.subject,
        number=ticket.number,
        state=wording.state_word(ticket.state),
        tone=wording.TONES[ticket.state],
        moment=ticket.created_at,
        unread=ticket.unread,
        ticket_id=ticket.id,
    )


class RowModel(QAbstractListModel):
    """The rows for a list view; `ROW` gives the Row, the other roles its words."""

    def __init__(self, now: Callable[[], datetime], parent: QObject | None = None) -> None:
        super().__init__(parent)
        self.now = now
        self._rows: tuple[Row, ...] = ()

    def show(self, rows: tuple[Row, ...]) -> None:
        """Replace all rows; the view keeps its place when only their content changed."""
        if len(rows) == len(self._rows):
            self._rows = rows
            if rows:
                self.dataChanged.emit(self.index(0), self.index(len(rows) - 1))
            return
        self.beginResetModel()
        self._rows = rows
        self.endResetModel()

    def place_of(self, ticket_id: UUID) -> int:
        """The row of a ticket; -1 when it is not in the list."""
        return next((place for place, row in enumerate(self._rows) if row.ticket_id == ticket_id), -1)

    def rowCount(self, parent: Index | None = None) -> int:
        return 0 if parent is not None and parent.isValid() else len(self._rows)

    def data(self, index: Index, role: int = Qt.ItemDataRole.DisplayRole) -> object:
        if not index.isValid() or index.row() >= len(self._rows):
            return None
        row = self._rows[index.row()]
        if role == ROW:
            return row
        if role == Qt.ItemDataRole.DisplayRole:
            return row.subject
        if role == Qt.ItemDataRole.AccessibleTextRole:
            return row.spoken(self.now())
        return None
