"""My tickets: the list, the conversation, the reply and the wishes, online or not."""

from __future__ import annotations

from datetime import timedelta
from uuid import UUID, uuid4

import pytest
from PySide6.QtCore import QMimeData, Qt
from PySide6.QtGui import QGuiApplication, QImage
from PySide6.QtWidgets import QDialogButtonBox, QLabel, QMessageBox, QProgressBar, QPushButton
from pytestqt.qtbot import QtBot

from app.errors import HelpdeskError
from app.helpdesk.outbox_items import ItemKind, OutboxItem
from app.protocol.tickets import TicketState, TicketSummary, TicketView
from app.ui.article import ArticleView
from app.ui.desk import Desk
from app.ui.help_window import HelpWindow, Place
from app.ui.tickets.list_page import TicketsPage
from app.ui.tickets.reply_box import ReplyBox, png_of
from app.ui.tickets.rows import ROW, Row, rows_of
from app.ui.tickets.ticket_page import TicketPage
from tests.ui.world import draft, now, reply, ticket, view


@pytest.fixture
def page(desk: Desk, qtbot: QtBot) -> TicketsPage:
    made = TicketsPage(desk)
    qtbot.addWidget(made)
    made.resize(800, 600)
    made.show()
    return made


@pytest.fixture
def opened(desk: Desk, qtbot: QtBot) -> TicketPage:
    """A ticket page; `keep` shows a ticket on it."""
    made = TicketPage(desk)
    qtbot.addWidget(made)
    made.resize(800, 600)
    made.show()
    return made


def keep(desk: Desk, page: TicketPage, qtbot: QtBot, kept: TicketView) -> UUID:
    """Have the ledger know a ticket, and show it."""
    desk.services.ledger.keep_tickets((kept.summary,))
    desk.services.ledger.keep_view(kept)
    desk.show_tickets((kept.summary,))
    page.show_ticket(kept.summary.id)
    qtbot.waitUntil(lambda: desk.view(kept.summary.id) is not None)
    return kept.summary.id


def rows(page: TicketsPage) -> list[Row]:
    model = page.list.model()
    return [model.index(place, 0).data(ROW) for place in range(model.rowCount())]


def button(page: TicketPage, text: str) -> QPushButton:
    return next(each for each in page.findChildren(QPushButton) if each.text() == text)


def outbox(desk: Desk) -> tuple[OutboxItem, ...]:
    return desk.services.outbox.waiting()


def picture(width: int = 300, height: int = 200) -> QImage:
    image = QImage(width, height, QImage.Format.Format_RGB32)
    image.fill(Qt.GlobalColor.darkCyan)
    image.setText("Comment", "C:/Users/li.na/Desktop")
    return image


# The list


def test_an_empty_list_offers_to_report(page: TicketsPage, qtbot: QtBot) -> None:
    offered = next(each for each in page.findChildren(QPushButton) if each.text() == "Report a problem")

    with qtbot.waitSignal(page.report_asked):
        qtbot.mouseClick(offered, Qt.MouseButton.LeftButton)


def test_a_row_says_state_number_age_and_unread_in_words(page: TicketsPage, desk: Desk) -> None:
    desk.show_tickets((ticket(7, TicketState.IN_PROGRESS, unread=2),))

    spoken = page.list.model().index(0, 0).data(Qt.ItemDataRole.AccessibleTextRole)

    assert (
        spoken
        == "Till 3: E1023 payment terminal not connected, In progress, 2 new replies, INC-000007 · 14 minutes ago"
    )


@pytest.mark.parametrize("state", list(TicketState))
def test_every_state_has_a_word_and_a_colour(state: TicketState) -> None:
    row = rows_of((), (ticket(1, state),))[0]

    assert row.state
    assert row.tone


def test_what_was_not_sent_yet_stands_first(page: TicketsPage, desk: Desk, qtbot: QtBot) -> None:
    desk.show_tickets((ticket(7),))
    desk.services.outbox.put(*draft("Printer offline"))
    desk.refresh_waiting()
    qtbot.waitUntil(lambda: len(rows(page)) == 2)

    assert [row.subject for row in rows(page)] == ["Printer offline", ticket(7).subject]
    assert rows(page)[0].state == "Waiting to be sent"


