"""The help window: what is happening, the three actions, and the way from page to page."""

from __future__ import annotations

from datetime import timedelta
from uuid import uuid4

import pytest
from PySide6.QtCore import QSize, Qt
from PySide6.QtWidgets import QLabel, QPushButton, QWidget
from pytestqt.qtbot import QtBot

from app.errors import HelpdeskError, StorageError
from app.protocol.announcements import Announcement, Severity
from app.ui.article import ArticleView
from app.ui.background import DISK
from app.ui.buttons import ActionCard, IconButton
from app.ui.connection import Connection
from app.ui.desk import Desk
from app.ui.help_window import HelpWindow, Place
from app.ui.language import LanguageSwitch
from app.ui.single_instance import Command, Request
from app.ui.theme import TARGET
from tests.ui.world import draft, now, ticket


@pytest.fixture
def window(desk: Desk, qtbot: QtBot) -> HelpWindow:
    made = HelpWindow(desk)
    qtbot.addWidget(made)
    with qtbot.waitActive(made):
        made.bring_up()
    return made


def words(widget: QWidget) -> str:
    """Everything that can be read on a widget now."""
    labels = [label.text() for label in widget.findChildren(QLabel) if label.isVisible()]
    buttons = [button.text() for button in widget.findChildren(QPushButton) if button.isVisible()]
    return "\n".join((*labels, *buttons))


def test_the_three_actions_are_there_and_large(window: HelpWindow) -> None:
    cards = window.home.findChildren(ActionCard)

    assert [card.accessibleName() for card in cards] == ["Report a problem", "My tickets", "Search for an answer"]
    assert all(card.height() >= 2 * TARGET for card in cards)


@pytest.mark.parametrize("key", [Qt.Key.Key_Space, Qt.Key.Key_Return, Qt.Key.Key_Enter])
def test_the_first_action_asks_for_a_report(window: HelpWindow, qtbot: QtBot, key: Qt.Key) -> None:
    with qtbot.waitSignal(window.asked) as asked:
        qtbot.keyClick(window.focusWidget(), key)

    assert asked.args == [Request(Command.REPORT)]


@pytest.mark.parametrize(("card", "place"), [(1, Place.TICKETS), (2, Place.SEARCH)])
def test_an_action_leads_to_its_page_and_escape_leads_back(
    window: HelpWindow, qtbot: QtBot, card: int, place: Place
) -> None:
    qtbot.mouseClick(window.home.findChildren(ActionCard)[card], Qt.MouseButton.LeftButton)
    assert window.place is place

    qtbot.keyClick(window, Qt.Key.Key_Escape)

    assert window.place is Place.HOME


def test_closing_hides_the_window_and_keeps_its_place(window: HelpWindow, desk: Desk, qtbot: QtBot) -> None:
    window.resize(640, 480)

    window.close()
    assert not window.isVisible()

    again = HelpWindow(desk)
    qtbot.addWidget(again)
    again.bring_up()
    assert again.size() == QSize(640, 480)


def test_without_a_helpdesk_the_window_says_so_and_reports_all_the_same(window: HelpWindow) -> None:
    assert "No helpdesk is set up on this computer yet." in words(window.home)
    assert window.home.findChildren(ActionCard)[0].isEnabled()


def test_a_quiet_day_is_called_quiet(window: HelpWindow, desk: Desk, qtbot: QtBot) -> None:
    desk.connection = Connection.ONLINE
    desk.connection_changed.emit()

    qtbot.waitUntil(lambda: "All quiet" in words(window.home))
    assert "Connected" in words(window)


def test_announcements_are_told_with_their_text(window: HelpWindow, desk: Desk, qtbot: QtBot) -> None:
    desk.announcements = (
        Announcement(
            id=uuid4(),
            title="Card payments fail",
            body="**Cash works.**",
            severity=Severity.INCIDENT,
            since=now() - timedelta(minutes=40),
        ),
    )
    desk.announcements_changed.emit()

    qtbot.waitUntil(lambda: "Card payments fail" in words(window.home))
    bodies = [view.toPlainText() for view in window.home.findChildren(ArticleView) if view.isVisible()]
    assert bodies == ["Cash works."]


def test_what_waits_and_what_was_answered_is_told(window: HelpWindow, desk: Desk, qtbot: QtBot) -> None:
    desk.services.outbox.put(*draft())
    desk.refresh_waiting()
    desk.show_tickets((ticket(7, unread=2),))
    qtbot.waitUntil(lambda: bool(desk.waiting))

    qtbot.waitUntil(lambda: "1 message waits to be sent" in words(window.home))
    assert "New reply on INC-000007" in words(window.home)
    assert "2 new replies" in words(window.home)


def test_a_reason_that_somebody_can_mend_is_told(window: HelpWindow, desk: Desk, qtbot: QtBot) -> None:
    desk.not_reached(HelpdeskError("The proxy wants a password.", "Check the proxy in the settings."))

    qtbot.waitUntil(lambda: "The proxy wants a password." in words(window.home))
    assert "Offline" in words(window)


def test_a_full_disk_is_told_until_it_is_not_full_any_more(window: HelpWindow, desk: Desk, qtbot: QtBot) -> None:
    begun: list[None] = []
    desk.background.run(DISK, lambda: None, begun.append, pytest.fail)
    qtbot.waitUntil(lambda: bool(begun))  # the look at the outbox that came with the window is over

    desk.not_reached(StorageError("The outbox {path} is damaged.", path="outbox.sqlite"))
    qtbot.waitUntil(lambda: "The outbox outbox.sqlite is damaged." in words(window.home))

    desk.refresh_waiting()

    qtbot.waitUntil(lambda: "is damaged" not in words(window.home))


def test_the_cards_stand_below_one_another_in_a_narrow_window(window: HelpWindow, qtbot: QtBot) -> None:
    cards = window.home.findChildren(ActionCard)
    window.resize(1000, 700)
    qtbot.waitUntil(lambda: cards[0].y() == cards[1].y())

    window.resize(500, 700)
    qtbot.waitUntil(lambda: cards[0].y() < cards[1].y() < cards[2].y())

    assert all(card.width() <= 500 for card in cards)


def test_the_window_changes_its_language_while_it_is_open(window: HelpWindow, qtbot: QtBot) -> None:
    switch = LanguageSwitch("en")

    switch.use("zh-CN")
    qtbot.waitUntil(lambda: "有什么可以帮您？" in words(window.home))

    assert "Report" not in words(window)


def test_everything_can_be_reached_with_the_tab_key(window: HelpWindow, qtbot: QtBot) -> None:
    seen: list[QWidget] = []
    window.activateWindow()
    for _ in range(8):
        seen.append(window.focusWidget())
        qtbot.keyClick(window.focusWidget(), Qt.Key.Key_Tab)

    cards = window.home.findChildren(ActionCard)

    assert [each for each in seen if each in cards][:3] == cards
    assert window._menu_button in seen


@pytest.mark.parametrize("keys", [("Ctrl+F", Place.SEARCH), ("Ctrl+T", Place.TICKETS)], ids=lambda each: each[0])
def test_a_shortcut_leads_to_its_page(window: HelpWindow, qtbot: QtBot, keys: tuple[str, Place]) -> None:
    letter = Qt.Key(ord(keys[0][-1]))

    qtbot.keyClick(window, letter, Qt.KeyboardModifier.ControlModifier)

    assert window.place is keys[1]


def test_buttons_that_show_only_a_drawing_have_a_name(window: HelpWindow, desk: Desk) -> None:
    nameless = [button for button in window.findChildren(IconButton) if not button.accessibleName()]

    assert nameless == []
