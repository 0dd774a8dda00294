"""The big view of one frame: zoom, and choosing a region by mouse, touch or keyboard."""

from __future__ import annotations

from collections.abc import Iterable
from enum import Enum, auto

from PySide6.QtCore import QEvent, QLineF, QPoint, QPointF, QRect, QRectF, Qt, Signal
from PySide6.QtGui import QImage, QKeyEvent, QMouseEvent, QPainter, QTouchEvent
from PySide6.QtWidgets import QWidget

from app.system.base import Rect
from app.ui.report import region_paint
from app.ui.report.region import Drag, Edges, Grip, is_click, middle, nudged, stretched
from app.ui.report.zoom_view import STEP, ZoomView
from app.ui.theme import TARGET

MOUSE_REACH = 12
"""Logical pixels around a handle's centre that a mouse may hit; a finger gets half of `TARGET`."""
ARROWS = {
    Qt.Key.Key_Left: (-1, 0),
    Qt.Key.Key_Right: (1, 0),
    Qt.Key.Key_Up: (0, -1),
    Qt.Key.Key_Down: (0, 1),
}
CURSORS = {
    Grip.TOP_LEFT: Qt.CursorShape.SizeFDiagCursor,
    Grip.BOTTOM_RIGHT: Qt.CursorShape.SizeFDiagCursor,
    Grip.TOP_RIGHT: Qt.CursorShape.SizeBDiagCursor,
    Grip.BOTTOM_LEFT: Qt.CursorShape.SizeBDiagCursor,
    Grip.LEFT: Qt.CursorShape.SizeHorCursor,
    Grip.RIGHT: Qt.CursorShape.SizeHorCursor,
    Grip.TOP: Qt.CursorShape.SizeVerCursor,
    Grip.BOTTOM: Qt.CursorShape.SizeVerCursor,
    Grip.INSIDE: Qt.CursorShape.SizeAllCursor,
    Grip.OUTSIDE: Qt.CursorShape.CrossCursor,
}


class Tool(Enum):
    """What a gesture on the picture does."""

    REGION = auto()
    HIDE = auto()


