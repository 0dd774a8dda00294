"""The monitors that can be shared: their names, their pictures, and which one is meant when nobody chooses."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from PySide6.QtCore import QPoint, QRect, QSize, Qt
from PySide6.QtGui import QCursor, QGuiApplication, QPixmap, QScreen

from app.assist.orders import Monitor
from app.system.base import Rect, Window
from app.ui.language import tr

THUMBNAIL = QSize(176, 99)


@dataclass(frozen=True, slots=True)
class Shareable:
    """A monitor the employee may choose. `rect` is in desktop coordinates, as capture and input use them."""

    id: str
    name: str
    rect: Rect
    logical: QRect
    scale: float
    is_primary: bool
    is_side: bool
    """Smaller than half of the largest: a till's customer display."""

    @property
    def monitor(self) -> Monitor:
        """The same as the host knows it."""
        return Monitor(self.id, self.name, self.rect)


def shareable() -> tuple[Shareable, ...]:
    """The monitors as they are now."""
    screens = QGuiApplication.screens()
    largest = max((area(screen) for screen in screens), default=0)
    main = QGuiApplication.primaryScreen()
    return tuple(
        Shareable(
            id=screen_id(screen),
            name=tr("Screen {number}", number=number),
            rect=desktop_rect(screen),
            logical=screen.geometry(),
            scale=scale_of(screen),
            is_primary=screen is main,
            is_side=screen is not main and area(screen) * 2 < largest,
        )
        for number, screen in enumerate(screens, 1)
    )


def area(screen: QScreen) -> float:
    """Physical pixels of a monitor."""
    size = screen.geometry().size()
    return size.width() * size.height() * screen.devicePixelRatio() ** 2


def scale_of(screen: QScreen) -> float:
    """Desktop coordinates to a logical one: macOS counts in points, the others in pixels."""
    return 1.0 if QGuiApplication.platformName() == "cocoa" else screen.devicePixelRatio()


def desktop_rect(screen: QScreen) -> Rect:
    """A monitor in desktop coordinates. Qt leaves its corner as the system has it and scales its size."""
    place, scale = screen.geometry(), scale_of(screen)
    return Rect(place.x(), place.y(), round(place.width() * scale), round(place.height() * scale))


def in_desktop(area: QRect, screen: QScreen) -> Rect:
    """A logical rectangle on a monitor in desktop coordinates."""
    corner, scale = screen.geometry().topLeft(), scale_of(screen)
    left, top = (area.x() - corner.x()) * scale, (area.y() - corner.y()) * scale
    width, height = round(area.width() * scale), round(area.height() * scale)
    return Rect(corner.x() + round(left), corner.y() + round(top), width, height)


def usual(offered: Sequence[Shareable], active: str) -> Shareable:
    """The monitor meant when nobody chooses: the one worked at, never a customer display."""
    candidates = [each for each in offered if not each.is_side] or list(offered)
    at_work = next((each for each in candidates if each.id == active), None)
    main = next((each for each in candidates if each.is_primary), candidates[0])
    return at_work or main


def active_screen(foreground: Window | None) -> QScreen | None:
    """The monitor the employee works at: of the window in front, else of the pointer, else the main one."""
    if foreground is not None:
        middle = foreground.rect
        x, y = middle.x + middle.width // 2, middle.y + middle.height // 2
        for screen in QGuiApplication.screens():
            if desktop_rect(screen).contains(x, y):
                return screen
    return QGuiApplication.screenAt(QCursor.pos()) or QGuiApplication.primaryScreen()


def screen_id(screen: QScreen) -> str:
    """What a monitor is called by the system; where it has no name, where it lies."""
    corner = screen.geometry().topLeft()
    return screen.name() or f"{corner.x()},{corner.y()}"


def screen_named(name: str) -> QScreen | None:
    """The monitor of that id, None when it was unplugged."""
    return next((each for each in QGuiApplication.screens() if screen_id(each) == name), None)


def thumbnail(screen: Shareable, scale: float) -> QPixmap:
    """A small picture of what is on the monitor now; empty where the desktop does not give one."""
    found = screen_named(screen.id)
    if found is None:
        return QPixmap()
    picture = found.grabWindow(0)
    if picture.isNull():
        return QPixmap()
    small = picture.scaled(
        THUMBNAIL * scale, Qt.AspectRatioMode.KeepAspectRatio, Qt.TransformationMode.SmoothTransformation
    )
    small.setDevicePixelRatio(scale)
    return small


def inside(point: QPoint, size: QSize, room: QRect) -> QPoint:
    """The corner nearest to `point` at which something of that size is wholly inside."""
    x = max(room.left(), min(point.x(), room.right() + 1 - size.width()))
    y = max(room.top(), min(point.y(), room.bottom() + 1 - size.height()))
    return QPoint(x, y)
