"""What the agent points at and draws, over the shared monitor: seen by the employee, untouchable, gone after seconds.

Where the desktop has no compositor, a window cannot be half-transparent: there its shape is cut to the drawings
themselves, which then vanish instead of fading.
"""

from __future__ import annotations

import time
from collections.abc import Callable
from itertools import pairwise

from PySide6.QtCore import QPointF, QRectF, Qt, QTimer, Slot
from PySide6.QtGui import (
    QColor,
    QFont,
    QFontMetricsF,
    QPainter,
    QPainterPath,
    QPainterPathStroker,
    QPaintEvent,
    QPen,
    QPolygonF,
    QRegion,
    QScreen,
)
from PySide6.QtWidgets import QWidget

from app.assist.told import Drawn, Pointed
from app.system.shield import exclude_from_capture, is_composited
from app.ui.assist.banner import floating
from app.ui.assist.marks import Mark, Marks, Shape
from app.ui.assist.screens import screen_id, screen_named

FRAME = 16
"""Milliseconds between two pictures while something moves or fades; nothing is painted otherwise."""
INK, HALO, TEXT = QColor("#e5197d"), QColor(255, 255, 255, 235), QColor("#ffffff")
"""Nothing on a desktop is magenta; the white rim keeps it legible on everything."""
WIDTH, RIM = 5.0, 2.5
HEAD = 22.0
ARROW = QPolygonF([QPointF(x, y) for x, y in ((0, 0), (0, 25), (6.2, 19.3), (10.4, 28.6), (14.6, 26.8), (10.4, 17.6),
                                              (18.6, 17.2))])  # fmt: skip


