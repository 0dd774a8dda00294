"""A session as the employee has it: everything ends it, the host first; nothing widens it but the employee."""

from __future__ import annotations

import pytest
from PySide6.QtCore import QPoint, QRect, Qt
from PySide6.QtGui import QGuiApplication
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QLabel
from pytestqt.qtbot import QtBot

from app.assist.orders import Do
from app.assist.told import Attention, Drawn, Heard, Lowered, Pointed, Recorded
from app.protocol.session import Grade, Party, Reason, State
from app.system.base import Rect, Window
from app.ui.assist import words
from app.ui.assist.banner import HEIGHT
from app.ui.assist.ending import EndNotice, summary
from app.ui.assist.prompt import Said
from app.ui.assist.scene import Scene
from app.ui.assist.screens import Shareable, screen_id
from app.ui.assist.visit import Visit
from app.ui.background import Background
from app.ui.theme import Theme
from tests.ui.assist.world import HandClock, invitation, screen, setup, visit


class Stage:
    """A visit, its host, its lines and everything on the screen."""

    def __init__(self, clock: HandClock, background: Background) -> None:
        self.clock = clock
        shown = QGuiApplication.primaryScreen()
        self.visit, self.host, self.notes = visit(clock, screen(named=screen_id(shown)))
        self.reasons: list[Reason] = []
        self.visit.ended.connect(self.reasons.append)
        windows = (Window("Payroll", "excel", Rect(0, 0, 100, 100), False, 77),)
        self.scene = Scene(self.visit, lambda found: found(windows), background)
        self.scene.open()
        self.visit.begin(setup(self.visit.id))


@pytest.fixture
def stage(background: Background, qtbot: QtBot) -> Stage:
    made = Stage(HandClock(), background)
    made.host.stands()
    qtbot.waitUntil(lambda: made.visit.has_begun)
    yield made
    made.scene.close()


def deliver(qtbot: QtBot, visit: Visit) -> None:
    qtbot.wait(1)


def test_there_is_a_banner_on_every_monitor_that_says_who_and_how_far(stage: Stage) -> None:
    banners = stage.scene.banners

    assert len(banners) == len(QGuiApplication.screens())
    assert all(banner.isVisible() and banner.height() == HEIGHT for banner in banners)
    assert banners[0].accessibleName() == "Li Na is viewing this screen"
    assert banners[0].back == words.BACKS[Grade.VIEW]


@pytest.mark.parametrize("look", ["light", "dark"])
def test_the_banner_wears_every_theme(qapp, background: Background, look: str) -> None:
    theme = Theme(qapp, look)
    made = Stage(HandClock(), background)

    theme.use("dark" if look == "light" else "light")

    assert made.scene.banners[0].isVisible()
    made.scene.close()


def test_the_banner_takes_no_focus_and_stays_on_top(stage: Stage) -> None:
    flags = stage.scene.banners[0].windowFlags()

    assert flags & Qt.WindowType.WindowDoesNotAcceptFocus
    assert flags & Qt.WindowType.WindowStaysOnTopHint


def test_the_banner_becomes_a_pill_but_never_goes_away(stage: Stage) -> None:
    [banner] = stage.scene.banners
    wide = banner.width()

    banner.collapse()

    assert banner.width() < wide
    assert all(part.isVisible() for part in (banner, banner._stop, banner._time, banner._grade))
    banner.close()
    assert banner.isVisible()
    banner.collapse()
    assert not banner.is_pill


@pytest.mark.parametrize("width", [800, 480, 350, 240])
def test_stop_stands_on_the_strip_of_a_small_monitor_too(
    stage: Stage, qtbot: QtBot, monkeypatch: pytest.MonkeyPatch, width: int
) -> None:
    [banner] = stage.scene.banners
    room = QRect(0, 0, width, 300)
    monkeypatch.setattr(banner, "_room", lambda: room)

    stage.host.stands(Grade.CONTROL)
    qtbot.waitUntil(lambda: stage.visit.grade is Grade.CONTROL)
    banner.place()

    assert room.contains(banner.geometry())
    assert banner.rect().contains(banner._stop.geometry())
    assert all(part.isVisible() for part in (banner._stop, banner._time))
    assert banner._sentence.isVisible() or banner._grade.isVisible()
    assert "controlling" in banner.accessibleName()


