"""How the monitors lie, kept up to date on the GUI thread so that any thread may ask."""

from __future__ import annotations

from PySide6.QtCore import QObject, Slot
from PySide6.QtGui import QGuiApplication, QScreen

from app.system.base import Display, Rect


class Displays(QObject):
    """Call it for the monitors as they are now."""

    def __init__(self, application: QGuiApplication) -> None:
        super().__init__(application)
        self._now: tuple[Display, ...] = ()
        application.screenAdded.connect(self._added)
        application.screenRemoved.connect(self._look)
        application.primaryScreenChanged.connect(self._look)
        for screen in application.screens():
            self._added(screen)

    def __call__(self) -> tuple[Display, ...]:
        """The monitors, the main one marked; safe from any thread."""
        return self._now

    @Slot(QScreen)
    def _added(self, screen: QScreen) -> None:
        screen.geometryChanged.connect(self._look)
        screen.logicalDotsPerInchChanged.connect(self._look)
        self._look()

    @Slot()
    def _look(self) -> None:
        main = QGuiApplication.primaryScreen()
        self._now = tuple(_display(screen, is_primary=screen is main) for screen in QGuiApplication.screens())


def _display(screen: QScreen, *, is_primary: bool) -> Display:
    place = screen.geometry()
    logical = Rect(place.x(), place.y(), place.width(), place.height())
    return Display(screen.name(), logical, screen.devicePixelRatio(), is_primary)
