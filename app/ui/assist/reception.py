"""Receives agents: from an invitation over the question to the session and its end. One at a time."""

from __future__ import annotations

import time
from collections.abc import Callable, Sequence
from typing import TypeVar
from uuid import UUID

from PySide6.QtCore import QObject, Signal, Slot
from PySide6.QtGui import QGuiApplication

from app.assist.able import why_not
from app.assist.ledger import NOT_ANSWERED
from app.errors import HelpdeskError, NotAvailable, Refused
from app.protocol.assist import Answer, Invitation, LinkTicket, Said
from app.protocol.identity import uuid7
from app.protocol.session import Event, Grade, Party, Reason, State
from app.system import desktop_sharing
from app.system.base import Window
from app.ui.assist.account import Account, ignore
from app.ui.assist.arrival import Arrival, NotGenuine, receive, withdrawn
from app.ui.assist.beginning import setup_for
from app.ui.assist.brakes import stop_keys
from app.ui.assist.complaints import Complaints
from app.ui.assist.consent import ConsentDialog
from app.ui.assist.encore import AGAIN, Encore
from app.ui.assist.ending import EndNotice
from app.ui.assist.hosting import Hosting, StartHost, starter
from app.ui.assist.prompt import Said as Reply
from app.ui.assist.scene import Scene
from app.ui.assist.screens import Shareable, active_screen, shareable
from app.ui.assist.terms import terms_of
from app.ui.assist.visit import Visit
from app.ui.background import ASSIST
from app.ui.desk import Desk

T = TypeVar("T")
GIVEN_UP = frozenset({State.SHOWN, State.ALLOWED, State.ACTIVE, State.PAUSED})
"""States of a session that only a program which has ended meanwhile can have brought about."""