def test_what_is_known_is_shown_without_a_network(page: TicketsPage, desk: Desk, qtbot: QtBot) -> None:
    desk.services.ledger.keep_tickets((ticket(7), ticket(8)))

    desk.start()

    qtbot.waitUntil(lambda: [row.number for row in rows(page)] == ["INC-000007", "INC-000008"])


def test_the_keyboard_opens_a_ticket(page: TicketsPage, desk: Desk, qtbot: QtBot) -> None:
    tickets = (ticket(7), ticket(8))
    desk.show_tickets(tickets)
    page.focus_first()

    with qtbot.waitSignal(page.chosen) as chosen:
        qtbot.keyClick(page.list, Qt.Key.Key_Down)
        qtbot.keyClick(page.list, Qt.Key.Key_Return)

    assert chosen.args == [tickets[1].id]


def test_one_press_opens_a_ticket(page: TicketsPage, desk: Desk, qtbot: QtBot) -> None:
    desk.show_tickets((ticket(7),))
    qtbot.waitUntil(lambda: page.windowHandle().isExposed())
    place = page.list.visualRect(page.list.model().index(0, 0)).center()
    opened: list[UUID] = []
    page.chosen.connect(opened.append)

    qtbot.mouseClick(page.list.viewport(), Qt.MouseButton.LeftButton, pos=place)

    assert opened == [ticket(7).id]


def test_an_unsent_report_can_be_removed_after_asking(page: TicketsPage, desk: Desk, qtbot: QtBot) -> None:
    desk.services.outbox.put(*draft())
    desk.refresh_waiting()
    qtbot.waitUntil(lambda: len(rows(page)) == 1)

    page._open(page.list.model().index(0, 0))
    choose(page, "Remove…", qtbot)
    choose(page, "Remove", qtbot)

    qtbot.waitUntil(lambda: rows(page) == [])
    assert outbox(desk) == ()


def choose(page: TicketsPage, text: str, qtbot: QtBot) -> None:
    """Press a button of the dialog that is open."""

    def button() -> QPushButton | None:
        boxes = [box for box in page.findChildren(QMessageBox) if box.isVisible()]
        return next((each for box in boxes for each in box.buttons() if each.text() == text), None)

    qtbot.waitUntil(lambda: button() is not None)
    button().click()


# One ticket


def test_the_conversation_is_shown_with_who_said_what(opened: TicketPage, desk: Desk, qtbot: QtBot) -> None:
    keep(desk, opened, qtbot, view(ticket(7), reply("Type  *del __x__*\n1) unplug it &lt;\n\nthen call.")))

    labels = [label.text() for label in opened.findChildren(QLabel)]
    bodies = [each.toPlainText() for each in opened.findChildren(ArticleView)]

    assert "Li Na" in labels
    assert "Customers are waiting." in labels
    assert bodies == ["Type  *del __x__*\n1) unplug it &lt;\n\nthen call."]  # to the letter: it may be a command


def test_an_agents_reply_cannot_load_or_run_anything(opened: TicketPage, desk: Desk, qtbot: QtBot) -> None:
    hostile = "<img src=x onerror=alert(1)> ![tracker](https://evil.example/x.png) <a href='file:///etc/passwd'>x</a>"
    keep(desk, opened, qtbot, view(ticket(7), reply(hostile)))

    shown = opened.findChildren(ArticleView)[0]

    assert shown.toPlainText() == hostile  # to be read, not to be followed
    assert "<img" not in shown.toHtml()
    assert addresses(shown) == ["https://evil.example/x.png"]


@pytest.mark.parametrize(
    ("words", "leads_to"),
    [
        ("See https://help.example/a?b=1&c=2.", "https://help.example/a?b=1&c=2"),
        ("请看https://help.example/重启", "https://help.example/"),
        ("（http://help.example/x）。", "http://help.example/x"),
        ('<a href="javascript:alert(1)">https://help.example</a>', "https://help.example"),
    ],
)
def test_an_address_in_a_reply_can_be_opened(
    opened: TicketPage, desk: Desk, qtbot: QtBot, words: str, leads_to: str
) -> None:
    keep(desk, opened, qtbot, view(ticket(7), reply(words)))

    shown = opened.findChildren(ArticleView)[0]

    assert shown.toPlainText() == words
    assert addresses(shown) == [leads_to]


