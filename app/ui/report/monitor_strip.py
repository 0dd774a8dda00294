"""The row of pictures: which one is looked at, which ones are sent, and one taken out."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from PySide6.QtCore import QEvent, QSize, Qt, Signal
from PySide6.QtGui import QIcon, QImage, QPixmap
from PySide6.QtWidgets import QButtonGroup, QFrame, QGridLayout, QHBoxLayout, QScrollArea, QWidget

from app.ui.buttons import Button, IconButton
from app.ui.language import tr
from app.ui.report.tick_box import TickBox
from app.ui.theme import LARGE, SMALL, TARGET, TIGHT

THUMBNAIL = QSize(120, 68)


class MonitorStrip(QWidget):
    """A thumbnail for each monitor or recorded step; hidden when there is only one."""

    chosen = Signal(int)
    """The picture to look at."""
    ticked = Signal(int, bool)
    """A picture is sent, or no longer."""
    removed = Signal()
    """The picture that is looked at shall go."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._titles: tuple[str | None, ...] = ()
        self._group = QButtonGroup(self)
        self._group.idClicked.connect(self.chosen)
        self._ticks: list[TickBox] = []
        self._scroll = QScrollArea()
        self._scroll.setFrameShape(QFrame.Shape.NoFrame)
        self._scroll.setWidgetResizable(True)
        self._scroll.setVerticalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self._scroll.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self._remove = IconButton("trash")
        self._remove.clicked.connect(self.removed)
        row = QHBoxLayout(self)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(TIGHT)
        row.addWidget(self._scroll, 1)
        row.addWidget(self._remove)

    def show_monitors(
        self, images: Sequence[QImage], shown: int, sent: Sequence[bool], titles: Sequence[str | None] = ()
    ) -> None:
        """Build the row anew. `titles` are the windows' of recorded steps, None for a picture that is none."""
        for button in self._group.buttons():
            self._group.removeButton(button)
        self._ticks = []
        self._titles = (*titles, *[None] * (len(images) - len(titles)))
        inside = QWidget()
        row = QHBoxLayout(inside)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(SMALL)
        for number, image in enumerate(images):
            row.addWidget(self._entry(number, image, sent[number]))
        row.addStretch()
        self._scroll.setWidget(inside)
        bar = self._scroll.horizontalScrollBar().sizeHint().height()
        self._scroll.setFixedHeight(inside.sizeHint().height() + (bar if len(images) > 3 else 0))
        self.setVisible(len(images) > 1)
        self.choose(shown)
        self.retranslate()

    def choose(self, shown: int) -> None:
        """Mark the picture that is looked at, and bring it into view."""
        button = self._group.button(shown)
        if button is not None:
            button.setChecked(True)
            self._scroll.ensureWidgetVisible(button, LARGE, 0)

    def tick(self, number: int, sent: bool) -> None:
        """Show whether a picture is sent, without telling anybody."""
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
        plate = QFrame()
        plate.setProperty("part", "plate")
        inside = QHBoxLayout(plate)
        inside.setContentsMargins(0, 0, SMALL, 0)
        inside.addWidget(tick)
        entry = QWidget()
        stacked = QGridLayout(entry)
        stacked.setContentsMargins(0, 0, 0, 0)
        stacked.addWidget(button, 0, 0)
        stacked.addWidget(plate, 0, 0, Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignBottom)
        return entry

    def _teller(self, number: int) -> Callable[[bool], None]:
        return lambda sent: self.ticked.emit(number, sent)

    def changeEvent(self, event: QEvent) -> None:
        super().changeEvent(event)
        if event.type() is QEvent.Type.LanguageChange:
            self.retranslate()

    def retranslate(self) -> None:
        """Word everything in the language in use."""
        self._remove.name(tr("Take this picture out of the report"))
        self._remove.setFixedSize(TARGET, TARGET)
        for number, tick in enumerate(self._ticks):
            title = self._titles[number]
            if title is None:
                send, look = (
                    tr("Send screen {number}", number=number + 1),
                    tr("Look at screen {number}", number=number + 1),
                )
            else:
                send, look = tr("Send step {number}", number=number + 1), tr("Look at step {number}", number=number + 1)
            tick.setText(str(number + 1))
            tick.setAccessibleName(send)
            tick.setToolTip(send)
            tick.updateGeometry()
            button = self._group.button(number)
            button.setAccessibleName(look)
            button.setAccessibleDescription(title or "")
            button.setToolTip(f"{look}\n{title}" if title else look)
