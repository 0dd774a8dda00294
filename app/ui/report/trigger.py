"""Gets our own windows off the screen before a picture is taken, and back again when it was called off."""

from __future__ import annotations

from PySide6.QtCore import QElapsedTimer, QObject, Qt, QTimer, Signal, Slot
from PySide6.QtGui import QGuiApplication
from PySide6.QtWidgets import QApplication, QToolTip, QWidget
from shiboken6 import isValid

LOOK_EVERY, LOOK_AT_MOST = 3, 2_000
"""Milliseconds between looks whether our windows are gone, and until they count as gone."""
FROM_MENU = 400
"""Milliseconds to wait after a click in the tray's menu, which fades out and belongs to the desktop."""
TRAY_WINDOW = "QSystemTrayIconSys"
"""Qt's name for the little window a tray icon is on some desktops; it is part of the panel and stays."""


class Trigger(QObject):
    """Hides every window of this program, waits until they are really gone, and says when."""

    gone = Signal()
    """None of our windows is on the screen any more."""
    clear = Signal()
    """They are gone, and the desktop has had time to repaint."""

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._hidden: list[QWidget] = []
        self._active: QWidget | None = None
        self._since = QElapsedTimer()
        self._look = QTimer(self)
        self._look.setInterval(LOOK_EVERY)
        self._look.timeout.connect(self._are_they_gone)
        self._settle = QTimer(self)
        self._settle.setSingleShot(True)
        self._settle.setTimerType(Qt.TimerType.PreciseTimer)  # a coarse one may be early
        self._settle.timeout.connect(self.clear)

    def pull(self, delay: int, *, from_menu: bool = False) -> None:
        """Begin; `delay` is the setting settle_delay in milliseconds."""
        self._settle.setInterval(max(delay, FROM_MENU) if from_menu else delay)
        popup = QApplication.activePopupWidget()
        while popup is not None:
            popup.close()
            still = QApplication.activePopupWidget()
            popup = None if still is popup else still
        QToolTip.hideText()
        in_the_way = [widget for widget in QApplication.topLevelWidgets() if is_in_the_way(widget)]
        if not self._hidden:  # what is hidden since the first picture comes back after the last
            self._active = QApplication.activeWindow()
        self._hidden += [widget for widget in in_the_way if widget not in self._hidden]
        for widget in in_the_way:
            widget.hide()
        self._since.start()
        self._look.start()
        self._are_they_gone()

    def stop(self) -> None:
        """Take no picture after all."""
        self._look.stop()
        self._settle.stop()

    def restore(self) -> None:
        """Show again what was hidden, with the window in front that was there before."""
        hidden = [widget for widget in self._hidden if isValid(widget)]
        self._hidden = []
        for widget in hidden:
            widget.show()
        if self._active in hidden and self._active is not None:
            self._active.raise_()
            self._active.activateWindow()
        self._active = None

    @Slot()
    def _are_they_gone(self) -> None:
        if exposed_windows() and self._since.elapsed() < LOOK_AT_MOST:
            return
        self._look.stop()
        self._settle.start()
        self.gone.emit()


def is_in_the_way(widget: QWidget) -> bool:
    """Whether a top-level widget covers a part of the screen and is ours to hide."""
    return widget.isVisible() and not widget.isMinimized() and not is_tray_window(widget)


def is_tray_window(widget: QWidget) -> bool:
    """Whether a widget is the little window of a tray icon."""
    return TRAY_WINDOW in (widget.objectName(), widget.metaObject().className())


def exposed_windows() -> bool:
    """Whether any window of this program is still on the screen; minimised ones and the tray's do not count."""
    widgets = {each.windowHandle(): each for each in QApplication.topLevelWidgets() if each.windowHandle()}
    return any(
        window.isExposed()
        and not (window in widgets and (is_tray_window(widgets[window]) or widgets[window].isMinimized()))
        for window in QGuiApplication.topLevelWindows()
    )
