"""A picture that goes with a reply can be seen in full, and what is hidden on it never leaves."""

from __future__ import annotations

import pytest
from PySide6.QtCore import Qt
from PySide6.QtGui import QColor, QImage
from PySide6.QtWidgets import QPushButton
from pytestqt.qtbot import QtBot
from shiboken6 import isValid

from app.ui.desk import Desk
from app.ui.report.tool import Tool
from app.ui.tickets.conversation import decoded
from app.ui.tickets.enclosure_editor import EnclosureEditor
from app.ui.tickets.ticket_page import TicketPage
from tests.ui.test_tickets import button, keep, opened, type_reply
from tests.ui.world import ticket, view

__all__ = ["opened"]
SECRET = QColor(250, 20, 30)


def screen() -> QImage:
    """A screen with a secret in the middle."""
    image = QImage(640, 480, QImage.Format.Format_RGB32)
    image.fill(Qt.GlobalColor.darkCyan)
    for x in range(310, 330):
        for y in range(236, 244):
            image.setPixelColor(x, y, SECRET)
    return image


def secrets(content: bytes) -> int:
    """How many pixels of the secret can be seen."""
    image = decoded(content)
    return sum(image.pixelColor(x, y) == SECRET for x in range(image.width()) for y in range(image.height()))


@pytest.fixture
def editor(opened: TicketPage, desk: Desk, qtbot: QtBot) -> EnclosureEditor:
    """The editor, opened from the preview of a picture in a reply."""
    keep(desk, opened, qtbot, view(ticket(7)))
    opened.reply_box.add_picture(screen(), "screen.png")
    preview = next(each for each in opened.findChildren(QPushButton) if each.accessibleName() == "Picture: screen.png")
    preview.click()
    return opened.findChild(EnclosureEditor)


def sent(opened: TicketPage, desk: Desk, qtbot: QtBot) -> bytes:
    type_reply(opened.reply_box, "See the picture", qtbot)
    button(opened, "Send").click()
    qtbot.waitUntil(lambda: len(desk.waiting) == 1)
    return desk.services.outbox.content(desk.waiting[0].files[0].id)


def test_what_is_hidden_is_gone_from_what_is_sent(
    opened: TicketPage, editor: EnclosureEditor, desk: Desk, qtbot: QtBot
) -> None:
    editor.use(Tool.HIDE)
    qtbot.keyClick(editor.view, Qt.Key.Key_Space)  # places the area in the middle
    editor.use_it.click()
    qtbot.waitUntil(lambda: not isValid(editor))

    content = sent(opened, desk, qtbot)

    assert secrets(content) == 0
    assert decoded(content).size() == screen().size()
    assert decoded(content).pixelColor(5, 5) == QColor(Qt.GlobalColor.darkCyan)


def test_an_undone_mark_and_a_cancelled_one_change_nothing(
    opened: TicketPage, editor: EnclosureEditor, desk: Desk, qtbot: QtBot
) -> None:
    before = opened.reply_box._enclosures[0].content
    editor.use(Tool.HIDE)
    qtbot.keyClick(editor.view, Qt.Key.Key_Space)
    editor.tools.undo.emit()
    assert not editor.picture.is_marked
    qtbot.keyClick(editor.view, Qt.Key.Key_Space)

    button(editor, "Cancel").click()
    qtbot.waitUntil(lambda: not isValid(editor))

    assert sent(opened, desk, qtbot) == before
    assert secrets(before) == 160


def test_a_picture_removed_meanwhile_does_not_come_back(
    opened: TicketPage, editor: EnclosureEditor, desk: Desk, qtbot: QtBot
) -> None:
    editor.use(Tool.HIDE)
    qtbot.keyClick(editor.view, Qt.Key.Key_Space)
    opened.reply_box.clear()

    editor.use_it.click()
    qtbot.waitUntil(lambda: not isValid(editor))

    assert opened.reply_box.is_empty
