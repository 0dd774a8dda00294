"""The row of monitors: which one is looked at, and which ones are sent."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from PySide6.QtCore import QEvent, QSize, Qt, Signal
from PySide6.QtGui import QIcon, QImage, QPixmap
from PySide6.QtWidgets import QButtonGroup, QHBoxLayout, QVBoxLayout, QWidget

from app.ui.buttons import Button
from app.ui.language import tr
from app.ui.report.tick_box import TickBox
from app.ui.theme import LARGE, TIGHT

THUMBNAIL = QSize(120, 68)


class MonitorStrip(QWidget):
    """A thumbnail for each monitor; hidden when there is only one."""

    chosen = Signal(int)
    """The monitor to look at."""
    ticked = Signal(int, bool)
    """A monitor is sent, or no longer."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._row = QHBoxLayout(self)
        self._row.setContentsMargins(0, 0, 0, 0)
        self._row.setSpacing(LARGE)
        self._row.addStretch()
        self._group = QButtonGroup(self)
        self._group.idClicked.connect(self.chosen)
        self._ticks: list[TickBox] = []

    def show_monitors(self, images: Sequence[QImage], shown: int, sent: Sequence[bool]) -> None:
        """Build the row anew."""
        for button in self._group.buttons():
            self._group.removeButton(button)
        while self._row.count() > 1:
            item = self._row.takeAt(0)
            widget = item.widget() if item is not None else None
            if widget is not None:
                widget.deleteLater()
        self._ticks = []
        for number, image in enumerate(images):
            self._row.insertWidget(number, self._entry(number, image, sent[number]))
        self.setVisible(len(images) > 1)
        self.choose(shown)
        self.retranslate()

    def choose(self, shown: int) -> None:
        """Mark the monitor that is looked at."""
        button = self._group.button(shown)
        if button is not None:
            button.setChecked(True)

    def tick(self, number: int, sent: bool) -> None:
        """Show whether a monitor is sent, without telling anybody."""
        self._ticks[number].blockSignals(True)
        self._ticks[number].setChecked(sent)
        self._ticks[number].blockSignals(False)

    def _entry(self, number: int, image: QImage, sent: bool) -> QWidget:
        button = Button()
        button.setProperty("part", "thumbnail")
        button.setCheckable(True)
        keep, smooth = Qt.AspectRatioMode.KeepAspectRatio, Qt.TransformationMode.SmoothTransformation
        ratio = self.devicePixelRatioF()
        small = QPixmap.fromImage(image.scaled(THUMBNAIL * ratio, keep, smooth))
        small.setDevicePixelRatio(ratio)
        button.setIcon(QIcon(small))
        button.setIconSize(THUMBNAIL)
        button.setFixedSize(THUMBNAIL + QSize(16, 16))
        self._group.addButton(button, number)
        tick = TickBox()
        tick.setChecked(sent)
        tick.toggled.connect(self._teller(number))
        self._ticks.append(tick)
        entry = QWidget()
        column = QVBoxLayout(entry)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(TIGHT)
        column.addWidget(button)
        column.addWidget(tick)
        return entry

    def _teller(self, number: int) -> Callable[[bool], None]:
        return lambda sent: self.ticked.emit(number, sent)

    def changeEvent(self, event: QEvent) -> None:
        super().changeEvent(event)
        if event.type() is QEvent.Type.LanguageChange:
            self.retranslate()

    def retranslate(self) -> None:
        """Word everything in the language in use."""
        for number, tick in enumerate(self._ticks):
            tick.setText(tr("Send screen {number}", number=number + 1))
            button = self._group.button(number)
            button.setAccessibleName(tr("Look at screen {number}", number=number + 1))
            button.setToolTip(tr("Look at screen {number}", number=number + 1))