def test_the_banner_cannot_be_dragged_off_its_monitor(stage: Stage) -> None:
    [banner] = stage.scene.banners
    room = QGuiApplication.primaryScreen().geometry()

    QTest.mousePress(banner, Qt.MouseButton.LeftButton, pos=QPoint(4, 4))
    for far in (QPoint(-5000, -5000), QPoint(9000, 9000)):
        QTest.mouseMove(banner, far)
        assert room.contains(banner.geometry())
    QTest.mouseRelease(banner, Qt.MouseButton.LeftButton)


def test_a_banner_that_was_moved_away_comes_back(stage: Stage) -> None:
    [banner] = stage.scene.banners
    banner.move(-3000, -3000)

    banner._tick()

    assert QGuiApplication.primaryScreen().geometry().contains(banner.geometry())


def test_stop_on_the_banner_ends_the_host_at_once(stage: Stage) -> None:
    QTest.mouseClick(stage.scene.banners[0]._stop, Qt.MouseButton.LeftButton)

    assert not stage.host.is_alive
    assert stage.reasons == [Reason.STOPPED_BY_EMPLOYEE]


def test_a_locked_screen_is_told_as_such(stage: Stage) -> None:
    stage.visit.stop(Reason.LOCKED)

    assert stage.host.last is Do.LOCK
    assert stage.reasons == [Reason.LOCKED]


def test_what_the_host_did_before_the_stop_is_in_the_record_though_nobody_had_heard_of_it_yet(
    background: Background, qtbot: QtBot
) -> None:
    made = Stage(HandClock(), background)
    made.host.stands()
    made.host.tell(Recorded())

    made.visit.stop()

    assert made.notes.events == ["start", "record"]
    assert made.reasons == [Reason.STOPPED_BY_EMPLOYEE]
    made.scene.close()


def test_an_end_is_told_once_whatever_comes_afterwards(stage: Stage, qtbot: QtBot) -> None:
    stage.visit.stop()

    stage.visit.stop(Reason.LOCKED)
    stage.host.end(Reason.VIOLATION)
    stage.host.stands(Grade.CONTROL)
    deliver(qtbot, stage.visit)

    assert stage.reasons == [Reason.STOPPED_BY_EMPLOYEE]
    assert stage.visit.grade is Grade.VIEW


def test_a_host_that_dies_ends_the_session(stage: Stage, qtbot: QtBot) -> None:
    stage.host.end(None)

    qtbot.waitUntil(lambda: stage.reasons == [Reason.HOST_ENDED])


def test_a_grade_is_a_question_of_its_own_and_granted_only_by_the_employee(stage: Stage, qtbot: QtBot) -> None:
    stage.host.stands(asked=Grade.POINT)
    qtbot.waitUntil(lambda: stage.scene.grade_prompt is not None)
    assert stage.host.done(Do.GRANT) == []

    stage.scene.grade_prompt.say(Said.ALLOW)

    assert [order.grade for order in stage.host.done(Do.GRANT)] == [Grade.POINT]
    assert ("grant_grade", Party.EMPLOYEE, "2") in stage.notes.lines


@pytest.mark.parametrize("said", [Said.DENY, Said.NOTHING])
def test_a_grade_that_is_not_allowed_is_refused(stage: Stage, qtbot: QtBot, said: Said) -> None:
    stage.host.stands(asked=Grade.CONTROL)
    qtbot.waitUntil(lambda: stage.scene.grade_prompt is not None)

    stage.scene.grade_prompt.say(said)

    assert len(stage.host.done(Do.REFUSE)) == 1
    assert stage.host.done(Do.GRANT) == []


def test_a_wish_that_is_withdrawn_takes_its_question_away(stage: Stage, qtbot: QtBot) -> None:
    stage.host.stands(asked=Grade.POINT)
    qtbot.waitUntil(lambda: stage.scene.grade_prompt is not None)
    prompt = stage.scene.grade_prompt

    stage.host.stands()
    qtbot.waitUntil(lambda: stage.scene.grade_prompt is None)
    prompt.say(Said.ALLOW)

    assert stage.host.done(Do.GRANT) == []


def test_another_wish_replaces_the_question_and_the_old_one_grants_nothing(stage: Stage, qtbot: QtBot) -> None:
    stage.host.stands(asked=Grade.POINT)
    qtbot.waitUntil(lambda: stage.scene.grade_prompt is not None)
    first = stage.scene.grade_prompt

    stage.host.stands(asked=Grade.CONTROL)
    qtbot.waitUntil(lambda: stage.scene.grade_prompt is not first)
    first.say(Said.ALLOW)

    assert stage.host.done(Do.GRANT) == []
    assert stage.scene.grade_prompt.grade is Grade.CONTROL


