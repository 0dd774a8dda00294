"""Recording steps: the pointer is looked at now and then, and a small window always says that it happens."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING
from uuid import uuid4

from PySide6.QtCore import QObject, QPoint, Qt, QTimer, Signal, Slot
from PySide6.QtGui import QGuiApplication, QMouseEvent
from PySide6.QtWidgets import QApplication, QFrame, QHBoxLayout, QLabel

from app.errors import HelpdeskError
from app.system.base import Rect
from app.ui.background import CAPTURE, Background
from app.ui.buttons import Button, IconButton
from app.ui.language import tr
from app.ui.messages import announce
from app.ui.report.trigger import is_tray_window
from app.ui.services import Services
from app.ui.theme import MEDIUM, SMALL

if TYPE_CHECKING:
    from app.capture.recorder import RecordedStep, Recorder
    from app.system.pointer import Pointer, PointerSource

LOOK_EVERY = 15
"""Milliseconds: a click is held down longer than this."""


class Indicator(QFrame):
    """How many steps there are, with pause and stop; stays in front and never takes the focus."""

    paused = Signal(bool)
    stopped = Signal()

    def __init__(self) -> None:
        super().__init__(
            None,
            Qt.WindowType.Tool
            | Qt.WindowType.FramelessWindowHint
            | Qt.WindowType.WindowStaysOnTopHint
            | Qt.WindowType.WindowDoesNotAcceptFocus,
        )
        self.setAttribute(Qt.WidgetAttribute.WA_ShowWithoutActivating)
        self.setAttribute(Qt.WidgetAttribute.WA_StyledBackground)
        self.setProperty("part", "card")
        self.words = QLabel()
        self.pause = IconButton("pause")
        self.pause.setCheckable(True)
        self.stop = Button("done", "primary")
        self.pause.toggled.connect(self._pause)
        self.stop.clicked.connect(self.stopped)
        row = QHBoxLayout(self)
        row.setContentsMargins(MEDIUM, SMALL, SMALL, SMALL)
        row.setSpacing(SMALL)
        for each in (self.words, self.pause, self.stop):
            row.addWidget(each)
        self._held: QPoint | None = None
        self._count = 0
        self.words.setCursor(Qt.CursorShape.SizeAllCursor)
        self.show_count(0)

    def show_count(self, count: int) -> None:
        """Say how many steps there are."""
        self._count = count
        paused = self.pause.isChecked()
        self.words.setText(
            tr("Paused, {count} steps", count=count) if paused else tr("Recording clicks: {count}", count=count)
        )
        self.pause.name(tr("Go on recording") if paused else tr("Pause"))
        self.stop.setText(tr("Stop and report"))
        self.setAccessibleName(self.words.text())
        announce(self, self.words.text())
        self.adjustSize()

    def appear(self) -> None:
        """Show it in the upper right corner."""
        room = QGuiApplication.primaryScreen().availableGeometry()
        self.adjustSize()
        self.move(room.right() - self.width() - MEDIUM, room.top() + MEDIUM)
        self.show()

    def _pause(self, paused: bool) -> None:
        self.paused.emit(paused)
        self.show_count(self._count)

    # It may lie over what the employee wants to show, so it can be pulled aside.

    def mousePressEvent(self, event: QMouseEvent) -> None:
        self._held = event.globalPosition().toPoint() - self.pos()

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        if self._held is not None:
            self.move(event.globalPosition().toPoint() - self._held)

    def mouseReleaseEvent(self, _event: QMouseEvent) -> None:
        self._held = None


class Recording(QObject):
    """One recording from its start to the report."""

    ended = Signal(object)
    """The RecordedSteps; may be empty."""
    failed = Signal(object)
    """HelpdeskError: clicks cannot be seen here, or no picture can be taken."""

    def __init__(
        self,
        services: Services,
        background: Background,
        source: Callable[[], PointerSource],
        parent: QObject | None = None,
    ) -> None:
        super().__init__(parent)
        from app.capture.recorder import Recorder

        self._background, self._open_source = background, source
        self._source: PointerSource | None = None
        self.recorder: Recorder = Recorder(
            services.screen.capture, services.system.foreground, is_ours, uuid4, services.now
        )
        self.indicator = Indicator()
        self.indicator.paused.connect(self._pause)
        self.indicator.stopped.connect(self.stop)
        self._look = QTimer(self)
        self._look.setInterval(LOOK_EVERY)
        self._look.timeout.connect(self.look)

    @property
    def is_running(self) -> bool:
        """Whether clicks are recorded, or paused."""
        return self._source is not None

    def start(self) -> None:
        """Begin; says `failed` where the desktop tells no program of clicks."""
        try:
            self._source = self._open_source()
        except HelpdeskError as error:
            self.failed.emit(error)
            return
        for widget in QApplication.topLevelWidgets():
            if widget.isVisible() and widget is not self.indicator and widget.isWindow():
                widget.hide()
        self.indicator.appear()
        self._look.start()

    @Slot()
    def look(self) -> None:
        """Look at the pointer once."""
        if self._source is None:
            return
        try:
            pointer = self.recorder.click(self._source.pointer())
        except HelpdeskError as error:
            self._finish()
            self.failed.emit(error)
            return
        if pointer is not None:
            self._take(pointer)

    @Slot()
    def stop(self) -> None:
        """End and hand over what was recorded, when the last still is there."""
        if self._source is None:
            return
        self._finish()
        # Stills are taken one after the other: an empty task behind them comes back when they are done.
        self._background.run(CAPTURE, lambda: None, lambda _: self.ended.emit(self.recorder.steps), self.failed.emit)

    def cancel(self) -> None:
        """End and forget."""
        self._finish()
        self.recorder.clear()

    def _finish(self) -> None:
        self._look.stop()
        self.indicator.hide()
        if self._source is not None:
            self._source.close()
            self._source = None

    def _take(self, pointer: Pointer) -> None:
        ours = our_places()
        self._background.run(CAPTURE, lambda: self.recorder.record(pointer, ours), self._taken, self.failed.emit)

    def _taken(self, _step: RecordedStep | None) -> None:
        self.indicator.show_count(len(self.recorder.steps))
        if self.recorder.is_full:
            self.stop()

    def _pause(self, paused: bool) -> None:
        self.recorder.is_paused = paused


def our_places() -> tuple[Rect, ...]:
    """Where our windows are on the desktop; the tray's own little window belongs to the panel."""
    places = []
    for widget in QApplication.topLevelWidgets():
        if widget.isVisible() and widget.isWindow() and not is_tray_window(widget):
            ratio, frame = widget.devicePixelRatioF(), widget.frameGeometry()
            corner, size = frame.topLeft() * ratio, frame.size() * ratio
            places.append(Rect(corner.x(), corner.y(), size.width(), size.height()))
    return tuple(places)


def is_ours(x: int, y: int) -> bool:
    """Whether a place of the desktop lies on one of our windows."""
    return any(place.contains(x, y) for place in our_places())
