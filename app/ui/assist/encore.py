"""Keeps the employee's word that an agent may look again after a restart, for as long as the session lasts."""

from __future__ import annotations

from functools import partial

from PySide6.QtCore import QObject, QTimer, Slot

from app.assist.again import RestartConsent, Word
from app.errors import HelpdeskError
from app.protocol.assist import Invitation
from app.ui.assist.visit import Visit
from app.ui.background import DISK, Background
from app.ui.services import Services

AGAIN = "allow_again"
"""In the employee's record: allowed by what was said before the restart."""
EVERY = 30_000
"""Milliseconds between two signs of life: ten minutes are counted from the last one."""


class Encore(QObject):
    """At most one word at a time. It survives only an end that nobody could bring about here: a restart."""

    def __init__(self, services: Services, background: Background, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._services = services
        self._background = background
        self._consent = RestartConsent(services.paths.assist_again)
        self._visit: Visit | None = None
        self._taken_back: Visit | None = None
        self._signs = QTimer(self)
        self._signs.setInterval(EVERY)
        self._signs.timeout.connect(self._keep)

    @property
    def is_possible(self) -> bool:
        """Whether this computer tells when it was started anew."""
        return bool(self._services.system.boot_id())

    def follow(self, visit: Visit) -> None:
        """The employee has ticked it for this session."""
        self._visit = visit
        visit.ended.connect(self.revoke)
        self._signs.start()
        self._keep()

    def take(self, invitation: Invitation) -> str | None:
        """The screen this agent may see again; on a worker thread."""
        system, now = self._services.system, self._services.now()
        return self._consent.take(invitation.agent.id, invitation.ticket_id, system.boot_id(), now)

    def rest(self) -> None:
        """The program ends, perhaps because the computer does: what was said stays as it is."""
        self._signs.stop()
        if self._visit is not None:
            self._visit.ended.disconnect(self.revoke)
            self._visit = None

    @Slot()
    def revoke(self) -> None:
        """Nobody may look again without being asked."""
        self._taken_back, self._visit = self._visit, None
        self._signs.stop()
        self._consent.drop()

    @Slot()
    def _keep(self) -> None:
        visit = self._visit
        if visit is None or visit.is_over:
            return
        boot, now = self._services.system.boot_id(), self._services.now()
        word = Word(visit.invitation.agent.id, visit.invitation.ticket_id, visit.screen.id, boot, now)
        self._background.run(DISK, partial(self._kept, visit, word), lambda _: None, self._not_kept)

    def _kept(self, visit: Visit, word: Word) -> None:
        self._consent.keep(word)
        if self._taken_back is visit:
            self._consent.drop()  # that came while this was being written

    def _not_kept(self, _error: HelpdeskError) -> None:
        self.revoke()  # then the employee is asked anew, which is never wrong
