"""Where a window stood last time, kept on the screens that are there now."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from PySide6.QtCore import QRect, QSettings, QSize
from PySide6.QtGui import QGuiApplication, QScreen
from PySide6.QtWidgets import QWidget


class Placement:
    """Remembers one window's place in an INI file; a file that cannot be read or written costs nothing else."""

    def __init__(self, file: Path, name: str, usual: QSize) -> None:
        self._file = file
        self._name = name
        self._usual = usual

    def restore(self, window: QWidget) -> None:
        """Put the window where it was, or in the middle of the main screen the first time."""
        screens = [screen.availableGeometry() for screen in QGuiApplication.screens()]
        kept = self._settings().value(self._name)
        wanted = kept if isinstance(kept, QRect) and kept.isValid() else None
        if screens:
            window.setGeometry(clamped(wanted, self._usual, screens))
        else:
            window.resize(self._usual)

    def keep(self, window: QWidget) -> None:
        """Remember the window's place; a maximised window's is the one below."""
        settings = self._settings()
        settings.setValue(self._name, window.normalGeometry() if window.isMaximized() else window.geometry())
        settings.sync()

    def _settings(self) -> QSettings:
        return QSettings(str(self._file), QSettings.Format.IniFormat)


def screen_of(window: QWidget) -> QScreen:
    """The screen a window is mostly on, as far as its geometry tells; the main one where it is on none.

    `QWidget.screen()` must not be asked: PySide6 then takes the screen for a part of the window and, when the window
    goes, leaves everybody with a screen that is none any more; the next one who asks it kills the program.
    """
    place, main = window.frameGeometry(), QGuiApplication.primaryScreen()
    best = max(QGuiApplication.screens(), key=lambda screen: _shared(screen.geometry(), place), default=main)
    return best if _shared(best.geometry(), place) else main


def clamped(wanted: QRect | None, usual: QSize, screens: Sequence[QRect]) -> QRect:
    """A rectangle wholly on one of the screens (the main one first), as near as possible to the wanted one.

    Without a wanted one, or when its screen is gone: the usual size in the middle of the main screen.
    """
    place, home = wanted or QRect(), screens[0]
    if wanted is not None:
        home = max(screens, key=lambda screen: _shared(screen, place))
    if not _shared(home, place):
        home = screens[0]
        place = QRect(0, 0, usual.width(), usual.height())
        place.moveCenter(home.center())
    width, height = min(place.width(), home.width()), min(place.height(), home.height())
    x = max(home.left(), min(place.left(), home.left() + home.width() - width))
    y = max(home.top(), min(place.top(), home.top() + home.height() - height))
    return QRect(x, y, width, height)


def _shared(screen: QRect, wanted: QRect) -> int:
    both = screen.intersected(wanted)
    return both.width() * both.height() if both.isValid() else 0