def test_control_can_be_taken_back(stage: Stage, qtbot: QtBot) -> None:
    stage.host.stands(Grade.CONTROL)
    [banner] = stage.scene.banners
    qtbot.waitUntil(lambda: banner._back.isVisible())
    assert banner.back == words.BACKS[Grade.CONTROL]

    QTest.mouseClick(banner._back, Qt.MouseButton.LeftButton)
    stage.host.stands(Grade.VIEW)
    qtbot.waitUntil(lambda: stage.visit.grade is Grade.VIEW)

    assert [order.grade for order in stage.host.done(Do.LOWER)] == [Grade.VIEW]
    assert stage.notes.events.count("lower_grade") == 1
    assert stage.visit.highest is Grade.CONTROL


def test_pausing_is_an_order_and_shown(stage: Stage, qtbot: QtBot) -> None:
    [banner] = stage.scene.banners

    QTest.mouseClick(banner._hold, Qt.MouseButton.LeftButton)
    assert banner.accessibleName() == "Paused: Li Na sees nothing"
    stage.host.stands(state=State.PAUSED)
    deliver(qtbot, stage.visit)
    QTest.mouseClick(banner._hold, Qt.MouseButton.LeftButton)

    assert [order.do for order in stage.host.orders if order.do in (Do.PAUSE, Do.RESUME)] == [Do.PAUSE, Do.RESUME]


def test_two_minutes_before_the_half_hour_it_is_asked_whether_to_go_on(stage: Stage, qtbot: QtBot) -> None:
    stage.clock.forward(1800 - 121)
    stage.visit.look_at_clock()
    assert stage.scene.continue_prompt is None

    stage.clock.forward(2)
    stage.visit.look_at_clock()
    stage.scene.continue_prompt.say(Said.ALLOW)

    assert len(stage.host.done(Do.CONFIRM)) == 1
    stage.host.stands(expires_in=1800)
    deliver(qtbot, stage.visit)
    stage.visit.look_at_clock()
    assert stage.scene.continue_prompt is None


def test_saying_nothing_does_not_extend_and_saying_no_ends(stage: Stage) -> None:
    stage.clock.forward(1790)
    stage.visit.look_at_clock()

    stage.scene.continue_prompt.say(Said.NOTHING)
    assert stage.host.done(Do.CONFIRM) == []
    assert stage.reasons == []  # the host ends it when the time is over


def test_no_to_going_on_ends_at_once(stage: Stage) -> None:
    stage.clock.forward(1790)
    stage.visit.look_at_clock()

    stage.scene.continue_prompt.say(Said.DENY)

    assert stage.reasons == [Reason.STOPPED_BY_EMPLOYEE]


def test_our_windows_and_their_focus_are_told_to_the_host(stage: Stage, qtbot: QtBot) -> None:
    stage.host.stands(asked=Grade.CONTROL)
    qtbot.waitUntil(lambda: stage.scene.grade_prompt is not None)

    ours = stage.host.done(Do.OURS)[-1]

    for window in (*stage.scene.banners, stage.scene.grade_prompt):
        place = window.frameGeometry()
        assert Rect(place.x(), place.y(), place.width(), place.height()) in ours.areas
    cover = stage.scene.overlay.geometry()
    assert Rect(cover.x(), cover.y(), cover.width(), cover.height()) not in ours.areas


def test_the_same_places_are_not_told_twice(stage: Stage) -> None:
    stage.scene.tell_ours()
    before = len(stage.host.done(Do.OURS))

    stage.scene.tell_ours()

    assert len(stage.host.done(Do.OURS)) == before


def test_no_order_reaches_a_host_before_its_set_up(qapp, qtbot: QtBot) -> None:
    made, host, _ = visit(HandClock(), screen())

    made.tell_ours((Rect(0, 0, 1, 1),), is_focused=False)
    made.cover((1,))
    made.say("hello")

    assert host.orders == []


def test_private_windows_are_covered_as_ticked(stage: Stage, qtbot: QtBot) -> None:
    stage.scene.choose_windows()
    tick = stage.scene.private._ticks.itemAt(0).widget()

    tick.setChecked(True)
    tick.setChecked(False)

    assert [order.windows for order in stage.host.done(Do.COVER)] == [(77,), ()]


