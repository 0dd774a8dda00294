"""Writes what happens in a session into the employee's record."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import suppress
from uuid import UUID

from PySide6.QtCore import QObject

from app.assist.ledger import ENDED, Visitor
from app.errors import HelpdeskError
from app.protocol.assist import Invitation
from app.protocol.session import Party, Reason
from app.ui.assist.debts import Debts
from app.ui.background import ASSIST, DISK, Background
from app.ui.services import Services


class Account(QObject):
    """The record of this computer, and what the server still has to hear of it."""

    def __init__(self, services: Services, background: Background, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._services = services
        self._background = background
        self.debts = Debts(services, background, self)

    def begin(self, invitation: Invitation) -> bool:
        """Open a session's account, on a worker thread; False when it was open before. Raises StorageError."""
        agent = invitation.agent
        visitor = Visitor(
            session=invitation.id,
            agent=agent.id,
            name=agent.name,
            title=agent.title,
            department=agent.department,
            ticket=invitation.ticket_id,
            number=invitation.number,
            reason=invitation.reason,
        )
        return self._services.assist_ledger.invited(visitor, self._services.now())

    def note(self, session: UUID, event: str, party: Party, detail: str = "") -> bool:
        """Write a line now, on a worker thread: durable when it returns. False when the session is over already.

        Raises StorageError.
        """
        return self._services.assist_ledger.append(session, event, party, self._services.now(), detail)

    def noter(self, session: UUID) -> Callable[[str, Party, str], None]:
        """Writes lines of a session in order, off the GUI thread."""

        def note(event: str, party: Party, detail: str) -> None:
            now, ledger = self._services.now(), self._services.assist_ledger
            self._background.run(DISK, lambda: ledger.append(session, event, party, now, detail), ignore, ignore)

        return note

    def end(self, session: UUID, reason: Reason, party: Party) -> None:
        """Write the last line and tell the server, until it has heard."""
        now, ledger, assistance = self._services.now(), self._services.assist_ledger, self._services.assistance

        def tell_at_least(_error: HelpdeskError) -> None:
            self._background.run(ASSIST, lambda: assistance.stop(session, reason), ignore, ignore)

        self._background.run(
            DISK,
            lambda: ledger.append(session, ENDED, party, now, reason.value),
            lambda _: self.debts.pay(),
            tell_at_least,
        )

    def end_now(self, session: UUID, reason: Reason, party: Party) -> None:
        """Write the last line before the program ends; the server is told by the next run."""
        with suppress(HelpdeskError):  # the next run finds a session without an end, and ends it
            self._services.assist_ledger.append(session, ENDED, party, self._services.now(), reason.value)


def ignore(_result: object) -> None:
    """There is nothing to do about it."""
