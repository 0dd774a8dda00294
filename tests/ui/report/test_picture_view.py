"""Drawing on the picture by mouse, finger and keyboard."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field

import pytest
from PySide6.QtCore import QPoint, QPointF, Qt
from PySide6.QtGui import QImage, QKeyEvent, QPointingDevice
from PySide6.QtTest import QTest
from pytestqt.qtbot import QtBot

from app.system.base import Rect
from app.ui.report.picture_view import PictureView, Tool


@dataclass
class Drawn:
    view: PictureView
    regions: list[Rect | None] = field(default_factory=list)
    hidden: list[Rect] = field(default_factory=list)
    uncovered: list[int] = field(default_factory=list)
    monitors: list[int] = field(default_factory=list)
    accepted: list[None] = field(default_factory=list)

    def at(self, x: int, y: int) -> QPoint:
        """The place on the screen of a pixel of the picture."""
        return self.view.to_view(Rect(x, y, 1, 1)).topLeft().toPoint()

    def drag(self, start: tuple[int, int], end: tuple[int, int]) -> None:
        port = self.view.viewport()
        QTest.mousePress(port, Qt.MouseButton.LeftButton, pos=self.at(*start))
        QTest.mouseMove(port, self.at(*end))
        QTest.mouseRelease(port, Qt.MouseButton.LeftButton, pos=self.at(*end))

    def key(self, key: Qt.Key, modifier: Qt.KeyboardModifier = Qt.KeyboardModifier.NoModifier) -> None:
        QTest.keyClick(self.view, key, modifier)


def touch(drawn: Drawn, device: QPointingDevice, start: tuple[int, int], end: tuple[int, int]) -> None:
    port = drawn.view.viewport()
    QTest.touchEvent(port, device).press(0, drawn.at(*start)).commit()
    QTest.touchEvent(port, device).move(0, drawn.at(*end)).commit()
    QTest.touchEvent(port, device).release(0, drawn.at(*end)).commit()


@pytest.fixture
def drawn(qtbot: QtBot) -> Iterator[Drawn]:
    """A view 1000 x 600 on a picture of 1000 x 600: one pixel is one pixel."""
    view = PictureView()
    view.setWindowFlag(Qt.WindowType.FramelessWindowHint)  # QTest maps touches without the frame
    qtbot.addWidget(view)
    view.resize(1000, 600)
    view.show()
    image = QImage(1000, 600, QImage.Format.Format_RGB32)
    image.fill(Qt.GlobalColor.white)
    view.show_picture(image)
    seen = Drawn(view)
    view.region_drawn.connect(seen.regions.append)
    view.hide_drawn.connect(seen.hidden.append)
    view.hide_clicked.connect(seen.uncovered.append)
    view.monitor_asked.connect(seen.monitors.append)
    view.accepted.connect(lambda: seen.accepted.append(None))
    assert view.zoom == 1.0
    yield seen
    view.close()


def test_a_region_is_drawn_with_the_mouse_to_the_pixel(drawn: Drawn) -> None:
    drawn.drag((100, 120), (400, 320))

    assert drawn.regions == [Rect(100, 120, 300, 200)]


def test_a_region_is_the_same_pixels_when_zoomed(drawn: Drawn) -> None:
    drawn.view.zoom_to(2.0)
    drawn.view.centerOn(200, 150)

    drawn.drag((150, 100), (250, 180))

    assert drawn.regions == [Rect(150, 100, 100, 80)]


def test_a_region_is_resized_by_a_handle_and_moved_by_its_middle(drawn: Drawn) -> None:
    drawn.drag((100, 100), (400, 300))

    drawn.drag((400, 300), (450, 340))
    drawn.drag((250, 200), (260, 190))

    assert drawn.regions[1:] == [Rect(100, 100, 350, 240), Rect(110, 90, 350, 240)]


def test_a_click_on_the_found_dialog_takes_it_and_elsewhere_does_nothing(drawn: Drawn) -> None:
    found = Rect(200, 200, 300, 100)
    drawn.view.show_marks(None, found, ())

    drawn.drag((50, 50), (52, 51))
    drawn.drag((300, 250), (300, 250))

    assert drawn.regions == [found]


def test_the_keyboard_places_sizes_accepts_and_clears(drawn: Drawn) -> None:
    shift, control = Qt.KeyboardModifier.ShiftModifier, Qt.KeyboardModifier.ControlModifier
    drawn.key(Qt.Key.Key_Right)

    drawn.key(Qt.Key.Key_Right)
    drawn.key(Qt.Key.Key_Down, shift)
    drawn.key(Qt.Key.Key_Left, control)
    drawn.key(Qt.Key.Key_Up, control | shift)
    drawn.key(Qt.Key.Key_Return)
    drawn.key(Qt.Key.Key_Escape)

    assert drawn.regions == [
        Rect(250, 150, 500, 300),
        Rect(251, 150, 500, 300),
        Rect(251, 160, 500, 300),
        Rect(251, 160, 499, 300),
        Rect(251, 160, 499, 290),
        None,
    ]
    assert len(drawn.accepted) == 1


def test_enter_takes_the_found_dialog(drawn: Drawn) -> None:
    drawn.view.show_marks(None, Rect(10, 10, 200, 100), ())

    drawn.key(Qt.Key.Key_Return)

    assert drawn.regions == [Rect(10, 10, 200, 100)]
    assert not drawn.accepted


def test_digits_choose_the_monitor(drawn: Drawn) -> None:
    drawn.key(Qt.Key.Key_2)

    assert drawn.monitors == [1]


def test_escape_with_nothing_drawn_is_left_to_the_window(drawn: Drawn, qtbot: QtBot) -> None:
    escape = QKeyEvent(QKeyEvent.Type.KeyPress, Qt.Key.Key_Escape, Qt.KeyboardModifier.NoModifier)

    drawn.view.keyPressEvent(escape)

    assert not escape.isAccepted()
    assert drawn.regions == []


def test_a_finger_draws_a_region_and_pulls_a_handle_it_barely_hits(drawn: Drawn) -> None:
    device = QTest.createTouchDevice()
    touch(drawn, device, (100, 100), (400, 300))

    touch(drawn, device, (417, 317), (467, 357))

    assert drawn.regions == [Rect(100, 100, 300, 200), Rect(100, 100, 350, 240)]


def test_two_fingers_zoom_and_draw_nothing(drawn: Drawn) -> None:
    port, device = drawn.view.viewport(), QTest.createTouchDevice()

    QTest.touchEvent(port, device).press(0, QPoint(400, 300)).press(1, QPoint(600, 300)).commit()
    QTest.touchEvent(port, device).move(0, QPoint(300, 300)).move(1, QPoint(700, 300)).commit()
    QTest.touchEvent(port, device).release(0, QPoint(300, 300)).release(1, QPoint(700, 300)).commit()

    assert drawn.view.zoom == pytest.approx(2.0)
    assert drawn.regions == []


def test_hiding_draws_blocks_and_a_tap_on_one_shows_it_again(drawn: Drawn) -> None:
    drawn.view.use(Tool.HIDE)
    drawn.drag((100, 100), (200, 130))
    drawn.view.show_marks(None, None, drawn.hidden)

    drawn.drag((150, 110), (150, 110))

    assert drawn.hidden == [Rect(100, 100, 100, 30)]
    assert drawn.uncovered == [0]
    assert drawn.regions == []


def test_an_area_is_hidden_by_keyboard_alone(drawn: Drawn) -> None:
    drawn.view.use(Tool.HIDE)
    drawn.key(Qt.Key.Key_Down)
    drawn.key(Qt.Key.Key_Down)

    drawn.key(Qt.Key.Key_Return)

    assert drawn.hidden == [Rect(250, 151, 500, 300)]


def test_a_smaller_view_shows_the_whole_picture(drawn: Drawn) -> None:
    drawn.view.resize(500, 600)

    assert drawn.view.zoom == pytest.approx(0.5)
    assert drawn.view.is_fitted


def test_the_outside_of_the_picture_counts_as_its_edge(drawn: Drawn) -> None:
    drawn.view.resize(1000, 800)

    drawn.view._begin(QPointF(900, 400), 12)
    drawn.view._move(QPointF(2000, 2000))
    drawn.view._finish(QPointF(2000, 2000))

    assert drawn.regions == [Rect(900, 300, 100, 300)]
