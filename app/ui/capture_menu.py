"""The ways to take a picture, as a menu for the tray and for the report's window."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from enum import Enum, auto
from typing import TYPE_CHECKING

from PySide6.QtCore import Signal
from PySide6.QtGui import QAction
from PySide6.QtWidgets import QMenu, QWidget

from app.ui import drawings
from app.ui.language import tr

if TYPE_CHECKING:
    from app.system.base import Window

DELAYS = (3, 5, 10)
"""Seconds to open a menu or to find a tool tip in."""


class Way(Enum):
    """What is taken."""

    SCREEN = auto()
    ALL_SCREENS = auto()
    WINDOW = auto()
    LAST_REGION = auto()
    FILE = auto()
    PASTE = auto()
    STEPS = auto()


@dataclass(frozen=True, slots=True)
class Order:
    """A picture to take: `delay` seconds from now, of `window` when one was chosen."""

    way: Way
    delay: int = 0
    window: Window | None = None


SYMBOLS = {
    Way.SCREEN: "camera",
    Way.ALL_SCREENS: "screens",
    Way.WINDOW: "window",
    Way.LAST_REGION: "crop",
    Way.FILE: "folder",
    Way.PASTE: "paste",
    Way.STEPS: "record",
}


class CaptureMenu(QMenu):
    """Tells which picture is wanted; what happens then is decided elsewhere."""

    wanted = Signal(object)
    """An Order."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._ways: dict[Way, QAction] = {}
        self._delays: dict[int, QAction] = {}
        for way in (Way.SCREEN, Way.ALL_SCREENS, Way.WINDOW, Way.LAST_REGION):
            self._add(way)
        self.addSeparator()
        for seconds in DELAYS:
            self._delays[seconds] = self._action("delay", self._teller(Order(Way.SCREEN, seconds)))
        self.addSeparator()
        for way in (Way.FILE, Way.PASTE):
            self._add(way)
        self.addSeparator()
        self._add(Way.STEPS)
        self.retranslate()

    def action(self, way: Way) -> QAction:
        """The entry of one way."""
        return self._ways[way]

    def retranslate(self) -> None:
        """Word everything in the language in use."""
        names = {
            Way.SCREEN: tr("This screen"),
            Way.ALL_SCREENS: tr("All screens"),
            Way.WINDOW: tr("One window…"),
            Way.LAST_REGION: tr("The same part as last time"),
            Way.FILE: tr("A picture from a file…"),
            Way.PASTE: tr("The picture on the clipboard"),
            Way.STEPS: tr("Record steps"),
        }
        for way, action in self._ways.items():
            action.setText(names[way])
        for seconds, action in self._delays.items():
            action.setText(tr("In {seconds} seconds, for menus and hints", seconds=seconds))

    def redraw(self) -> None:
        """Draw the entries' pictures anew."""
        for entry in self.actions():
            symbol = entry.property("symbol")
            if symbol:
                entry.setIcon(drawings.icon(symbol, drawings.ON_ANY))

    def _add(self, way: Way) -> None:
        self._ways[way] = self._action(SYMBOLS[way], self._teller(Order(way)))

    def _action(self, symbol: str, tell: Callable[[], None]) -> QAction:
        entry = self.addAction("")
        entry.setProperty("symbol", symbol)
        entry.setIcon(drawings.icon(symbol, drawings.ON_ANY))
        entry.triggered.connect(tell)
        return entry

    def _teller(self, order: Order) -> Callable[[], None]:
        return lambda: self.wanted.emit(order)
