"""Has the courier deliver what is due: at once after Send, later after a failure, early when the network returns."""

from __future__ import annotations

import threading
from datetime import datetime

from PySide6.QtCore import QObject, QTimer, Signal, Slot

from app.errors import HelpdeskError, Unreachable
from app.helpdesk.courier import DeliveryReport
from app.helpdesk.outbox_items import ItemKind
from app.ui.background import COURIER
from app.ui.desk import Desk

SELDOM = 60_000
"""Milliseconds after which the outbox is looked at in any case: the command line may have put something there."""
BUSY = 2_000
PROGRESS = 700
"""Milliseconds between two looks at how much of a file has gone."""


class Deliveries(QObject):
    """One pass of the courier at a time, on its own lane."""

    ticket_received = Signal(object)
    """A Delivered: the helpdesk has a ticket and it has its number."""

    def __init__(self, desk: Desk, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._desk = desk
        self._cancel = threading.Event()
        self._running = False
        self._again = False
        self._timer = QTimer(self)
        self._timer.setSingleShot(True)
        self._timer.timeout.connect(self._due)
        self._progress = QTimer(self)
        self._progress.setInterval(PROGRESS)
        self._progress.timeout.connect(desk.refresh_waiting)
        desk.delivery_wanted.connect(self.deliver_now)

    def start(self) -> None:
        """Deliver what an earlier run left, and keep looking."""
        self._due()

    def stop(self) -> None:
        """End the running pass soon and begin no other."""
        self._cancel.set()
        self._timer.stop()
        self._progress.stop()

    @Slot()
    def deliver_now(self) -> None:
        """Deliver at once: something was sent, the network is back, or somebody asked for it."""
        if self._running:
            self._again = True
        else:
            self._deliver(early=True)

    @Slot()
    def _due(self) -> None:
        if not self._running:
            self._deliver(early=False)

    def _deliver(self, *, early: bool) -> None:
        if self._cancel.is_set():
            return
        if not self._desk.has_server:
            self._desk.refresh_waiting()
            self._timer.start(SELDOM)
            return
        self._running = True
        self._progress.start()
        courier = self._desk.services.courier
        self._desk.background.run(
            COURIER, lambda: courier.deliver(self._cancel, early=early), self._delivered, self._failed
        )

    def _delivered(self, report: DeliveryReport) -> None:
        self._ended()
        if isinstance(report.trouble, Unreachable):
            self._desk.not_reached(report.trouble)
        elif report.trouble is not None or report.delivered or report.files_delivered:
            self._desk.reached()  # it may have said no to one thing, but it is there
        for delivered in report.delivered:
            if delivered.kind is ItemKind.TICKET:
                self.ticket_received.emit(delivered)
        if any(delivered.kind is not ItemKind.OUTCOME for delivered in report.delivered) or report.files_delivered:
            self._desk.refresh()
        self._plan(BUSY if report.busy else wait_until(report.next_attempt_at, self._desk.now()))

    def _failed(self, error: HelpdeskError) -> None:
        self._ended()
        self._desk.not_reached(error)
        self._plan(SELDOM)

    def _ended(self) -> None:
        self._running = False
        self._progress.stop()
        self._desk.refresh_waiting()

    def _plan(self, milliseconds: int) -> None:
        if self._again:
            self._again = False
            self._deliver(early=True)
        elif not self._cancel.is_set():
            self._timer.start(milliseconds)


def wait_until(moment: datetime | None, now: datetime) -> int:
    """Milliseconds until a moment, between a quarter of a second and `SELDOM`."""
    if moment is None:
        return SELDOM
    return max(250, min(SELDOM, round((moment - now).total_seconds() * 1000)))
