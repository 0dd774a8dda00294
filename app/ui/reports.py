"""Opens the report flow when it is asked for; nothing of it is imported before."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, Signal
from PySide6.QtGui import QImage

from app.helpdesk.courier import Delivered
from app.ui.background import Background
from app.ui.services import Services

if TYPE_CHECKING:
    from app.ui.report.window import ReportWindow


class Reports(QObject):
    """One report at a time; asking again while one is open brings it to the front."""

    saved = Signal()
    tickets_asked = Signal(str)

    def __init__(self, services: Services, background: Background, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._services = services
        self._background = background
        self._window: ReportWindow | None = None

    def begin(self, *, from_menu: bool = False) -> None:
        """Take the picture and open the report."""

    def received(self, delivered: Delivered) -> None:
        """Tell an open report that its ticket has its number."""

    def picture(self, taken: Callable[[QImage], None], done: Callable[[], None]) -> None:
        """Take a picture of the screen without our windows, for a reply."""

    def close(self) -> None:
        """End what is open; a report that was not sent is gone."""
