"""The bar of buttons below every page of a report; it never scrolls away."""

from __future__ import annotations

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QFrame, QHBoxLayout, QPushButton, QWidget

from app.ui.theme import LARGE, MEDIUM, SMALL, TARGET


class Footer(QFrame):
    """Buttons that lead away on the left, the one that goes on at the right end."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setProperty("part", "footer")
        self._row = QHBoxLayout(self)
        self._row.setContentsMargins(LARGE, MEDIUM, LARGE, MEDIUM)
        self._row.setSpacing(SMALL)
        self._row.addStretch()

    def add_left(self, button: QPushButton) -> None:
        """A way back or out."""
        self._row.insertWidget(self._row.count() - 1 - self._right(), button)

    def add_right(self, widget: QWidget) -> None:
        """The way on; the last one added stands at the edge."""
        widget.setMinimumHeight(TARGET)
        self._row.addWidget(widget, alignment=Qt.AlignmentFlag.AlignVCenter)

    def _right(self) -> int:
        """How many widgets stand right of the stretch."""
        for index in range(self._row.count()):
            item = self._row.itemAt(index)
            if item is not None and item.spacerItem() is not None:
                return self._row.count() - 1 - index
        return 0