class Reception(QObject):
    """The one place that knows whether somebody is looking."""

    changed = Signal()
    """Somebody has begun or ceased to look."""
    trouble = Signal(object)
    """A HelpdeskError the employee should hear of."""
    missed = Signal(str)
    """The name of an agent who was not answered."""
    resumed = Signal(str)
    """The name of an agent who looks again after a restart, because the employee had said so before."""
    history_asked = Signal()

    def __init__(
        self,
        desk: Desk,
        parent: QObject | None = None,
        *,
        start_host: StartHost | None = None,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        super().__init__(parent)
        self._desk = desk
        self._services = desk.services
        self._clock = clock
        self._start_host = start_host or starter(desk.services.system)
        self.stop_keys = stop_keys(desk.services.settings.assist_stop_keys)
        """What ends a session from any program."""
        self._current: UUID | None = None
        self._hosting: Hosting | None = None
        self._complaints = Complaints(desk)
        self.encore = Encore(desk.services, desk.background, self)
        self.account = Account(desk.services, desk.background, self)
        self.dialog: ConsentDialog | None = None
        self.visit: Visit | None = None
        self.scene: Scene | None = None
        self.notice: EndNotice | None = None

    @property
    def is_busy(self) -> bool:
        """Whether a question is being asked or somebody looks."""
        return self._current is not None

    def start(self) -> None:
        """Settle what an earlier run has left behind."""
        self.account.debts.settle()

    @Slot(object)
    def heard(self, session: UUID) -> None:
        """The feed tells that something is new about a session."""
        assistance = self._services.assistance
        self._net(lambda: assistance.invitation(session), self._looked_at, lambda _: None)

    @Slot()
    def stop(self) -> None:
        """End whatever goes on, at once, because the employee says so."""
        self._stop(Reason.STOPPED_BY_EMPLOYEE)

    @Slot()
    def lock(self) -> None:
        """The employee is leaving: nobody may look meanwhile."""
        self._stop(Reason.LOCKED)

    def close(self) -> None:
        """The program ends, and everything with it; returns when nothing is captured any more."""
        self.account.debts.stop()
        self.encore.rest()
        if self.dialog is not None:
            self.dialog.withdraw()
        if self.visit is not None and not self.visit.is_over:
            self.visit.ended.disconnect(self._ended)
            self.visit.stop(wait=True)
            self.account.end_now(self.visit.id, Reason.STOPPED_BY_EMPLOYEE, Party.EMPLOYEE)
        elif self._hosting is not None:
            self._hosting.forget()
            self._hosting.host.close()
        if self.scene is not None:
            self.scene.close()

    def _stop(self, reason: Reason) -> None:
        if self.visit is not None:
            self.visit.stop(reason)
        elif self.dialog is not None:
            self.dialog.say(Reply.DENY)

    def _looked_at(self, invitation: Invitation) -> None:
        if invitation.id == self._current:
            if invitation.state is State.ENDED:
                self._ended_elsewhere(invitation.ended or Reason.HOST_ENDED)
        elif invitation.state is State.INVITED:
            hindrance = self._hindrance()
            if hindrance is not None:
                self._turn_away(invitation, Reason.UNSUPPORTED)
                self.trouble.emit(hindrance)
            elif self.is_busy:
                self._turn_away(invitation, Reason.HOST_ENDED)
            else:
                self._welcome(invitation)
        elif invitation.state in GIVEN_UP:
            self._net(lambda: self._services.assistance.stop(invitation.id, Reason.HOST_ENDED), ignore, ignore)

    @property
    def _by_portal(self) -> bool:
        """Whether the desktop itself shares the screen: Wayland, where IT lets it."""
        is_allowed = self._services.settings.assist_wayland == "portal"
        return is_allowed and self._services.system.is_wayland()

    def _hindrance(self) -> NotAvailable | None:
        """What is in the way of any session here, as far as it is known at once."""
        if self._by_portal and QGuiApplication.platformName() == "wayland":
            # A Wayland window does not know where it is, and cannot stay above others.
            return NotAvailable(
                "This desktop cannot keep Deskbell's strip above other windows.",
                "Start Deskbell anew; if that does not help, install XWayland and sign in again.",
            )
        return why_not(self._services.system, by_portal=self._by_portal)

    def _turn_away(self, invitation: Invitation, reason: Reason) -> None:
        """Somebody else is here already, or nobody can be: the agent hears it and the employee is not asked."""

        def over(_result: object) -> None:
            self.account.end(invitation.id, reason, Party.HOST)

        self._net(lambda: self.account.begin(invitation), over, over)

    def _welcome(self, invitation: Invitation) -> None:
        self._current = invitation.id
        self.changed.emit()

        def shown() -> None:
            self.account.note(invitation.id, Event.SHOW, Party.HOST)

        def arrive() -> tuple[Arrival, Window | None, bool, str | None]:
            if not self.account.begin(invitation):
                raise withdrawn()  # it was here before: nothing is asked twice
            missing = desktop_sharing.missing() if self._by_portal else None
            if missing is not None:
                raise missing
            terms = terms_of(self._services.settings)
            arrival = receive(self._services.assistance, invitation, terms, shown, self._clock)
            is_first = len(self._services.assist_ledger.visits()) == 1
            again = self.encore.take(invitation)
            return arrival, self._services.system.foreground(), is_first, again

        self._net(arrive, lambda arrived: self._ask(*arrived), lambda error: self._not_arrived(invitation, error))

    def _not_arrived(self, invitation: Invitation, error: HelpdeskError) -> None:
        if self._current != invitation.id:
            return
        reasons = ((NotGenuine, Reason.VIOLATION), (NotAvailable, Reason.UNSUPPORTED))
        reason = next((reason for kind, reason in reasons if isinstance(error, kind)), Reason.HOST_ENDED)
        self._finish(invitation.id, reason, Party.HOST)
        if reason is not Reason.HOST_ENDED:
            self.trouble.emit(error)

    def _ask(self, arrival: Arrival, foreground: Window | None, is_first: bool, again: str | None) -> None:
        if self._current != arrival.invitation.id:
            return
        try:
            # Started now, it is ready when Allow is pressed; until then it knows nothing and looks at nothing.
            self._hosting = Hosting(self._start_host, self)
        except HelpdeskError as error:
            self._not_arrived(arrival.invitation, error)
            self.trouble.emit(error)
            return
        seen_before = next((each for each in shareable() if each.id == again), None)
        if seen_before is not None:
            self._allowed(arrival, seen_before, was_before=True)
            self.resumed.emit(arrival.invitation.agent.name)
            return
        left = max(1.0, arrival.deadline - self._clock())
        screen = active_screen(foreground)
        dialog = ConsentDialog(
            arrival.invitation,
            arrival.phrase,
            shareable(),
            screen,
            left,
            self._clock,
            is_first=is_first,
            can_resume=self.encore.is_possible,
            by_portal=self._by_portal,
        )
        dialog.answered.connect(lambda said: self._answered(arrival, dialog, said))
        dialog.distrusted.connect(lambda: self._complaints.stranger(arrival.invitation))
        self.dialog = dialog
        dialog.ask()

    def _answered(self, arrival: Arrival, dialog: ConsentDialog, said: Reply) -> None:
        self.dialog = None
        session = arrival.invitation.id
        if self._current != session:
            return
        if said is not Reply.ALLOW:
            self._refuse(arrival.invitation, said)
            return
        self._allowed(arrival, dialog.chosen, is_again_allowed=dialog.allows_again)

    def _allowed(
        self, arrival: Arrival, chosen: Shareable, *, is_again_allowed: bool = False, was_before: bool = False
    ) -> None:
        """The employee has said yes to this screen, now or before a restart."""
        session = arrival.invitation.id
        if self._hosting is None:
            return
        visit = Visit(
            arrival.invitation,
            chosen,
            self._hosting,
            self.account.noter(session),
            self._clock,
            self,
            terms=terms_of(self._services.settings),
            stop_keys=str(self.stop_keys),
            by_portal=self._by_portal,
        )
        visit.there_are(shareable())
        if is_again_allowed:
            self.encore.follow(visit)
        visit.ended.connect(self._ended)
        self.visit = visit
        self.scene = Scene(visit, self._list_windows, self._desk.background, self)
        self.scene.said.connect(lambda text: self._keep_words(session, text))
        self.scene.open()
        self.changed.emit()

        def allow() -> LinkTicket:
            # In the record before anything is shown: what cannot be written down does not happen.
            if was_before:
                self.account.note(session, AGAIN, Party.EMPLOYEE)
            if not self.account.note(session, Event.ALLOW, Party.EMPLOYEE, str(int(Grade.VIEW))):
                raise withdrawn()  # it ended before this could be said
            try:
                return self._services.assistance.allow(session)
            except Refused:
                raise
            except HelpdeskError:
                return self._services.assistance.link(session)  # only the answer to our answer was lost

        def begin(ticket: LinkTicket) -> None:
            visit.begin(setup_for(visit, arrival, ticket.token, self._services.settings))

        self._net(allow, begin, lambda error: self._failed(visit, error))

    def _failed(self, visit: Visit, error: HelpdeskError) -> None:
        if visit.is_over:
            return  # whatever ended it has been told
        visit.stop(Reason.NOT_STARTED)
        self.trouble.emit(error)

    def _refuse(self, invitation: Invitation, said: Reply) -> None:
        is_denied = said is Reply.DENY
        answer = Answer.DENY if is_denied else Answer.NOT_ANSWERED
        session = invitation.id

        def refuse() -> None:
            self.account.note(
                session, Event.DENY if is_denied else NOT_ANSWERED, Party.EMPLOYEE if is_denied else Party.HOST
            )
            self._services.assistance.refuse(session, answer)

        def over(_result: object) -> None:
            party = Party.EMPLOYEE if is_denied else Party.HOST
            self._finish(session, Reason.DENIED if is_denied else Reason.NOT_ANSWERED, party)

        self._net(refuse, over, over)
        self._drop_host()
        if not is_denied:
            self.missed.emit(invitation.agent.name)

    def _ended_elsewhere(self, reason: Reason) -> None:
        """The server says that it is over: for the question, or for a host that has not noticed."""
        if self.dialog is not None:
            self.dialog.withdraw()
            self.dialog = None
        if self.visit is not None:
            self.visit.stop(reason)
        elif self._current is not None:
            self._drop_host()
            self._finish(self._current, reason, Party.AGENT if reason is Reason.STOPPED_BY_AGENT else Party.HOST)

    @Slot(object)
    def _ended(self, reason: Reason) -> None:
        visit, scene = self.visit, self.scene
        self.visit = self.scene = None
        self._hosting = None
        if visit is None:
            return
        if scene is not None:
            self.notice = EndNotice(visit)
            self.notice.history_asked.connect(self.history_asked)
            self.notice.reported.connect(lambda: self._complaints.session(visit.invitation))
            self.notice.appear(scene.screen)
            scene.close()
        parties = {Reason.STOPPED_BY_EMPLOYEE: Party.EMPLOYEE, Reason.STOPPED_BY_AGENT: Party.AGENT}
        self._finish(visit.id, reason, parties.get(reason, Party.HOST))

    def _finish(self, session: UUID, reason: Reason, party: Party) -> None:
        self._current = None
        self._drop_host()
        self.account.end(session, reason, party)
        self.changed.emit()

    def _drop_host(self) -> None:
        hosting, self._hosting = self._hosting, None
        if hosting is not None:
            hosting.forget()
            hosting.host.stop()

    def _keep_words(self, session: UUID, text: str) -> None:
        now = self._services.now()
        said = Said(id=uuid7(now), at=now, text=text)
        assistance = self._services.assistance

        def keep(_error: object = None) -> None:
            self._net(lambda: assistance.say(session, said), ignore, ignore)

        self._net(lambda: assistance.say(session, said), ignore, keep)

    def _list_windows(self, found: Callable[[Sequence[Window]], None]) -> None:
        self._net(self._services.system.windows, found, ignore)

    def _net(self, task: Callable[[], T], done: Callable[[T], None], failed: Callable[[HelpdeskError], None]) -> None:
        self._desk.background.run(ASSIST, task, done, failed)