def test_words_go_both_ways_and_unread_ones_are_counted(stage: Stage, qtbot: QtBot) -> None:
    [banner] = stage.scene.banners
    stage.host.tell(Heard("您好"))
    qtbot.waitUntil(stage.scene.chat.isVisible)
    assert banner._chat.text() in ("1", "")

    stage.scene.chat._line.setText("It is the left one")
    with qtbot.waitSignal(stage.scene.said):
        stage.scene.chat.send()

    assert [order.text for order in stage.host.done(Do.CHAT)] == ["It is the left one"]


def test_pointing_is_drawn_while_it_is_allowed_and_gone_afterwards(stage: Stage, qtbot: QtBot) -> None:
    stage.host.stands(Grade.POINT)
    stage.host.tell(Pointed(100, 120, True))
    stage.host.tell(Drawn("box", ((10, 10), (200, 100))))
    overlay = stage.scene.overlay
    qtbot.waitUntil(overlay.isVisible)

    stage.host.stands(Grade.VIEW)
    stage.host.tell(Lowered(Grade.VIEW))
    qtbot.waitUntil(lambda: not overlay.isVisible())

    assert overlay.marks.marks == []
    assert ("lower_grade", Party.AGENT, "1") in stage.notes.lines


def test_a_grade_that_time_has_lowered_is_nobodys_doing(stage: Stage, qtbot: QtBot) -> None:
    stage.host.stands(Grade.CONTROL)

    stage.host.stands(Grade.VIEW)
    qtbot.waitUntil(lambda: stage.visit.highest is Grade.CONTROL and stage.visit.grade is Grade.VIEW)

    assert "lower_grade" not in stage.notes.events


def test_everything_is_gone_when_the_session_is(stage: Stage, qtbot: QtBot) -> None:
    stage.visit.stop()

    stage.scene.close()

    assert stage.scene.banners == []
    assert stage.scene.overlay is None
    assert not stage.scene.private.isVisible()


def test_the_end_says_what_was_seen_for_how_long_and_how_far(stage: Stage, qtbot: QtBot) -> None:
    stage.host.stands(Grade.POINT)
    qtbot.waitUntil(lambda: stage.visit.grade is Grade.POINT)
    stage.clock.forward(240)

    stage.visit.stop()

    assert summary(stage.visit) == "Li Na saw Screen 1 for 4 minutes and could point at things."


def test_a_recorded_session_says_so_in_the_banner(background: Background, qtbot: QtBot) -> None:
    clock = HandClock()
    made, _host, _ = visit(
        clock, screen(named=screen_id(QGuiApplication.primaryScreen())), invitation(is_recorded=True)
    )
    scene = Scene(made, lambda _found: None, background)
    scene.open()

    [banner] = scene.banners
    assert banner.accessibleName().startswith("REC")
    assert banner._record.isVisible()
    banner.collapse()
    assert banner._record.isVisible()
    scene.close()


def test_a_connection_that_comes_back_is_told_for_a_moment(stage: Stage, qtbot: QtBot) -> None:
    [banner] = stage.scene.banners
    stage.host.stands(state=State.PAUSED)
    qtbot.waitUntil(lambda: "interrupted" in banner.accessibleName())

    stage.host.stands()
    qtbot.waitUntil(lambda: banner.accessibleName() == "Li Na is connected again")

    stage.clock.forward(60)
    banner._tick()
    banner._tick()
    assert banner.accessibleName() == "Li Na is viewing this screen"


def test_ctrl_alt_del_is_a_request_to_the_employee(stage: Stage, qtbot: QtBot) -> None:
    stage.host.tell(Attention())

    def is_asked() -> bool:
        return any("Ctrl+Alt+Del" in each.text() for each in stage.scene.chat.findChildren(QLabel))

    qtbot.waitUntil(is_asked)
    assert stage.scene.chat.isVisible()


def test_a_session_can_be_reported_when_it_is_over(stage: Stage, qtbot: QtBot) -> None:
    stage.visit.stop()
    notice = EndNotice(stage.visit)
    qtbot.addWidget(notice)

    with qtbot.waitSignal(notice.reported):
        notice._report.click()

    assert not notice._report.isEnabled()


@pytest.fixture
def two_screens(stage: Stage) -> tuple[Stage, Shareable]:
    """A second monitor, which Qt does not know here: only the visit does."""
    other = screen(2, is_primary=False)
    stage.visit.there_are((stage.visit.screen, other))
    return stage, other


