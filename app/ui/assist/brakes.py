"""What stops a session from outside our windows: the stop keys, a locked screen, sleep, another user."""

from __future__ import annotations

import ctypes
from typing import Any

from PySide6.QtCore import (
    QAbstractNativeEventFilter,
    QByteArray,
    QCoreApplication,
    QObject,
    QSocketNotifier,
    Qt,
    Signal,
    Slot,
)
from PySide6.QtWidgets import QWidget

from app.errors import HelpdeskError
from app.system import hotkey
from app.system.hotkey import Combination, Hotkey
from app.system.locking import LockWatch, is_leaving, listen_on
from app.ui.language import tr

STOP_KEYS = "Ctrl+Alt+Shift+X"


class Brakes(QObject):
    """Ready from `engage` to `release`, which is as long as somebody looks."""

    pressed = Signal()
    left = Signal()
    """The employee has locked the screen or gone."""
    _left_elsewhere = Signal()

    def __init__(
        self, parent: QObject | None = None, *, wanted: Combination | None = None, keys: Hotkey | None = None
    ) -> None:
        """`wanted` are the stop keys."""
        super().__init__(parent)
        self._wanted = wanted or Combination.parse(STOP_KEYS)
        self._keys = keys
        self._notifier: QSocketNotifier | None = None
        self._watch: LockWatch | None = None
        self._native: NativeMessages | None = None
        self._ear: QWidget | None = None
        self._left_elsewhere.connect(self.left, Qt.ConnectionType.QueuedConnection)

    def engage(self) -> bool:
        """Listen; False when another program has the stop keys."""
        self._watch = LockWatch(self._left_elsewhere.emit)
        self._watch.start()
        self._keys = self._keys or hotkey.choose("stop", tr("Stop remote assistance"))
        try:
            self._keys.register(self._wanted)
            got_keys = True
        except HelpdeskError:
            got_keys = False
        descriptor = self._keys.fileno()
        if descriptor is not None:
            self._notifier = QSocketNotifier(descriptor, QSocketNotifier.Type.Read, self)
            self._notifier.activated.connect(self._look)
        self._listen_to_windows()
        return got_keys

    def release(self) -> None:
        """Listen no more and give the keys back."""
        if self._notifier is not None:
            self._notifier.setEnabled(False)
            self._notifier.deleteLater()
            self._notifier = None
        if self._keys is not None:
            self._keys.release()
        if self._watch is not None:
            self._watch.close()
            self._watch = None
        application = QCoreApplication.instance()
        if self._native is not None and application is not None:
            application.removeNativeEventFilter(self._native)
            self._native = None
        if self._ear is not None:
            self._ear.deleteLater()
            self._ear = None

    def heard(self, message: int) -> None:
        """A native message of Windows (the address of a MSG)."""
        if self._keys is not None and self._keys.is_press(message):
            self.pressed.emit()
        number, parameter = message_at(message)
        if is_leaving(number, parameter):
            self.left.emit()

    @Slot()
    def _look(self) -> None:
        if self._keys is not None and self._keys.presses():
            self.pressed.emit()

    def _listen_to_windows(self) -> None:
        """On Windows a hidden window of ours is told of locks; the keys come with the thread's own messages."""
        application = QCoreApplication.instance()
        ear = QWidget()
        if application is None or not listen_on(int(ear.winId())):
            ear.deleteLater()
            return
        self._ear = ear
        self._native = NativeMessages(self)
        application.installNativeEventFilter(self._native)


def stop_keys(wanted: str) -> Combination:
    """The combination that stops: as set, or the usual one where what is set cannot be any. There always is one."""
    try:
        return Combination.parse(wanted)
    except HelpdeskError:
        return Combination.parse(STOP_KEYS)


class NativeMessages(QAbstractNativeEventFilter):
    """Hands Windows messages to the brakes."""

    def __init__(self, brakes: Brakes) -> None:
        super().__init__()
        self._brakes = brakes

    def nativeEventFilter(self, kind: QByteArray | bytes | bytearray | memoryview, message: int) -> Any:
        if QByteArray(kind).startsWith(b"windows_"):
            self._brakes.heard(int(message))
        return False, 0


class Message(ctypes.Structure):
    """The beginning of MSG."""

    _fields_ = (("window", ctypes.c_void_p), ("message", ctypes.c_uint), ("parameter", ctypes.c_size_t))


def message_at(address: int) -> tuple[int, int]:
    """Number and first parameter of a MSG."""
    found = Message.from_address(address)
    return int(found.message), int(found.parameter or 0)
