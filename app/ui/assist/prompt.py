"""A question about remote assistance: refused by default, by Esc, by closing and by time, and never allowed by Enter.

Allow takes a click, a tap, or Space while the button has the focus. Enter is what people press without reading.
"""

from __future__ import annotations

import math
import time
from collections.abc import Callable
from enum import Enum

from PySide6.QtCore import QEvent, QObject, QRect, Qt, QTimer, Signal, Slot
from PySide6.QtGui import QCloseEvent, QColor, QGuiApplication, QKeyEvent, QPainter, QPaintEvent, QScreen, QShowEvent
from PySide6.QtWidgets import QApplication, QDialog, QFrame, QHBoxLayout, QLabel, QVBoxLayout, QWidget

from app.protocol.session import Limits
from app.ui import drawings
from app.ui.assist.guard import InputGuard
from app.ui.buttons import Button
from app.ui.language import tr
from app.ui.sheet import label
from app.ui.theme import HUGE, LARGE, MEDIUM, TARGET, shades

TICK, RAISE_TICKS = 250, 8
"""Milliseconds between looks at the clock; how many of them between two times of coming to the front."""
INPUT = frozenset(
    {
        QEvent.Type.MouseButtonPress,
        QEvent.Type.MouseButtonRelease,
        QEvent.Type.MouseButtonDblClick,
        QEvent.Type.KeyPress,
        QEvent.Type.ShortcutOverride,
        QEvent.Type.TouchBegin,
        QEvent.Type.TouchUpdate,
        QEvent.Type.TouchEnd,
    }
)
ANSWER_SECONDS = Limits().answer.total_seconds()
"""For a question, where nothing else is set."""
ENTER = (Qt.Key.Key_Return, Qt.Key.Key_Enter)


class Said(Enum):
    """What became of a question."""

    ALLOW = "allow"
    DENY = "deny"
    NOTHING = "nothing"


class AllowButton(Button):
    """Deaf to Enter."""

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if event.key() in ENTER:
            event.accept()
            return
        super().keyPressEvent(event)


