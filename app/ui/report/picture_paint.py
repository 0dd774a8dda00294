"""How a marked picture looks while it is worked on: marks as they are sent, and around them what helps the hand."""

from __future__ import annotations

from dataclasses import dataclass
from uuid import UUID

from PySide6.QtCore import QPointF, Qt
from PySide6.QtGui import QBrush, QColor, QPainter, QPainterPath, QPen

from app.capture.annotation.document import Area, Arrow, Box, Document, Ellipse, Hide, Mark
from app.capture.annotation.grasp import handles, outline
from app.capture.annotation.stroke import head_length, layers
from app.capture.redaction import covered
from app.system.base import Rect
from app.ui.report import region_paint
from app.ui.report.ink import Ink, Look
from app.ui.theme import shades


@dataclass(frozen=True, slots=True)
class Scene:
    """What is to be seen now. `live` is the mark a gesture changes; it is drawn apart from the others.

    `moved` is how far a carried mark is from where it was, in logical pixels; None while it is drawn or pulled.
    """

    document: Document
    selected: UUID | None = None
    live: UUID | None = None
    moved: QPointF | None = None
    region: Rect | None = None
    found: Rect | None = None
    proposals: tuple[Rect, ...] = ()
    is_cropping: bool = False
    is_region_live: bool = False


def still(painter: QPainter, scene: Scene, look: Look, ink: Ink) -> None:
    """What a gesture leaves as it is: hidden areas first, then marks in their order."""
    document = scene.document
    for mark in document.hidden():
        if mark.id != scene.live:
            hidden(painter, mark, document, look)
    for each in document.marks:
        if each.id != scene.live:
            ink.draw(painter, each, document, look)


def moving(painter: QPainter, scene: Scene, look: Look, ink: Ink, before: Document) -> None:
    """The mark that a gesture changes: moved pixels when it is carried, quick lines while it takes shape."""
    if scene.live is None:
        return
    mark = scene.document.mark(scene.live)
    if isinstance(mark, Hide):
        hidden(painter, mark, scene.document, look)
    elif scene.moved is not None:
        ink.draw(painter, before.mark(scene.live), before, look, scene.moved)
    elif not quick(painter, mark, scene.document.scale, look):
        ink.draw(painter, mark, scene.document, look)


def around(painter: QPainter, scene: Scene, look: Look) -> None:
    """The region that is sent, what is proposed, and the handles of what is selected."""
    whole = look.place(Area(0, 0, scene.document.width, scene.document.height))
    if scene.region is not None:
        handled = scene.is_cropping and not scene.is_region_live
        region_paint.region(painter, look.place(area_of(scene.region)), whole, scene.region, handles=handled)
    elif scene.found is not None:
        region_paint.suggestion(painter, look.place(area_of(scene.found)))
    for proposal in scene.proposals:
        region_paint.private(painter, look.place(area_of(proposal)))
    if scene.selected is not None and scene.moved is None:
        selection(painter, scene.document.mark(scene.selected), scene.document, look)


def selection(painter: QPainter, mark: Mark, document: Document, look: Look) -> None:
    """A thin double frame, and knobs where the mark can be pulled."""
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    painter.setBrush(Qt.BrushStyle.NoBrush)
    if not isinstance(mark, Arrow):
        place = look.place(outline(mark, document.scale)).adjusted(-5, -5, 5, 5)
        painter.setPen(QPen(region_paint.LIGHT, 3))
        painter.drawRoundedRect(place, 3, 3)
        painter.setPen(QPen(QColor(shades().accent), 1.5, Qt.PenStyle.DashLine))
        painter.drawRoundedRect(place, 3, 3)
    for point in handles(mark, document.scale).values():
        region_paint.knob(painter, look.place(Area(point.x, point.y, 0, 0)).topLeft())


def hidden(painter: QPainter, mark: Hide, document: Document, look: Look) -> None:
    """What is really filled: a little more than was drawn."""
    filled = covered(mark.area.pixels(), Rect(0, 0, document.width, document.height), document.scale)
    region_paint.hidden(painter, look.place(area_of(filled)), being_drawn=False)


def quick(painter: QPainter, mark: Mark, scale: float, look: Look) -> bool:
    """Draw an outline with Qt's own lines in the same strokes; False for marks that have none."""
    path = path_of(mark, scale, look)
    if path is None:
        return False
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    painter.setBrush(Qt.BrushStyle.NoBrush)
    for layer in layers(mark.colour, mark.weight, scale * look.zoom):
        colour = QColor(*layer.colour)
        pen = QPen(colour, layer.width)
        pen.setCapStyle(Qt.PenCapStyle.RoundCap)
        pen.setJoinStyle(Qt.PenJoinStyle.RoundJoin)
        painter.setPen(pen)
        painter.drawPath(path)
        if isinstance(mark, Arrow):
            painter.setBrush(QBrush(colour))
            painter.drawPath(head_of(mark, scale, look))
            painter.setBrush(Qt.BrushStyle.NoBrush)
    return True


def path_of(mark: Mark, scale: float, look: Look) -> QPainterPath | None:
    """The line of an outline on the screen."""
    path = QPainterPath()
    if isinstance(mark, Arrow):
        start, tip = on_screen(mark, look)
        path.moveTo(start)
        path.lineTo(tip)
        return path
    if isinstance(mark, Ellipse):
        path.addEllipse(look.place(mark.area))
        return path
    if isinstance(mark, Box):
        path.addRoundedRect(look.place(outline(mark, scale)), 3, 3)
        return path
    return None


def on_screen(mark: Arrow, look: Look) -> tuple[QPointF, QPointF]:
    """The two ends of an arrow in logical pixels."""
    start, tip = (look.place(Area(end.x, end.y, 0, 0)).topLeft() for end in (mark.start, mark.tip))
    return start, tip


def head_of(mark: Arrow, scale: float, look: Look) -> QPainterPath:
    """An arrow's head on the screen."""
    start, tip = on_screen(mark, look)
    line = tip - start
    length = max((line.x() ** 2 + line.y() ** 2) ** 0.5, 1e-6)
    size = min(head_length(mark.weight, scale) * look.zoom, length)
    along = line * (size * 0.9 / length)
    across = QPointF(-line.y(), line.x()) * (size * 0.43 / length)
    path = QPainterPath(tip)
    path.lineTo(tip - along + across)
    path.lineTo(tip - along - across)
    path.closeSubpath()
    return path


def area_of(rect: Rect) -> Area:
    """Whole pixels as an area."""
    return Area(rect.x, rect.y, rect.width, rect.height)
