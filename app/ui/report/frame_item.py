"""One frame's pixels in a scene, drawn sharp at every zoom."""

from __future__ import annotations

from PySide6.QtCore import QPointF, QRectF, QSize, Qt
from PySide6.QtGui import QImage, QPainter, QPixmap
from PySide6.QtWidgets import QGraphicsItem, QStyleOptionGraphicsItem, QWidget


class FrameItem(QGraphicsItem):
    """The picture at (0, 0), one scene unit to a pixel.

    When the picture is drawn smaller than it is, Qt's own scaling drops rows and makes text unreadable; so the
    picture is averaged once per zoom and kept.
    """

    def __init__(self, image: QImage) -> None:
        super().__init__()
        self._image = image
        self._scaled = QPixmap()
        self._full = QPixmap()

    def set_image(self, image: QImage) -> None:
        """Show other pixels, e.g. with another area hidden."""
        self.prepareGeometryChange()
        self._image = image
        self._scaled = QPixmap()
        self._full = QPixmap()
        self.update()

    def image(self) -> QImage:
        """The pixels that are shown."""
        return self._image

    def boundingRect(self) -> QRectF:
        return QRectF(self._image.rect())

    def paint(self, painter: QPainter, _option: QStyleOptionGraphicsItem, _widget: QWidget | None = None) -> None:
        ratio = painter.device().devicePixelRatio()
        zoom = painter.worldTransform().m11() * ratio
        if self._image.isNull():
            return
        if zoom >= 1:
            if self._full.isNull():
                self._full = QPixmap.fromImage(self._image)
            painter.setRenderHint(QPainter.RenderHint.SmoothPixmapTransform, zoom % 1 != 0)
            painter.drawPixmap(0, 0, self._full)
            return
        size = QSize(max(1, round(self._image.width() * zoom)), max(1, round(self._image.height() * zoom)))
        if self._scaled.size() != size:
            smooth = Qt.TransformationMode.SmoothTransformation
            ignore = Qt.AspectRatioMode.IgnoreAspectRatio
            self._scaled = QPixmap.fromImage(self._image.scaled(size, ignore, smooth))
            self._scaled.setDevicePixelRatio(ratio)
        corner = painter.worldTransform().map(QPointF(0, 0))
        painter.save()
        painter.resetTransform()
        painter.drawPixmap(QPointF(round(corner.x() * ratio) / ratio, round(corner.y() * ratio) / ratio), self._scaled)
        painter.restore()
