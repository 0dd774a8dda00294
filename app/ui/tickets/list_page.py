"""The list of My tickets."""

from __future__ import annotations

from uuid import UUID

from PySide6.QtCore import QEvent, QModelIndex, QSize, Qt, QTimer, Signal, Slot
from PySide6.QtGui import QPainter
from PySide6.QtWidgets import (
    QAbstractItemView,
    QHBoxLayout,
    QListView,
    QStackedWidget,
    QStyledItemDelegate,
    QStyleOptionViewItem,
    QVBoxLayout,
    QWidget,
)

from app.ui import connection, messages
from app.ui.buttons import Button
from app.ui.connection import Connection
from app.ui.desk import Desk
from app.ui.language import error_texts, tr
from app.ui.row_painter import Painted, paint_row, row_size
from app.ui.sheet import COMFORTABLE, EmptyState
from app.ui.theme import LARGE, MEDIUM, SMALL, Tone
from app.ui.tickets.rows import ROW, Index, Row, RowModel, rows_of

AGES_GROW = 60_000


class TicketRows(QStyledItemDelegate):
    """Paints a ticket's row."""

    def paint(self, painter: QPainter, option: QStyleOptionViewItem, index: Index) -> None:
        model, row = index.model(), index.data(ROW)
        if isinstance(row, Row) and isinstance(model, RowModel):
            paint_row(painter, option, Painted(row.subject, row.detail(model.now()), row.state, row.tone, row.unread))

    def sizeHint(self, option: QStyleOptionViewItem, index: Index) -> QSize:  # noqa: ARG002 (Qt's signature)
        return row_size(option.font)  # type: ignore[attr-defined]  # PySide's stubs do not know it


class TicketsPage(QWidget):
    """All tickets of this computer; what waits to be sent stands first."""

    chosen = Signal(object)
    report_asked = Signal()

    def __init__(self, desk: Desk, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setProperty("part", "page")
        self._desk = desk
        self._model = RowModel(desk.now, self)
        self._state = messages.Banner(closable=False)
        self._banner = messages.Banner()
        self._list = QListView()
        self._list.setModel(self._model)
        self._list.setItemDelegate(TicketRows(self._list))
        self._list.setVerticalScrollMode(QAbstractItemView.ScrollMode.ScrollPerPixel)
        self._list.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self._list.setMouseTracking(True)
        self._list.setSpacing(1)
        self._list.clicked.connect(self._open)
        self._list.activated.connect(self._open)
        self._empty = EmptyState("tickets")
        self._report = Button("camera", "primary")
        self._report.clicked.connect(self.report_asked)
        self._empty.offer(self._report)
        self._stack = QStackedWidget()
        self._stack.addWidget(self._list)
        self._stack.addWidget(self._empty)
        inner = QWidget()
        inner.setMaximumWidth(COMFORTABLE)
        column = QVBoxLayout(inner)
        column.setContentsMargins(LARGE, MEDIUM, LARGE, MEDIUM)
        column.setSpacing(SMALL)
        column.addWidget(self._state)
        column.addWidget(self._banner)
        column.addWidget(self._stack, 1)
        row = QHBoxLayout(self)
        row.setContentsMargins(0, 0, 0, 0)
        row.addStretch(1)
        row.addWidget(inner, 1000)
        row.addStretch(1)
        for changed in (desk.tickets_changed, desk.waiting_changed, desk.connection_changed):
            changed.connect(self.refresh)
        self._clock = QTimer(self)
        self._clock.setInterval(AGES_GROW)
        self._clock.timeout.connect(self._list.viewport().update)
        self._clock.start()
        self.retranslate()

    @property
    def list(self) -> QListView:
        """The list itself, for the keyboard."""
        return self._list

    def retranslate(self) -> None:
        """Word everything in the language in use."""
        self._list.setAccessibleName(tr("My tickets"))
        self._report.setText(tr("Report a problem"))
        self.refresh()

    @Slot()
    def refresh(self) -> None:
        """Show the desk's present tickets."""
        rows = rows_of(self._desk.waiting, self._desk.tickets)
        self._model.show(rows)
        self._stack.setCurrentIndex(0 if rows else 1)
        self._empty.say(tr("No tickets yet"), tr("When you report a problem, you can follow here what becomes of it."))
        state = self._desk.connection
        if state in (Connection.OFFLINE, Connection.NOT_SET_UP):
            text = tr("Offline: this is what was known last.") if rows else connection.sentence(state)
            self._state.notice(text, tone=Tone.WARNING)
        else:
            self._state.clear()

    def focus_first(self) -> None:
        """Put the keyboard on the list."""
        if self._model.rowCount() and not self._list.currentIndex().isValid():
            self._list.setCurrentIndex(self._model.index(0))
        (self._list if self._model.rowCount() else self._report).setFocus(Qt.FocusReason.OtherFocusReason)

    def changeEvent(self, event: QEvent) -> None:
        super().changeEvent(event)
        if event.type() is QEvent.Type.LanguageChange:
            self.retranslate()

    @Slot(QModelIndex)
    def _open(self, index: QModelIndex) -> None:
        row = index.data(ROW)
        if not isinstance(row, Row):
            return
        if row.ticket_id is not None:
            self.chosen.emit(row.ticket_id)
        else:
            self._explain(row)

    def _explain(self, row: Row) -> None:
        """Say why something is still here, and offer what can be done."""
        item = next((each for each in self._desk.waiting if each.id == row.item_id), None)
        if item is None:
            return
        summary = tr("This report is safely kept on this computer.")
        hint = tr("It goes out by itself as soon as the helpdesk can be reached.")
        if item.trouble is not None:
            summary, hint = error_texts(item.trouble.error())
        messages.offer(
            self,
            summary,
            hint,
            (
                (tr("Send now"), lambda: self._desk.retry(item.id, self._banner.error)),
                (tr("Remove…"), lambda: self._ask_to_remove(item.id)),
            ),
        )

    def _ask_to_remove(self, item_id: UUID) -> None:
        messages.ask(
            self,
            tr("Remove this report?"),
            tr("It has not been sent. It cannot be brought back."),
            tr("Remove"),
            lambda: self._desk.discard(item_id, self._banner.error),
        )
