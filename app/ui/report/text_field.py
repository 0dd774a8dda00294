"""Where words for the picture are typed: a field of Qt's own, so that every input method works."""

from __future__ import annotations

from PySide6.QtCore import QEvent, QRectF, QSize, Qt, Signal
from PySide6.QtGui import QFocusEvent, QFontMetricsF, QKeyEvent
from PySide6.QtWidgets import QPlainTextEdit, QWidget

from app.ui.language import tr

LEAST = QSize(160, 44)


class TextField(QPlainTextEdit):
    """Lies over the picture while a text is written; Esc, a click elsewhere or Ctrl+Enter ends it."""

    ended = Signal(str)

    def __init__(self, parent: QWidget) -> None:
        super().__init__(parent)
        self._parent = parent
        self.setVerticalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setTabChangesFocus(True)
        self.textChanged.connect(self._grow)
        self._most = 0.0
        self.hide()

    @property
    def is_open(self) -> bool:
        """Whether words are being typed."""
        return self.isVisibleTo(self._parent)

    def begin(self, place: QRectF, letters: float, words: str) -> None:
        """Open at a place of the picture (logical pixels of the parent), letters as large as they will be."""
        font = self.font()
        font.setPixelSize(max(round(letters), 13))
        self.setFont(font)
        self._most = place.width()
        corner = place.topLeft().toPoint()
        room = self._parent.rect()
        self.move(
            max(min(corner.x() - 10, room.right() - LEAST.width()), 0),
            max(min(corner.y() - 10, room.bottom() - LEAST.height()), 0),
        )
        self.setPlainText(words)
        self.setAccessibleName(tr("Words on the picture"))
        self.setPlaceholderText(tr("Type here"))
        self.selectAll()
        self._grow()
        self.show()
        self.raise_()
        self.setFocus(Qt.FocusReason.OtherFocusReason)

    def end(self) -> None:
        """Take the words as they are; does nothing when nothing is being typed."""
        if self.is_open:
            self.hide()
            self.ended.emit(self.toPlainText().rstrip())

    def keyPressEvent(self, event: QKeyEvent) -> None:
        enter = event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter)
        if event.key() == Qt.Key.Key_Escape or (enter and event.modifiers() & Qt.KeyboardModifier.ControlModifier):
            self.end()
        else:
            super().keyPressEvent(event)

    def event(self, event: QEvent) -> bool:
        if event.type() == QEvent.Type.ShortcutOverride:
            event.accept()  # every key is a letter here; tools and undo of the picture wait
            return True
        return bool(super().event(event))

    def focusOutEvent(self, event: QFocusEvent) -> None:
        super().focusOutEvent(event)
        # The candidates of an input method and the menu of this field take the focus for a moment.
        if event.reason() not in (Qt.FocusReason.PopupFocusReason, Qt.FocusReason.ActiveWindowFocusReason):
            self.end()

    def _grow(self) -> None:
        metrics = QFontMetricsF(self.font())
        lines = self.toPlainText().split("\n")
        width = max(metrics.horizontalAdvance(line) for line in lines) + metrics.averageCharWidth() * 2 + 24
        wide = min(max(width, LEAST.width()), max(self._most + 24, LEAST.width()))
        rows = sum(max(1, -int(-metrics.horizontalAdvance(line) // max(wide - 24, 1))) for line in lines)
        self.resize(round(wide), round(max(rows * metrics.lineSpacing() + 24, LEAST.height())))
