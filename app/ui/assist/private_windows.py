"""Which windows the agent must not see: a tick covers one in the stream, wherever it is moved."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import QEvent, Qt, Signal, Slot
from PySide6.QtGui import QScreen
from PySide6.QtWidgets import QFrame, QScrollArea, QVBoxLayout, QWidget

from app.system.base import Window
from app.ui import drawings
from app.ui.assist.screens import inside
from app.ui.buttons import Button
from app.ui.language import tr
from app.ui.report.tick_box import TickBox
from app.ui.sheet import empty, label
from app.ui.theme import MEDIUM, SMALL, TIGHT

LONGEST_TITLE = 60


class PrivateWindows(QWidget):
    """A small list beside the banner. `chosen` carries the handles of every covered window."""

    chosen = Signal(object)
    refresh_asked = Signal()

    def __init__(self, name: str, parent: QWidget | None = None, *, can_hide: bool = True) -> None:
        """`can_hide`: programs are told where the windows of others are, which Wayland does not."""
        super().__init__(parent, Qt.WindowType.Window | Qt.WindowType.WindowStaysOnTopHint)
        self._name = name
        self._can_hide = can_hide
        self._handles: set[int] = set()
        self.setProperty("part", "page")
        self.setAttribute(Qt.WidgetAttribute.WA_StyledBackground)
        self.setWindowIcon(drawings.app_icon())
        self.setMinimumWidth(420)
        self._explained = label("quiet")
        self._nothing = label()
        self._ticks = QVBoxLayout()
        self._ticks.setSpacing(TIGHT)
        inner = QWidget()
        inner.setProperty("part", "page")
        inner.setLayout(self._ticks)
        scroll = QScrollArea()
        scroll.setWidgetResizable(True)
        scroll.setFrameShape(QFrame.Shape.NoFrame)
        scroll.setWidget(inner)
        self._done = Button()
        self._done.clicked.connect(self.close)
        column = QVBoxLayout(self)
        column.setContentsMargins(MEDIUM, MEDIUM, MEDIUM, MEDIUM)
        column.setSpacing(SMALL)
        column.addWidget(self._explained)
        column.addWidget(self._nothing)
        column.addWidget(scroll, 1)
        column.addWidget(self._done, alignment=Qt.AlignmentFlag.AlignRight)
        self.retranslate()

    def appear(self, windows: Sequence[Window], screen: QScreen | None) -> None:
        """Show the windows as they are now; ticks of windows that are gone are forgotten."""
        self._handles &= {window.handle for window in windows}
        empty(self._ticks)
        for window in windows:
            self._ticks.addWidget(self._tick(window))
        self._ticks.addStretch()
        self._nothing.setVisible(not windows)
        if not self.isVisible():
            self.resize(440, min(460, 170 + 50 * max(1, len(windows))))
            if screen is not None:
                room = screen.availableGeometry()
                corner = room.center()
                corner.setX(corner.x() - self.width() // 2)
                corner.setY(room.top() + 48)
                self.move(inside(corner, self.frameGeometry().size(), room))
        self.show()
        self.raise_()
        self.activateWindow()

    def retranslate(self) -> None:
        """Word everything in the language in use."""
        self.setWindowTitle(tr("Private windows"))
        self._explained.setText(
            tr("{name} sees a grey area in the place of the windows you tick here.", name=self._name)
        )
        self._nothing.setText(
            tr("No window is open that could be hidden.")
            if self._can_hide
            else tr("This desktop tells no program where windows are. Pause the picture while something is private.")
        )
        self._explained.setVisible(self._can_hide)
        self._done.setText(tr("Done"))

    def changeEvent(self, event: QEvent) -> None:
        super().changeEvent(event)
        if event.type() is QEvent.Type.LanguageChange:
            self.retranslate()

    def _tick(self, window: Window) -> TickBox:
        title = window.title or window.application or tr("A window without a name")
        short = title if len(title) <= LONGEST_TITLE else title[: LONGEST_TITLE - 1] + "…"
        tick = TickBox(short)
        tick.setToolTip(title)
        tick.setChecked(window.handle in self._handles)
        tick.toggled.connect(lambda is_on: self._ticked(window.handle, is_on))
        return tick

    @Slot()
    def _ticked(self, handle: int, is_on: bool) -> None:
        (self._handles.add if is_on else self._handles.discard)(handle)
        self.chosen.emit(tuple(sorted(self._handles)))
