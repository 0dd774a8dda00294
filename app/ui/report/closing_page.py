"""Pages with one message in the middle: a picture could not be taken, it is solved, it is saved, it has its number."""

from __future__ import annotations

from PySide6.QtCore import QEvent, Qt, Signal
from PySide6.QtWidgets import QHBoxLayout, QLabel, QVBoxLayout, QWidget

from app.ui.buttons import Button
from app.ui.drawings import drawing
from app.ui.language import tr
from app.ui.messages import announce
from app.ui.report.footer import Footer
from app.ui.theme import HUGE, LARGE, MEDIUM, SMALL, Tone, is_palette_change, shades


class ClosingPage(QWidget):
    """A drawing, a large line, a quiet paragraph, what a subclass adds, and a footer."""

    def __init__(self, symbol: str, tone: Tone, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setProperty("part", "page")
        self._symbol, self._tone = symbol, tone
        self._picture = QLabel()
        self._picture.setAlignment(Qt.AlignmentFlag.AlignCenter)
        self._headline = self._paragraph("display")
        self._words = self._paragraph("quiet")
        self.middle = QVBoxLayout()
        self.middle.setSpacing(MEDIUM)
        self.footer = Footer()
        column = QVBoxLayout()
        column.setContentsMargins(HUGE, LARGE, HUGE, LARGE)
        column.setSpacing(MEDIUM)
        column.addStretch(2)
        column.addWidget(self._picture)
        column.addWidget(self._headline)
        column.addWidget(self._words)
        column.addSpacing(SMALL)
        column.addLayout(self.middle)
        column.addStretch(3)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(0)
        layout.addLayout(column, 1)
        layout.addWidget(self.footer)
        self.draw()

    @staticmethod
    def _paragraph(part: str) -> QLabel:
        label = QLabel()
        label.setProperty("part", part)
        label.setAlignment(Qt.AlignmentFlag.AlignCenter)
        label.setWordWrap(True)
        label.setTextFormat(Qt.TextFormat.PlainText)
        return label

    def say(self, headline: str, more: str) -> None:
        """The large line and the paragraph, already translated; screen readers hear both when they change."""
        if (headline, more) != (self._headline.text(), self._words.text()):
            self._headline.setText(headline)
            self._words.setText(more)
            self._words.setVisible(bool(more))
            announce(self, f"{headline} {more}")

    @property
    def headline(self) -> str:
        """The large line."""
        return self._headline.text()

    @property
    def more(self) -> str:
        """The paragraph below it."""
        return self._words.text()

    def wear(self, symbol: str, tone: Tone) -> None:
        """Another drawing above the line."""
        self._symbol, self._tone = symbol, tone
        self.draw()

    def row(self, *widgets: QWidget) -> None:
        """Add widgets side by side in the middle."""
        row = QHBoxLayout()
        row.setSpacing(SMALL)
        row.addStretch()
        for widget in widgets:
            row.addWidget(widget)
        row.addStretch()
        self.middle.addLayout(row)

    def draw(self) -> None:
        """Draw the picture in the colours in force."""
        self._picture.setPixmap(drawing(self._symbol, shades().of(self._tone)[0], 64, self.devicePixelRatioF()))

    def changeEvent(self, event: QEvent) -> None:
        super().changeEvent(event)
        if event.type() is QEvent.Type.LanguageChange:
            self.retranslate()
        elif is_palette_change(event):
            self.draw()

    def retranslate(self) -> None:
        """Word everything in the language in use."""


class ThanksPage(ClosingPage):
    """An answer solved it."""

    closed = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__("check", Tone.GOOD, parent)
        self._close = Button(part="primary")
        self._close.clicked.connect(self.closed)
        self.footer.add_right(self._close)
        self.retranslate()

    def retranslate(self) -> None:
        """Word everything in the language in use."""
        self.say(
            tr("Good that it works again"),
            tr("Thank you. Nothing was sent but that this answer helped, so that others find it sooner."),
        )
        self._close.setText(tr("Close"))