class Overlay(QWidget):
    """Covers one monitor. Coordinates that come in are pixels of it; `clock` is monotonic seconds."""

    def __init__(
        self,
        name: str,
        screen: QScreen,
        scale: float,
        clock: Callable[[], float] = time.monotonic,
        *,
        composited: bool | None = None,
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(parent, floating() | Qt.WindowType.WindowTransparentForInput)
        self.setAttribute(Qt.WidgetAttribute.WA_ShowWithoutActivating)
        self.setAttribute(Qt.WidgetAttribute.WA_TransparentForMouseEvents)
        self.is_composited = is_composited() if composited is None else composited
        if self.is_composited:
            self.setAttribute(Qt.WidgetAttribute.WA_TranslucentBackground)
        self.setAttribute(Qt.WidgetAttribute.WA_NoSystemBackground)
        self.marks = Marks()
        self._name = name
        self._screen_id = screen_id(screen)
        self._scale = scale
        self._clock = clock
        self._painted = QRegion()
        self.setGeometry(screen.geometry())
        self._font = QFont(self.font())
        self._font.setPixelSize(14)
        self._font.setBold(True)
        self._timer = QTimer(self)
        self._timer.setSingleShot(True)
        self._timer.setTimerType(Qt.TimerType.PreciseTimer)
        self._timer.timeout.connect(self.step)

    @Slot(object)
    def point(self, told: Pointed) -> None:
        """The agent's pointer has moved."""
        self.marks.point(told.x, told.y, is_visible=told.is_visible, now=self._clock())
        self._wake()

    @Slot(object)
    def draw(self, told: Drawn) -> None:
        """The agent has drawn something."""
        self.marks.draw(told.shape, told.points, self._clock())
        self._wake()

    def clear(self) -> None:
        """Show nothing."""
        self.marks.clear()
        self._wake()

    @Slot()
    def step(self) -> None:
        """Show the present state; only what has changed is painted."""
        now = self._clock()
        self.marks.step(now)
        covered = self.covered()
        if covered.isEmpty():
            self._painted = QRegion()
            self.hide()
        elif self.is_composited:
            changed = covered.united(self._painted) if self.marks.is_moving(now) else covered.xored(self._painted)
            self._show()
            self.update(changed.united(self._pointer_area()))
        else:
            self.setMask(covered)
            self._show()
            self.update()
        self._painted = covered
        if self.marks.is_moving(now):
            self._timer.start(FRAME)
        elif (later := self.marks.next_change(now)) is not None:
            self._timer.start(round(later * 1000) + 1)

    def covered(self) -> QRegion:
        """Where something is, in the window's coordinates."""
        region = self._pointer_area()
        for mark in self.marks.marks:
            path = self._path(mark)
            if self.is_composited:
                reach = WIDTH + RIM + 2
                box = path.boundingRect().adjusted(-reach, -reach, reach, reach)
                region = region.united(QRegion(box.toAlignedRect()))
            else:
                stroker = QPainterPathStroker(pen(INK, WIDTH + 2 * RIM))
                for polygon in stroker.createStroke(path).simplified().toFillPolygons():
                    region = region.united(QRegion(polygon.toPolygon(), Qt.FillRule.WindingFill))
        return region

    def paintEvent(self, event: QPaintEvent) -> None:
        now = self._clock()
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        if self.is_composited:
            painter.setCompositionMode(QPainter.CompositionMode.CompositionMode_Source)
            painter.fillRect(event.rect(), Qt.GlobalColor.transparent)
            painter.setCompositionMode(QPainter.CompositionMode.CompositionMode_SourceOver)
        else:
            painter.fillRect(event.rect(), HALO)
        for mark in self.marks.marks:
            path = self._path(mark)
            painter.setOpacity(mark.strength(now) if self.is_composited else 1.0)
            painter.setBrush(Qt.BrushStyle.NoBrush)
            painter.setPen(pen(HALO, WIDTH + 2 * RIM))
            painter.drawPath(path)
            painter.setPen(pen(INK, WIDTH))
            painter.drawPath(path)
        self._paint_pointer(painter, now)

    def _paint_pointer(self, painter: QPainter, now: float) -> None:
        if self.marks.place is None:
            return
        tip = self._logical(*self.marks.place)
        painter.setOpacity(self.marks.pointer_strength(now) if self.is_composited else 1.0)
        painter.setPen(pen(HALO, 4.5))
        painter.setBrush(INK)
        shape = ARROW.translated(tip)
        painter.drawPolygon(shape)
        painter.setPen(Qt.PenStyle.NoPen)
        painter.drawPolygon(shape)
        tag = self._tag(tip)
        painter.setPen(pen(HALO, 2))
        painter.drawRoundedRect(tag, tag.height() / 2, tag.height() / 2)
        painter.setFont(self._font)
        painter.setPen(TEXT)
        painter.drawText(tag, Qt.AlignmentFlag.AlignCenter, self._name)

    def _tag(self, tip: QPointF) -> QRectF:
        """Where the name stands: below right of the pointer, elsewhere at the edges."""
        width = QFontMetricsF(self._font).horizontalAdvance(self._name) + 22
        tag = QRectF(tip.x() + 16, tip.y() + 26, width, 26)
        if tag.right() > self.width() - 4:
            tag.moveRight(tip.x() - 4)
        if tag.bottom() > self.height() - 4:
            tag.moveBottom(tip.y() - 6)
        return tag

    def _pointer_area(self) -> QRegion:
        if self.marks.place is None:
            return QRegion()
        tip = self._logical(*self.marks.place)
        tag, shape = self._tag(tip), ARROW.translated(tip)
        if self.is_composited:
            arrow = QRegion(shape.boundingRect().adjusted(-4, -4, 4, 4).toAlignedRect())
            return arrow.united(QRegion(tag.adjusted(-3, -3, 3, 3).toAlignedRect()))
        pill = QPainterPath()
        pill.addRoundedRect(tag.adjusted(-1, -1, 1, 1), tag.height() / 2, tag.height() / 2)
        edge = QPainterPath()
        edge.addPolygon(shape)
        edge.closeSubpath()
        rim = QPainterPathStroker(pen(INK, 4.5)).createStroke(edge).united(edge)
        region = QRegion(pill.toFillPolygon().toPolygon())
        for polygon in rim.simplified().toFillPolygons():
            region = region.united(QRegion(polygon.toPolygon(), Qt.FillRule.WindingFill))
        return region

    def _path(self, mark: Mark) -> QPainterPath:
        points = [self._logical(x, y) for x, y in mark.points]
        path = QPainterPath(points[0])
        if mark.shape is Shape.BOX:
            path = QPainterPath()
            path.addRoundedRect(QRectF(points[0], points[1]).normalized(), 8, 8)
        elif mark.shape is Shape.ARROW:
            path.lineTo(points[1])
            add_head(path, points[0], points[1])
        elif len(points) == 1:
            path.lineTo(points[0] + QPointF(0.1, 0))
        else:
            # Through the middles, with the points as handles: a curve instead of corners.
            for handle, after in pairwise(points[1:]):
                middle = QPointF((handle.x() + after.x()) / 2, (handle.y() + after.y()) / 2)
                path.quadTo(handle, middle)
            path.lineTo(points[-1])
        return path

    def _logical(self, x: float, y: float) -> QPointF:
        return QPointF(x / self._scale, y / self._scale)

    def _wake(self) -> None:
        if not self._timer.isActive() or self._timer.remainingTime() > FRAME:
            self._timer.start(0)

    def _show(self) -> None:
        if self.isVisible():
            return
        screen = screen_named(self._screen_id)
        if screen is None:
            return  # unplugged: the host ends the session
        self.setGeometry(screen.geometry())
        self.show()
        self.raise_()
        exclude_from_capture(int(self.winId()))


def pen(colour: QColor, width: float) -> QPen:
    """Round ends and corners."""
    return QPen(colour, width, Qt.PenStyle.SolidLine, Qt.PenCapStyle.RoundCap, Qt.PenJoinStyle.RoundJoin)


def add_head(path: QPainterPath, tail: QPointF, tip: QPointF) -> None:
    """An arrow's head at its tip, never longer than half of the arrow."""
    along = tip - tail
    length = (along.x() ** 2 + along.y() ** 2) ** 0.5
    if length < 1:
        return
    size = min(HEAD, length / 2)
    unit = along / length
    side = QPointF(-unit.y(), unit.x()) * size * 0.6
    for turn in (side, -side):
        path.moveTo(tip)
        path.lineTo(tip - unit * size + turn)
