"""The tools above the picture: choose a part, hide something, take it back, zoom."""

from __future__ import annotations

from PySide6.QtCore import QEvent, Signal
from PySide6.QtWidgets import QButtonGroup, QHBoxLayout, QWidget

from app.ui.buttons import Button, IconButton
from app.ui.language import tr
from app.ui.report.picture_view import Tool
from app.ui.theme import SMALL, TIGHT


class PictureTools(QWidget):
    """One row of buttons that only tells what was pressed."""

    chosen = Signal(object)
    """The Tool gestures have from now on."""
    undo = Signal()
    whole = Signal()
    """Send the whole picture again."""
    closer = Signal()
    farther = Signal()
    fitted = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._region = Button("region")
        self._hide = Button("hide")
        group = QButtonGroup(self)
        for button in (self._region, self._hide):
            button.setCheckable(True)
            button.setProperty("part", "tool")
            group.addButton(button)
        self._region.setChecked(True)
        self._whole = Button("whole", "link")
        self._undo = IconButton("undo")
        self._farther = IconButton("zoom-out")
        self._fit = IconButton("fit")
        self._closer = IconButton("zoom-in")
        self._region.clicked.connect(lambda: self.chosen.emit(Tool.REGION))
        self._hide.clicked.connect(lambda: self.chosen.emit(Tool.HIDE))
        for pressed, told in (
            (self._undo, self.undo),
            (self._whole, self.whole),
            (self._closer, self.closer),
            (self._farther, self.farther),
            (self._fit, self.fitted),
        ):
            pressed.clicked.connect(told)
        row = QHBoxLayout(self)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(SMALL)
        row.addWidget(self._region)
        row.addWidget(self._hide)
        row.addWidget(self._undo)
        row.addWidget(self._whole)
        row.addStretch()
        zoom = QHBoxLayout()
        zoom.setSpacing(TIGHT)
        for icon_button in (self._farther, self._fit, self._closer):
            zoom.addWidget(icon_button)
        row.addLayout(zoom)
        self.can(undo=False, whole=False, fit=False)
        self.retranslate()

    def can(self, *, undo: bool, whole: bool, fit: bool) -> None:
        """What there is to do at the moment."""
        self._undo.setEnabled(undo)
        self._whole.setVisible(whole)
        self._fit.setEnabled(fit)
        self._farther.setEnabled(fit)

    def changeEvent(self, event: QEvent) -> None:
        super().changeEvent(event)
        if event.type() is QEvent.Type.LanguageChange:
            self.retranslate()

    def retranslate(self) -> None:
        """Word everything in the language in use."""
        self._region.setText(tr("Choose a part"))
        self._hide.setText(tr("Hide"))
        self._hide.setToolTip(tr("Hidden areas are removed from the file and cannot be restored."))
        self._whole.setText(tr("Send all of it"))
        self._undo.name(tr("Undo"))
        self._farther.name(tr("Smaller"))
        self._fit.name(tr("Fit into the window"))
        self._closer.name(tr("Larger"))