class Prompt(QDialog):
    """The common part: `column` takes what is asked, `answered` says once what became of it."""

    answered = Signal(object)

    def __init__(
        self,
        seconds: float,
        screen: QScreen | None = None,
        clock: Callable[[], float] = time.monotonic,
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(parent)
        self._clock = clock
        self._deadline = clock() + seconds
        self._remind_at = clock() + seconds / 2
        self._place = screen
        self._said: Said | None = None
        self._ticks = 0
        self.guard = InputGuard(clock)
        self.setWindowFlags(
            Qt.WindowType.Dialog
            | Qt.WindowType.WindowStaysOnTopHint
            | Qt.WindowType.CustomizeWindowHint
            | Qt.WindowType.WindowTitleHint
            | Qt.WindowType.WindowCloseButtonHint
        )
        self.setWindowIcon(drawings.app_icon())
        self.deny = Button()
        self.allow = AllowButton(part="primary")
        self.allow.setAutoDefault(False)
        self.deny.setAutoDefault(False)
        for button in (self.deny, self.allow):
            button.setMinimumHeight(TARGET + 4)
            button.setMinimumWidth(132)
        self.deny.clicked.connect(lambda: self.say(Said.DENY))
        self.allow.clicked.connect(lambda: self.say(Said.ALLOW))
        self._left = label("quiet")
        self._build()
        self._timer = QTimer(self)
        self._timer.setInterval(TICK)
        self._timer.timeout.connect(self.tick)

    @property
    def seconds_left(self) -> float:
        """Until the question is withdrawn."""
        return max(0.0, self._deadline - self._clock())

    def say(self, said: Said) -> None:
        """The answer; only the first one counts."""
        if self._said is not None:
            return
        self._said = said
        self._timer.stop()
        self.hide()
        self.answered.emit(said)
        self.deleteLater()

    def withdraw(self) -> None:
        """There is nothing to ask any more; nobody is told."""
        if self._said is None:
            self._said = Said.NOTHING
            self._timer.stop()
            self.hide()
            self.deleteLater()

    def ask(self) -> None:
        """Show the question in front of everything, with a sound."""
        screen = self._place or QGuiApplication.primaryScreen()
        if screen is not None:
            self.setScreen(screen)
            self.setGeometry(centred(self, screen.availableGeometry()))
        self.show()
        self.raise_()
        self.activateWindow()
        QApplication.beep()
        QApplication.alert(self)
        self._timer.start()
        self.tick()

    @Slot()
    def tick(self) -> None:
        """Look at the clock: count down, come to the front again, give up."""
        if self._said is not None:
            return
        left = self.seconds_left
        if left <= 0:
            self.say(Said.NOTHING)
            return
        self._left.setText(self.countdown(math.ceil(left)))
        self._ticks += 1
        if self._clock() >= self._remind_at:
            self._remind_at = float("inf")
            QApplication.beep()
            QApplication.alert(self)
        if self._ticks % RAISE_TICKS == 0 and not self.isActiveWindow():
            self.raise_()
            self.guard.restart()  # it may have been behind another window until now

    def countdown(self, seconds: int) -> str:
        """The line that says what time will do."""
        return tr("Denied by itself in {seconds} s", seconds=seconds)

    def showEvent(self, event: QShowEvent) -> None:
        super().showEvent(event)
        self.guard.restart()
        for widget in (self, *self.findChildren(QWidget)):
            widget.removeEventFilter(self)
            widget.installEventFilter(self)
        self.deny.setFocus(Qt.FocusReason.OtherFocusReason)

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        if event.type() in INPUT and self.guard.is_closed:
            return True
        return super().eventFilter(watched, event)

    def paintEvent(self, event: QPaintEvent) -> None:
        super().paintEvent(event)
        draw_edge(self)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if event.key() in ENTER:
            event.accept()
            return
        super().keyPressEvent(event)

    def reject(self) -> None:
        self.say(Said.DENY)

    def accept(self) -> None:
        pass  # Qt's own way to agree; ours is `say`

    def closeEvent(self, event: QCloseEvent) -> None:
        if self._said is None:
            self.say(Said.DENY)
        event.accept()

    def _build(self) -> None:
        self.column = QVBoxLayout()
        self.column.setContentsMargins(HUGE - 4, LARGE, HUGE - 4, LARGE)
        self.column.setSpacing(MEDIUM)
        footer = QFrame()
        footer.setProperty("part", "footer")
        row = QHBoxLayout(footer)
        row.setContentsMargins(LARGE, MEDIUM, LARGE, MEDIUM)
        row.setSpacing(MEDIUM)
        row.addWidget(self._left, 1)
        row.addWidget(self.deny)
        row.addWidget(self.allow)
        whole = QVBoxLayout(self)
        whole.setContentsMargins(1, 1, 1, 1)
        whole.setSpacing(0)
        whole.addLayout(self.column, 1)
        whole.addWidget(footer)


def centred(window: QWidget, room: QRect) -> QRect:
    """The window's own size in the middle of the room, never larger than it."""
    window.adjustSize()
    layout = window.layout()
    width = min(max(window.width(), window.minimumWidth()), room.width())
    wanted = window.height()
    if layout is not None and layout.hasHeightForWidth():
        wanted = layout.totalHeightForWidth(width)
    height = min(wanted, room.height())
    place = QRect(0, 0, width, height)
    place.moveCenter(room.center())
    return place


def draw_edge(window: QWidget) -> None:
    """An edge of our own, in a window's paintEvent: a till's shell may give windows none."""
    painter = QPainter(window)
    painter.setPen(QColor(shades().quiet))
    painter.drawRect(window.rect().adjusted(0, 0, -1, -1))


def bold(text: str, points: float) -> QLabel:
    """A label in large figures."""
    made = label("display", wraps=False)
    made.setText(text)
    font = made.font()
    font.setBold(True)
    made.setFont(font)
    made.setStyleSheet(f"font-size: {points:.0f}pt; letter-spacing: 2px;")
    return made
