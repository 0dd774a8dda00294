"""The host process as the windows see it: what it tells arrives on the GUI thread."""

from __future__ import annotations

from collections.abc import Callable
from queue import Empty, SimpleQueue
from typing import Protocol

from PySide6.QtCore import QObject, Qt, Signal, Slot

from app.assist.child import Child
from app.assist.orders import Do, Order, Setup
from app.assist.told import Told
from app.system.base import System


class Host(Protocol):
    """What a session needs of the process (app.assist.child.Child)."""

    @property
    def is_alive(self) -> bool: ...

    def begin(self, setup: Setup) -> None: ...

    def order(self, order: Order) -> None: ...

    def stop(self, last: Do = Do.STOP) -> None: ...

    def close(self, last: Do = Do.STOP) -> None: ...


StartHost = Callable[[Callable[[Told], None]], Host]


class Hosting(QObject):
    """One host process. `told` carries its lines in order; nothing comes after `forget`."""

    told = Signal(object)
    _mail_arrived = Signal()

    def __init__(self, start: StartHost, parent: QObject | None = None) -> None:
        """Start the process. Raises HelpdeskError."""
        super().__init__(parent)
        self._mail: SimpleQueue[Told] = SimpleQueue()
        self._is_forgotten = False
        self._mail_arrived.connect(self.deliver, Qt.ConnectionType.QueuedConnection)
        self.host = start(self._put)

    def forget(self) -> None:
        """Deliver nothing more."""
        self._is_forgotten = True

    def _put(self, told: Told) -> None:
        """Called from the listening thread."""
        self._mail.put(told)
        if not self._is_forgotten:
            self._mail_arrived.emit()

    @Slot()
    def deliver(self) -> None:
        """Tell what has come so far."""
        try:
            while not self._is_forgotten:
                self.told.emit(self._mail.get_nowait())
        except Empty:
            pass


def starter(system: System) -> StartHost:
    """Starts real host processes."""

    def start(told: Callable[[Told], None]) -> Host:
        return Child(system, told)

    return start
