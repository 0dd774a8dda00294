"""A file on its way from the agent: how far it is, and where it lies when it is there."""

from __future__ import annotations

from PySide6.QtCore import Qt, QUrl, Signal, Slot
from PySide6.QtGui import QDesktopServices, QPaintEvent, QScreen
from PySide6.QtWidgets import QHBoxLayout, QProgressBar, QVBoxLayout, QWidget

from app.ui import drawings
from app.ui.assist.offers import size_words
from app.ui.assist.prompt import draw_edge
from app.ui.assist.screens import inside
from app.ui.buttons import Button
from app.ui.language import tr
from app.ui.sheet import label
from app.ui.theme import MEDIUM, SMALL, TARGET

WIDTH = 400


class ParcelNote(QWidget):
    """Takes no keyboard. `cancelled` while it is on its way; afterwards it can be closed."""

    cancelled = Signal()

    def __init__(self, agent: str, name: str, parent: QWidget | None = None) -> None:
        super().__init__(parent, Qt.WindowType.Tool | Qt.WindowType.WindowStaysOnTopHint)
        self.setAttribute(Qt.WidgetAttribute.WA_ShowWithoutActivating)
        self.setAttribute(Qt.WidgetAttribute.WA_StyledBackground)
        self.setProperty("part", "page")
        self.setWindowIcon(drawings.app_icon())
        self.setWindowTitle(tr("A file from {name}", name=agent))
        self.setFixedWidth(WIDTH)
        self._folder = ""
        self.is_over = False
        self._title, self._state = label("strong"), label("quiet")
        self._title.setText(name)
        self._state.setText(tr("On its way …"))
        self.bar = QProgressBar()
        self.bar.setTextVisible(False)
        self._show, self._leave = Button("folder"), Button()
        self._show.setText(tr("Show the folder"))
        self._show.clicked.connect(self._open)
        self._show.hide()
        self._leave.setText(tr("Cancel"))
        self._leave.clicked.connect(self._left)
        for button in (self._show, self._leave):
            button.setMinimumHeight(TARGET)
        row = QHBoxLayout()
        row.addStretch()
        row.addWidget(self._show)
        row.addWidget(self._leave)
        column = QVBoxLayout(self)
        column.setContentsMargins(MEDIUM, MEDIUM, MEDIUM, MEDIUM)
        column.setSpacing(SMALL)
        for each in (self._title, self.bar, self._state):
            column.addWidget(each)
        column.addLayout(row)

    def appear(self, screen: QScreen | None) -> None:
        """Show it at the lower right of a monitor, without the keyboard."""
        if screen is not None:
            room = screen.availableGeometry()
            self.adjustSize()
            self.move(inside(room.bottomRight(), self.frameGeometry().size(), room.adjusted(0, 0, -16, -16)))
        self.show()
        self.raise_()

    def progress(self, received: int, size: int) -> None:
        """How much is written."""
        self.bar.setRange(0, 1000)
        self.bar.setValue(received * 1000 // max(1, size))
        told = {"received": size_words(received), "size": size_words(size)}
        self._state.setText(tr("{received} of {size}", **told))

    def checking(self) -> None:
        """It is all there and being looked at."""
        self.bar.setRange(0, 0)
        self._state.setText(tr("Checking it …"))
        self._leave.setEnabled(False)

    def kept(self, name: str, folder: str) -> None:
        """It lies in its place."""
        self._title.setText(name)
        self._folder = folder
        self._show.show()
        self._finish(tr("It lies in the folder {folder}. Open it only if you expected it.", folder=folder))

    def failed(self, why: str) -> None:
        """It did not come about."""
        self._finish(why)

    def paintEvent(self, event: QPaintEvent) -> None:
        super().paintEvent(event)
        draw_edge(self)

    def _finish(self, words: str) -> None:
        self.is_over = True
        self.bar.hide()
        self._state.setText(words)
        self._leave.setEnabled(True)
        self._leave.setText(tr("Close"))
        self.adjustSize()

    @Slot()
    def _left(self) -> None:
        if not self.is_over:
            self.cancelled.emit()
        self.close()

    @Slot()
    def _open(self) -> None:
        QDesktopServices.openUrl(QUrl.fromLocalFile(self._folder))
        self.close()
