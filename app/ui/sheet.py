"""The plain parts pages are made of: a scrolling column, labels, chips, an empty state."""

from __future__ import annotations

from PySide6.QtCore import QEvent, QObject, Qt
from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import QFrame, QHBoxLayout, QLabel, QLayout, QScrollArea, QSizePolicy, QVBoxLayout, QWidget

from app.ui import drawings
from app.ui.theme import LARGE, MEDIUM, SMALL, Tone, is_palette_change, shades

COMFORTABLE = 860
"""Logical pixels; wider columns are tiring to read."""


class Sheet(QScrollArea):
    """A page that scrolls when the window is small; its column is centred and never uncomfortably wide."""

    def __init__(self, parent: QWidget | None = None, width: int = COMFORTABLE) -> None:
        super().__init__(parent)
        self.setWidgetResizable(False)
        self.setFrameShape(QFrame.Shape.NoFrame)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        whole = QWidget()
        whole.setProperty("part", "page")
        inner = QWidget()
        inner.setMaximumWidth(width)
        inner.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Preferred)
        self.column = QVBoxLayout(inner)
        self.column.setContentsMargins(LARGE, LARGE, LARGE, LARGE)
        self.column.setSpacing(MEDIUM)
        self._row = QHBoxLayout(whole)
        self._row.setContentsMargins(0, 0, 0, 0)
        self._row.addStretch(1)
        self._row.addWidget(inner, 1000)
        self._row.addStretch(1)
        self.setWidget(whole)

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self._fit()

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        answer = super().eventFilter(watched, event)
        if event.type() is QEvent.Type.LayoutRequest and watched is self.widget():
            self._fit()
        return answer

    def _fit(self) -> None:
        """As wide as the window, as high as the texts are at this width.

        Qt's own way takes the height of wrapped texts from a width they do not have, and squeezes or pads them.
        """
        room, row = self.viewport().size(), self._row
        row.activate()
        wrapped = row.hasHeightForWidth()
        height = row.totalHeightForWidth(room.width()) if wrapped else row.totalMinimumSize().height()
        self.widget().resize(room.width(), max(height, room.height()))


def label(part: str = "", *, wraps: bool = True) -> QLabel:
    """A label for plain text in one of the style sheet's parts."""
    made = QLabel()
    if part:
        made.setProperty("part", part)
    made.setTextFormat(Qt.TextFormat.PlainText)
    made.setWordWrap(wraps)
    return made


class Chip(QLabel):
    """A small word on a coloured ground; the word says what the colour says."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setProperty("part", "chip")
        self.setTextFormat(Qt.TextFormat.PlainText)
        self.setSizePolicy(QSizePolicy.Policy.Maximum, QSizePolicy.Policy.Maximum)

    def say(self, text: str, tone: Tone) -> None:
        """Show the word; an empty one hides the chip."""
        self.setText(text)
        if self.property("tone") != tone.value:
            self.setProperty("tone", tone.value)
            self.style().unpolish(self)
            self.style().polish(self)
        self.setVisible(bool(text))


class Picture(QLabel):
    """One of our drawings in a tone's colour, right in every theme; decoration, so silent to screen readers."""

    def __init__(self, symbol: str, size: int, tone: Tone = Tone.QUIET, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._symbol, self._size, self._tone = symbol, size, tone
        self.setSizePolicy(QSizePolicy.Policy.Fixed, QSizePolicy.Policy.Fixed)
        self._draw()

    def show_as(self, symbol: str, tone: Tone) -> None:
        """Show another drawing."""
        self._symbol, self._tone = symbol, tone
        self._draw()

    def changeEvent(self, event: QEvent) -> None:
        super().changeEvent(event)
        if is_palette_change(event):
            self._draw()

    def _draw(self) -> None:
        colour = shades().of(self._tone)[0]
        self.setPixmap(drawings.drawing(self._symbol, colour, self._size, self.devicePixelRatioF()))


class EmptyState(QWidget):
    """What a list shows when there is nothing in it: a drawing, a sentence, a way on."""

    def __init__(self, symbol: str, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._title = label("strong")
        self._more = label("quiet")
        self.column = QVBoxLayout(self)
        self.column.setSpacing(SMALL)
        self.column.addStretch(2)
        self.column.addWidget(Picture(symbol, 56), alignment=Qt.AlignmentFlag.AlignHCenter)
        self.column.addSpacing(SMALL)
        for each in (self._title, self._more):
            each.setAlignment(Qt.AlignmentFlag.AlignHCenter)
            self.column.addWidget(each)
        self.column.addSpacing(MEDIUM)
        self._below = self.column.count()
        self.column.addStretch(3)

    def offer(self, button: QWidget) -> None:
        """Put a way on below the sentences."""
        self.column.insertWidget(self._below, button, alignment=Qt.AlignmentFlag.AlignHCenter)

    def say(self, title: str, more: str) -> None:
        """The sentence and what follows it."""
        self._title.setText(title)
        self._more.setText(more)
        self._more.setVisible(bool(more))


def empty(layout: QLayout) -> None:
    """Take every widget out of a layout and end it."""
    for place in reversed(range(layout.count())):
        taken = layout.takeAt(place)
        widget = taken.widget() if taken is not None else None
        if widget is not None:
            widget.hide()
            widget.deleteLater()
