"""The preview: every single thing with a tick, and exactly what is ticked leaves."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QAbstractButton, QLabel, QPlainTextEdit, QWidget

from app.helpdesk.outbox_items import ItemKind
from app.protocol.tickets import FieldName, Origin, TicketDraft
from app.system.base import Rect
from app.ui.language import LanguageSwitch
from app.ui.report.flow import ReportFlow
from app.ui.report.manifest_view import CODE, RECOGNISED, Group
from tests.ui.report.conftest import Shop


@pytest.fixture
def flow(shop: Shop) -> ReportFlow:
    """A report whose preview is complete."""
    flow = shop.advised()
    shop.checking(flow)
    shop.wait(lambda: RECOGNISED in flow.window.check.manifest.rows)
    return flow


def sent(shop: Shop, flow: ReportFlow) -> TicketDraft:
    shop.send(flow)
    (item,) = (each for each in shop.services.outbox.items() if each.kind is ItemKind.TICKET)
    return TicketDraft.model_validate_json(item.message)


def test_every_item_of_the_report_has_a_row_with_its_origin(flow: ReportFlow) -> None:
    view = flow.window.check.manifest
    manifest = flow.sending.shown

    assert manifest is not None
    assert set(view.rows) == {item.id for item in manifest.items}
    assert {item.origin for item in manifest.items} >= {Origin.DEVICE, Origin.OCR, Origin.RULE}
    assert all(row.origin_text for row in view.rows.values())


def test_what_is_unticked_does_not_leave(shop: Shop, flow: ReportFlow) -> None:
    rows = flow.window.check.manifest.rows
    for item_id in (RECOGNISED, CODE, "context.host.name", "attachment.screenshot-1.png", "signature"):
        QTest.mouseClick(rows[item_id], Qt.MouseButton.LeftButton)

    draft = sent(shop, flow)

    assert draft.value(FieldName.RECOGNISED_TEXT) == draft.value(FieldName.ERROR_CODE) == ""
    assert "host.name" not in {item.name for item in draft.context}
    assert draft.attachments == ()
    assert draft.signature.codes == ()


def test_a_group_is_ticked_and_unticked_as_a_whole(shop: Shop, flow: ReportFlow) -> None:
    group = flow.window.check.manifest.groups[Group.COMPUTER]

    group.all.click()
    assert not any(row.is_ticked for row in group.rows)
    assert group.all.checkState() is Qt.CheckState.Unchecked
    QTest.mouseClick(group.rows[0], Qt.MouseButton.LeftButton)
    assert group.all.checkState() is Qt.CheckState.PartiallyChecked

    assert len(sent(shop, flow).context) == 1


def test_what_a_report_needs_cannot_be_unticked(shop: Shop, flow: ReportFlow) -> None:
    group = flow.window.check.manifest.groups[Group.RECORD]
    assert not group.all.isEnabled()
    subject = flow.window.check.manifest.rows["field.subject"]

    QTest.mouseClick(subject, Qt.MouseButton.LeftButton)

    assert subject.is_ticked
    assert sent(shop, flow).value(FieldName.SUBJECT)


def test_the_recognised_text_may_be_changed_and_is_then_the_employees(shop: Shop, flow: ReportFlow) -> None:
    row = flow.window.check.manifest.rows[RECOGNISED]
    (editor,) = row.findChildren(QPlainTextEdit)

    editor.setPlainText("declined E1023")

    field = next(f for f in sent(shop, flow).fields if f.name is FieldName.RECOGNISED_TEXT)
    assert (field.value, field.origin) == ("declined E1023", Origin.EMPLOYEE)


def test_own_words_for_the_text_are_dropped_when_something_is_hidden_afterwards(shop: Shop, flow: ReportFlow) -> None:
    (editor,) = flow.window.check.manifest.rows[RECOGNISED].findChildren(QPlainTextEdit)
    editor.setPlainText("Card 6222021234567890 is mine")
    flow.window.check.back.emit()

    flow.window.picture.hide_drawn.emit(Rect(255, 198, 130, 20))
    flow.window.picture.forward.emit()
    shop.wait(lambda: len(shop.answers.asked) == 2)

    assert "6222" not in sent(shop, flow).model_dump_json()


def test_ticks_stay_while_the_sentence_is_written(shop: Shop, flow: ReportFlow) -> None:
    QTest.mouseClick(flow.window.check.manifest.rows["context.host.name"], Qt.MouseButton.LeftButton)
    QTest.keyClicks(flow.window.check.sentence, "Help")

    draft = sent(shop, flow)

    assert draft.value(FieldName.DESCRIPTION) == draft.value(FieldName.SUBJECT) == "Help"
    assert "host.name" not in {item.name for item in draft.context}


def test_what_arrives_after_the_send_button_was_pressed_is_not_sent(shop: Shop) -> None:
    shop.reader.open.clear()
    flow = shop.report()
    shop.checking(flow)
    QTest.keyClicks(flow.window.check.sentence, "Quick")
    flow.window.check.go.click()
    shop.reader.open.set()

    shop.wait(lambda: flow.window.page is flow.window.sent)

    (item,) = (each for each in shop.services.outbox.items() if each.kind is ItemKind.TICKET)
    draft = TicketDraft.model_validate_json(item.message)
    assert draft.value(FieldName.DESCRIPTION) == "Quick"
    assert draft.value(FieldName.RECOGNISED_TEXT) == ""


def texts(widget: QWidget) -> Iterator[str]:
    for child in widget.findChildren(QLabel):
        yield child.text()
    for button in widget.findChildren(QAbstractButton):
        yield from (button.text(), button.accessibleName(), button.toolTip())


def test_the_language_changes_while_the_window_is_open(shop: Shop, flow: ReportFlow, english: LanguageSwitch) -> None:
    before = set(texts(flow.window))
    assert {"Send to IT", "Check and send", "This computer", "Subject"} <= before

    english.use("zh-CN")
    shop.wait(lambda: flow.window.check.go.text() == "发送给 IT")

    after = set(texts(flow.window))
    assert {"发送给 IT", "确认并发送", "本机", "主题", "这些答案有帮助吗？"} <= after
    assert not {"Send to IT", "Check and send", "Subject", "Cancel", "Hide", "Close", "Saved"} & after
    assert flow.window.windowTitle() == "Deskbell：确认并发送"
    english.use("en")
    shop.wait(lambda: set(texts(flow.window)) == before)


def test_every_button_can_be_reached_and_has_a_name(flow: ReportFlow) -> None:
    for page in (flow.window.check, flow.window.picture):
        for button in page.findChildren(QAbstractButton):
            if button.isVisibleTo(page):
                assert button.text() or button.accessibleName(), button
                assert button.focusPolicy() & Qt.FocusPolicy.TabFocus or "scroll" in button.objectName()


def test_targets_are_large_enough_for_fingers(flow: ReportFlow) -> None:
    for button in flow.window.check.findChildren(QAbstractButton):
        if button.isVisible():
            assert button.height() >= 44, button
