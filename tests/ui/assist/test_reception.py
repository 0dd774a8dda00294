"""Who is let in and who is not, and what the server hears when it can."""

from __future__ import annotations

import dataclasses
import sys
from collections.abc import Iterator
from pathlib import Path
from uuid import UUID, uuid4

import pytest
from PySide6.QtGui import QGuiApplication
from PySide6.QtWidgets import QLabel
from pytestqt.qtbot import QtBot

from app.assembly import Services
from app.assist.ledger import ENDED, Visitor
from app.assist.seal import KeyPair, as_bytes, as_text, commitment
from app.errors import NotAvailable, Refused, Unreachable
from app.protocol.assist import Answer, Invitation, LedgerLine, LinkTicket, Terms
from app.protocol.session import Party, Reason, State
from app.settings import OPTIONS, Settings
from app.system import desktop_sharing
from app.system.linux import LinuxSystem
from app.ui.assist.prompt import Said
from app.ui.assist.reception import Reception
from app.ui.background import Background
from app.ui.desk import Desk
from tests.ui.assist.world import ListeningHost, invitation


class FakeHelpdesk:
    """The server's side of one or more sessions, with a line that can be cut."""

    device_id = uuid4()

    def __init__(self) -> None:
        self.keys = KeyPair.make()
        self.nonce = bytes(range(32))
        self.invitations: dict[UUID, Invitation] = {}
        self.is_cut = False
        self.refuses_allow = False
        self.forged = False
        self.answers: list[Answer] = []
        self.stopped: list[tuple[UUID, Reason]] = []
        self.accounts: dict[UUID, tuple[LedgerLine, ...]] = {}

    def invite(self, name: str = "Li Na") -> Invitation:
        promised = as_text(commitment(self.keys.public, self.nonce))
        made = invitation(name, state=State.INVITED).model_copy(update={"commitment": promised})
        self.invitations[made.id] = made
        return made

    def change(self, session: UUID, **values: object) -> None:
        self.invitations[session] = self.invitations[session].model_copy(update=values)

    def invitation(self, session: UUID, wait: int = 0) -> Invitation:
        self._reach()
        return self.invitations[session]

    def show(self, session: UUID, host_public: str, terms: Terms) -> Invitation:
        self._reach()
        self.terms = terms
        assert len(as_bytes(host_public)) == 65
        keys = KeyPair.make() if self.forged else self.keys
        told = {"state": State.SHOWN, "viewer_public": as_text(keys.public), "nonce": as_text(self.nonce)}
        if self.forged:  # a server in between that makes its promise afterwards
            told["commitment"] = as_text(commitment(keys.public, self.nonce))
        self.change(session, **told)
        return self.invitations[session]

    def allow(self, session: UUID) -> LinkTicket:
        self._reach()
        self.answers.append(Answer.ALLOW)
        if self.refuses_allow:
            raise Refused("Too late.", code="transition_refused", status=409)
        self.change(session, state=State.ALLOWED)
        return LinkTicket(token="t" * 40)

    def link(self, session: UUID) -> LinkTicket:
        self._reach()
        return LinkTicket(token="l" * 40)

    def refuse(self, session: UUID, answer: Answer) -> None:
        self._reach()
        self.answers.append(answer)

    def stop(self, session: UUID, reason: Reason) -> None:
        self._reach()
        self.stopped.append((session, reason))

    def account(self, session: UUID, lines: tuple[LedgerLine, ...]) -> None:
        self._reach()
        self.accounts[session] = lines

    def say(self, session: UUID, said: object) -> None:
        self._reach()

    def close(self) -> None:
        pass

    def _reach(self) -> None:
        if self.is_cut:
            raise Unreachable("The line is cut.")


@pytest.fixture
def helpdesk() -> FakeHelpdesk:
    return FakeHelpdesk()


@pytest.fixture
def client(services: Services, helpdesk: FakeHelpdesk) -> Services:
    resolved = services.resolved
    settings = dataclasses.replace(resolved.settings, server_url="http://127.0.0.1:1")
    made = dataclasses.replace(services, resolved=dataclasses.replace(resolved, settings=settings))
    made.made["assistance"] = helpdesk
    return made


@pytest.fixture
def reception(client: Services, background: Background) -> Iterator[Reception]:
    made = Reception(Desk(client, background), start_host=ListeningHost)
    yield made
    made.close()
    client.close()


