"""The bell appears when there is a place for it, counts, words its menu, and asks for what was chosen."""

from __future__ import annotations

import pytest
from PySide6.QtGui import QAction
from PySide6.QtWidgets import QSystemTrayIcon
from pytestqt.qtbot import QtBot

from app.ui.language import LanguageSwitch
from app.ui.single_instance import Command, Request
from app.ui.tray import OFTEN, OFTEN_TIMES, SELDOM, Tray


class Panel:
    """A desktop's place for tray icons, there or not."""

    def __init__(self, *, there: bool) -> None:
        self.there = there

    def __call__(self) -> bool:
        return self.there


@pytest.fixture
def panel() -> Panel:
    return Panel(there=True)


@pytest.fixture
def tray(qapp, panel: Panel, monkeypatch: pytest.MonkeyPatch) -> Tray:
    # The offscreen platform has no tray and warns about every icon shown there.
    monkeypatch.setattr(QSystemTrayIcon, "show", lambda _: None)
    return Tray(lambda: "auto", panel)


def action(tray: Tray, text: str) -> QAction:
    return next(each for each in tray.menu.actions() if each.text() == text)


def test_the_menu_offers_everything_in_order(tray: Tray) -> None:
    assert [each.text() for each in tray.menu.actions() if not each.isSeparator() and each.isVisible()] == [
        "Report a problem",
        "Report in another way",
        "My tickets",
        "Search for an answer",
        "Open Deskbell",
        "Who has looked at my screen",
        "Settings",
        "Language",
        "About Deskbell",
        "Quit",
    ]


def test_stopping_is_offered_first_while_somebody_looks(tray: Tray, qtbot: QtBot) -> None:
    tray.show_looking(True)
    first = tray.menu.actions()[0]

    with qtbot.waitSignal(tray.stop_asked):
        first.trigger()

    assert (first.text(), first.isVisible()) == ("Stop remote assistance", True)
    tray.show_looking(False)
    assert not first.isVisible()


@pytest.mark.parametrize(
    ("text", "command"),
    [
        ("Report a problem", Command.REPORT),
        ("My tickets", Command.TICKETS),
        ("Search for an answer", Command.SEARCH),
        ("Open Deskbell", Command.OPEN),
        ("Settings", Command.SETTINGS),
        ("Quit", Command.QUIT),
    ],
)
def test_a_choice_is_asked_for(tray: Tray, qtbot: QtBot, text: str, command: Command) -> None:
    with qtbot.waitSignal(tray.asked) as asked:
        action(tray, text).trigger()

    assert asked.args == [Request(command)]


def test_unread_replies_are_counted_in_the_menu(tray: Tray) -> None:
    tray.set_counts(unread=3, waiting=1)

    assert action(tray, "My tickets (3)")


def test_the_menu_changes_its_language(tray: Tray) -> None:
    switch = LanguageSwitch("en")
    switch.changed.connect(tray.retranslate)

    switch.use("zh-CN")

    assert action(tray, "报告问题")


def test_a_language_can_be_chosen(tray: Tray, qtbot: QtBot) -> None:
    languages = action(tray, "Language").menu()
    chinese = next(each for each in languages.actions() if each.data() == "zh-CN")

    with qtbot.waitSignal(tray.language_chosen) as chosen:
        chinese.trigger()

    assert chosen.args == ["zh-CN"]


def test_the_bell_is_shown_where_a_host_is_there(tray: Tray, qtbot: QtBot) -> None:
    with qtbot.waitSignal(tray.adopted):
        assert tray.start()

    assert tray.is_shown


def test_a_host_that_comes_later_is_adopted(tray: Tray, panel: Panel, qtbot: QtBot) -> None:
    panel.there = False
    assert not tray.start()

    panel.there = True
    with qtbot.waitSignal(tray.adopted):
        tray.look_for_host()

    assert tray.is_shown


def test_the_bell_is_shown_again_to_a_host_that_was_restarted(tray: Tray, panel: Panel, qtbot: QtBot) -> None:
    tray.start()
    panel.there = False
    tray.look_for_host()
    assert not tray.is_shown

    panel.there = True

    with qtbot.waitSignal(tray.adopted):
        tray.look_for_host()


def test_looking_for_a_host_becomes_rare_after_a_minute(tray: Tray, panel: Panel) -> None:
    panel.there = False
    tray.start()
    assert tray._timer.interval() == OFTEN

    for _ in range(OFTEN_TIMES):
        tray.look_for_host()

    assert tray._timer.interval() == SELDOM


def test_a_click_on_the_bell_reports_a_problem(tray: Tray, qtbot: QtBot) -> None:
    tray.start()

    with qtbot.waitSignal(tray.pressed) as pressed:
        tray._icon.activated.emit(QSystemTrayIcon.ActivationReason.Trigger)

    assert pressed.args == [Request(Command.REPORT)]


def test_a_pressed_notice_leads_to_what_it_was_about(tray: Tray, qtbot: QtBot, monkeypatch) -> None:
    monkeypatch.setattr(QSystemTrayIcon, "showMessage", lambda *_: None)
    tray.start()
    about = Request(Command.TICKETS, "0190a000-0000-7000-8000-000000000001")
    tray.notify("New reply on INC-000001", "Till 3", about)

    with qtbot.waitSignal(tray.notice_clicked) as clicked:
        tray._icon.messageClicked.emit()

    assert clicked.args == [about]