def addresses(shown: ArticleView) -> list[str]:
    """Where the links of a text lead."""
    found = []
    block = shown.document().begin()
    while block.isValid():
        for piece in block:
            found.append(piece.fragment().charFormat().anchorHref())
        block = block.next()
    return [each for each in found if each]


def test_a_reply_goes_into_the_outbox_with_its_picture(opened: TicketPage, desk: Desk, qtbot: QtBot) -> None:
    ticket_id = keep(desk, opened, qtbot, view(ticket(7)))
    box = opened.reply_box

    box.add_picture(picture(), "till.jpg")
    type_reply(box, "Still broken", qtbot)
    button(opened, "Send").click()
    qtbot.waitUntil(lambda: len(desk.waiting) == 1)

    item = desk.waiting[0]
    assert (item.kind, item.ticket_id, item.subject) == (ItemKind.REPLY, ticket_id, "Still broken")
    assert [file.name for file in item.files] == ["till.png"]
    assert b"li.na" not in desk.services.outbox.content(item.files[0].id)
    assert box.is_empty


def type_reply(box: ReplyBox, text: str, qtbot: QtBot) -> None:
    qtbot.keyClicks(box._text, text)


def test_a_reply_that_was_not_sent_yet_stands_in_the_conversation(opened: TicketPage, desk: Desk, qtbot: QtBot) -> None:
    keep(desk, opened, qtbot, view(ticket(7)))
    type_reply(opened.reply_box, "Still broken", qtbot)

    qtbot.keyClick(opened.reply_box._text, Qt.Key.Key_Return, Qt.KeyboardModifier.ControlModifier)

    def shown() -> set[str]:
        return {label.text() for label in opened.findChildren(QLabel)}

    qtbot.waitUntil(lambda: {"Still broken", "Waiting to be sent"} <= shown())


def test_nothing_can_be_sent_while_there_is_nothing(opened: TicketPage, desk: Desk, qtbot: QtBot) -> None:
    keep(desk, opened, qtbot, view(ticket(7)))

    assert not button(opened, "Send").isEnabled()

    type_reply(opened.reply_box, "  ", qtbot)
    assert not button(opened, "Send").isEnabled()


def test_a_picture_on_the_clipboard_can_be_pasted(opened: TicketPage, desk: Desk, qtbot: QtBot) -> None:
    keep(desk, opened, qtbot, view(ticket(7)))
    data = QMimeData()
    data.setImageData(picture())

    opened.reply_box._text.insertFromMimeData(data)

    assert [each.name for each in opened.reply_box._enclosures] == ["picture-1.png"]


def test_what_is_no_picture_is_declined(qtbot: QtBot) -> None:
    box = ReplyBox()
    qtbot.addWidget(box)
    QGuiApplication.clipboard().clear()

    with qtbot.waitSignal(box.failed) as failed:
        box._paste_picture()

    assert isinstance(failed.args[0], HelpdeskError)
    assert box.is_empty


def test_a_picture_is_written_without_its_notes() -> None:
    assert b"li.na" not in png_of(picture())
    assert png_of(picture()).startswith(b"\x89PNG")


@pytest.mark.parametrize(
    ("text", "state", "kind"),
    [
        ("Urge", TicketState.NEW, ItemKind.URGE),
        ("It works again", TicketState.IN_PROGRESS, ItemKind.CONFIRM),
        ("Open again", TicketState.RESOLVED, ItemKind.REOPEN),
    ],
)
def test_a_wish_goes_through_the_outbox_and_is_wished_once(
    opened: TicketPage, desk: Desk, qtbot: QtBot, text: str, state: TicketState, kind: ItemKind
) -> None:
    ticket_id = keep(desk, opened, qtbot, view(ticket(7, state)))
    wish = button(opened, text)
    assert wish.isVisible()

    wish.click()
    qtbot.waitUntil(lambda: len(desk.waiting) == 1)

    assert [(item.kind, item.ticket_id) for item in outbox(desk)] == [(kind, ticket_id)]
    assert not wish.isEnabled()


