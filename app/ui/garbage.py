"""Python's cycle collector, kept to the GUI thread.

It runs on whatever thread happens to allocate. When a window has become garbage there, Qt deletes it beside the
thread that paints it: the program hangs or dies. So while there are worker threads it runs here, by the clock.
"""

from __future__ import annotations

import gc

from PySide6.QtCore import QObject, QTimer, Slot

EVERY = 1_000
"""Milliseconds between two looks."""


class GarbageCollector(QObject):
    """Collects as the automatic collector would: young objects often, old ones seldom."""

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._timer = QTimer(self)
        self._timer.setInterval(EVERY)
        self._timer.timeout.connect(self.collect)
        self._timer.start()
        self._was_enabled = gc.isenabled()
        gc.disable()

    @Slot()
    def collect(self) -> None:
        """Collect the oldest generation that has grown past its threshold, and all younger ones."""
        for generation, (count, threshold) in reversed(
            list(enumerate(zip(gc.get_count(), gc.get_threshold(), strict=True)))
        ):
            if count > threshold:
                gc.collect(generation)
                return

    def stop(self) -> None:
        """There are no other threads any more: the automatic collector may run if it did before."""
        self._timer.stop()
        if self._was_enabled:
            gc.enable()
