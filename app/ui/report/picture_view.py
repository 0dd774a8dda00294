"""The big view of one frame: zoom, and drawing on it by mouse, touch or keyboard."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import replace
from pathlib import Path
from uuid import UUID, uuid4

from PySide6.QtCore import QEvent, QLineF, QPoint, QPointF, QRectF, Qt, Signal
from PySide6.QtGui import QFocusEvent, QImage, QKeyEvent, QMouseEvent, QPainter, QPaintEvent, QPixmap, QTouchEvent
from PySide6.QtWidgets import QStyleOptionGraphicsItem, QWidget

from app.capture.annotation import operations
from app.capture.annotation.document import Document, Mark, Point, Text
from app.capture.annotation.grasp import handle_at, is_on, mark_at, outline
from app.capture.annotation.stroke import LETTERS
from app.system.base import Rect
from app.ui.report import picture_keys, picture_paint
from app.ui.report.ink import Ink, Look
from app.ui.report.picture_paint import Scene, area_of
from app.ui.report.region import Drag, Edges, Grip, is_click
from app.ui.report.text_field import TextField
from app.ui.report.tool import FILLING, Gesture, Style, Tool, worded
from app.ui.report.zoom_view import ZoomView
from app.ui.theme import TARGET

MOUSE_REACH = 12
"""Logical pixels around a handle's centre that a mouse may hit; a finger gets half of `TARGET`."""
LINE_REACH = 5
"""Logical pixels beside a line that still mean the line."""
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
NOTHING = Document(1, 1)