def test_urging_again_has_to_wait_a_day_and_says_until_when(opened: TicketPage, desk: Desk, qtbot: QtBot) -> None:
    keep(desk, opened, qtbot, view(ticket(7), urge_count=1, urge_at=now() + timedelta(hours=23)))

    assert not button(opened, "Urge").isEnabled()
    assert any("possible again" in label.text() for label in opened.findChildren(QLabel))


def test_urging_is_possible_again_when_the_day_is_over(opened: TicketPage, desk: Desk, qtbot: QtBot) -> None:
    keep(desk, opened, qtbot, view(ticket(7), urge_count=2, urge_at=now() - timedelta(minutes=1)))

    assert button(opened, "Urge").isEnabled()


@pytest.mark.parametrize("state", [TicketState.CLOSED, TicketState.CANCELLED])
def test_a_ticket_that_is_over_offers_no_wishes(
    opened: TicketPage, desk: Desk, qtbot: QtBot, state: TicketState
) -> None:
    keep(desk, opened, qtbot, view(ticket(7, state)))

    assert not any(button(opened, text).isVisible() for text in ("Urge", "It works again", "Open again"))


def test_another_ticket_does_not_inherit_the_reply(opened: TicketPage, desk: Desk, qtbot: QtBot) -> None:
    keep(desk, opened, qtbot, view(ticket(7)))
    type_reply(opened.reply_box, "For the first one", qtbot)

    opened.show_ticket(ticket(8).id)

    assert opened.reply_box.is_empty


def test_a_full_disk_is_told_and_the_reply_stays(
    opened: TicketPage, desk: Desk, qtbot: QtBot, monkeypatch: pytest.MonkeyPatch
) -> None:
    keep(desk, opened, qtbot, view(ticket(7)))
    type_reply(opened.reply_box, "Still broken", qtbot)

    def full(*_: object) -> None:
        raise HelpdeskError("Your report could not be saved on this computer: {reason}.", reason="disk full")

    monkeypatch.setattr(type(desk.services.outbox), "put_reply", full)
    button(opened, "Send").click()

    def told() -> bool:
        return any("disk full" in label.text() for label in opened.findChildren(QLabel) if label.isVisible())

    qtbot.waitUntil(told)
    assert not opened.reply_box.is_empty


def test_the_window_leads_from_the_list_to_the_ticket_and_back(desk: Desk, qtbot: QtBot) -> None:
    summary: TicketSummary = ticket(7)
    desk.services.ledger.keep_tickets((summary,))
    desk.services.ledger.keep_view(view(summary))
    window = HelpWindow(desk)
    qtbot.addWidget(window)
    with qtbot.waitActive(window):
        window.bring_up()
    desk.start()
    window.go(Place.TICKETS)

    window.tickets.chosen.emit(summary.id)
    assert window.place is Place.TICKET

    qtbot.keyClick(window, Qt.Key.Key_Escape)
    assert window.place is Place.TICKETS


def test_a_dialogs_default_is_to_do_nothing(page: TicketsPage, desk: Desk, qtbot: QtBot) -> None:
    page._ask_to_remove(uuid4())
    box = page.findChildren(QMessageBox)[0]

    assert box.defaultButton().text() == "Cancel"
    assert box.findChildren(QDialogButtonBox)
    box.close()


def test_pictures_of_a_report_that_are_on_their_way_show_how_far_they_are(
    opened: TicketPage, desk: Desk, qtbot: QtBot
) -> None:
    made, files = draft(picture=png_of(picture()))
    desk.services.outbox.put(made, files)
    summary = ticket(7, id=made.id)
    keep(desk, opened, qtbot, view(summary))

    desk.refresh_waiting()

    qtbot.waitUntil(lambda: bool(opened.findChildren(QProgressBar)))
    assert opened.findChildren(QProgressBar)[0].value() == 0
