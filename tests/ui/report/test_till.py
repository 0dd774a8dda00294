"""At a till: two taps, large targets, nothing scrolled away."""

from __future__ import annotations

from PySide6.QtWidgets import QApplication

from app.ui.theme import Theme
from tests.ui.report.conftest import Shop


def test_at_a_till_a_report_is_two_taps(shop: Shop) -> None:
    flow = shop.report(quick=True)  # the first tap
    shop.wait(flow.window.check.go.isEnabled)

    flow.window.check.go.click()

    shop.wait(lambda: flow.window.page is flow.window.sent)
    assert len(shop.services.outbox.items()) == 1


def test_everything_of_the_till_page_fits_1024_by_728(shop: Shop, qapp: QApplication) -> None:
    Theme(qapp, "light")  # its paddings and borders count
    flow = shop.report(quick=True)
    window = flow.window
    window.setGeometry(0, 0, 1024, 728)
    shop.wait(window.check.go.isEnabled)

    bottom = window.check.go.mapTo(window, window.check.go.rect().bottomRight())

    assert bottom.x() < 1024
    assert bottom.y() < 728
    assert window.minimumSizeHint().width() <= 1024
    assert window.check.go.height() >= 44
    sentence = window.check.sentence
    assert sentence.mapTo(window, sentence.rect().bottomLeft()).y() < 728 // 2  # above an on-screen keyboard
