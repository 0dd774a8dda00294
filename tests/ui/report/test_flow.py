"""A report from the click to its number, in a window."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime

from PySide6.QtCore import Qt
from PySide6.QtGui import QGuiApplication, QInputMethodEvent
from PySide6.QtTest import QTest

from app.errors import StorageError
from app.helpdesk.dispatch import Dispatch
from app.helpdesk.outbox_items import ItemKind, OutboxItem
from app.protocol.knowledge import Outcome, OutcomeReport
from app.protocol.tickets import FieldName, Origin, TicketDraft, TicketReceipt
from app.system.base import Rect
from tests.ui.report.conftest import DIALOG, Shop, frame, shop_screen


def tickets(shop: Shop) -> list[OutboxItem]:
    return [item for item in shop.services.outbox.items() if item.kind is ItemKind.TICKET]


def draft(shop: Shop) -> TicketDraft:
    (item,) = tickets(shop)
    return TicketDraft.model_validate_json(item.message)


def outcomes(shop: Shop) -> list[Outcome]:
    kept = [item for item in shop.services.outbox.items() if item.kind is ItemKind.OUTCOME]
    return [OutcomeReport.model_validate_json(item.message).outcome for item in kept]


def test_a_report_goes_from_the_click_to_the_number(shop: Shop) -> None:
    flow = shop.advised()
    wanted = []
    flow.delivery_wanted.connect(lambda: wanted.append(True))
    shop.checking(flow)
    QTest.keyClicks(flow.window.check.sentence, "The card does not work")

    shop.send(flow)

    sent = draft(shop)
    assert sent.id == flow.journey.draft_id
    assert sent.value(FieldName.DESCRIPTION) == "The card does not work"
    assert sent.value(FieldName.APPLICATION) == "Kasse.exe"
    assert {field.origin for field in sent.fields} == {Origin.EMPLOYEE, Origin.DEVICE, Origin.OCR}
    assert len(sent.attachments) == 1
    assert [shown.article_id for shown in sent.suggestions] == ["card-declined", "terminal"]
    assert wanted

    (item,) = tickets(shop)
    receipt = TicketReceipt(id=item.id, number="INC-000123", received_at=datetime.now(UTC))
    dispatch = Dispatch(shop.services.outbox)
    dispatch.ticket_delivered(item.id, receipt)
    flow.look_again()
    shop.wait(lambda: flow.window.sent.number == "INC-000123")
    flow.window.sent.copy.click()
    assert QGuiApplication.clipboard().text() == "INC-000123"


def test_the_engine_is_warmed_while_the_picture_is_taken(shop: Shop) -> None:
    shop.screen.open.clear()

    shop.begin()

    shop.wait(lambda: shop.reader.warmed == 1)
    shop.wait(lambda: len(shop.screen.seen) == 1)


def test_an_answer_that_solves_it_ends_the_report_and_is_recorded(shop: Shop) -> None:
    flow = shop.advised()
    answers = flow.window.picture.answers
    shop.wait(lambda: not answers.is_settling)
    answers.cards[0].click()
    shop.wait(lambda: "another card" in answers.reader.view.toPlainText())

    answers.reader.helped.click()

    assert flow.window.page is flow.window.thanks
    shop.wait(lambda: Outcome.SOLVED in outcomes(shop))
    QTest.keyClick(flow.window, Qt.Key.Key_Escape)
    assert flow.is_over
    assert tickets(shop) == []


def test_an_answer_that_did_not_help_is_said_in_the_ticket(shop: Shop) -> None:
    flow = shop.advised()
    answers = flow.window.picture.answers
    shop.wait(lambda: not answers.is_settling)
    answers.cards[1].click()
    shop.wait(lambda: "another card" in answers.reader.view.toPlainText())

    answers.reader.did_not_help.click()
    shop.wait(lambda: Outcome.DID_NOT_HELP in outcomes(shop))
    shop.checking(flow)
    shop.send(flow)

    assert {each.article_id: each.outcome for each in draft(shop).suggestions} == {
        "card-declined": Outcome.SHOWN,
        "terminal": Outcome.DID_NOT_HELP,
    }


def test_a_tap_meant_for_what_was_there_before_opens_nothing(shop: Shop) -> None:
    flow = shop.advised()
    answers = flow.window.picture.answers
    assert answers.is_settling

    answers.cards[0].click()

    assert not answers.is_reading_article


def test_nothing_fits_is_said_and_the_report_goes_on(shop: Shop) -> None:
    shop.answers.suggestions = ()

    flow = shop.advised()

    assert flow.window.picture.answers.heading == "Nothing fits"
    shop.checking(flow)
    shop.send(flow)


def test_the_found_dialog_is_offered_as_a_region(shop: Shop) -> None:
    flow = shop.advised()
    view = flow.window.picture.view

    view.setFocus()
    QTest.keyClick(view, Qt.Key.Key_C)
    QTest.keyClick(view, Qt.Key.Key_Return)

    shop.wait(lambda: shop.reader.regions == [None, DIALOG])


def test_only_the_region_is_sent_and_read(shop: Shop) -> None:
    flow = shop.advised()
    flow.window.picture.region_drawn.emit(Rect(10, 10, 300, 60))
    shop.wait(lambda: shop.reader.regions == [None, Rect(10, 10, 300, 60)])
    shop.wait(lambda: shop.answers.asked[-1].text == "Outside of the dialog")
    shop.checking(flow)

    shop.send(flow)

    sent = draft(shop)
    assert flow.window.check.picture.image().size().toTuple() == (300, 60)
    assert sent.value(FieldName.RECOGNISED_TEXT) == "Outside of the dialog"
    assert sent.signature.codes == ()


def test_a_region_that_is_not_read_yet_sends_no_text_of_the_rest(shop: Shop) -> None:
    flow = shop.advised()
    shop.reader.open.clear()
    flow.window.picture.region_drawn.emit(Rect(10, 10, 300, 60))
    shop.checking(flow)

    shop.send(flow)

    sent = draft(shop)
    assert sent.value(FieldName.RECOGNISED_TEXT) == ""
    assert sent.signature.codes == ()


def test_words_below_a_hidden_area_leave_in_no_field(shop: Shop) -> None:
    flow = shop.advised()
    assert "6222021234567890" in flow.reading.known.signature.codes

    flow.window.picture.hide_drawn.emit(Rect(255, 198, 130, 20))
    shop.checking(flow)
    shop.wait(lambda: len(shop.answers.asked) == 2)
    shop.send(flow)

    assert "6222" not in draft(shop).model_dump_json()
    (item,) = tickets(shop)
    data = shop.services.outbox.content(item.files[0].id)
    assert b"tEXt" not in data
    sent = flow.window.check.picture.image()
    assert sent.pixelColor(300, 205).name() == "#000000"
    assert sent.pixelColor(500, 250).name() == "#f0f0f0"


def test_slow_reading_never_keeps_a_report_from_being_sent(shop: Shop) -> None:
    shop.reader.open.clear()
    flow = shop.report()
    shop.checking(flow)

    shop.send(flow)

    assert draft(shop).value(FieldName.APPLICATION) == "Kasse.exe"


def test_the_monitor_of_the_window_in_front_is_sent_and_no_other(shop: Shop) -> None:
    left = frame(shop_screen(), name="till")
    right = frame(shop_screen(1024, 768, dialog=False), Rect(800, 0, 1024, 768), "office", primary=False)
    pole = frame(shop_screen(480, 272, dialog=False), Rect(0, 600, 480, 272), "pole", primary=False)
    shop.screen.frames = (right, left, pole)
    flow = shop.advised()
    assert flow.window.picture.strip.isVisibleTo(flow.window)

    shop.checking(flow)
    shop.send(flow)

    assert flow.window.check.picture.image().size().toTuple() == (800, 600)
    assert len(draft(shop).attachments) == 1


def test_another_monitor_may_be_ticked_and_is_ticked_by_drawing_on_it(shop: Shop) -> None:
    office = frame(shop_screen(1024, 768, dialog=False), Rect(800, 0, 1024, 768), "office", primary=False)
    shop.screen.frames = (frame(shop_screen()), office)
    flow = shop.advised()
    QTest.keyClick(flow.window.picture.view, Qt.Key.Key_2)

    flow.window.picture.region_drawn.emit(Rect(0, 0, 100, 100))
    flow.window.picture.ticked.emit(0, False)
    shop.checking(flow)
    shop.send(flow)

    assert flow.window.check.picture.image().size().toTuple() == (100, 100)
    assert len(draft(shop).attachments) == 1


def test_chinese_from_an_input_method_is_sent_with_ctrl_enter(shop: Shop) -> None:
    flow = shop.advised()
    shop.checking(flow)
    sentence = flow.window.check.sentence
    composing = QInputMethodEvent("da yin", [])
    QGuiApplication.sendEvent(sentence, composing)
    done = QInputMethodEvent()
    done.setCommitString("打印机没有反应")
    QGuiApplication.sendEvent(sentence, done)

    QTest.keyClick(sentence, Qt.Key.Key_Return, Qt.KeyboardModifier.ControlModifier)

    shop.wait(lambda: flow.window.page is flow.window.sent)
    assert draft(shop).value(FieldName.DESCRIPTION) == "打印机没有反应"


def test_a_disk_that_is_full_keeps_everything_on_the_screen(shop: Shop) -> None:
    flow = shop.advised()
    shop.checking(flow)
    QTest.keyClicks(flow.window.check.sentence, "Do not lose me")
    real = flow.journey.send

    def full(_manifest: object) -> object:
        raise StorageError("The disk is full.", "Free some space.")

    flow.journey.send = full  # type: ignore[method-assign,assignment]
    flow.window.check.go.click()
    shop.wait(flow.window.banner.isVisible)
    assert flow.window.page is flow.window.check
    assert flow.window.check.words() == "Do not lose me"
    folder = shop.services.paths.data / "stick"
    flow.sending.export(folder)
    shop.wait(lambda: any(folder.rglob("draft.json")))
    flow.journey.send = real  # type: ignore[method-assign]

    shop.send(flow)

    assert draft(shop).value(FieldName.DESCRIPTION) == "Do not lose me"


def test_a_report_that_was_saved_survives_the_closing_of_its_window(shop: Shop) -> None:
    flow = shop.advised()
    shop.checking(flow)
    shop.send(flow)

    flow.window.close()

    assert flow.is_over
    assert len(tickets(shop)) == 1


def test_nothing_is_shown_of_a_late_answer_to_an_older_question(shop: Shop) -> None:
    flow = shop.report()
    shop.wait(lambda: len(shop.answers.asked) == 1)
    advice = flow.journey.suggest(shop.answers.asked[0])

    flow.window.picture.region_drawn.emit(Rect(10, 10, 300, 60))

    assert flow.reading.known.reading is None
    assert replace(advice, suggestions=()).signature != flow.reading.known.signature
