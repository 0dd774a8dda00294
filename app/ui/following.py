"""Follows what happens at the helpdesk: one long poll after the other, and new knowledge when there is some."""

from __future__ import annotations

import random

from PySide6.QtCore import QElapsedTimer, QObject, QTimer, Signal, Slot

from app.errors import HelpdeskError
from app.helpdesk.feed import Feed, News
from app.protocol.events import EventKind
from app.protocol.tickets import TicketSummary
from app.ui.background import FEED, NET
from app.ui.desk import Desk

SHORTEST = 1_000
"""Milliseconds between two polls, however quickly the server answers."""
FIRST_PAUSE, LONGEST_PAUSE = 3_000, 60_000
"""Milliseconds of pause after a first failure and after many."""
KNOWLEDGE_EVERY = 6 * 3600 * 1000
TICKET_EVENTS = frozenset(
    {EventKind.TICKET_RECEIVED, EventKind.TICKET_STATE, EventKind.TICKET_REPLY, EventKind.ATTACHMENT_STORED}
)


class Following(QObject):
    """Keeps the desk in step with the helpdesk for as long as the program runs."""

    assist_told = Signal(object)
    """The id of a remote-assist session about which something is new."""

    def __init__(self, desk: Desk, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._desk = desk
        self._feed = Feed(desk.services.server, desk.services.ledger)
        self._failures = 0
        self._running = False
        self._stopped = False
        self._since = QElapsedTimer()
        self._next = QTimer(self)
        self._next.setSingleShot(True)
        self._next.timeout.connect(self._step)
        self._knowledge = QTimer(self)
        self._knowledge.setInterval(KNOWLEDGE_EVERY)
        self._knowledge.timeout.connect(self.refresh_knowledge)
        self._knows = False

    def start(self) -> None:
        """Begin to follow; does nothing where no helpdesk is set up."""
        if self._desk.has_server:
            self._knowledge.start()
            self.refresh_knowledge()
            self._step()

    def stop(self) -> None:
        """Ask nothing more; the poll under way ends when the server is hung up."""
        self._stopped = True
        self._next.stop()
        self._knowledge.stop()

    @Slot()
    def wake(self) -> None:
        """The network has changed: do not wait for the end of a pause."""
        if self._next.isActive():
            self._next.start(0)

    @Slot()
    def refresh_knowledge(self) -> None:
        """Fetch the knowledge pack when there is a newer one."""
        pack = self._desk.services.pack
        self._desk.background.run(NET, pack.refresh, self._knowledge_here, self._knowledge_missing)

    @Slot()
    def _step(self) -> None:
        if self._stopped or self._running:
            return
        self._running = True
        self._since.start()
        ledger = self._desk.services.ledger

        def step() -> tuple[News, tuple[TicketSummary, ...]]:
            return self._feed.step(), ledger.tickets()

        self._desk.background.run(FEED, step, self._heard, self._failed)

    def _heard(self, answer: tuple[News, tuple[TicketSummary, ...]]) -> None:
        news, tickets = answer
        self._running = False
        self._failures = 0
        self._desk.reached()
        kinds = {event.kind for event in news.events}
        if news.resynced or kinds & TICKET_EVENTS:
            self._desk.show_tickets(tickets)
        if news.resynced or EventKind.ANNOUNCEMENT in kinds:
            self._desk.refresh()
        if EventKind.KNOWLEDGE in kinds or not self._knows:
            self.refresh_knowledge()
        for session in dict.fromkeys(event.assist_id for event in news.events if event.kind is EventKind.ASSIST):
            if session is not None:
                self.assist_told.emit(session)
        for ticket_id in {event.ticket_id for event in news.events if event.kind is EventKind.ATTACHMENT_STORED}:
            self._desk.ticket_moved.emit(ticket_id)
        if not self._stopped:
            self._next.start(max(0, SHORTEST - self._since.elapsed()))

    def _failed(self, error: HelpdeskError) -> None:
        self._running = False
        self._failures += 1
        if self._stopped:
            return
        self._desk.not_reached(error)
        longest = min(LONGEST_PAUSE, FIRST_PAUSE * 2 ** min(self._failures - 1, 10))
        self._next.start(round(longest * random.uniform(0.5, 1.0)))  # noqa: S311  # spreads many computers

    def _knowledge_here(self, is_new: bool) -> None:
        self._knows = True
        if is_new:
            self._desk.knowledge_changed.emit()

    def _knowledge_missing(self, error: HelpdeskError) -> None:
        self._knows = True  # asked again with the next event or in some hours, not with every poll
        if error.retry:
            QTimer.singleShot(LONGEST_PAUSE, self, self._forget_knowledge)

    @Slot()
    def _forget_knowledge(self) -> None:
        self._knows = False
