"""The hotkey within Qt's event loop."""

from __future__ import annotations

from PySide6.QtCore import QAbstractNativeEventFilter, QByteArray, QCoreApplication, QObject, QSocketNotifier, Signal

from app.errors import HelpdeskError
from app.system.hotkey import Combination, Hotkey, choose


class GlobalHotkey(QObject):
    """Registers the combination of the settings and says when it was pressed."""

    pressed = Signal()
    refused = Signal(object)
    """HelpdeskError: another program has it, or it is none."""

    def __init__(self, hotkey: Hotkey | None = None, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._hotkey = hotkey
        self._notifier: QSocketNotifier | None = None
        self._filter: Presses | None = None

    def use(self, text: str) -> None:
        """Register a combination in place of the one before; an empty text gives it back."""
        if self._hotkey is None:
            self._hotkey = choose()
        self.release()
        if not text.strip():
            return
        try:
            self._hotkey.register(Combination.parse(text))
        except HelpdeskError as error:
            self.refused.emit(error)
            return
        descriptor = self._hotkey.fileno()
        if descriptor is not None:
            self._notifier = QSocketNotifier(descriptor, QSocketNotifier.Type.Read, self)
            self._notifier.activated.connect(self._look)
        else:
            self._filter = Presses(self)
            self._application().installNativeEventFilter(self._filter)

    def release(self) -> None:
        """Give the combination back."""
        if self._notifier is not None:
            self._notifier.setEnabled(False)
            self._notifier.deleteLater()
            self._notifier = None
        if self._filter is not None:
            self._application().removeNativeEventFilter(self._filter)
            self._filter = None
        if self._hotkey is not None:
            self._hotkey.release()

    @staticmethod
    def _application() -> QCoreApplication:
        application = QCoreApplication.instance()
        if application is None:
            raise RuntimeError("a hotkey needs an application that runs")
        return application

    def is_press(self, message: int) -> bool:
        """Whether a native message is our press; says so."""
        if self._hotkey is not None and self._hotkey.is_press(message):
            self.pressed.emit()
            return True
        return False

    def _look(self) -> None:
        if self._hotkey is not None and self._hotkey.presses():
            self.pressed.emit()


class Presses(QAbstractNativeEventFilter):
    """Windows puts presses among the messages of the program."""

    def __init__(self, owner: GlobalHotkey) -> None:
        super().__init__()
        self._owner = owner

    def nativeEventFilter(self, _kind: QByteArray | bytes | bytearray | memoryview, message: int) -> object:
        return self._owner.is_press(int(message)), 0