def asked(reception: Reception, helpdesk: FakeHelpdesk, qtbot: QtBot) -> Invitation:
    made = helpdesk.invite()
    reception.heard(made.id)
    qtbot.waitUntil(lambda: reception.dialog is not None)
    return made


def running(reception: Reception, helpdesk: FakeHelpdesk, qtbot: QtBot) -> ListeningHost:
    asked(reception, helpdesk, qtbot)
    host = reception._hosting.host
    reception.dialog.say(Said.ALLOW)
    qtbot.waitUntil(lambda: host.setup is not None)
    host.stands()
    qtbot.waitUntil(lambda: reception.visit.has_begun)
    return host


def test_nobody_is_asked_where_no_screen_can_be_shared_and_the_agent_hears_why(
    reception: Reception, helpdesk: FakeHelpdesk, client: Services, qtbot: QtBot, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("XDG_SESSION_TYPE", "wayland")
    made = helpdesk.invite()

    with qtbot.waitSignal(reception.trouble) as told:
        reception.heard(made.id)

    qtbot.waitUntil(lambda: helpdesk.stopped == [(made.id, Reason.UNSUPPORTED)])
    assert reception.dialog is None
    assert not reception.is_busy
    assert "does not let" in str(told.args[0])
    [visit] = client.assist_ledger.visits()
    assert (visit.started, visit.reason) == (None, Reason.UNSUPPORTED)


@pytest.fixture
def wayland(
    client: Services,
    background: Background,
    helpdesk: FakeHelpdesk,
    monkeypatch: pytest.MonkeyPatch,
    qtbot: QtBot,
) -> Iterator[Reception]:
    """A Wayland desktop with everything that is needed, where IT lets its portal be used."""
    monkeypatch.setenv("XDG_SESSION_TYPE", "wayland")
    monkeypatch.setattr(desktop_sharing, "missing", lambda: None)
    settings = dataclasses.replace(client.resolved.settings, assist_wayland="portal")
    allowing = dataclasses.replace(client, resolved=dataclasses.replace(client.resolved, settings=settings))
    allowing.made["assistance"] = helpdesk
    made = Reception(Desk(allowing, background), start_host=ListeningHost)
    yield made
    made.close()


def test_where_the_desktop_shares_its_screen_itself_the_question_says_what_is_seen_and_the_host_is_told(
    wayland: Reception, helpdesk: FakeHelpdesk, qtbot: QtBot
) -> None:
    asked(wayland, helpdesk, qtbot)
    told = wayland.dialog.findChild(QLabel, "uncovered").text()
    assert "private windows and notifications will be seen" in told
    host = wayland._hosting.host

    wayland.dialog.say(Said.ALLOW)

    qtbot.waitUntil(lambda: host.setup is not None)
    assert host.setup.by_portal
    assert "Your desktop asks as well" in wayland.scene.banners[0].accessibleName()


def test_what_the_desktop_lacks_is_told_before_anybody_is_asked(
    wayland: Reception, helpdesk: FakeHelpdesk, qtbot: QtBot, monkeypatch: pytest.MonkeyPatch
) -> None:
    lacking = NotAvailable("The part that brings the desktop's picture is missing.", "Install it.")
    monkeypatch.setattr(desktop_sharing, "missing", lambda: lacking)
    made = helpdesk.invite()

    with qtbot.waitSignal(wayland.trouble) as told:
        wayland.heard(made.id)

    assert told.args == [lacking]
    qtbot.waitUntil(lambda: helpdesk.stopped == [(made.id, Reason.UNSUPPORTED)])
    assert wayland.dialog is None


def test_a_window_that_cannot_stay_above_others_is_no_place_for_the_strip(
    wayland: Reception, helpdesk: FakeHelpdesk, qtbot: QtBot, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(QGuiApplication, "platformName", lambda: "wayland")
    made = helpdesk.invite()

    with qtbot.waitSignal(wayland.trouble) as told:
        wayland.heard(made.id)

    assert "strip" in str(told.args[0])
    qtbot.waitUntil(lambda: helpdesk.stopped == [(made.id, Reason.UNSUPPORTED)])


def test_the_desktops_no_is_written_down_and_told_as_such(
    wayland: Reception, helpdesk: FakeHelpdesk, client: Services, qtbot: QtBot
) -> None:
    asked(wayland, helpdesk, qtbot)
    host = wayland._hosting.host
    wayland.dialog.say(Said.ALLOW)
    qtbot.waitUntil(lambda: host.setup is not None)

    host.end(Reason.DESKTOP_DENIED)

    qtbot.waitUntil(lambda: [reason for _, reason in helpdesk.stopped] == [Reason.DESKTOP_DENIED])
    [visit] = client.assist_ledger.visits()
    assert (visit.started, visit.reason) == (None, Reason.DESKTOP_DENIED)


def test_every_duration_is_the_settings(
    client: Services, background: Background, helpdesk: FakeHelpdesk, qtbot: QtBot
) -> None:
    settings = dataclasses.replace(
        client.resolved.settings,
        assist_answer_seconds=90,
        assist_minutes=5,
        assist_idle_minutes=3,
        assist_idle_end_minutes=2,
        assist_hold_seconds=4,
    )
    with_settings = dataclasses.replace(client, resolved=dataclasses.replace(client.resolved, settings=settings))
    with_settings.made["assistance"] = helpdesk
    reception = Reception(Desk(with_settings, background), start_host=ListeningHost)

    host = running(reception, helpdesk, qtbot)

    assert helpdesk.terms == Terms(answer_seconds=90, minutes=5, idle_minutes=3, idle_end_minutes=2)
    minutes = [limit.total_seconds() / 60 for limit in dataclasses.astuple(host.setup.limits)]
    assert minutes == [1.5, 5, 3, 3]  # nobody is sent away before they lose control
    assert host.setup.hold_seconds == 4
    reception.visit._duration.left_is(60)
    reception.visit.look_at_clock()
    assert reception.scene.continue_prompt.allow.text() == "5 minutes more"
    reception.close()
    with_settings.close()


def test_the_settings_have_the_bounds_of_the_protocol() -> None:
    names = {
        "assist_answer_seconds": "answer_seconds",
        "assist_minutes": "minutes",
        "assist_idle_minutes": "idle_minutes",
        "assist_idle_end_minutes": "idle_end_minutes",
    }
    for setting, term in names.items():
        lowest, highest = (
            getattr(each, kind) for each, kind in zip(Terms.model_fields[term].metadata, ("ge", "le"), strict=True)
        )
        assert (OPTIONS[setting].lowest, OPTIONS[setting].highest) == (lowest, highest)
        assert getattr(Settings(), setting) == getattr(Terms(), term)


def test_a_host_gets_its_set_up_only_after_allow(reception: Reception, helpdesk: FakeHelpdesk, qtbot: QtBot) -> None:
    asked(reception, helpdesk, qtbot)
    host = reception._hosting.host
    assert host.setup is None

    reception.dialog.say(Said.ALLOW)

    qtbot.waitUntil(lambda: host.setup is not None)
    assert host.setup.token == "t" * 40
    assert host.setup.grade.name == "VIEW"


def test_a_promise_made_afterwards_is_refused(
    reception: Reception, helpdesk: FakeHelpdesk, client: Services, qtbot: QtBot
) -> None:
    helpdesk.forged = True
    made = helpdesk.invite()

    with qtbot.waitSignal(reception.trouble):
        reception.heard(made.id)

    qtbot.waitUntil(lambda: helpdesk.stopped == [(made.id, Reason.VIOLATION)])
    assert reception.dialog is None
    assert client.assist_ledger.visits()[0].reason is Reason.VIOLATION


def test_the_second_agent_is_told_that_somebody_is_here(
    reception: Reception, helpdesk: FakeHelpdesk, qtbot: QtBot
) -> None:
    first = asked(reception, helpdesk, qtbot)
    dialog = reception.dialog
    second = helpdesk.invite("Wang Fang")

    reception.heard(second.id)

    qtbot.waitUntil(lambda: helpdesk.stopped == [(second.id, Reason.HOST_ENDED)])
    assert reception.dialog is dialog
    assert first.id != second.id


def test_an_invitation_is_asked_about_once(reception: Reception, helpdesk: FakeHelpdesk, qtbot: QtBot) -> None:
    made = asked(reception, helpdesk, qtbot)
    dialog = reception.dialog
    dialog.say(Said.DENY)
    qtbot.waitUntil(lambda: not reception.is_busy)
    helpdesk.change(made.id, state=State.INVITED)  # an event of yesterday, told again

    reception.heard(made.id)

    qtbot.waitUntil(lambda: not reception.is_busy and len(helpdesk.stopped) >= 1)
    assert reception.dialog is None
    assert helpdesk.answers == [Answer.DENY]


def test_an_answer_that_came_too_late_shows_nothing(
    reception: Reception, helpdesk: FakeHelpdesk, client: Services, qtbot: QtBot
) -> None:
    helpdesk.refuses_allow = True
    asked(reception, helpdesk, qtbot)
    host = reception._hosting.host

    with qtbot.waitSignal(reception.trouble):
        reception.dialog.say(Said.ALLOW)

    assert host.setup is None
    assert not host.is_alive


def test_what_ended_before_allow_could_be_written_down_is_never_allowed(
    reception: Reception, helpdesk: FakeHelpdesk, client: Services, qtbot: QtBot, monkeypatch: pytest.MonkeyPatch
) -> None:
    made = asked(reception, helpdesk, qtbot)
    host = reception._hosting.host
    write = reception.account.note

    def note(session: UUID, event: str, party: Party, detail: str = "") -> bool:
        client.assist_ledger.append(session, "ended", Party.HOST, client.now(), Reason.HOST_ENDED.value)
        return write(session, event, party, detail)

    monkeypatch.setattr(reception.account, "note", note)

    reception.dialog.say(Said.ALLOW)
    host.end(None)

    qtbot.waitUntil(lambda: (made.id, Reason.HOST_ENDED) in helpdesk.stopped)
    assert helpdesk.answers == []
    assert host.setup is None


def test_the_agent_who_gives_up_takes_the_question_away(
    reception: Reception, helpdesk: FakeHelpdesk, qtbot: QtBot
) -> None:
    made = asked(reception, helpdesk, qtbot)
    helpdesk.change(made.id, state=State.ENDED, ended=Reason.STOPPED_BY_AGENT)

    reception.heard(made.id)

    qtbot.waitUntil(lambda: reception.dialog is None and not reception.is_busy)
    assert helpdesk.answers == []


@pytest.mark.parametrize("way", ["banner", "tray", "lock", "close"])
def test_every_way_to_stop_ends_the_host_with_the_line_cut_and_is_told_later(
    reception: Reception, helpdesk: FakeHelpdesk, client: Services, qtbot: QtBot, way: str
) -> None:
    host = running(reception, helpdesk, qtbot)
    session = reception.visit.id
    helpdesk.is_cut = True

    match way:
        case "banner":
            reception.scene.banners[0]._stop.click()
        case "tray":
            reception.stop()
        case "lock":
            reception.lock()
        case "close":
            reception.close()

    assert not host.is_alive
    assert helpdesk.stopped == []
    expected = Reason.LOCKED if way == "lock" else Reason.STOPPED_BY_EMPLOYEE
    qtbot.waitUntil(lambda: client.assist_ledger.visits()[0].reason is expected)
    helpdesk.is_cut = False
    qtbot.waitUntil(lambda: not reception.account.debts._is_paying)
    reception.account.debts.settle()
    qtbot.waitUntil(lambda: session in helpdesk.accounts)
    assert helpdesk.stopped[0] == (session, expected)
    assert client.assist_ledger.owed() == ()


def test_a_session_cut_short_by_a_kill_is_closed_and_told_at_the_next_start(
    reception: Reception, helpdesk: FakeHelpdesk, client: Services, qtbot: QtBot
) -> None:
    who = Visitor(uuid4(), uuid4(), "Li Na", "", "", uuid4(), "INC-1", "The card reader")
    client.assist_ledger.invited(who, client.now())
    client.assist_ledger.append(who.session, "start", Party.HOST, client.now())

    reception.start()

    qtbot.waitUntil(lambda: who.session in helpdesk.accounts)
    assert helpdesk.accounts[who.session][-1].event == ENDED
    assert helpdesk.stopped == [(who.session, Reason.HOST_ENDED)]


def test_a_session_nobody_here_knows_any_more_is_ended(
    reception: Reception, helpdesk: FakeHelpdesk, qtbot: QtBot
) -> None:
    made = helpdesk.invite()
    helpdesk.change(made.id, state=State.ACTIVE)

    reception.heard(made.id)

    qtbot.waitUntil(lambda: helpdesk.stopped == [(made.id, Reason.HOST_ENDED)])
    assert reception.visit is None


def test_the_end_is_explained(reception: Reception, helpdesk: FakeHelpdesk, qtbot: QtBot) -> None:
    running(reception, helpdesk, qtbot)

    reception.stop()

    qtbot.waitUntil(lambda: reception.notice is not None and reception.notice.isVisible())
    reception.notice.close()


class Restarts:
    """A computer that is started anew when the test says so."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch) -> None:
        self.boot = "first"
        monkeypatch.setattr(LinuxSystem, "boot_id", lambda _system: self.boot)


@pytest.fixture
def restarts(monkeypatch: pytest.MonkeyPatch) -> Restarts:
    if sys.platform != "linux":
        pytest.skip("plays the Linux kernel")
    return Restarts(monkeypatch)


def ticked(reception: Reception, helpdesk: FakeHelpdesk, qtbot: QtBot, path: Path) -> Invitation:
    """A session for which the employee has ticked that the agent may look again after a restart."""
    made = asked(reception, helpdesk, qtbot)
    reception.dialog._again.setChecked(True)
    reception.dialog.say(Said.ALLOW)
    qtbot.waitUntil(path.exists)
    return made


def invited_again(helpdesk: FakeHelpdesk, before: Invitation) -> Invitation:
    made = helpdesk.invite()
    helpdesk.change(made.id, ticket_id=before.ticket_id, agent=before.agent)
    return helpdesk.invitations[made.id]


def test_after_a_restart_the_same_agent_looks_again_once_if_the_employee_had_ticked_it(
    client: Services, background: Background, helpdesk: FakeHelpdesk, restarts: Restarts, qtbot: QtBot
) -> None:
    before_it = Reception(Desk(client, background), start_host=ListeningHost)
    first = ticked(before_it, helpdesk, qtbot, client.paths.assist_again)
    before_it.close()
    restarts.boot = "second"
    after_it = Reception(Desk(client, background), start_host=ListeningHost)
    again = invited_again(helpdesk, first)

    with qtbot.waitSignal(after_it.resumed) as told:
        after_it.heard(again.id)

    assert told.args == [first.agent.name]
    assert after_it.dialog is None
    host = after_it._hosting.host
    qtbot.waitUntil(lambda: host.setup is not None)
    assert host.setup.grade.name == "VIEW"
    [visit] = [each for each in client.assist_ledger.visits() if each.visitor.session == again.id]
    assert [line.event for line in visit.lines] == ["invited", "show", "allow_again", "allow"]
    assert not client.paths.assist_again.exists()
    after_it.stop()

    third = invited_again(helpdesk, first)
    after_it.heard(third.id)
    qtbot.waitUntil(lambda: after_it.dialog is not None)
    after_it.close()


@pytest.mark.parametrize("end", ["stop", "lock", "agent", "quit"])
def test_whatever_ends_the_session_takes_that_word_back(
    client: Services, background: Background, helpdesk: FakeHelpdesk, restarts: Restarts, qtbot: QtBot, end: str
) -> None:
    reception = Reception(Desk(client, background), start_host=ListeningHost)
    ticked(reception, helpdesk, qtbot, client.paths.assist_again)
    ends = {
        "stop": reception.stop,
        "lock": reception.lock,
        "agent": lambda: reception.visit.stop(Reason.STOPPED_BY_AGENT),
        "quit": reception.encore.revoke,
    }

    ends[end]()

    qtbot.waitUntil(lambda: not client.paths.assist_again.exists())
    reception.close()
    assert not client.paths.assist_again.exists()


def test_without_the_tick_nothing_is_kept(
    reception: Reception, helpdesk: FakeHelpdesk, client: Services, restarts: Restarts, qtbot: QtBot
) -> None:
    running(reception, helpdesk, qtbot)

    assert not client.paths.assist_again.exists()


def test_where_nobody_can_tell_a_restart_it_is_not_offered(
    reception: Reception, helpdesk: FakeHelpdesk, restarts: Restarts, qtbot: QtBot
) -> None:
    restarts.boot = ""

    asked(reception, helpdesk, qtbot)

    assert not reception.dialog._again.isVisible()
    assert not reception.dialog.allows_again
