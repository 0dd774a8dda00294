"""The bell as a whole: what is asked of it is done, in the right window and the right language."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from PySide6.QtWidgets import QApplication, QSystemTrayIcon
from pytestqt.qtbot import QtBot

from app.assembly import Services
from app.helpdesk.delivery import Delivered
from app.helpdesk.outbox_items import ItemKind
from app.settings import read
from app.ui.about import AboutDialog
from app.ui.application import Bell
from app.ui.help_window import Place
from app.ui.language import tr
from app.ui.single_instance import Command, Request, SingleInstance, socket_name
from tests.ui.world import draft, ticket, view


@pytest.fixture
def bell(qapp: QApplication, services: Services, tmp_path: Path, qtbot: QtBot) -> Iterator[Bell]:
    """Not started: no timers run, but everything is wired."""
    made = Bell(qapp, services, SingleInstance(socket_name("li.na", "1", tmp_path)))
    yield made
    for window in (made._window, made._settings):
        if window is not None:
            window.hide()
            window.deleteLater()
    made.stop()
    made.language.use("en")  # Qt's own sentences too


@pytest.fixture
def notices(bell: Bell, monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """What the tray has told."""
    told: list[str] = []
    monkeypatch.setattr(QSystemTrayIcon, "show", lambda _: None)
    monkeypatch.setattr(QSystemTrayIcon, "showMessage", lambda _icon, title, text, *_: told.append(f"{title}: {text}"))
    bell.tray._host_exists = lambda: True
    bell.tray.start()
    return told


@pytest.mark.parametrize(
    ("command", "place"),
    [(Command.OPEN, Place.HOME), (Command.TICKETS, Place.TICKETS), (Command.SEARCH, Place.SEARCH)],
)
def test_a_command_shows_its_page(bell: Bell, command: Command, place: Place) -> None:
    bell.obey(Request(command))

    assert bell.window.isVisible()
    assert bell.window.place is place


def test_a_search_begins_with_its_words(bell: Bell) -> None:
    bell.obey(Request(Command.SEARCH, "E1023"))

    assert bell.window.search.field.text() == "E1023"


def test_a_ticket_is_opened_by_its_id(bell: Bell, services: Services, qtbot: QtBot) -> None:
    summary = ticket(7)
    services.ledger.keep_tickets((summary,))
    services.ledger.keep_view(view(summary))

    bell.obey(Request(Command.TICKETS, str(summary.id)))

    assert bell.window.place is Place.TICKET
    qtbot.waitUntil(lambda: bell.desk.view(summary.id) is not None)


def test_what_is_no_ticket_leads_to_the_list(bell: Bell) -> None:
    bell.obey(Request(Command.TICKETS, "../../etc/passwd"))

    assert bell.window.place is Place.TICKETS


def test_a_start_in_the_background_shows_nothing(bell: Bell) -> None:
    bell.obey(Request(Command.BACKGROUND))

    assert bell._window is None


def test_the_settings_and_the_program_itself_can_be_looked_at(bell: Bell) -> None:
    bell.obey(Request(Command.SETTINGS))
    bell.obey(Request(Command.OPEN))
    bell.show_about()

    assert bell._settings is not None
    assert bell._settings.isVisible()
    assert bell.window.findChildren(AboutDialog)


def test_a_language_is_chosen_for_good(bell: Bell, services: Services, qtbot: QtBot) -> None:
    bell.obey(Request(Command.OPEN))

    bell.choose_language("zh-CN")

    assert tr("Settings") == "设置"
    assert "报告问题" in [action.text() for action in bell.tray.menu.actions()]
    file = services.paths.user_settings
    qtbot.waitUntil(lambda: file.exists() and read(file) == {"language": "zh-CN"})


def test_the_appearance_changes_with_the_setting(bell: Bell, qapp: QApplication) -> None:
    from app.ui import theme

    bell.show_settings()

    bell._settings.changed.emit("theme", "dark")

    assert theme.shades().is_dark


def test_the_badge_counts_replies_and_what_waits(bell: Bell, services: Services, qtbot: QtBot) -> None:
    services.outbox.put(*draft())
    bell.desk.show_tickets((ticket(7, unread=2),))
    bell.desk.refresh_waiting()

    qtbot.waitUntil(lambda: (bell.tray._unread, bell.tray._waiting) == (2, 1))


def test_the_employee_is_told_the_number_and_of_replies(bell: Bell, notices: list[str]) -> None:
    summary = ticket(7)
    bell.desk.show_tickets((summary,))

    bell.deliveries.ticket_received.emit(Delivered(summary.id, ItemKind.TICKET, "INC-000007"))
    bell.desk.show_tickets((summary.model_copy(update={"unread": 1}),))

    assert notices == [
        "Your report has the number INC-000007: The helpdesk has received it.",
        f"New reply on INC-000007: {summary.subject}",
    ]