class PictureView(ZoomView):
    """Shows a picture and reports what was drawn on it, always in pixels of the picture.

    The view holds no decisions: whoever listens keeps region and hidden areas and hands them back to be shown.
    """

    region_drawn = Signal(object)
    """Rect, or None when the region was cleared; once per gesture or key."""
    hide_drawn = Signal(object)
    """Rect of an area to hide; once per gesture."""
    hide_clicked = Signal(int)
    """Index of a hidden area that was tapped while hiding."""
    accepted = Signal()
    """Enter: what is drawn is right."""
    monitor_asked = Signal(int)
    """A digit was pressed; the first monitor is 0."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._region: Rect | None = None
        self._found: Rect | None = None
        self._hidden: tuple[Rect, ...] = ()
        self._pending: Rect | None = None  # an area to hide that the keyboard is still placing
        self._live: Rect | None = None  # what the gesture under way would draw
        self._drag: Drag | None = None
        self._pan: QPoint | None = None
        self._tool = Tool.REGION
        self._pinch: tuple[float, float] | None = None  # finger distance and zoom at its begin
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.viewport().setMouseTracking(True)
        self.viewport().setAttribute(Qt.WidgetAttribute.WA_AcceptTouchEvents)
        self.viewport().setCursor(Qt.CursorShape.CrossCursor)

    def show_picture(self, image: QImage) -> None:
        """Show another picture, fitted; nothing is drawn on it yet."""
        self._region = self._found = self._pending = self._live = self._drag = None
        self._hidden = ()
        super().show_picture(image)

    def show_marks(self, region: Rect | None, found: Rect | None, hidden: Iterable[Rect]) -> None:
        """Show the region that is sent, the suggested one (a dialog that was found) and the hidden areas."""
        self._region, self._found, self._hidden = region, found, tuple(hidden)
        self.viewport().update()

    def use(self, tool: Tool) -> None:
        """Choose what gestures do from now on."""
        self._tool, self._pending, self._drag, self._live = tool, None, None, None
        self.viewport().setCursor(Qt.CursorShape.CrossCursor)
        self.viewport().update()

    @property
    def tool(self) -> Tool:
        """What gestures do now."""
        return self._tool

    # Gestures: the same three steps for mouse and finger

    def _begin(self, at: QPointF, reach: float) -> None:
        self._pending = None
        point = self.to_picture(at)
        if self._tool is Tool.HIDE or self._region is None:
            grip = Grip.OUTSIDE
        else:
            grip = self._edges(self._region).grip_at(at.x(), at.y(), reach)
        self._drag = Drag(grip, point.x(), point.y(), self._region)

    def _move(self, at: QPointF) -> None:
        if self._drag is None:
            return
        point = self.to_picture(at)
        self._live = self._drag.to(point.x(), point.y(), self.bounds)
        self.viewport().update()

    def _finish(self, at: QPointF) -> None:
        drag, drawn, self._drag, self._live = self._drag, self._live, None, None
        self.viewport().update()
        if drag is None:
            return
        if drag.grip is not Grip.OUTSIDE:
            if drawn is not None and drawn != self._region:
                self._draw_region(drawn)
        elif drawn is None or is_click(drawn):
            self._clicked(self.to_picture(at))
        elif self._tool is Tool.HIDE:
            self.hide_drawn.emit(drawn)
        else:
            self._draw_region(drawn)

    def _give_up(self) -> None:
        self._drag = self._live = None
        self.viewport().update()

    def _clicked(self, point: QPointF) -> None:
        if self._tool is Tool.HIDE:
            hit = [index for index, area in enumerate(self._hidden) if area.contains(point.x(), point.y())]
            if hit:
                self.hide_clicked.emit(hit[-1])
        elif self._region is None and self._found is not None and self._found.contains(point.x(), point.y()):
            self._draw_region(self._found)

    def _draw_region(self, region: Rect | None) -> None:
        self._region = region
        self.viewport().update()
        self.region_drawn.emit(region)

    def mousePressEvent(self, event: QMouseEvent) -> None:
        if event.button() is Qt.MouseButton.LeftButton:
            self._begin(event.position(), MOUSE_REACH)
        elif event.button() is Qt.MouseButton.MiddleButton:
            self._pan = event.position().toPoint()
            self.viewport().setCursor(Qt.CursorShape.ClosedHandCursor)

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        at = event.position()
        if self._pan is not None:
            self.scroll_by(self._pan - at.toPoint())
            self._pan = at.toPoint()
        elif self._drag is not None:
            self._move(at)
        else:
            self.viewport().setCursor(CURSORS[self._grip_under(at)])

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:
        if event.button() is Qt.MouseButton.MiddleButton:
            self._pan = None
            self.viewport().setCursor(Qt.CursorShape.CrossCursor)
        elif event.button() is Qt.MouseButton.LeftButton:
            self._finish(event.position())

    def viewportEvent(self, event: QEvent) -> bool:
        touches = (QEvent.Type.TouchBegin, QEvent.Type.TouchUpdate, QEvent.Type.TouchEnd)
        if event.type() in touches and isinstance(event, QTouchEvent):
            self._touched(event)
            event.accept()
            return True
        if event.type() == QEvent.Type.TouchCancel:
            self._pinch = None
            self._give_up()
            return True
        return bool(super().viewportEvent(event))

    def _touched(self, event: QTouchEvent) -> None:
        points = event.points()
        if len(points) >= 2:
            self._give_up()
            one, other = points[0], points[1]
            distance = max(1.0, QLineF(one.position(), other.position()).length())
            if self._pinch is None:
                self._pinch = (distance, self.zoom)
            dx = one.lastPosition().x() - one.position().x() + other.lastPosition().x() - other.position().x()
            dy = one.lastPosition().y() - one.position().y() + other.lastPosition().y() - other.position().y()
            self.zoom_to(self._pinch[1] * distance / self._pinch[0])
            self.scroll_by(QPoint(round(dx / 2), round(dy / 2)))
        elif points and self._pinch is None:
            at = points[0].position()
            if event.type() == QEvent.Type.TouchBegin:
                self._begin(at, TARGET / 2)
            elif event.type() == QEvent.Type.TouchUpdate:
                self._move(at)
            else:
                self._finish(at)
        if event.type() == QEvent.Type.TouchEnd:
            self._pinch = None

    # Keys

    def keyPressEvent(self, event: QKeyEvent) -> None:
        key, modifiers = Qt.Key(event.key()), event.modifiers()
        if key in ARROWS:
            step = 10 if modifiers & Qt.KeyboardModifier.ShiftModifier else 1
            dx, dy = ARROWS[key]
            self._arrow(dx * step, dy * step, resize=bool(modifiers & Qt.KeyboardModifier.ControlModifier))
        elif key in (Qt.Key.Key_Return, Qt.Key.Key_Enter):
            self._accept_key()
        elif key is Qt.Key.Key_Escape and (self._drag or self._pending or self._region):
            self._clear_key()
        elif Qt.Key.Key_1 <= key <= Qt.Key.Key_9 and not modifiers & ~Qt.KeyboardModifier.KeypadModifier:
            self.monitor_asked.emit(key - Qt.Key.Key_1)
        elif key in (Qt.Key.Key_Plus, Qt.Key.Key_Equal):
            self.zoom_by(STEP)
        elif key is Qt.Key.Key_Minus:
            self.zoom_by(1 / STEP)
        elif key is Qt.Key.Key_0:
            self.fit()
        else:
            event.ignore()  # Esc with nothing drawn, Tab and shortcuts are the window's

    def _arrow(self, dx: int, dy: int, *, resize: bool) -> None:
        change = stretched if resize else nudged
        if self._tool is Tool.HIDE:
            before = self._pending
            self._pending = middle(self.bounds) if before is None else change(before, dx, dy, self.bounds)
            self.viewport().update()
            return
        if self._region is None:
            self._draw_region(self._found or middle(self.bounds))
        else:
            self._draw_region(change(self._region, dx, dy, self.bounds))

    def _accept_key(self) -> None:
        if self._tool is Tool.HIDE and self._pending is not None:
            area, self._pending = self._pending, None
            self.hide_drawn.emit(area)
        elif self._tool is Tool.REGION and self._region is None and self._found is not None:
            self._draw_region(self._found)
        else:
            self.accepted.emit()

    def _clear_key(self) -> None:
        if self._drag is not None:
            self._give_up()
        elif self._pending is not None:
            self._pending = None
            self.viewport().update()
        else:
            self._draw_region(None)

    # Painting and places

    def drawForeground(self, painter: QPainter, _rect: QRectF | QRect) -> None:
        drawing = self._live is not None and self._drag is not None
        new_hide = self._live if drawing and self._tool is Tool.HIDE else self._pending
        region = self._live if drawing and self._tool is Tool.REGION else self._region
        painter.save()
        painter.resetTransform()
        whole = self.to_view(self.bounds)
        for area in self._hidden:
            region_paint.hidden(painter, self.to_view(area), being_drawn=False)
        if new_hide is not None:
            region_paint.hidden(painter, self.to_view(new_hide), being_drawn=True)
        if region is not None:
            handles = self._tool is Tool.REGION and not drawing
            region_paint.region(painter, self.to_view(region), whole, region, handles=handles)
        elif self._found is not None and self._tool is Tool.REGION:
            region_paint.suggestion(painter, self.to_view(self._found))
        painter.restore()

    def _edges(self, area: Rect) -> Edges:
        shown = self.to_view(area)
        return Edges(shown.left(), shown.top(), shown.right(), shown.bottom())

    def _grip_under(self, at: QPointF) -> Grip:
        if self._tool is Tool.HIDE or self._region is None:
            return Grip.OUTSIDE
        return self._edges(self._region).grip_at(at.x(), at.y(), MOUSE_REACH)
