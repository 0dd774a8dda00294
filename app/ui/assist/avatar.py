"""An agent's initials in a circle, where there is no photo."""

from __future__ import annotations

from PySide6.QtCore import QRectF, Qt
from PySide6.QtGui import QColor, QFont, QPainter, QPaintEvent
from PySide6.QtWidgets import QWidget

from app.ui.theme import shades


def initials(name: str) -> str:
    """One or two characters that stand for a name; the family name for Chinese ones."""
    words = name.split()
    if not words:
        return "?"
    if not words[0][0].isascii():
        return words[0][0]
    return (words[0][0] + (words[-1][0] if len(words) > 1 else "")).upper()


class Avatar(QWidget):
    """Decoration: the name stands beside it."""

    def __init__(self, name: str, size: int = 56, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._initials = initials(name)
        self.setFixedSize(size, size)

    def paintEvent(self, _event: QPaintEvent) -> None:
        worn = shades()
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setPen(QColor(worn.line) if worn.is_high_contrast else Qt.PenStyle.NoPen)
        painter.setBrush(QColor(worn.accent))
        disc = QRectF(self.rect()).adjusted(1, 1, -1, -1)
        painter.drawEllipse(disc)
        font = QFont(self.font())
        font.setPixelSize(round(self.height() * 0.4))
        font.setBold(True)
        painter.setFont(font)
        painter.setPen(QColor(worn.on_accent))
        painter.drawText(disc, Qt.AlignmentFlag.AlignCenter, self._initials)
