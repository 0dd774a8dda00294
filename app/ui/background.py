"""Run plain functions off the GUI thread and bring their outcomes back.

No other module in the client starts a thread.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from concurrent.futures import Future, ThreadPoolExecutor
from queue import Empty, SimpleQueue
from typing import TypeVar

from PySide6.QtCore import QObject, Qt, Signal, Slot

from app.errors import HelpdeskError
from app.ui.garbage import GarbageCollector

T = TypeVar("T")

NET = "net"
"""Requests to the server that somebody is waiting for."""
CAPTURE = "capture"
"""Taking pictures of the screen; one at a time."""
OCR = "ocr"
"""Talking to the reading process; one at a time."""
DISK = "disk"
"""Outbox, ledger and pack files, in order."""
FEED = "feed"
"""The long poll, which keeps its thread for half a minute at a time."""
COURIER = "courier"
"""Deliveries, which may take minutes on a slow line and must not make a person wait."""

ASSIST = "assist"
"""Remote assistance: one may wait for the agent's browser while another tells that it is over."""

LANES: Mapping[str, int] = {NET: 4, CAPTURE: 1, OCR: 1, DISK: 1, FEED: 1, COURIER: 1, ASSIST: 3}


class Background(QObject):
    """Named lanes of worker threads; outcomes are delivered on the GUI thread."""

    _mail_arrived = Signal()

    def __init__(self, lanes: Mapping[str, int] = LANES, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._mail: SimpleQueue[Callable[[], None]] = SimpleQueue()
        self._closed = False
        self._garbage = GarbageCollector(self)
        self._mail_arrived.connect(self._deliver, Qt.ConnectionType.QueuedConnection)
        self._lanes = {name: ThreadPoolExecutor(workers, thread_name_prefix=name) for name, workers in lanes.items()}

    def run(
        self,
        lane: str,
        task: Callable[[], T],
        done: Callable[[T], None],
        failed: Callable[[HelpdeskError], None],
    ) -> None:
        """Run `task` on `lane`; afterwards call exactly one of `done` and `failed` on the GUI thread.

        `failed` receives what the world did; any other exception is our bug and is raised on the GUI thread.
        After `close` the task is not run and nothing is called.
        """

        def settle(future: Future[T]) -> None:
            if not future.cancelled() and not self._closed:
                self.post(lambda: report(future, done, failed))

        if not self._closed:
            self._lanes[lane].submit(task).add_done_callback(settle)

    def post(self, call: Callable[[], None]) -> None:
        """From any thread: have `call` run on the GUI thread, unless this is closed by then."""
        if not self._closed:
            self._mail.put(call)
            self._mail_arrived.emit()

    def close(self, *, wait: bool = True) -> None:
        """Forget the waiting tasks, deliver nothing more; wait for the running ones unless told not to."""
        if self._closed:
            return
        self._closed = True
        for executor in self._lanes.values():
            executor.shutdown(wait=wait, cancel_futures=True)
        if wait:
            self._garbage.stop()

    @Slot()
    def _deliver(self) -> None:
        try:
            while not self._closed:
                self._mail.get_nowait()()
        except Empty:
            pass


def report(future: Future[T], done: Callable[[T], None], failed: Callable[[HelpdeskError], None]) -> None:
    """Hand a finished task's result to `done` or its HelpdeskError to `failed`; raise anything else."""
    error = future.exception()
    if error is None:
        done(future.result())
    elif isinstance(error, HelpdeskError):
        failed(error)
    else:
        raise error
