"""A report window that is built while nobody waits, so that a click finds it ready."""

from __future__ import annotations

from PySide6.QtCore import QObject, QTimer, Slot
from shiboken6 import delete, isValid

from app.ui.report.window import ReportWindow

PAUSE = 1_500
"""Milliseconds after a report until the next window is built: whatever follows a report comes first."""


class Spare(QObject):
    """Keeps one hidden window; building it takes a tenth of a second, on a till half of one."""

    def __init__(self, parent: QObject) -> None:
        super().__init__(parent)
        self._window: ReportWindow | None = None
        self._pause = QTimer(self)
        self._pause.setSingleShot(True)
        self._pause.setInterval(PAUSE)
        self._pause.timeout.connect(self.make)

    @classmethod
    def of(cls, owner: QObject) -> Spare | None:
        """The one that belongs to an object, if any."""
        return owner.findChild(cls)

    @Slot()
    def make(self) -> None:
        """Build the window unless there is one."""
        if self._window is None:
            self._window = ReportWindow()
            self._window.prepare()

    def later(self) -> None:
        """Build it when nothing has been asked for a moment."""
        self._pause.start()

    def take(self) -> ReportWindow | None:
        """The window, if it is there; it belongs to the caller now."""
        self._pause.stop()
        window, self._window = self._window, None
        return window

    def close(self) -> None:
        """Delete the window; none is built any more."""
        window = self.take()
        if window is not None and isValid(window):
            delete(window)
