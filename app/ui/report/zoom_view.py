"""A picture that can be zoomed and moved about, one scene unit to a pixel."""

from __future__ import annotations

from PySide6.QtCore import QEvent, QPoint, QPointF, QRectF, Qt, Signal
from PySide6.QtGui import QColor, QImage, QResizeEvent, QWheelEvent
from PySide6.QtWidgets import QFrame, QGraphicsScene, QGraphicsView, QWidget

from app.system.base import Rect
from app.ui.report.frame_item import FrameItem
from app.ui.theme import is_palette_change, shades

DEEPEST, STEP = 8.0, 1.25


class ZoomView(QGraphicsView):
    """Fits its picture until somebody zooms; what is drawn over it is the subclass's."""

    zoomed = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.frame_item = FrameItem(QImage())
        self._fits = True
        scene = QGraphicsScene(self)
        scene.addItem(self.frame_item)
        self.setScene(scene)
        self.setFrameShape(QFrame.Shape.NoFrame)
        self.setViewportUpdateMode(QGraphicsView.ViewportUpdateMode.FullViewportUpdate)
        self.setTransformationAnchor(QGraphicsView.ViewportAnchor.AnchorUnderMouse)
        self._colour()

    def changeEvent(self, event: QEvent) -> None:
        super().changeEvent(event)
        if is_palette_change(event):
            self._colour()

    def _colour(self) -> None:
        """What lies around the picture."""
        self.setBackgroundBrush(QColor(shades().sunken))

    def show_picture(self, image: QImage) -> None:
        """Show another picture, fitted."""
        self.frame_item.set_image(image)
        self.scene().setSceneRect(QRectF(image.rect()))
        self.fit()

    def image(self) -> QImage:
        """The picture that is shown."""
        return self.frame_item.image()

    @property
    def bounds(self) -> Rect:
        """The whole picture."""
        size = self.frame_item.image().size()
        return Rect(0, 0, size.width(), size.height())

    def fit(self) -> None:
        """Show the whole picture, never larger than it is."""
        self._fits = True
        bounds, port = self.bounds, self.maximumViewportSize()
        if not bounds.is_empty:
            zoom = min(port.width() / bounds.width, port.height() / bounds.height, 1.0)
            self._set_zoom(max(zoom, 0.01))

    def zoom_by(self, factor: float) -> None:
        """Magnify around the pointer, or the middle when there is none; `factor` below 1 makes smaller."""
        self.zoom_to(self.zoom * factor)

    def actual_size(self) -> None:
        """One pixel of the picture on one logical pixel."""
        self.zoom_to(1.0)

    @property
    def zoom(self) -> float:
        """Logical pixels to a pixel of the picture."""
        return float(self.transform().m11())

    @property
    def is_fitted(self) -> bool:
        """Whether the whole picture is in view and follows the window's size."""
        return self._fits

    def zoom_to(self, zoom: float) -> None:
        """Logical pixels to a pixel of the picture; never smaller than the whole picture in view."""
        bounds, port = self.bounds, self.maximumViewportSize()
        if bounds.is_empty:
            return
        whole = min(port.width() / bounds.width, port.height() / bounds.height, 1.0)
        if zoom <= whole:
            self.fit()
        else:
            self._fits = False
            self._set_zoom(min(zoom, DEEPEST))

    def _set_zoom(self, zoom: float) -> None:
        off, needed = Qt.ScrollBarPolicy.ScrollBarAlwaysOff, Qt.ScrollBarPolicy.ScrollBarAsNeeded
        self.setHorizontalScrollBarPolicy(off if self._fits else needed)
        self.setVerticalScrollBarPolicy(off if self._fits else needed)
        self.scale(zoom / self.zoom, zoom / self.zoom)
        self.zoomed.emit()

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        if self._fits:
            self.fit()

    def wheelEvent(self, event: QWheelEvent) -> None:
        if event.modifiers() & Qt.KeyboardModifier.ControlModifier:
            self.zoom_by(STEP ** (event.angleDelta().y() / 120))
            event.accept()
        else:
            super().wheelEvent(event)

    def scroll_by(self, by: QPoint) -> None:
        """Move what is in view, logical pixels."""
        for bar, amount in ((self.horizontalScrollBar(), by.x()), (self.verticalScrollBar(), by.y())):
            bar.setValue(bar.value() + amount)

    def to_view(self, area: Rect) -> QRectF:
        """Where an area of the picture is on the screen, in the viewport's logical pixels."""
        corner = self.viewportTransform().map(QPointF(area.x, area.y))
        return QRectF(corner.x(), corner.y(), area.width * self.zoom, area.height * self.zoom)

    def to_picture(self, at: QPointF) -> QPointF:
        """The pixel of the picture under a point of the viewport; may lie outside the picture."""
        inverted, _ = self.viewportTransform().inverted()
        return inverted.map(at)
