"""The seconds until a picture is taken, in a corner of the screen, without ever taking the focus."""

from __future__ import annotations

from PySide6.QtCore import Qt, QTimer, Signal, Slot
from PySide6.QtGui import QGuiApplication
from PySide6.QtWidgets import QFrame, QHBoxLayout, QLabel

from app.ui.buttons import Button
from app.ui.language import tr
from app.ui.messages import announce
from app.ui.theme import LARGE, MEDIUM


class Countdown(QFrame):
    """Menus and hints of other programs stay open beside it: it never takes the focus, and a click only to end it."""

    over = Signal()
    called_off = Signal()
    """The employee wants no picture after all."""

    def __init__(self) -> None:
        super().__init__(
            None,
            Qt.WindowType.ToolTip
            | Qt.WindowType.FramelessWindowHint
            | Qt.WindowType.WindowStaysOnTopHint
            | Qt.WindowType.WindowDoesNotAcceptFocus,
        )
        self.setAttribute(Qt.WidgetAttribute.WA_ShowWithoutActivating)
        self.setAttribute(Qt.WidgetAttribute.WA_StyledBackground)
        self.setProperty("part", "card")
        self._seconds = 0
        self._number = QLabel()
        self._number.setProperty("part", "display")
        self._words = QLabel(tr("The picture is taken in a moment. Open the menu or the hint now."))
        row = QHBoxLayout(self)
        row.setContentsMargins(LARGE, MEDIUM, LARGE, MEDIUM)
        row.setSpacing(LARGE)
        row.addWidget(self._number)
        row.addWidget(self._words)
        self._cancel = Button("close")
        self._cancel.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self._cancel.setText(tr("Cancel"))
        self._cancel.clicked.connect(self._call_off)
        row.addWidget(self._cancel)
        self._timer = QTimer(self)
        self._timer.setInterval(1000)
        self._timer.timeout.connect(self._tick)

    @property
    def seconds(self) -> int:
        """How many are left."""
        return self._seconds

    def start(self, seconds: int) -> None:
        """Count down from `seconds` and say `over`."""
        self._seconds = seconds
        self._show()
        self.adjustSize()
        room = QGuiApplication.primaryScreen().availableGeometry()
        self.move(room.right() - self.width() - LARGE, room.top() + LARGE)
        self.show()
        self._timer.start()

    def stop(self) -> None:
        """Count no further."""
        self._timer.stop()
        self.hide()

    @Slot()
    def _call_off(self) -> None:
        self.stop()
        self.called_off.emit()

    @Slot()
    def _tick(self) -> None:
        self._seconds -= 1
        if self._seconds <= 0:
            self.stop()
            self.over.emit()
        else:
            self._show()

    def _show(self) -> None:
        self._number.setText(str(self._seconds))
        announce(self, str(self._seconds))
