"""An agent's photo in a circle, or their initials where there is none."""

from __future__ import annotations

import base64

from PySide6.QtCore import QBuffer, QRectF, Qt
from PySide6.QtGui import QColor, QFont, QImage, QImageReader, QPainter, QPainterPath, QPaintEvent
from PySide6.QtWidgets import QWidget

from app.ui.theme import shades

LONGEST, MOST_PIXELS = 200_000, 1024 * 1024
FORMATS = (b"jpeg", b"png")


def initials(name: str) -> str:
    """One or two characters that stand for a name; the family name for Chinese ones."""
    words = name.split()
    if not words:
        return "?"
    if not words[0][0].isascii():
        return words[0][0]
    return (words[0][0] + (words[-1][0] if len(words) > 1 else "")).upper()


def picture_of(photo: str) -> QImage:
    """A photo as the invitation carries it, base64 of a JPEG or PNG; null for anything else."""
    if not 0 < len(photo) <= LONGEST:
        return QImage()
    try:
        data = base64.b64decode(photo, validate=True)
    except ValueError:
        return QImage()
    buffer = QBuffer()
    buffer.setData(data)
    reader = QImageReader(buffer)
    size = reader.size()
    if bytes(reader.format().data()) not in FORMATS or not 0 < size.width() * size.height() <= MOST_PIXELS:
        return QImage()
    return reader.read()


class Avatar(QWidget):
    """Decoration: the name stands beside it."""

    def __init__(self, name: str, size: int = 56, parent: QWidget | None = None, *, photo: str = "") -> None:
        super().__init__(parent)
        self._initials = initials(name)
        self._photo = picture_of(photo)
        self.setFixedSize(size, size)

    def paintEvent(self, _event: QPaintEvent) -> None:
        worn = shades()
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setPen(QColor(worn.line) if worn.is_high_contrast else Qt.PenStyle.NoPen)
        painter.setBrush(QColor(worn.accent))
        disc = QRectF(self.rect()).adjusted(1, 1, -1, -1)
        if not self._photo.isNull():
            self._paint_photo(painter, disc)
            return
        painter.drawEllipse(disc)
        font = QFont(self.font())
        font.setPixelSize(round(self.height() * 0.4))
        font.setBold(True)
        painter.setFont(font)
        painter.setPen(QColor(worn.on_accent))
        painter.drawText(disc, Qt.AlignmentFlag.AlignCenter, self._initials)

    def _paint_photo(self, painter: QPainter, disc: QRectF) -> None:
        """The middle of the photo, filling the disc."""
        round_edge = QPainterPath()
        round_edge.addEllipse(disc)
        painter.setClipPath(round_edge)
        painter.setRenderHint(QPainter.RenderHint.SmoothPixmapTransform)
        side = min(self._photo.width(), self._photo.height())
        left, top = (self._photo.width() - side) / 2, (self._photo.height() - side) / 2
        painter.drawImage(disc, self._photo, QRectF(left, top, side, side))
