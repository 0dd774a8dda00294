"""What a hand does on the picture: it draws a mark, carries or pulls one, drags the region, or only taps."""

from __future__ import annotations

from typing import TYPE_CHECKING
from uuid import uuid4

from PySide6.QtCore import QLineF, QPointF, Qt

from app.capture.annotation.document import Document, Mark, Point
from app.capture.annotation.grasp import handle_at, is_on, mark_at, outline
from app.system.base import Rect
from app.ui.report.region import Drag, Grip, is_click
from app.ui.report.tool import FILLING, Gesture, Tool, worded

if TYPE_CHECKING:
    from app.ui.report.picture_view import PictureView

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


class Hand:
    """The gesture under way, mouse and finger alike: `begin`, `drag_to`, `finish`; or `give_up`.

    It is handed the view it works on instead of holding it, so that neither keeps the other alive.
    """

    def __init__(self) -> None:
        self.gesture: Gesture | None = None
        self.live: Document | None = None
        self.drag: Drag | None = None
        self.region: Rect | None = None
        self.moved: QPointF | None = None
        self._began = QPointF()

    @property
    def is_busy(self) -> bool:
        """Whether a gesture is under way."""
        return self.gesture is not None or self.drag is not None

    def begin(self, view: PictureView, at: QPointF, reach: float) -> None:
        """Take hold of what is there, or begin to draw."""
        view.field.end()
        point = _point(view.to_picture(at))
        self._began = at
        if view.tool is Tool.CROP:
            grip = Grip.OUTSIDE if view.region is None else view.edges(view.region).grip_at(at.x(), at.y(), reach)
            self.drag = Drag(grip, point.x, point.y, view.region)
            return
        mark, handle = view.mark(view.chosen), None
        if mark is not None:
            handle = handle_at(mark, point, reach / view.zoom, view.document.scale)
        if handle is None:
            mark = self.held(view, point, reach)
        if mark is not None:
            view.select(mark.id)
            self.gesture = Gesture(view.document, point, mark.id, view.tool, view.ink_style, handle)
        elif view.tool is not Tool.TEXT:
            self.gesture = Gesture(view.document, point, uuid4(), view.tool, view.ink_style, None, is_new=True)
            if view.tool is Tool.STEP:
                self.drag_to(view, at)

    def drag_to(self, view: PictureView, at: QPointF, *, even: bool = False) -> None:
        """Show what the gesture would make."""
        point = view.to_picture(at)
        if self.drag is not None:
            self.region = self.drag.to(point.x(), point.y(), view.bounds)
        elif self.gesture is not None:
            self.live = self.gesture.to(Point(point.x(), point.y()), even=even)
            carried = not self.gesture.is_new and self.gesture.handle is None
            self.moved = self._carried(view, self.gesture) if carried else None
        view.viewport().update()

    def finish(self, view: PictureView, at: QPointF) -> None:
        """Report what was drawn; a click that drew nothing means what lies under it."""
        gesture, live, drag, region = self.gesture, self.live, self.drag, self.region
        self.give_up(view)
        point = view.to_picture(at)
        if drag is not None:
            if region is None or (drag.grip is Grip.OUTSIDE and is_click(region)):
                self._clicked(view, point, QLineF(at, self._began).length() < MOUSE_REACH)
            else:
                view.crop_to(region)
        elif gesture is None:
            if view.tool is Tool.TEXT:
                view.write(worded(view.document, view.ink_style, Point(point.x(), point.y()), ""))
        elif live is None or gesture.is_slip(live):
            if gesture.is_new:
                self._clicked(view, point, QLineF(at, self._began).length() < MOUSE_REACH)
        else:
            view.commit(live, gesture.tool.name.lower(), gesture.mark_id)

    def give_up(self, view: PictureView) -> None:
        """Forget the gesture under way."""
        self.gesture = self.live = self.drag = self.region = self.moved = None
        view.viewport().update()

    def _clicked(self, view: PictureView, point: QPointF, is_tap: bool) -> None:
        x, y = point.x(), point.y()
        mark = mark_at(view.document, Point(x, y), LINE_REACH / view.zoom)
        proposal = next((each for each in view.proposals if each.grown(4).contains(x, y)), None)
        if not is_tap:
            return
        if proposal is not None:
            view.hide_wanted.emit(proposal)
        elif mark is not None and view.tool is not Tool.CROP:
            view.select(mark.id)
        elif view.chosen is not None:
            view.select(None)
        elif view.region is None and view.found is not None and view.found.contains(x, y):
            view.crop_to(view.found)

    def held(self, view: PictureView, at: Point, reach: float) -> Mark | None:
        """The mark a press takes hold of: a line, a number or words; an area only with its own tool."""
        near = min(reach, LINE_REACH * 2) / view.zoom / (1 if reach > MOUSE_REACH else 2)
        chosen = view.mark(view.chosen)
        if chosen is not None and is_on(chosen, at, near, view.document.scale):
            return chosen
        hit = mark_at(view.document, at, near, filled=False)
        if hit is None and view.tool in FILLING:
            filled = mark_at(view.document, at, near)
            hit = filled if isinstance(filled, FILLING[view.tool]) else None
        return hit

    def _carried(self, view: PictureView, gesture: Gesture) -> QPointF:
        """How far a carried mark has come on the screen."""
        before, after = view.document, self.live or view.document
        old, new = (outline(each.mark(gesture.mark_id), each.scale) for each in (before, after))
        return QPointF((new.x - old.x) * view.zoom, (new.y - old.y) * view.zoom)

    def cursor(self, view: PictureView, at: QPointF) -> Qt.CursorShape:
        """What the pointer looks like where a press would take hold of something, or of nothing."""
        if view.tool is Tool.CROP:
            grip = Grip.OUTSIDE if view.region is None else view.edges(view.region).grip_at(at.x(), at.y(), 12)
            return CURSORS[grip]
        point = _point(view.to_picture(at))
        mark = view.mark(view.chosen)
        if mark is not None and handle_at(mark, point, MOUSE_REACH / view.zoom, view.document.scale) is not None:
            return Qt.CursorShape.PointingHandCursor
        if self.held(view, point, MOUSE_REACH) is not None:
            return Qt.CursorShape.SizeAllCursor
        return Qt.CursorShape.IBeamCursor if view.tool is Tool.TEXT else Qt.CursorShape.CrossCursor


def _point(at: QPointF) -> Point:
    """A place of Qt's as one of ours."""
    return Point(at.x(), at.y())
