"""Before the picture: our windows are gone, one report at a time, and calling it off leaves no trace."""

from __future__ import annotations

import gc
import subprocess
import sys
from dataclasses import replace
from pathlib import Path

import pytest
from PIL import Image
from PySide6.QtCore import QBuffer, QElapsedTimer, QEvent, QIODevice, QObject, Qt
from PySide6.QtGui import QColor, QGuiApplication, QImage
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QLabel, QWidget
from pytestqt.qtbot import QtBot
from shiboken6 import delete, isValid

from app.errors import NotAvailable
from app.helpdesk.outbox_items import ItemKind
from app.system.base import Rect
from app.ui.report.flow import ReportFlow
from app.ui.report.picture_source import pixels
from app.ui.report.spare import Spare
from app.ui.report.trigger import FROM_MENU, Trigger
from app.ui.report.window import ReportWindow
from tests.ui.report.conftest import NOTICED, Shop, frame, shop_screen


@pytest.fixture
def home(qtbot: QtBot) -> QLabel:
    """Another window of ours that is open."""
    window = QLabel("Deskbell")
    qtbot.addWidget(window)
    with qtbot.waitExposed(window):
        window.show()
    return window


def test_no_window_of_ours_is_on_the_screen_when_the_picture_is_taken(shop: Shop, home: QLabel) -> None:
    shop.report()

    assert shop.screen.seen == [False]


def test_building_a_report_puts_no_window_on_the_screen(shop: Shop) -> None:
    """A part of it that is shown before it has a parent would be in the picture."""
    shown: list[object] = []

    class Watch(QObject):
        def eventFilter(self, watched: QObject, event: QEvent) -> bool:
            if event.type() is QEvent.Type.Show and isinstance(watched, QWidget) and watched.isWindow():
                shown.append(watched)
            return False

    watch = Watch()
    QApplication.instance().installEventFilter(watch)
    try:
        window = ReportWindow()
        window.prepare()
    finally:
        QApplication.instance().removeEventFilter(watch)

    assert shown == []
    delete(window)


def test_everything_is_prepared_before_the_picture_and_let_go_afterwards(shop: Shop) -> None:
    shop.report()

    shop.wait(lambda: shop.screen.told == ["prepare", "capture", "release"])


def test_a_window_that_was_kept_ready_is_used_once(shop: Shop) -> None:
    spare = Spare(shop.background)
    spare.make()
    ready = spare._window

    flow = shop.report()

    assert flow.window is ready
    flow.cancel()
    shop.wait(lambda: not isValid(ready))
    spare.make()
    assert spare._window is not None
    spare.close()
    assert spare.take() is None


def test_the_pixels_of_a_picture_outlive_the_frame(shop: Shop) -> None:
    image = pixels(replace(frame(shop_screen()), bgrx=bytearray(bytes((1, 2, 3, 0)) * 800 * 600)))
    gc.collect()
    noise = [bytearray(800 * 600 * 4) for _ in range(8)]

    assert image.pixelColor(799, 599) == QColor(3, 2, 1)
    assert len(noise) == 8


def test_windows_come_back_when_the_report_is_called_off(shop: Shop, home: QLabel) -> None:
    flow = shop.report()
    assert not home.isVisible()

    QTest.keyClick(flow.window, Qt.Key.Key_Escape)

    assert flow.is_over
    assert home.isVisible()


def test_a_window_that_was_closed_meanwhile_stays_closed(shop: Shop, home: QLabel) -> None:
    closed = QLabel("gone")
    closed.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
    closed.show()
    flow = shop.report()
    closed.close()
    shop.wait(lambda: len(shop.screen.seen) == 1)
    QTest.qWait(1)

    flow.cancel()

    assert home.isVisible()


def test_cancelling_while_the_picture_is_taken_shows_nothing_and_keeps_nothing(shop: Shop, home: QLabel) -> None:
    shop.screen.open.clear()
    flow = shop.begin()
    shop.wait(lambda: len(shop.screen.seen) == 1)

    flow.cancel()
    shop.screen.open.set()
    again = shop.report()

    assert again is not flow
    assert flow.is_over
    assert [window for window in QGuiApplication.topLevelWindows() if window.isVisible()] == [
        again.window.windowHandle()
    ]
    assert [item for item in shop.services.outbox.items() if item.kind is ItemKind.TICKET] == []


def test_a_second_click_brings_the_first_report_to_the_front(shop: Shop) -> None:
    flow = shop.report()

    again = shop.begin()

    assert again is flow
    assert len(shop.screen.seen) == 1


def test_a_second_click_while_the_picture_is_taken_takes_no_other(shop: Shop) -> None:
    shop.screen.open.clear()
    flow = shop.begin()

    again = shop.begin()
    shop.screen.open.set()
    shop.wait(lambda: flow.window.isVisible())

    assert again is flow
    assert len(shop.screen.seen) == 1


def test_after_a_report_another_can_begin(shop: Shop) -> None:
    first = shop.report()
    first.cancel()

    second = shop.report()

    assert second is not first
    assert not second.is_over


