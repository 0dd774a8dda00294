"""The button that takes another picture."""

from __future__ import annotations

from PySide6.QtCore import QEvent, Signal
from PySide6.QtWidgets import QToolButton, QWidget

from app.ui.buttons import IconButton
from app.ui.capture_menu import CaptureMenu
from app.ui.language import tr


class CaptureButton(IconButton):
    """Opens the menu with the ways to take a picture."""

    wanted = Signal(object)
    """An Order."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__("camera", parent)
        self.ways = CaptureMenu(self)
        self.ways.wanted.connect(self.wanted)
        self.setMenu(self.ways)
        self.setPopupMode(QToolButton.ToolButtonPopupMode.InstantPopup)
        self.retranslate()

    def changeEvent(self, event: QEvent) -> None:
        super().changeEvent(event)
        if event.type() is QEvent.Type.LanguageChange:
            self.retranslate()

    def retranslate(self) -> None:
        """Word everything in the language in use."""
        self.name(tr("Take another picture"))
        self.ways.retranslate()
