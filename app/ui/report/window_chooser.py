"""Which window shall be pictured: the open ones with their titles and a small picture of each."""

from __future__ import annotations

from collections.abc import Sequence

from PIL import Image
from PySide6.QtCore import QSize, Qt, Signal
from PySide6.QtGui import QIcon, QPixmap
from PySide6.QtWidgets import QDialog, QLabel, QListView, QListWidget, QListWidgetItem, QVBoxLayout, QWidget

from app.capture.window_picture import THUMBNAIL
from app.system.base import Window
from app.ui import drawings
from app.ui.language import tr
from app.ui.report.ink import image_of
from app.ui.theme import LARGE, MEDIUM


class WindowChooser(QDialog):
    """A tap or Enter chooses a window."""

    chosen = Signal(object)

    def __init__(self, windows: Sequence[Window], pictures: Sequence[Image.Image | None], parent: QWidget) -> None:
        super().__init__(parent)
        self.setWindowTitle(tr("Which window?"))
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        self.entries = QListWidget()
        self.entries.setViewMode(QListView.ViewMode.IconMode)
        self.entries.setResizeMode(QListView.ResizeMode.Adjust)
        self.entries.setMovement(QListView.Movement.Static)
        self.entries.setIconSize(QSize(*THUMBNAIL))
        self.entries.setGridSize(QSize(THUMBNAIL[0] + 24, THUMBNAIL[1] + 52))
        self.entries.setWordWrap(True)
        self.entries.setAccessibleName(tr("Open windows"))
        for window, picture in zip(windows, pictures, strict=True):
            self._add(window, picture)
        column = QVBoxLayout(self)
        column.setContentsMargins(LARGE, MEDIUM, LARGE, MEDIUM)
        column.addWidget(self.entries)
        if not windows:
            none = QLabel(tr("No window can be named on this desktop. Take the whole screen and crop it."))
            none.setWordWrap(True)
            column.addWidget(none)
        self.entries.itemActivated.connect(self._choose)
        self.entries.itemClicked.connect(self._choose)
        self.entries.setCurrentRow(0)
        self.resize(860, 560)

    def _add(self, window: Window, picture: Image.Image | None) -> None:
        item = QListWidgetItem(window.title or window.application)
        item.setToolTip(f"{window.title}\n{window.application}".strip())
        shown = QPixmap.fromImage(image_of(picture)) if picture is not None else drawings.drawing("window", "#888", 64)
        item.setIcon(QIcon(shown))
        item.setData(Qt.ItemDataRole.UserRole, window)
        self.entries.addItem(item)

    def _choose(self, item: QListWidgetItem) -> None:
        self.accept()
        self.chosen.emit(item.data(Qt.ItemDataRole.UserRole))