def test_the_window_in_front_is_remembered_from_before_the_click(shop: Shop) -> None:
    flow = shop.report()

    assert flow.journey.window == NOTICED


@pytest.mark.parametrize(("from_menu", "least"), [(False, 250), (True, FROM_MENU)])
def test_the_screen_has_time_to_repaint(qtbot: QtBot, home: QLabel, from_menu: bool, least: int) -> None:
    trigger = Trigger()
    since = QElapsedTimer()
    since.start()

    with qtbot.waitSignal(trigger.clear, timeout=5000):
        trigger.pull(250, from_menu=from_menu)

    assert since.elapsed() >= least
    trigger.restore()
    assert home.isVisible()


def test_no_picture_is_explained_with_other_ways_to_one(shop: Shop) -> None:
    shop.screen.error = NotAvailable("There is no screen that Deskbell can capture.", "Allow it in the settings.")
    flow = shop.report()
    assert flow.window.page is flow.window.blocked

    image = QImage(300, 200, QImage.Format.Format_RGB32)
    image.fill(QColor("#336699"))
    QGuiApplication.clipboard().setImage(image)
    flow.window.blocked.paste_wanted.emit()

    shop.wait(lambda: flow.window.page is flow.window.picture)
    assert flow.window.picture.view.bounds == Rect(0, 0, 300, 200)


def test_an_empty_clipboard_is_said(shop: Shop) -> None:
    shop.screen.error = NotAvailable("There is no screen that Deskbell can capture.")
    QGuiApplication.clipboard().clear()
    flow = shop.report()

    flow.window.blocked.paste_wanted.emit()

    assert flow.window.blocked.headline == "There is no picture on the clipboard."


def test_a_report_may_go_without_a_picture(shop: Shop) -> None:
    shop.screen.error = NotAvailable("There is no screen that Deskbell can capture.")
    flow = shop.report()

    flow.window.blocked.without.emit()
    shop.send(flow)

    (item,) = shop.services.outbox.items()
    assert item.files == ()


def test_a_picture_from_a_file_takes_the_place_of_the_screen(shop: Shop, tmp_path: Path) -> None:
    path = tmp_path / "photo.png"
    shop_screen().save(path)

    flow = shop.begin(path)

    shop.wait(lambda: flow.window.isVisible())
    assert shop.screen.seen == []
    assert flow.window.picture.view.bounds == Rect(0, 0, 800, 600)


def test_a_file_that_is_no_picture_is_said(shop: Shop, tmp_path: Path) -> None:
    path = tmp_path / "notes.txt"
    path.write_text("no picture")

    flow = shop.begin(path)

    shop.wait(lambda: flow.window.isVisible())
    assert flow.window.blocked.headline == "notes.txt is not a picture that can be shown."


def test_leaving_asks_first_when_something_was_written(shop: Shop, qtbot: QtBot) -> None:
    flow = shop.advised()
    shop.checking(flow)
    QTest.keyClicks(flow.window.check.sentence, "half a sentence")

    flow.window.close()

    assert not flow.is_over
    box = QGuiApplication.instance().activeModalWidget()  # type: ignore[union-attr]
    assert box is not None
    agree = next(button for button in box.buttons() if button.text() == "Discard")
    agree.click()
    shop.wait(lambda: flow.is_over)


def test_nothing_heavy_is_loaded_before_a_report() -> None:
    program = (
        "import sys, app.ui.report\n"
        "heavy = {'numpy', 'cv2', 'onnxruntime', 'rapidocr', 'PIL', 'httpx', 'mss', 'psutil'}\n"
        "print(sorted(heavy & set(sys.modules)))"
    )

    told = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True)

    assert told.stdout.strip() == "[]"


def test_the_tray_never_loads_the_engine(shop: Shop, monkeypatch: pytest.MonkeyPatch) -> None:
    for engine in ("cv2", "onnxruntime", "rapidocr"):  # another test of this process may have
        monkeypatch.delitem(sys.modules, engine, raising=False)
    flow: ReportFlow = shop.advised()
    shop.checking(flow)

    assert {"cv2", "onnxruntime", "rapidocr"}.isdisjoint(sys.modules)


def test_a_pasted_picture_keeps_its_pixels(qtbot: QtBot) -> None:
    from app.ui.report.picture_source import png_of

    image = QImage(16, 8, QImage.Format.Format_RGB32)
    image.fill(QColor("#123456"))

    buffer = QBuffer()
    buffer.setData(png_of(image))
    buffer.open(QIODevice.OpenModeFlag.ReadOnly)

    assert QImage.fromData(buffer.data()).pixelColor(3, 3).name() == "#123456"


def test_a_black_picture_is_explained(shop: Shop) -> None:
    shop.screen.frames = (frame(Image.new("RGB", (800, 600))),)
    flow = shop.report()

    shop.wait(flow.window.banner.isVisible)

    assert flow.window.banner.accessibleName().startswith("The picture is completely black.")
    assert flow.window.page is flow.window.picture
