"""What this program is and which version of it runs."""

from __future__ import annotations

from PySide6.QtCore import Qt, qVersion
from PySide6.QtWidgets import QDialog, QVBoxLayout, QWidget

from app import __version__
from app.ui import drawings
from app.ui.buttons import Button
from app.ui.language import tr
from app.ui.sheet import label
from app.ui.theme import HUGE, LARGE, SMALL


class AboutDialog(QDialog):
    """Name, version and what to tell an agent who asks."""

    def __init__(self, server: str, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        self.setWindowTitle(tr("About Deskbell"))
        bell = label()
        bell.setPixmap(drawings.drawing("app", drawings.ON_DARK, 72, self.devicePixelRatioF()))
        name, version, purpose, details = label("title"), label("quiet"), label(), label("small")
        name.setText(tr("Deskbell"))
        version.setText(tr("Version {version}", version=__version__))
        purpose.setText(tr("The help bell on every company computer: one click to an answer or to a ticket."))
        details.setText(f"Qt {qVersion()} · {server or tr('No helpdesk is set up')}")
        details.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
        close = Button()
        close.setText(tr("Close"))
        close.clicked.connect(self.close)
        column = QVBoxLayout(self)
        column.setContentsMargins(HUGE, LARGE, HUGE, LARGE)
        column.setSpacing(SMALL)
        for widget in (bell, name, version, purpose, details):
            widget.setAlignment(Qt.AlignmentFlag.AlignHCenter)
            column.addWidget(widget)
        column.addSpacing(SMALL)
        column.addWidget(close, alignment=Qt.AlignmentFlag.AlignHCenter)
        self.setFixedWidth(400)