class PictureView(ZoomView):
    """Shows a marked picture and reports what was done to it, always in pixels of the picture.

    The view keeps no document: whoever listens takes the edited one and hands it back to be shown.
    """

    edited = Signal(object, str, bool)
    """Document, the gesture's name, and whether it goes on with the gesture before (keys held down)."""
    hide_wanted = Signal(object)
    """Rect of a proposal that was tapped."""
    selected = Signal(object)
    """The id of the mark that is selected now, or None."""
    tool_wanted = Signal(object)
    """A key has chosen a Tool."""
    accepted = Signal()
    """Enter: what is drawn is right."""
    monitor_asked = Signal(int)
    """A digit was pressed; the first monitor is 0."""

    def __init__(self, font: Path | None = None, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.document = NOTHING
        self.found: Rect | None = None
        self.chosen: UUID | None = None
        self.ink_style = Style()
        self.tool = Tool.BOX
        self._proposals: tuple[Rect, ...] = ()
        self._gesture: Gesture | None = None
        self._live: Document | None = None
        self._drag: Drag | None = None
        self._live_region: Rect | None = None
        self._moved: QPointF | None = None
        self._began = QPointF()
        self._pan: QPoint | None = None
        self._pinch: tuple[float, float] | None = None  # finger distance and zoom at its begin
        self._ink = Ink(font)
        self._still: tuple[object, QPixmap] | None = None
        self._writing: Text | None = None
        self.field = TextField(self.viewport())
        self.field.ended.connect(self._written)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.viewport().setMouseTracking(True)
        self.viewport().setAttribute(Qt.WidgetAttribute.WA_AcceptTouchEvents)
        self.viewport().setCursor(Qt.CursorShape.CrossCursor)

    # What is shown

    def show_picture(self, image: QImage) -> None:
        """Show another picture, fitted; nothing is drawn on it yet."""
        self.give_up()
        self.field.hide()
        self._proposals, self.found, self._still = (), None, None
        self._ink.forget()
        self.document = Document(max(image.width(), 1), max(image.height(), 1))
        self.select(None)
        super().show_picture(image)

    def show_document(self, document: Document, found: Rect | None, proposals: Iterable[Rect] = ()) -> None:
        """Show the marks, a dialog that is offered as region, and areas that look private."""
        self.document, self.found, self._proposals = document, found, tuple(proposals)
        if self._mark(self.chosen) is None:
            self.select(None)
        self.viewport().update()

    def use(self, tool: Tool) -> None:
        """Choose what gestures do from now on."""
        self.field.end()
        self.give_up()
        self.tool = tool
        self.select(None)
        self.viewport().setCursor(Qt.CursorShape.CrossCursor)

    def select(self, mark_id: UUID | None) -> None:
        """Give one mark its handles, or none."""
        if mark_id != self.chosen:
            self.chosen = mark_id
            self.selected.emit(mark_id)
        self.viewport().update()

    @property
    def region(self) -> Rect | None:
        """The part that is sent; None for the whole picture."""
        return None if self.document.crop is None else self.document.visible()

    @property
    def is_busy(self) -> bool:
        """Whether a gesture is under way."""
        return self._gesture is not None or self._drag is not None

    def commit(self, document: Document, label: str, chosen: UUID | None = None, *, merge: bool = False) -> None:
        """Report a document that a gesture or key has made."""
        if document != self.document:
            self.document = document
            if self._mark(self.chosen) is None:
                self.select(None)
            self.edited.emit(document, label, merge)
        if chosen is not None:
            self.select(chosen)
        self.viewport().update()

    # Gestures: the same three steps for mouse and finger

    def begin(self, at: QPointF, reach: float) -> None:
        """Take hold of what is there, or begin to draw."""
        self.field.end()
        point = point_of(self.to_picture(at))
        self._began = at
        if self.tool is Tool.CROP:
            grip = Grip.OUTSIDE if self.region is None else self._edges(self.region).grip_at(at.x(), at.y(), reach)
            self._drag = Drag(grip, point.x, point.y, self.region)
            return
        mark, handle = self._mark(self.chosen), None
        if mark is not None:
            handle = handle_at(mark, point, reach / self.zoom, self.document.scale)
        if handle is None:
            mark = self._held(point, reach)
        if mark is not None:
            self.select(mark.id)
            self._gesture = Gesture(self.document, point, mark.id, self.tool, self.ink_style, handle)
        elif self.tool is not Tool.TEXT:
            self._gesture = Gesture(self.document, point, uuid4(), self.tool, self.ink_style, None, is_new=True)
            if self.tool is Tool.STEP:
                self.drag_to(at)

    def drag_to(self, at: QPointF, *, even: bool = False) -> None:
        """Show what the gesture would make."""
        point = self.to_picture(at)
        if self._drag is not None:
            self._live_region = self._drag.to(point.x(), point.y(), self.bounds)
        elif self._gesture is not None:
            self._live = self._gesture.to(Point(point.x(), point.y()), even=even)
            carried = not self._gesture.is_new and self._gesture.handle is None
            self._moved = self._carried(self._gesture) if carried else None
        self.viewport().update()

    def finish(self, at: QPointF) -> None:
        """Report what was drawn; a click that drew nothing means what lies under it."""
        gesture, live, drag, region = self._gesture, self._live, self._drag, self._live_region
        self.give_up()
        point = self.to_picture(at)
        if drag is not None:
            if region is None or (drag.grip is Grip.OUTSIDE and is_click(region)):
                self._clicked(point, QLineF(at, self._began).length() < MOUSE_REACH)
            else:
                self.crop_to(region)
        elif gesture is None:
            if self.tool is Tool.TEXT:
                self.write(worded(self.document, self.ink_style, Point(point.x(), point.y()), ""))
        elif live is None or gesture.is_slip(live):
            if gesture.is_new:
                self._clicked(point, QLineF(at, self._began).length() < MOUSE_REACH)
        else:
            self.commit(live, gesture.tool.name.lower(), gesture.mark_id)

    def give_up(self) -> None:
        """Forget the gesture under way."""
        self._gesture = self._live = self._drag = self._live_region = self._moved = None
        self.viewport().update()

    def crop_to(self, region: Rect | None) -> None:
        """Send only a part of the picture; None: all of it."""
        area = None if region is None else area_of(region)
        self.commit(operations.crop(self.document, area), "region")

    def _clicked(self, point: QPointF, is_tap: bool) -> None:
        x, y = point.x(), point.y()
        mark = mark_at(self.document, Point(x, y), LINE_REACH / self.zoom)
        proposal = next((each for each in self._proposals if each.grown(4).contains(x, y)), None)
        if not is_tap:
            return
        if proposal is not None:
            self.hide_wanted.emit(proposal)
        elif mark is not None and self.tool is not Tool.CROP:
            self.select(mark.id)
        elif self.chosen is not None:
            self.select(None)
        elif self.region is None and self.found is not None and self.found.contains(x, y):
            self.crop_to(self.found)

    def _held(self, at: Point, reach: float) -> Mark | None:
        """The mark a press takes hold of: a line, a number or words; an area only with its own tool."""
        near = min(reach, LINE_REACH * 2) / self.zoom / (1 if reach > MOUSE_REACH else 2)
        chosen = self._mark(self.chosen)
        if chosen is not None and is_on(chosen, at, near, self.document.scale):
            return chosen
        hit = mark_at(self.document, at, near, filled=False)
        if hit is None and self.tool in FILLING:
            filled = mark_at(self.document, at, near)
            hit = filled if isinstance(filled, FILLING[self.tool]) else None
        return hit

    def _carried(self, gesture: Gesture) -> QPointF:
        """How far a carried mark has come on the screen."""
        before, after = self.document, self._live or self.document
        old, new = (outline(each.mark(gesture.mark_id), each.scale) for each in (before, after))
        return QPointF((new.x - old.x) * self.zoom, (new.y - old.y) * self.zoom)

    def _mark(self, mark_id: UUID | None) -> Mark | None:
        return next((mark for mark in self.document.marks if mark.id == mark_id), None)

    # Words

    def write(self, text: Text) -> None:
        """Open the field for a text, new or known."""
        self._writing = text
        self.select(None)
        shown = self.look().place(area_of(Rect(round(text.corner.x), round(text.corner.y), round(text.width), 0)))
        self.field.begin(shown, LETTERS[text.weight] * self.document.scale * self.zoom, text.words)

    def _written(self, words: str) -> None:
        text, self._writing = self._writing, None
        if text is None:
            return
        if self._mark(text.id) is not None:
            document = operations.reword(self.document, text.id, words)
            self.commit(document, "reword", text.id if words.strip() else None)
        elif words.strip():
            self.commit(operations.add(self.document, replace(text, words=words)), "text", text.id)
        if self.isVisible():
            self.setFocus()

    def edit_chosen(self) -> bool:
        """Change the words of the selected text; False when it is none."""
        mark = self._mark(self.chosen)
        if isinstance(mark, Text):
            self.write(mark)
        return isinstance(mark, Text)

    # Mouse, finger, keys

    def mousePressEvent(self, event: QMouseEvent) -> None:
        if event.button() is Qt.MouseButton.LeftButton:
            self.begin(event.position(), MOUSE_REACH)
        elif event.button() is Qt.MouseButton.MiddleButton:
            self._pan = event.position().toPoint()
            self.viewport().setCursor(Qt.CursorShape.ClosedHandCursor)

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        at = event.position()
        if self._pan is not None:
            self.scroll_by(self._pan - at.toPoint())
            self._pan = at.toPoint()
        elif self.is_busy:
            self.drag_to(at, even=bool(event.modifiers() & Qt.KeyboardModifier.ShiftModifier))
        else:
            self.viewport().setCursor(self._cursor(at))

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:
        if event.button() is Qt.MouseButton.MiddleButton:
            self._pan = None
            self.viewport().setCursor(Qt.CursorShape.CrossCursor)
        elif event.button() is Qt.MouseButton.LeftButton:
            self.finish(event.position())

    def mouseDoubleClickEvent(self, event: QMouseEvent) -> None:
        point = self.to_picture(event.position())
        mark = mark_at(self.document, Point(point.x(), point.y()), LINE_REACH / self.zoom)
        if isinstance(mark, Text):
            self.give_up()
            self.write(mark)
        else:
            self.mousePressEvent(event)

    def viewportEvent(self, event: QEvent) -> bool:
        touches = (QEvent.Type.TouchBegin, QEvent.Type.TouchUpdate, QEvent.Type.TouchEnd)
        if event.type() in touches and isinstance(event, QTouchEvent):
            self._touched(event)
            event.accept()
            return True
        if event.type() == QEvent.Type.TouchCancel:
            self._pinch = None
            self.give_up()
            return True
        return bool(super().viewportEvent(event))

    def _touched(self, event: QTouchEvent) -> None:
        points = event.points()
        if len(points) >= 2:
            self.give_up()
            one, other = points[0], points[1]
            distance = max(1.0, QLineF(one.position(), other.position()).length())
            if self._pinch is None:
                self._pinch = (distance, self.zoom)
            by = one.lastPosition() - one.position() + other.lastPosition() - other.position()
            self.zoom_to(self._pinch[1] * distance / self._pinch[0])
            self.scroll_by(QPoint(round(by.x() / 2), round(by.y() / 2)))
        elif points and self._pinch is None:
            steps: dict[QEvent.Type, Callable[[QPointF], None]] = {
                QEvent.Type.TouchBegin: lambda at: self.begin(at, TARGET / 2),
                QEvent.Type.TouchUpdate: self.drag_to,
            }
            steps.get(event.type(), self.finish)(points[0].position())
        if event.type() == QEvent.Type.TouchEnd:
            self._pinch = None

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if not picture_keys.pressed(self, event):
            event.ignore()  # Esc with nothing drawn, Tab and shortcuts are the window's

    def focusNextPrevChild(self, forward: bool) -> bool:
        if picture_keys.next_mark(self, forward=forward):
            return True
        return bool(super().focusNextPrevChild(forward))

    def focusInEvent(self, event: QFocusEvent) -> None:
        super().focusInEvent(event)
        self.viewport().update()

    # Painting

    def look(self) -> Look:
        """How the picture lies in the viewport."""
        corner = self.viewportTransform().map(QPointF(0, 0))
        return Look(corner, self.zoom, self.devicePixelRatioF(), QRectF(self.viewport().rect()))

    def scene_now(self) -> Scene:
        """What is to be seen, the gesture under way included."""
        live = self._gesture.mark_id if self._gesture is not None and self._live is not None else None
        writing = self._writing.id if self._writing is not None else None
        is_drawn = self._live is not None and self._gesture is not None and self._gesture.is_new
        return Scene(
            document=self._live or self.document,
            selected=self.chosen if not is_drawn and writing is None else None,
            live=live or (writing if self._mark(writing) is not None else None),
            moved=self._moved,
            region=self._live_region if self._live_region is not None else self.region,
            found=self.found,
            proposals=self._proposals,
            is_cropping=self.tool is Tool.CROP,
            is_region_live=self._live_region is not None,
        )

    def paintEvent(self, _event: QPaintEvent) -> None:
        scene, look = self.scene_now(), self.look()
        painter = QPainter(self.viewport())
        painter.drawPixmap(0, 0, self._backdrop(scene, look))
        if self._writing is None:
            picture_paint.moving(painter, scene, look, self._ink, self.document)
        picture_paint.around(painter, scene, look)
        painter.end()

    def _backdrop(self, scene: Scene, look: Look) -> QPixmap:
        """Frame and marks at rest as one pixmap, so that a gesture repaints nothing but its own mark."""
        live = scene.live if self._mark(scene.live) is not None else None
        state = (look, self.document, live, self.image().cacheKey(), self.sunken())
        if self._still is not None and self._still[0] == state:
            return self._still[1]
        pixmap = QPixmap(self.viewport().size() * look.ratio)
        pixmap.setDevicePixelRatio(look.ratio)
        pixmap.fill(self.backgroundBrush().color())
        painter = QPainter(pixmap)
        painter.setTransform(self.viewportTransform())
        self.frame_item.paint(painter, QStyleOptionGraphicsItem())
        painter.resetTransform()
        picture_paint.still(painter, replace(scene, document=self.document), look, self._ink)
        painter.end()
        self._still = (state, pixmap)
        return pixmap

    def sunken(self) -> str:
        """The colour around the picture."""
        return str(self.backgroundBrush().color().name())

    def _edges(self, area: Rect) -> Edges:
        shown = self.to_view(area)
        return Edges(shown.left(), shown.top(), shown.right(), shown.bottom())

    def _cursor(self, at: QPointF) -> Qt.CursorShape:
        if self.tool is Tool.CROP:
            grip = Grip.OUTSIDE if self.region is None else self._edges(self.region).grip_at(at.x(), at.y(), 12)
            return CURSORS[grip]
        point = point_of(self.to_picture(at))
        mark = self._mark(self.chosen)
        if mark is not None and handle_at(mark, point, MOUSE_REACH / self.zoom, self.document.scale) is not None:
            return Qt.CursorShape.PointingHandCursor
        if self._held(point, MOUSE_REACH) is not None:
            return Qt.CursorShape.SizeAllCursor
        return Qt.CursorShape.IBeamCursor if self.tool is Tool.TEXT else Qt.CursorShape.CrossCursor


def point_of(at: QPointF) -> Point:
    """A place of Qt's as one of ours."""
    return Point(at.x(), at.y())
