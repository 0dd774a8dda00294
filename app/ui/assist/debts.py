"""What the server still has to hear about sessions that are over: told until it has heard, also after a restart."""

from __future__ import annotations

import logging
from uuid import UUID

from PySide6.QtCore import QObject, QTimer, Slot

from app.assist.ledger import ENDED
from app.errors import HelpdeskError, Refused
from app.protocol.session import Party, Reason
from app.ui.background import ASSIST, Background
from app.ui.services import Services

FIRST, LONGEST = 1_000, 60_000
"""Milliseconds until the next attempt after a first failure, and after many."""

log = logging.getLogger(__name__)


class Debts(QObject):
    """Pays one session after the other: its end, then the whole account."""

    def __init__(self, services: Services, background: Background, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._services = services
        self._background = background
        self._is_paying = False
        self._again = False
        self._failures = 0
        self._next = QTimer(self)
        self._next.setSingleShot(True)
        self._next.timeout.connect(self.pay)

    def settle(self, current: UUID | None = None) -> None:
        """Close the accounts of sessions that a killed program left open, and tell what is owed."""

        def settle() -> None:
            ledger, now = self._services.assist_ledger, self._services.now()
            for session in ledger.unended():
                if session != current:
                    ledger.append(session, ENDED, Party.HOST, now, Reason.HOST_ENDED.value)

        self._background.run(ASSIST, settle, lambda _: self.pay(), lambda _: None)

    def stop(self) -> None:
        """Tell nothing more in this run."""
        self._next.stop()

    @Slot()
    def pay(self) -> None:
        """Tell the server what it has not heard; tried again until it has."""
        if not self._services.settings.server_url:
            return
        if self._is_paying:
            self._again = True
            return
        self._is_paying = True
        self._next.stop()
        self._background.run(ASSIST, self._pay_all, self._paid, self._not_paid)

    def _pay_all(self) -> None:
        ledger, assistance = self._services.assist_ledger, self._services.assistance
        for visit in reversed(ledger.owed()):
            session = visit.visitor.session
            try:
                assistance.stop(session, visit.reason or Reason.HOST_ENDED)
                assistance.account(session, visit.lines)
            except Refused as refusal:
                # A server that was set up anew does not know the session; asking again would not change that.
                log.info("the account of session %s was not taken: %s", session, refusal.code)
            ledger.told(session)

    def _paid(self, _nothing: None) -> None:
        self._is_paying = False
        self._failures = 0
        if self._again:
            self._again = False
            self.pay()

    def _not_paid(self, error: HelpdeskError) -> None:
        log.info("the end of a session could not be told yet: %s", error.summary_template)
        self._is_paying = False
        self._again = False
        self._failures += 1
        self._next.start(min(LONGEST, FIRST * 2 ** min(self._failures - 1, 10)))
