"""The big view of one frame: zoom, and drawing on it by mouse, touch or keyboard."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from pathlib import Path
from uuid import UUID

from PySide6.QtCore import QEvent, QLineF, QPoint, QPointF, QRectF, Qt, Signal
from PySide6.QtGui import QFocusEvent, QImage, QKeyEvent, QMouseEvent, QPainter, QPaintEvent, QPixmap, QTouchEvent
from PySide6.QtWidgets import QStyleOptionGraphicsItem, QWidget

from app.capture.annotation import operations
from app.capture.annotation.document import Document, Mark, Point, Text
from app.capture.annotation.grasp import mark_at
from app.capture.annotation.stroke import LETTERS
from app.system.base import Rect
from app.ui.report import picture_keys, picture_paint
from app.ui.report.hand import LINE_REACH, MOUSE_REACH, Hand
from app.ui.report.ink import Ink, Look
from app.ui.report.picture_paint import Scene, area_of
from app.ui.report.region import Edges
from app.ui.report.text_field import TextField
from app.ui.report.tool import Style, Tool
from app.ui.report.zoom_view import ZoomView
from app.ui.theme import TARGET

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
        self.proposals: tuple[Rect, ...] = ()
        self.hand = Hand()
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
        self.hand.give_up(self)
        self.field.hide()
        self.proposals, self.found, self._still = (), None, None
        self._ink.forget()
        self.document = Document(max(image.width(), 1), max(image.height(), 1))
        self.select(None)
        super().show_picture(image)

    def show_document(self, document: Document, found: Rect | None, proposals: Iterable[Rect] = ()) -> None:
        """Show the marks, a dialog that is offered as region, and areas that look private."""
        self.document, self.found, self.proposals = document, found, tuple(proposals)
        if self.mark(self.chosen) is None:
            self.select(None)
        self.viewport().update()

    def use(self, tool: Tool) -> None:
        """Choose what gestures do from now on."""
        self.field.end()
        self.hand.give_up(self)
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

    def commit(self, document: Document, label: str, chosen: UUID | None = None, *, merge: bool = False) -> None:
        """Report a document that a gesture or key has made."""
        if document != self.document:
            self.document = document
            if self.mark(self.chosen) is None:
                self.select(None)
            self.edited.emit(document, label, merge)
        if chosen is not None:
            self.select(chosen)
        self.viewport().update()

    def crop_to(self, region: Rect | None) -> None:
        """Send only a part of the picture; None: all of it."""
        area = None if region is None else area_of(region)
        self.commit(operations.crop(self.document, area), "region")

    def mark(self, mark_id: UUID | None) -> Mark | None:
        """The mark with an id; None when there is none."""
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
        if self.mark(text.id) is not None:
            document = operations.reword(self.document, text.id, words)
            self.commit(document, "reword", text.id if words.strip() else None)
        elif words.strip():
            self.commit(operations.add(self.document, replace(text, words=words)), "text", text.id)
        if self.isVisible():
            self.setFocus()

    def edit_chosen(self) -> bool:
        """Change the words of the selected text; False when it is none."""
        mark = self.mark(self.chosen)
        if isinstance(mark, Text):
            self.write(mark)
        return isinstance(mark, Text)

    # Mouse, finger, keys

    def mousePressEvent(self, event: QMouseEvent) -> None:
        if event.button() is Qt.MouseButton.LeftButton:
            self.hand.begin(self, event.position(), MOUSE_REACH)
        elif event.button() is Qt.MouseButton.MiddleButton:
            self._pan = event.position().toPoint()
            self.viewport().setCursor(Qt.CursorShape.ClosedHandCursor)

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        at = event.position()
        if self._pan is not None:
            self.scroll_by(self._pan - at.toPoint())
            self._pan = at.toPoint()
        elif self.hand.is_busy:
            self.hand.drag_to(self, at, even=bool(event.modifiers() & Qt.KeyboardModifier.ShiftModifier))
        else:
            self.viewport().setCursor(self.hand.cursor(self, at))

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:
        if event.button() is Qt.MouseButton.MiddleButton:
            self._pan = None
            self.viewport().setCursor(Qt.CursorShape.CrossCursor)
        elif event.button() is Qt.MouseButton.LeftButton:
            self.hand.finish(self, event.position())

    def mouseDoubleClickEvent(self, event: QMouseEvent) -> None:
        point = self.to_picture(event.position())
        mark = mark_at(self.document, Point(point.x(), point.y()), LINE_REACH / self.zoom)
        if isinstance(mark, Text):
            self.hand.give_up(self)
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
            self.hand.give_up(self)
            return True
        return bool(super().viewportEvent(event))

    def _touched(self, event: QTouchEvent) -> None:
        points = event.points()
        if len(points) >= 2:
            self.hand.give_up(self)
            one, other = points[0], points[1]
            distance = max(1.0, QLineF(one.position(), other.position()).length())
            if self._pinch is None:
                self._pinch = (distance, self.zoom)
            by = one.lastPosition() - one.position() + other.lastPosition() - other.position()
            self.zoom_to(self._pinch[1] * distance / self._pinch[0])
            self.scroll_by(QPoint(round(by.x() / 2), round(by.y() / 2)))
        elif points and self._pinch is None:
            at = points[0].position()
            match event.type():
                case QEvent.Type.TouchBegin:
                    self.hand.begin(self, at, TARGET / 2)
                case QEvent.Type.TouchUpdate:
                    self.hand.drag_to(self, at)
                case _:
                    self.hand.finish(self, at)
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
        hand, gesture = self.hand, self.hand.gesture
        live = gesture.mark_id if gesture is not None and hand.live is not None else None
        writing = self._writing.id if self._writing is not None else None
        is_drawn = hand.live is not None and gesture is not None and gesture.is_new
        return Scene(
            document=hand.live or self.document,
            selected=self.chosen if not is_drawn and writing is None else None,
            live=live or (writing if self.mark(writing) is not None else None),
            moved=hand.moved,
            region=hand.region if hand.region is not None else self.region,
            found=self.found,
            proposals=self.proposals,
            is_cropping=self.tool is Tool.CROP,
            is_region_live=hand.region is not None,
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
        live = scene.live if self.mark(scene.live) is not None else None
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

    def edges(self, area: Rect) -> Edges:
        """Where the edges of an area of the picture lie in the viewport."""
        shown = self.to_view(area)
        return Edges(shown.left(), shown.top(), shown.right(), shown.bottom())
