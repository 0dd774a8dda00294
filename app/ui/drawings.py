"""The drawings: our own SVG files, coloured when drawn, and the bell with its badge."""

from __future__ import annotations

from functools import cache, lru_cache
from pathlib import Path

from PySide6.QtCore import QByteArray, QPointF, QRectF, QSize, Qt
from PySide6.QtGui import QColor, QFont, QIcon, QPainter, QPixmap
from PySide6.QtSvg import QSvgRenderer

FOLDER = Path(__file__).parent / "icons"
BELL_SIZES = (16, 20, 22, 24, 32, 44, 48, 64)
ON_LIGHT, ON_DARK = "#1b1f27", "#ffffff"
ON_ANY = "#7d8796"
"""Legible on menus that another program paints, light or dark."""
BADGE, ON_BADGE = "#d3302f", "#ffffff"


@cache
def _source(name: str) -> str:
    return (FOLDER / f"{name}.svg").read_text(encoding="utf-8")


def drawing(name: str, colour: str, size: int, scale: float = 1.0) -> QPixmap:
    """One drawing in one colour (`#rrggbb`), `size` logical pixels square."""
    renderer = QSvgRenderer(QByteArray(_source(name).replace("currentColor", colour).encode()))
    pixmap = QPixmap(QSize(round(size * scale), round(size * scale)))
    pixmap.fill(Qt.GlobalColor.transparent)
    painter = QPainter(pixmap)
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    renderer.render(painter)
    painter.end()
    pixmap.setDevicePixelRatio(scale)
    return pixmap


@lru_cache(maxsize=128)
def icon(name: str, colour: str, faded: str | None = None) -> QIcon:
    """A drawing as an icon in the usual sizes; `faded` is the colour while disabled.

    Kept, because a window of thirty buttons asks for each several times while it is built and dressed.
    """
    made = QIcon()
    for size in (16, 20, 24, 32, 48, 64):
        made.addPixmap(drawing(name, colour, size))
        if faded:
            made.addPixmap(drawing(name, faded, size), QIcon.Mode.Disabled)
    return made


@cache
def app_icon() -> QIcon:
    """The program's own icon for windows and notifications."""
    made = QIcon()
    for size in (16, 24, 32, 48, 64, 128, 256):
        made.addPixmap(drawing("app", ON_DARK, size))
    return made


def bell(*, on_dark: bool, count: int = 0) -> QIcon:
    """The bell for a light or dark panel with a badge for `count` things that wait; none at 0, `9+` above 9.

    A rim in the opposite shade keeps it visible where the panel's colour was guessed wrongly.
    """
    made = QIcon()
    for size in BELL_SIZES:
        pixmap = _rimmed_bell(size, *((ON_DARK, ON_LIGHT) if on_dark else (ON_LIGHT, ON_DARK)))
        if count > 0:
            _draw_badge(pixmap, "9+" if count > 9 else str(count))
        made.addPixmap(pixmap)
    return made


def _rimmed_bell(size: int, colour: str, rim: str) -> QPixmap:
    rim_width = max(1.0, size / 24)
    pixmap = QPixmap(size, size)
    pixmap.fill(Qt.GlobalColor.transparent)
    painter = QPainter(pixmap)
    painter.setRenderHint(QPainter.RenderHint.SmoothPixmapTransform)
    painter.setOpacity(0.35)
    outline = drawing("bell", rim, size)
    for x, y in ((-1, 0), (1, 0), (0, -1), (0, 1)):
        painter.drawPixmap(QPointF(x * rim_width, y * rim_width), outline)
    painter.setOpacity(1.0)
    painter.drawPixmap(0, 0, drawing("bell", colour, size))
    painter.end()
    return pixmap


def _draw_badge(pixmap: QPixmap, text: str) -> None:
    """A red disc in the lower right corner; the number where there are pixels enough to read it."""
    size = pixmap.width()
    diameter = size * 0.62 if size >= 20 else size * 0.56
    disc = QRectF(size - diameter, size - diameter, diameter, diameter)
    painter = QPainter(pixmap)
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    painter.setCompositionMode(QPainter.CompositionMode.CompositionMode_Clear)
    painter.setBrush(Qt.GlobalColor.black)
    painter.setPen(Qt.PenStyle.NoPen)
    margin = max(1.0, size * 0.05)
    painter.drawEllipse(disc.adjusted(-margin, -margin, margin, margin))
    painter.setCompositionMode(QPainter.CompositionMode.CompositionMode_SourceOver)
    painter.setBrush(QColor(BADGE))
    painter.drawEllipse(disc)
    font = QFont()
    font.setBold(True)
    font.setPixelSize(max(8, round(diameter * (0.82 if len(text) == 1 else 0.58))))
    painter.setFont(font)
    painter.setPen(QColor(ON_BADGE))
    painter.drawText(disc, Qt.AlignmentFlag.AlignCenter, text)
    painter.end()
