"""How regions look over a picture: lines that read on any background, in the screen's own pixels."""

from __future__ import annotations

from PySide6.QtCore import QPointF, QRectF, Qt
from PySide6.QtGui import QBrush, QColor, QFont, QFontMetricsF, QPainter, QPainterPath, QPen

from app.system.base import Rect
from app.ui.report.region import HANDLES, Edges
from app.ui.theme import shades

SHADE = QColor(10, 12, 18, 140)
LIGHT, DARK = QColor(255, 255, 255), QColor(20, 22, 28)
KNOB = 7.0


def region(painter: QPainter, shown: QRectF, whole: QRectF, pixels: Rect, *, handles: bool) -> None:
    """The region that is sent: all else is darkened, a double outline, handles, the size in pixels."""
    outside = QPainterPath()
    outside.addRect(whole)
    outside.addRect(shown)
    painter.fillPath(outside, SHADE)
    outline(painter, shown, QColor(shades().accent))
    if handles:
        edges = Edges(shown.left(), shown.top(), shown.right(), shown.bottom())
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        for grip in HANDLES:
            knob(painter, QPointF(*edges.handle(grip)))
    label(painter, shown, whole, f"{pixels.width} × {pixels.height}")


def suggestion(painter: QPainter, shown: QRectF) -> None:
    """A region that was found and may be taken with one tap: dashed, nothing darkened."""
    accent = QColor(shades().accent)
    soft = QColor(accent)
    soft.setAlpha(28)
    painter.fillRect(shown, soft)
    painter.setBrush(Qt.BrushStyle.NoBrush)
    painter.setPen(QPen(LIGHT, 4))
    painter.drawRect(shown)
    dashes = QPen(accent if not shades().is_dark else QColor("#3155c6"), 2.5, Qt.PenStyle.DashLine)
    painter.setPen(dashes)
    painter.drawRect(shown)


def hidden(painter: QPainter, shown: QRectF, *, being_drawn: bool) -> None:
    """An area that is removed from the file: black, edged so that it is seen on black too."""
    painter.fillRect(shown, QColor(0, 0, 0, 190 if being_drawn else 255))
    outline(painter, shown, LIGHT)


def private(painter: QPainter, shown: QRectF) -> None:
    """Something that looks private and is hidden with one tap: dashed in black on white."""
    box = shown.adjusted(-3, -3, 3, 3)
    painter.fillRect(box, QColor(0, 0, 0, 60))
    painter.setBrush(Qt.BrushStyle.NoBrush)
    painter.setPen(QPen(LIGHT, 3))
    painter.drawRect(box)
    painter.setPen(QPen(DARK, 2, Qt.PenStyle.DashLine))
    painter.drawRect(box)


def outline(painter: QPainter, shown: QRectF, colour: QColor) -> None:
    painter.setBrush(Qt.BrushStyle.NoBrush)
    painter.setPen(QPen(DARK, 4))
    painter.drawRect(shown)
    painter.setPen(QPen(LIGHT, 2))
    painter.drawRect(shown)
    if colour != LIGHT:
        painter.setPen(QPen(colour, 2, Qt.PenStyle.DashLine))
        painter.drawRect(shown)


def knob(painter: QPainter, centre: QPointF) -> None:
    painter.setPen(QPen(DARK, 1))
    painter.setBrush(QBrush(LIGHT))
    painter.drawEllipse(centre, KNOB, KNOB)
    painter.setPen(Qt.PenStyle.NoPen)
    painter.setBrush(QColor("#3155c6"))
    painter.drawEllipse(centre, KNOB - 3, KNOB - 3)


def label(painter: QPainter, shown: QRectF, whole: QRectF, text: str) -> None:
    """A small dark tag below the region, above it when there is no room, inside it as the last resort."""
    font = QFont(painter.font())
    painter.setFont(font)
    metrics = QFontMetricsF(font)
    width, height = metrics.horizontalAdvance(text) + 14, metrics.height() + 6
    x = min(max(shown.left(), whole.left()), whole.right() - width)
    y = shown.bottom() + 6
    if y + height > whole.bottom():
        y = shown.top() - height - 6
    if y < whole.top():
        y = shown.bottom() - height - 6
    tag = QRectF(x, y, width, height)
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    painter.setPen(Qt.PenStyle.NoPen)
    painter.setBrush(QColor(20, 22, 28, 215))
    painter.drawRoundedRect(tag, 5, 5)
    painter.setPen(LIGHT)
    painter.drawText(tag, Qt.AlignmentFlag.AlignCenter, text)
