"""The marks of a picture as a list: for screen readers, for the keyboard, and to change or delete one."""

from __future__ import annotations

from collections.abc import Callable
from uuid import UUID

from PySide6.QtCore import QEvent, QSize, Qt, Signal
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QAbstractItemView, QHBoxLayout, QListView, QListWidget, QListWidgetItem, QWidget

from app.capture.annotation.document import (
    Arrow,
    Box,
    Document,
    Ellipse,
    Hide,
    Highlight,
    Mark,
    Step,
    Text,
)
from app.capture.annotation.grasp import outline
from app.ui.buttons import IconButton
from app.ui.language import tr
from app.ui.theme import TARGET, TIGHT

LONGEST = 24
"""Letters of a text that are shown."""


class MarkStrip(QWidget):
    """One entry a mark, lowest first.

    It keeps its room while there are none: the picture must not jump when the first is drawn.
    """

    picked = Signal(object)
    """The id of the mark whose entry was chosen."""
    edit = Signal(object)
    delete = Signal(object)
    raised = Signal(object, int)
    """A mark's id and by how many places it moves up (+1) or down (-1)."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.entries = Entries()
        self.entries.setFlow(QListView.Flow.LeftToRight)
        self.entries.setFixedHeight(TARGET + 4)
        self.entries.setSpacing(2)
        self.entries.setVerticalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.entries.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.entries.setHorizontalScrollMode(QAbstractItemView.ScrollMode.ScrollPerPixel)
        self.entries.setProperty("part", "marks")
        self._edit, self._down, self._up = IconButton("edit"), IconButton("arrow-down"), IconButton("arrow-up")
        self._delete = IconButton("trash")
        row = QHBoxLayout(self)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(TIGHT)
        row.addWidget(self.entries, 1)
        for button in (self._edit, self._down, self._up, self._delete):
            row.addWidget(button)
        self.entries.currentItemChanged.connect(self._picked)
        self.entries.itemActivated.connect(lambda item: self.edit.emit(UUID(item.data(Qt.ItemDataRole.UserRole))))
        self.entries.delete_pressed.connect(lambda: self._about(self.delete.emit))
        self._edit.clicked.connect(lambda: self._about(self.edit.emit))
        self._delete.clicked.connect(lambda: self._about(self.delete.emit))
        self._up.clicked.connect(lambda: self._shift(1))
        self._down.clicked.connect(lambda: self._shift(-1))
        self._document: Document | None = None
        self.retranslate()

    def show_marks(self, document: Document, chosen: UUID | None) -> None:
        """Show the marks of a picture and which of them is selected."""
        self._document = document
        self.entries.blockSignals(True)
        self.entries.clear()
        for place, mark in enumerate(document.marks):
            text = f"{place + 1}. {described(mark, document)}"
            item = QListWidgetItem(text)
            item.setData(Qt.ItemDataRole.UserRole, str(mark.id))
            item.setSizeHint(QSize(self.entries.fontMetrics().horizontalAdvance(text) + 48, TARGET - 4))
            self.entries.addItem(item)
            if mark.id == chosen:
                self.entries.setCurrentItem(item)
        if chosen is None:
            self.entries.setCurrentRow(-1)
        if not document.marks:
            self.entries.addItem(self._nothing())
        self.entries.blockSignals(False)
        self._enable(chosen)

    def _nothing(self) -> QListWidgetItem:
        """What stands there while nothing is drawn."""
        item = QListWidgetItem(tr("What you draw is listed here."))
        item.setFlags(Qt.ItemFlag.NoItemFlags)
        item.setSizeHint(QSize(self.entries.fontMetrics().horizontalAdvance(item.text()) + 48, TARGET - 4))
        return item

    def _enable(self, chosen: UUID | None) -> None:
        row = self.entries.currentRow()
        marks = self._document.marks if self._document is not None else ()
        for each in (self._delete, self._up, self._down):
            each.setVisible(bool(marks))
        self._edit.setVisible(any(mark.id == chosen and isinstance(mark, Text) for mark in marks))
        self._delete.setEnabled(chosen is not None)
        self._up.setEnabled(chosen is not None and row < len(marks) - 1)
        self._down.setEnabled(chosen is not None and row > 0)

    def _picked(self, item: QListWidgetItem | None) -> None:
        if item is not None:
            self.picked.emit(UUID(item.data(Qt.ItemDataRole.UserRole)))

    def _about(self, tell: Callable[[UUID], None]) -> None:
        item = self.entries.currentItem()
        if item is not None:
            tell(UUID(item.data(Qt.ItemDataRole.UserRole)))

    def _shift(self, by: int) -> None:
        item = self.entries.currentItem()
        if item is not None:
            self.raised.emit(UUID(item.data(Qt.ItemDataRole.UserRole)), by)

    def changeEvent(self, event: QEvent) -> None:
        super().changeEvent(event)
        if event.type() is QEvent.Type.LanguageChange:
            self.retranslate()

    def retranslate(self) -> None:
        """Word everything in the language in use."""
        self.entries.setAccessibleName(tr("What is drawn on the picture"))
        self.entries.setAccessibleDescription(tr("Arrow keys choose, Enter changes the words, Delete removes."))
        self._edit.name(tr("Change the words"))
        self._delete.name(tr("Delete"))
        self._up.name(tr("Move up"))
        self._down.name(tr("Move down"))
        if self._document is not None:
            item = self.entries.currentItem()
            chosen = UUID(item.data(Qt.ItemDataRole.UserRole)) if item is not None else None
            self.show_marks(self._document, chosen)


class Entries(QListWidget):
    """The list itself; Delete removes what is chosen."""

    delete_pressed = Signal()

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if event.key() in (Qt.Key.Key_Delete, Qt.Key.Key_Backspace):
            self.delete_pressed.emit()
        else:
            super().keyPressEvent(event)


def described(mark: Mark, document: Document) -> str:
    """What a mark is and where, e.g. "Arrow, top left"."""
    where = place_of(mark, document)
    match mark:
        case Arrow():
            return tr("Arrow, {place}", place=where)
        case Box():
            return tr("Box, {place}", place=where)
        case Ellipse():
            return tr("Ellipse, {place}", place=where)
        case Step():
            return tr("Number {number}, {place}", number=document.number(mark), place=where)
        case Text():
            words = " ".join(mark.words.split())
            short = words if len(words) <= LONGEST else words[:LONGEST] + "…"
            return tr("Text “{words}”, {place}", words=short, place=where)
        case Highlight():
            return tr("Highlight, {place}", place=where)
        case Hide():
            return tr("Hidden area, {place}", place=where)
        case _:
            return tr("Something a newer Deskbell drew")


def place_of(mark: Mark, document: Document) -> str:
    """In which ninth of the picture a mark lies."""
    area = outline(mark, document.scale)
    seen = document.visible()
    across = (area.x + area.width / 2 - seen.x) / max(seen.width, 1)
    down = (area.y + area.height / 2 - seen.y) / max(seen.height, 1)
    names = (
        (tr("top left"), tr("top"), tr("top right")),
        (tr("left"), tr("middle"), tr("right")),
        (tr("bottom left"), tr("bottom"), tr("bottom right")),
    )
    return names[third(down)][third(across)]


def third(share: float) -> int:
    """The third a share of 0 to 1 falls into."""
    return min(2, max(0, int(share * 3)))
