"""Monitors as the system lists them, matched with what Qt knows about their scale."""

from __future__ import annotations

from dataclasses import dataclass

from app.system.base import Display, Rect


@dataclass(frozen=True, slots=True)
class Monitor:
    """A monitor in desktop coordinates."""

    desktop: Rect
    name: str
    is_primary: bool


def display_of(monitor: Monitor, displays: tuple[Display, ...]) -> Display | None:
    """Qt's description of this monitor; None when none has its place and size.

    Qt keeps the physical position of a monitor and divides only its size by the scale; on macOS both are points.
    """

    def distance(display: Display) -> float:
        place = abs(display.logical.x - monitor.desktop.x) + abs(display.logical.y - monitor.desktop.y)
        return place + min(_size_error(monitor, display, display.scale), _size_error(monitor, display, 1.0))

    def fits(display: Display) -> bool:
        return distance(display) <= 2 * display.scale + 2

    return min(filter(fits, displays), key=distance, default=None)


def _size_error(monitor: Monitor, display: Display, scale: float) -> float:
    width = abs(display.logical.width * scale - monitor.desktop.width)
    return width + abs(display.logical.height * scale - monitor.desktop.height)


def guessed(monitor: Monitor, scale: float) -> Display:
    """A description without Qt, by its rule."""
    desktop = monitor.desktop
    logical = Rect(desktop.x, desktop.y, round(desktop.width / scale), round(desktop.height / scale))
    return Display(monitor.name, logical, scale, monitor.is_primary)
