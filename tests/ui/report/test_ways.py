"""Other ways to a picture: several screens, a window, a countdown, recorded steps, and one that a crash interrupted."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from uuid import uuid4

import pytest
from PIL import Image
from PySide6.QtCore import Qt
from PySide6.QtGui import QImage
from PySide6.QtWidgets import QLabel
from pytestqt.qtbot import QtBot

from app.capture.annotation.document import Area, Document, Ellipse
from app.capture.drafts import Drafts
from app.capture.judgement import Complaint
from app.capture.recorder import RecordedStep
from app.errors import NotAvailable
from app.system.base import Rect
from app.system.pointer import Pointer
from app.ui.capture_menu import Order, Way
from app.ui.countdown import Countdown
from app.ui.recording import Recording
from app.ui.report import start_report
from app.ui.report.flow import ReportFlow
from app.ui.report.taking_step import LastPart
from app.ui.report.trigger import exposed_windows
from app.ui.reports import Reports
from tests.ui.report.conftest import Shop, frame, shop_screen

KEY = bytes(range(32))


@pytest.fixture
def drafts(shop: Shop, tmp_path: Path) -> Drafts:
    """Drafts with a key, whatever this machine has."""
    made = Drafts(tmp_path / "drafts", KEY, shop.services.now)
    shop.services.made["drafts"] = made
    return made


def take(shop: Shop, order: Order):
    flow = start_report(shop.services, shop.background, quick=False, order=order)
    shop.flows.append(flow)
    return flow


def test_all_screens_are_sent_when_that_was_ordered(shop: Shop) -> None:
    second = frame(shop_screen(640, 480, dialog=False), Rect(800, 0, 640, 480), "two", primary=False)
    shop.screen.frames = (shop.screen.frames[0], second)

    flow = take(shop, Order(Way.ALL_SCREENS))
    shop.wait(lambda: bool(flow.editing.gallery.pictures))

    assert [picture.is_sent for picture in flow.editing.gallery.pictures] == [True, True]


def test_the_same_part_as_last_time_is_chosen_again(shop: Shop, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(LastPart, "screen_id", "one")
    monkeypatch.setattr(LastPart, "region", Rect(20, 30, 200, 100))

    flow = take(shop, Order(Way.LAST_REGION))
    shop.wait(lambda: bool(flow.editing.gallery.pictures))

    assert flow.editing.gallery.pictures[0].region == Rect(20, 30, 200, 100)


def test_the_countdown_is_seen_takes_no_focus_and_delays_the_picture(shop: Shop) -> None:
    flow = take(shop, Order(Way.SCREEN, delay=3))
    countdown = flow.taking._countdown
    assert countdown is not None
    countdown._timer.setInterval(20)

    assert countdown.isVisible()
    assert countdown.windowFlags() & Qt.WindowType.WindowDoesNotAcceptFocus
    assert countdown.testAttribute(Qt.WidgetAttribute.WA_ShowWithoutActivating)
    assert shop.screen.seen == []
    shop.wait(lambda: shop.screen.seen == [False])
    assert not countdown.isVisible()


def test_a_countdown_that_is_called_off_brings_the_report_back(shop: Shop) -> None:
    flow = shop.report()
    flow.taking.take(Order(Way.SCREEN, delay=10), flow.window)
    assert not flow.window.isVisible()

    flow.taking._countdown._cancel.click()

    assert flow.window.isVisible()
    assert len(shop.screen.seen) == 1


def test_a_first_countdown_that_is_called_off_ends_the_report(shop: Shop) -> None:
    flow = take(shop, Order(Way.SCREEN, delay=10))

    flow.taking._countdown._cancel.click()

    assert flow.is_over
    assert shop.screen.seen == []


def test_a_countdown_counts_every_second(shop: Shop) -> None:
    countdown, over = Countdown(), []
    countdown.over.connect(lambda: over.append(True))
    countdown.start(2)

    countdown._tick()
    assert (countdown.seconds, over) == (1, [])
    countdown._tick()

    assert over == [True]


def test_a_black_picture_offers_another_one(shop: Shop) -> None:
    shop.screen.frames = (frame(Image.new("RGB", (800, 600))),)
    flow = shop.report()
    banner = flow.window.banner
    shop.wait(lambda: banner.accessibleName() == Complaint.BLACK)
    again = banner._actions[0]

    shop.screen.frames = (frame(shop_screen()),)
    again.click()

    shop.wait(lambda: len(shop.screen.seen) == 2)
    shop.wait(flow.window.isVisible)


def test_every_picture_that_is_to_be_sent_is_judged_also_one_that_is_ticked_later(shop: Shop) -> None:
    black = frame(Image.new("RGB", (640, 480)), Rect(800, 0, 640, 480), "two", primary=False)
    shop.screen.frames = (shop.screen.frames[0], black)
    flow = shop.report()
    shop.wait(lambda: shop.screen.told[-1] == "release")
    assert not flow.window.banner.isVisible()

    flow.window.picture.ticked.emit(1, True)

    shop.wait(lambda: flow.window.banner.accessibleName() == Complaint.BLACK)


def test_a_picture_of_nothing_but_the_background_is_explained(shop: Shop) -> None:
    shop.screen.shows_windows = False

    flow = shop.report()

    shop.wait(lambda: flow.window.banner.accessibleName() == Complaint.WITHOUT_WINDOWS)


def test_unsent_work_is_there_after_a_crash_and_gone_after_sending(shop: Shop, drafts: Drafts) -> None:
    flow = shop.report()
    flow.window.picture.hide_drawn.emit(Rect(255, 198, 130, 20))
    shop.wait(lambda: bool(drafts.found()) and bool(drafts.open(drafts.found()[0]).documents[0].marks))
    (draft_id,) = drafts.found()
    flow.drafting.discard = lambda: None  # a crash tidies nothing up
    flow.cancel()

    resumed = start_report(shop.services, shop.background, quick=False, draft=draft_id)
    shop.flows.append(resumed)
    shop.wait(lambda: bool(resumed.editing.gallery.pictures))
    shop.wait(resumed.window.isVisible)

    assert resumed.editing.gallery.pictures[0].hidden == (Rect(255, 198, 130, 20),)
    shop.checking(resumed)
    shop.send(resumed)
    shop.wait(lambda: drafts.found() == ())


def test_a_discarded_report_leaves_no_draft(shop: Shop, drafts: Drafts) -> None:
    flow = shop.report()
    shop.wait(lambda: bool(drafts.found()))

    flow.cancel()

    shop.wait(lambda: drafts.found() == ())


def test_without_a_place_for_the_key_there_is_simply_no_draft(shop: Shop) -> None:
    shop.services.made["drafts"] = None

    flow = shop.report()
    flow.window.picture.hide_drawn.emit(Rect(255, 198, 130, 20))
    flow.drafting._write()

    assert not (shop.services.paths.drafts).exists()


class Hand:
    """A pointer that does as it is told."""

    def __init__(self) -> None:
        self.now = Pointer(10, 10, False)
        self.closed = False

    def pointer(self) -> Pointer:
        return self.now

    def close(self) -> None:
        self.closed = True


def test_clicks_become_steps_and_steps_become_pictures(shop: Shop) -> None:
    hand, steps = Hand(), []
    recording = Recording(shop.services, shop.background, lambda: hand, shop.background)
    recording.ended.connect(steps.extend)
    recording.start()
    recording.indicator.move(700, 500)
    for x, y in ((300, 200), (120, 80)):
        hand.now = Pointer(x, y, True)
        recording.look()
        hand.now = Pointer(x, y, False)
        recording.look()
    shop.wait(lambda: len(recording.recorder.steps) == 2)

    recording.stop()
    shop.wait(lambda: len(steps) == 2)
    flow = start_report(shop.services, shop.background, quick=False, steps=steps)
    shop.flows.append(flow)
    shop.wait(lambda: len(flow.editing.gallery.pictures) == 2)

    assert hand.closed
    assert all(picture.is_sent and picture.document.marks for picture in flow.editing.gallery.pictures)
    recording.indicator.deleteLater()


def steps_of(shop: Shop, *titles: str) -> list[RecordedStep]:
    """Recorded steps of a till, their titles at the top of the screen."""
    made = []
    for title in titles:
        ring = Ellipse(id=uuid4(), area=Area(300, 200, 52, 52))
        document = Document(800, 600, 1.0, (ring,))
        step = RecordedStep(uuid4(), frame(shop_screen()), document, title, shop.services.now(), Rect(0, 0, 800, 44))
        made.append(step)
    return made


def report_of(shop: Shop, *titles: str) -> ReportFlow:
    flow = start_report(shop.services, shop.background, quick=False, steps=steps_of(shop, *titles))
    shop.flows.append(flow)
    shop.wait(flow.window.isVisible)
    return flow


def told(flow: ReportFlow) -> dict[str, str]:
    assert flow.sending.shown is not None
    return {item.id: item.value for item in flow.sending.shown.items}


def test_the_title_of_every_step_is_shown_and_sent(shop: Shop) -> None:
    flow = report_of(shop, "收银 – payment", "会员 Zhang San")
    page = flow.window.picture
    shop.wait(lambda: page._status.text() == "Step 1: 收银 – payment")

    shop.checking(flow)

    assert told(flow)["context.step.1"] == "1. 收银 – payment"
    assert told(flow)["context.step.2"] == "2. 会员 Zhang San"


def test_a_title_that_is_hidden_in_its_step_is_told_nowhere(shop: Shop) -> None:
    flow = report_of(shop, "收银 – payment", "会员 Zhang San")
    flow.editing.change(lambda picture: picture.with_hidden(Rect(100, 10, 200, 20)), 1)

    shop.checking(flow)

    assert "context.step.2" not in told(flow)
    assert "context.step.1" in told(flow)
    assert "Zhang San" not in "".join(told(flow).values())


def test_a_step_can_be_taken_out_and_brought_back(shop: Shop) -> None:
    flow = report_of(shop, "one", "two", "three")
    page = flow.window.picture
    page.chosen.emit(1)

    page.strip._remove.click()
    assert [each.step for each in flow.editing.gallery.pictures] == ["one", "three"]
    shop.checking(flow)
    assert told(flow)["context.step.2"] == "2. three"
    flow.checking.back()
    page.strip._remove.click()
    flow.window.banner._actions[0].click()

    assert [each.step for each in flow.editing.gallery.pictures] == ["one", "three"]
    assert len(page.images) == 2


def test_the_titles_of_steps_and_what_is_not_sent_survive_a_crash(shop: Shop, drafts: Drafts) -> None:
    flow = report_of(shop, "one", "two")
    flow.window.picture.ticked.emit(1, False)
    shop.wait(lambda: bool(drafts.found()))
    shop.wait(lambda: [note.is_sent for note in drafts.open(drafts.found()[0]).notes] == [True, False])
    (draft_id,) = drafts.found()
    flow.drafting.discard = lambda: None  # a crash tidies nothing up
    flow.cancel()

    resumed = start_report(shop.services, shop.background, quick=False, draft=draft_id)
    shop.flows.append(resumed)
    shop.wait(lambda: bool(resumed.editing.gallery.pictures))

    pictures = resumed.editing.gallery.pictures
    assert [(each.step, each.is_sent, each.title_bar) for each in pictures] == [
        ("one", True, Rect(0, 0, 800, 44)),
        ("two", False, Rect(0, 0, 800, 44)),
    ]


def test_the_title_of_the_window_in_front_is_not_told_when_it_is_hidden_on_the_picture(shop: Shop) -> None:
    flow = shop.advised()
    shop.checking(flow)
    assert told(flow)["field.window_title"] == "Checkout"
    flow.checking.back()

    flow.window.picture.hide_drawn.emit(Rect(20, 5, 150, 20))
    shop.checking(flow)

    assert "field.window_title" not in told(flow)
    assert not any("Checkout" in value for value in told(flow).values())


def test_another_picture_comes_beside_those_that_are_marked_and_replaces_the_others(shop: Shop) -> None:
    flow = shop.report()
    first = flow.editing.gallery.pictures[0].frame
    shop.screen.frames = (frame(shop_screen(), name="second"),)
    flow.taking.take(Order(Way.SCREEN), flow.window)
    shop.wait(lambda: flow.editing.gallery.pictures[-1].frame.screen_id == "second")
    assert len(flow.editing.gallery.pictures) == 1
    shop.wait(flow.window.isVisible)
    flow.window.picture.hide_drawn.emit(Rect(255, 198, 130, 20))

    shop.screen.frames = (frame(shop_screen(), name="third"),)
    flow.taking.take(Order(Way.SCREEN), flow.window)
    shop.wait(lambda: flow.editing.gallery.pictures[-1].frame.screen_id == "third")

    gallery = flow.editing.gallery
    assert first not in [each.frame for each in gallery.pictures]
    assert [each.frame.screen_id for each in gallery.pictures] == ["second", "third"]
    assert [each.is_sent for each in gallery.pictures] == [True, True]
    assert (gallery.main, gallery.shown) == (1, 1)
    assert gallery.pictures[0].hidden == (Rect(255, 198, 130, 20),)
    assert len(flow.window.picture.images) == 2


def test_windows_that_the_first_picture_hid_come_back_after_a_second_one(shop: Shop, qtbot: QtBot) -> None:
    home = QLabel("Deskbell")
    qtbot.addWidget(home)
    home.show()
    shop.wait(exposed_windows)
    flow = shop.report()
    flow._capture_again()
    shop.wait(lambda: len(shop.screen.seen) == 2)
    shop.wait(flow.window.isVisible)
    assert not home.isVisible()

    flow.cancel()

    assert home.isVisible()


def test_clicks_on_our_own_windows_and_during_a_pause_are_no_steps(shop: Shop) -> None:
    hand = Hand()
    recording = Recording(shop.services, shop.background, lambda: hand, shop.background)
    recording.start()
    place = recording.indicator.frameGeometry().center()
    hand.now = Pointer(place.x(), place.y(), True)
    recording.look()
    hand.now = replace(hand.now, is_pressed=False)
    recording.look()
    recording.indicator.pause.click()
    hand.now = Pointer(5, 590, True)
    recording.look()

    shop.background.run("capture", lambda: None, lambda _: None, lambda _: None)
    assert recording.recorder.steps == ()
    assert "Paused" in recording.indicator.words.text()
    recording.cancel()
    recording.indicator.deleteLater()


def test_a_desktop_that_asks_does_so_before_the_first_picture_with_our_window_in_front(shop: Shop) -> None:
    shop.screen.asks = True
    flow = shop.report()
    assert flow.window.page is flow.window.blocked
    assert shop.screen.told == []

    flow.window.blocked._ask.click()

    shop.wait(lambda: flow.window.page is flow.window.picture and flow.window.isVisible())
    shop.wait(lambda: shop.screen.told == ["ask with a window", "prepare", "capture", "release"])
    assert shop.screen.seen == [False]


def test_a_desktop_that_says_no_leaves_a_file_and_the_clipboard(shop: Shop) -> None:
    shop.screen.asks = True
    shop.screen.error = NotAvailable("The desktop did not let Deskbell take a picture.")
    flow = shop.report()

    flow.window.blocked._ask.click()

    shop.wait(flow.window.blocked._again.isVisible)
    assert not flow.window.blocked._ask.isVisible()
    assert flow.window.blocked._open.isVisible()


def test_a_picture_for_a_reply_asks_the_desktop_with_the_window_that_wants_it(shop: Shop, qtbot: QtBot) -> None:
    shop.screen.asks = True
    ticket = QLabel("ticket")
    qtbot.addWidget(ticket)
    ticket.show()
    shop.wait(exposed_windows)
    reports, taken = Reports(shop.services, shop.background), []

    reports.picture(taken.append, taken.append)

    shop.wait(lambda: len(taken) == 1)
    assert shop.screen.told[0] == "ask with a window"
    assert ticket.isVisible()
    assert isinstance(taken[0], QImage)
