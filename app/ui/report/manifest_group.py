"""A card of rows with one tick for all of them."""

from __future__ import annotations

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QFrame, QHBoxLayout, QLabel, QVBoxLayout, QWidget

from app.ui.report.manifest_row import ManifestRow
from app.ui.report.tick_box import TickBox
from app.ui.theme import MEDIUM, SMALL, TIGHT


class ManifestGroup(QFrame):
    """Its tick is on, off or partly, as its rows are; pressing it ticks all of them or none."""

    ticked = Signal(str, bool)
    edited = Signal(str, str)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setProperty("part", "panel")
        self.rows: list[ManifestRow] = []
        self.all = TickBox(strong=True)
        self.all.setTristate(True)
        self.all.clicked.connect(self._tick_all)
        self._facts = QLabel()
        self._facts.setProperty("part", "small")
        head = QHBoxLayout()
        head.setContentsMargins(0, 0, MEDIUM, 0)
        head.setSpacing(SMALL)
        head.addWidget(self.all)
        head.addStretch()
        head.addWidget(self._facts)
        self._column = QVBoxLayout(self)
        self._column.setContentsMargins(SMALL, TIGHT, SMALL, SMALL)
        self._column.setSpacing(0)
        self._column.addLayout(head)

    def add(self, row: ManifestRow, place: int) -> None:
        """Put a row at a place, counted from 0."""
        self.rows.insert(place, row)
        self._column.insertWidget(place + 1, row)  # the head is the first
        row.ticked.connect(self._row_ticked)
        row.edited.connect(self.edited)

    def remove(self, row: ManifestRow) -> None:
        """Take a row away."""
        self.rows.remove(row)
        self._column.removeWidget(row)
        row.hide()
        row.deleteLater()

    def name(self, title: str, facts: str) -> None:
        """Title and a few words on its size, in the language in use."""
        self.all.setText(title)
        self.all.updateGeometry()
        self.all.setAccessibleName(title)
        self._facts.setText(facts)

    def show_ticks(self) -> None:
        """Let the group's tick follow its rows."""
        self.all.setEnabled(not all(row.is_required for row in self.rows))
        on = [row.is_ticked for row in self.rows]
        state = Qt.CheckState.PartiallyChecked
        if all(on):
            state = Qt.CheckState.Checked
        elif not any(on):
            state = Qt.CheckState.Unchecked
        self.all.setCheckState(state)

    def _row_ticked(self, item_id: str, on: bool) -> None:
        self.show_ticks()
        self.ticked.emit(item_id, on)

    def _tick_all(self) -> None:
        wanted = not all(row.is_ticked for row in self.rows)
        self.show_ticks()
        for row in self.rows:
            if row.is_ticked is not wanted and not row.is_required:
                row.tick(wanted)
                self.ticked.emit(row.item_id, wanted)
        self.show_ticks()
