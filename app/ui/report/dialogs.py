"""The two questions a report asks of the file system."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from PySide6.QtWidgets import QFileDialog, QWidget

from app.ui.language import tr

PICTURES = "*.png *.jpg *.jpeg *.bmp *.webp *.gif *.tif *.tiff"


def choose_picture(parent: QWidget, chosen: Callable[[Path], None]) -> None:
    """Ask for a picture file; nothing happens when the employee changes their mind."""
    dialog = QFileDialog(parent, tr("Open a picture"))
    dialog.setFileMode(QFileDialog.FileMode.ExistingFile)
    dialog.setNameFilter(f"{tr('Pictures')} ({PICTURES})")
    _ask(dialog, chosen)


def choose_folder(parent: QWidget, chosen: Callable[[Path], None]) -> None:
    """Ask for a folder to write a report into."""
    dialog = QFileDialog(parent, tr("Save the report to a folder"))
    dialog.setFileMode(QFileDialog.FileMode.Directory)
    _ask(dialog, chosen)


def _ask(dialog: QFileDialog, chosen: Callable[[Path], None]) -> None:
    dialog.fileSelected.connect(lambda name: chosen(Path(name)))
    dialog.finished.connect(dialog.deleteLater)
    dialog.open()
