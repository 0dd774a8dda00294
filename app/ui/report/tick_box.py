"""A tick with a large square, drawn from the theme's colours, that answers to a touch anywhere on it."""

from __future__ import annotations

from PySide6.QtCore import QPoint, QPointF, QRect, QRectF, QSize, Qt
from PySide6.QtGui import QColor, QPainter, QPaintEvent, QPen, QPolygonF
from PySide6.QtWidgets import QCheckBox, QWidget

from app.ui.theme import SMALL, TARGET, shades

BOX = 22


class TickBox(QCheckBox):
    """On, off, or partly for a group; its words wrap no line and are drawn beside the square."""

    def __init__(self, text: str = "", *, strong: bool = False, parent: QWidget | None = None) -> None:
        super().__init__(text, parent)
        font = self.font()
        font.setBold(strong)
        self.setFont(font)
        self._strong = strong
        self.setMinimumSize(TARGET, TARGET)

    def sizeHint(self) -> QSize:
        words = self.fontMetrics().horizontalAdvance(self.text()) + (12 if self._strong else 4) if self.text() else 0
        return QSize(max(TARGET, SMALL + BOX + SMALL + words), TARGET)

    def minimumSizeHint(self) -> QSize:
        return self.sizeHint()

    def hitButton(self, _at: QPoint) -> bool:
        return True

    def paintEvent(self, _event: QPaintEvent) -> None:
        worn = shades()
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        left = SMALL if self.text() else (self.width() - BOX) // 2
        box = QRectF(left, (self.height() - BOX) / 2, BOX, BOX)
        on = self.checkState() is not Qt.CheckState.Unchecked
        fade = 255 if self.isEnabled() else 110
        edge = QColor(worn.accent if on or self.underMouse() else worn.quiet)
        fill = QColor(worn.accent if on else worn.surface)
        edge.setAlpha(fade)
        fill.setAlpha(fade)
        painter.setPen(QPen(edge, 2))
        painter.setBrush(fill)
        painter.drawRoundedRect(box.adjusted(1, 1, -1, -1), 5, 5)
        if on:
            self._draw_mark(painter, box)
        if self.hasFocus():
            painter.setPen(QPen(QColor(worn.accent), 2))
            painter.setBrush(Qt.BrushStyle.NoBrush)
            painter.drawRoundedRect(box.adjusted(-4, -4, 4, 4), 8, 8)
        if self.text():
            painter.setPen(QColor(worn.text if self.isEnabled() else worn.quiet))
            words = QRect(round(box.right()) + SMALL, 0, self.width() - round(box.right()) - SMALL, self.height())
            painter.drawText(words, Qt.AlignmentFlag.AlignVCenter | Qt.AlignmentFlag.AlignLeft, self.text())

    def _draw_mark(self, painter: QPainter, box: QRectF) -> None:
        pen = QPen(QColor(shades().on_accent), 2.6)
        pen.setCapStyle(Qt.PenCapStyle.RoundCap)
        pen.setJoinStyle(Qt.PenJoinStyle.RoundJoin)
        painter.setPen(pen)
        painter.setBrush(Qt.BrushStyle.NoBrush)
        if self.checkState() is Qt.CheckState.PartiallyChecked:
            painter.drawLine(QPointF(box.left() + 6, box.center().y()), QPointF(box.right() - 6, box.center().y()))
            return
        corners = ((6, 11.5), (9.8, 15.2), (16.2, 7.6))
        painter.drawPolyline(QPolygonF([QPointF(box.left() + x, box.top() + y) for x, y in corners]))
