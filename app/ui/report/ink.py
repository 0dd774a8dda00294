"""Marks as pixmaps for the screen: what app.capture.annotation.render draws, kept for the zoom in view."""

from __future__ import annotations

from collections import OrderedDict
from dataclasses import dataclass, replace
from pathlib import Path

from PIL import Image
from PySide6.QtCore import QPointF, QRectF, QSizeF, Qt
from PySide6.QtGui import QColor, QImage, QPainter, QPixmap

from app.capture.annotation.document import (
    Area,
    Arrow,
    Box,
    Document,
    Ellipse,
    Hide,
    Highlight,
    Mark,
    Point,
    Step,
    Text,
    Unknown,
)
from app.capture.annotation.grasp import grown, outline
from app.capture.annotation.render import Patch, patches
from app.capture.annotation.stroke import head_length, reach

MOST_BYTES = 24 * 1024 * 1024
"""Pixels kept for marks; a fraction of one large frame."""


@dataclass(frozen=True, slots=True)
class Stamp:
    """Pixels at a place in the enlarged or reduced picture; `colour` instead of pixels multiplies an area."""

    place: QRectF
    pixmap: QPixmap | None
    colour: QColor | None = None


@dataclass(frozen=True, slots=True)
class Look:
    """How a picture lies on the screen: its corner and the size of one of its pixels, in logical pixels.

    `ratio` is the screen's device pixels to a logical one, `port` what can be seen.
    """

    corner: QPointF
    zoom: float
    ratio: float
    port: QRectF

    @property
    def pixels(self) -> float:
        """Device pixels to a pixel of the picture."""
        return self.zoom * self.ratio

    def place(self, area: Area) -> QRectF:
        """Where an area of the picture is on the screen."""
        corner = QPointF(self.corner.x() + area.x * self.zoom, self.corner.y() + area.y * self.zoom)
        return QRectF(corner, QSizeF(area.width * self.zoom, area.height * self.zoom))


class Ink:
    """Draws marks, each rendered once for a zoom; the least recently drawn are forgotten first."""

    def __init__(self, font: Path | None) -> None:
        self._font = font
        self._kept: OrderedDict[tuple[Mark, int, float, float], tuple[Stamp, ...]] = OrderedDict()
        self._bytes = 0

    def draw(self, painter: QPainter, mark: Mark, document: Document, look: Look, by: QPointF | None = None) -> None:
        """Draw a mark of a document; `by` moves it on the screen, which needs no new rendering."""
        by = by or QPointF(0, 0)
        if isinstance(mark, Unknown | Hide) or not look.port.intersects(
            look.place(around(mark, document.scale)).translated(by)
        ):
            return
        corner = look.corner + by
        if look.pixels < 1:  # whole device pixels keep what was rendered sharp
            corner = QPointF(round(corner.x() * look.ratio) / look.ratio, round(corner.y() * look.ratio) / look.ratio)
        for stamp in self._stamps(mark, document, look):
            place = stamp.place.translated(corner)
            if stamp.pixmap is not None:
                painter.drawPixmap(place, stamp.pixmap, QRectF(stamp.pixmap.rect()))
            elif stamp.colour is not None:
                painter.setCompositionMode(QPainter.CompositionMode.CompositionMode_Multiply)
                painter.fillRect(place, stamp.colour)
                painter.setCompositionMode(QPainter.CompositionMode.CompositionMode_SourceOver)

    def forget(self) -> None:
        """Let go of all pixels."""
        self._kept.clear()
        self._bytes = 0

    def _stamps(self, mark: Mark, document: Document, look: Look) -> tuple[Stamp, ...]:
        number = document.number(mark) if isinstance(mark, Step) else 0
        key = (mark, number, document.scale, look.pixels)
        if key in self._kept:
            self._kept.move_to_end(key)
            return self._kept[key]
        made = tuple(stamps(mark, document, look, self._font))
        self._kept[key] = made
        self._bytes += weight(made)
        while self._bytes > MOST_BYTES and len(self._kept) > 1:
            _, old = self._kept.popitem(last=False)
            self._bytes -= weight(old)
        return made


def weight(made: tuple[Stamp, ...]) -> int:
    """Bytes of the pixels."""
    return sum(stamp.pixmap.width() * stamp.pixmap.height() * 4 for stamp in made if stamp.pixmap is not None)


def around(mark: Mark, scale: float) -> Area:
    """A rectangle outside of which a mark leaves no ink."""
    margin = reach(mark.weight, scale) + head_length(mark.weight, scale) + 8 * scale
    area = outline(mark, scale)
    if isinstance(mark, Text):
        return grown(Area(area.x, area.y, mark.width, area.height * 2), margin)
    return grown(area, margin)


def stamps(mark: Mark, document: Document, look: Look, font: Path | None) -> list[Stamp]:
    """A mark's pixels for the screen. Outlines are drawn at the size they are seen in, from the same strokes."""
    pixels, ratio = look.pixels, look.ratio
    if isinstance(mark, Highlight):
        (patch,) = patches(mark, document, font)
        red, green, blue = patch.image.getpixel((0, 0))  # type: ignore[misc]  # RGB
        size = QSizeF(patch.image.width * look.zoom, patch.image.height * look.zoom)
        place = QRectF(QPointF(patch.x * look.zoom, patch.y * look.zoom), size)
        return [Stamp(place, None, QColor(red, green, blue))]
    if pixels < 1 and isinstance(mark, Arrow | Box | Ellipse):
        small = Document(document.width, document.height, document.scale * pixels)
        return [stamp_of(patch, 1 / ratio, 1.0) for patch in patches(reduced(mark, pixels), small, font)]
    shrink = min(pixels, 1.0)
    return [stamp_of(patch, look.zoom, shrink) for patch in patches(mark, document, font)]


def stamp_of(patch: Patch, zoom: float, shrink: float) -> Stamp:
    """A patch with the size it is seen in; `shrink` averages its pixels beforehand."""
    image = image_of(patch.image)
    place = QRectF(patch.x * zoom, patch.y * zoom, image.width() * zoom, image.height() * zoom)
    if shrink < 1:
        width, height = max(round(image.width() * shrink), 1), max(round(image.height() * shrink), 1)
        smooth = Qt.TransformationMode.SmoothTransformation
        image = image.scaled(width, height, Qt.AspectRatioMode.IgnoreAspectRatio, smooth)
    return Stamp(place, QPixmap.fromImage(image))


def image_of(image: Image.Image) -> QImage:
    """RGBA pixels for Qt."""
    data = image.convert("RGBA").tobytes()
    made = QImage(data, image.width, image.height, image.width * 4, QImage.Format.Format_RGBA8888)
    return made.convertToFormat(QImage.Format.Format_ARGB32_Premultiplied)


def reduced(mark: Arrow | Box | Ellipse, by: float) -> Mark:
    """An outline as it lies in the picture reduced to a part of its size."""
    if isinstance(mark, Arrow):
        start, tip = (Point(each.x * by, each.y * by) for each in (mark.start, mark.tip))
        return replace(mark, start=start, tip=tip)
    area = mark.area
    return replace(mark, area=Area(area.x * by, area.y * by, area.width * by, area.height * by))