def test_the_host_is_told_which_monitors_there_are(two_screens: tuple[Stage, Shareable]) -> None:
    stage, other = two_screens

    assert [order.screens for order in stage.host.done(Do.SCREENS)] == [(stage.visit.screen.monitor, other.monitor)]


def test_another_screen_is_a_question_of_its_own_and_shown_only_by_the_employee(
    two_screens: tuple[Stage, Shareable], qtbot: QtBot
) -> None:
    stage, other = two_screens
    first = stage.visit.screen
    stage.host.stands(screen=first.id, screen_asked=other.id)
    qtbot.waitUntil(lambda: stage.scene.screen_prompt is not None)
    assert stage.host.done(Do.CHOOSE_SCREEN) == []
    assert stage.visit.screen is first

    stage.scene.screen_prompt.say(Said.ALLOW)
    assert [order.screen for order in stage.host.done(Do.CHOOSE_SCREEN)] == [other.id]
    assert "choose_screen" not in stage.notes.events  # it is seen when the host has taken it

    stage.host.stands(screen=other.id)
    qtbot.waitUntil(lambda: stage.visit.screen is other)
    assert stage.notes.lines[-2:] == [
        ("ask_screen", Party.AGENT, other.id),
        ("choose_screen", Party.EMPLOYEE, other.id),
    ]
    assert stage.scene.banners[0].accessibleName() == "Li Na is viewing Screen 2"
    stage.visit.stop()
    assert summary(stage.visit) == "Li Na saw Screen 1 and Screen 2 for less than a minute."


@pytest.mark.parametrize("said", [Said.DENY, Said.NOTHING])
def test_a_screen_that_is_not_allowed_is_refused(
    two_screens: tuple[Stage, Shareable], qtbot: QtBot, said: Said
) -> None:
    stage, other = two_screens
    stage.host.stands(screen_asked=other.id)
    qtbot.waitUntil(lambda: stage.scene.screen_prompt is not None)

    stage.scene.screen_prompt.say(said)

    assert len(stage.host.done(Do.REFUSE_SCREEN)) == 1
    assert stage.host.done(Do.CHOOSE_SCREEN) == []
    assert ("refuse_screen", Party.EMPLOYEE, "") in stage.notes.lines


def test_a_screen_that_was_unplugged_while_it_was_asked_for_is_refused_at_once(stage: Stage, qtbot: QtBot) -> None:
    stage.host.stands(screen_asked="gone")

    qtbot.waitUntil(lambda: len(stage.host.done(Do.REFUSE_SCREEN)) == 1)
    assert stage.scene.screen_prompt is None


def test_what_was_drawn_on_the_screen_before_is_gone_with_it(
    two_screens: tuple[Stage, Shareable], qtbot: QtBot
) -> None:
    stage, other = two_screens
    stage.host.stands(Grade.POINT)
    stage.host.tell(Drawn("box", ((10, 10), (200, 100))))
    qtbot.waitUntil(lambda: stage.scene.overlay.isVisible())

    stage.host.stands(Grade.POINT, screen=other.id)

    qtbot.waitUntil(lambda: stage.scene.overlay is None)  # that monitor is none of Qt's
    stage.host.tell(Pointed(1, 1, True))
    deliver(qtbot, stage.visit)


def test_the_employee_can_show_another_screen_from_its_strip(
    two_screens: tuple[Stage, Shareable], qtbot: QtBot
) -> None:
    stage, other = two_screens
    [banner] = stage.scene.banners
    assert not banner._share.isVisible()
    here = stage.visit.screen.id
    stage.host.stands(screen=other.id)
    qtbot.waitUntil(lambda: stage.scene.banners[0]._share.isVisible())

    QTest.mouseClick(stage.scene.banners[0]._share, Qt.MouseButton.LeftButton)

    assert [order.screen for order in stage.host.done(Do.CHOOSE_SCREEN)] == [here]


def test_the_strip_of_the_screen_that_is_asked_for_says_so(stage: Stage, qtbot: QtBot) -> None:
    other, first = stage.visit.screen, screen(2, is_primary=False)
    stage.visit.there_are((first, other))
    stage.host.stands(screen=first.id)
    qtbot.waitUntil(lambda: stage.visit.screen is first)

    stage.host.stands(screen=first.id, screen_asked=other.id)

    qtbot.waitUntil(lambda: stage.scene.banners[0].accessibleName() == "Li Na would like to see this screen")
