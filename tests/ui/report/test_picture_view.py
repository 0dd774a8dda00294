"""Drawing on the picture by mouse, finger and keyboard."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from uuid import UUID

import pytest
from PySide6.QtCore import QPoint, QPointF, Qt
from PySide6.QtGui import QImage, QInputMethodEvent, QKeyEvent, QPointingDevice
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from app.capture.annotation.document import (
    Area,
    Arrow,
    Box,
    Colour,
    Document,
    Hide,
    Highlight,
    Mark,
    Point,
    Step,
    Text,
)
from app.capture.annotation.history import History
from app.system.base import Rect
from app.ui.report.picture_keys import Clipboard
from app.ui.report.picture_view import PictureView
from app.ui.report.tool import Style, Tool

CONTROL, SHIFT = Qt.KeyboardModifier.ControlModifier, Qt.KeyboardModifier.ShiftModifier


@dataclass
class Drawn:
    view: PictureView
    labels: list[str] = field(default_factory=list)
    proposals: list[Rect] = field(default_factory=list)
    monitors: list[int] = field(default_factory=list)
    accepted: list[None] = field(default_factory=list)
    tools: list[Tool] = field(default_factory=list)

    @property
    def marks(self) -> tuple[Mark, ...]:
        return self.view.document.marks

    @property
    def areas(self) -> list[Area]:
        return [mark.area for mark in self.marks if isinstance(mark, Box | Hide | Highlight)]

    def at(self, x: int, y: int) -> QPoint:
        """The place on the screen of a pixel of the picture."""
        return self.view.to_view(Rect(x, y, 1, 1)).topLeft().toPoint()

    def drag(
        self, start: tuple[int, int], end: tuple[int, int], held: Qt.KeyboardModifier = Qt.KeyboardModifier.NoModifier
    ):
        port = self.view.viewport()
        QTest.mousePress(port, Qt.MouseButton.LeftButton, held, self.at(*start))
        QTest.mouseMove(port, self.at(*end))
        QTest.mouseRelease(port, Qt.MouseButton.LeftButton, held, self.at(*end))

    def click(self, x: int, y: int) -> None:
        QTest.mouseClick(self.view.viewport(), Qt.MouseButton.LeftButton, pos=self.at(x, y))

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
    view.edited.connect(lambda _document, label, _merge: seen.labels.append(label))
    view.hide_wanted.connect(seen.proposals.append)
    view.monitor_asked.connect(seen.monitors.append)
    view.accepted.connect(lambda: seen.accepted.append(None))
    view.tool_wanted.connect(view.use)
    view.tool_wanted.connect(seen.tools.append)
    assert view.zoom == 1.0
    Clipboard.marks = ()
    yield seen
    view.close()


def test_a_box_is_drawn_with_the_mouse_to_the_pixel(drawn: Drawn) -> None:
    drawn.drag((100, 120), (400, 320))

    assert drawn.areas == [Area(100, 120, 300, 200)]
    assert drawn.labels == ["box"]
    assert drawn.view.chosen == drawn.marks[0].id


def test_a_box_is_the_same_pixels_when_zoomed(drawn: Drawn) -> None:
    drawn.view.zoom_to(2.0)
    drawn.view.centerOn(200, 150)

    drawn.drag((150, 100), (250, 180))

    assert drawn.areas == [Area(150, 100, 100, 80)]


def test_a_mark_is_pulled_by_a_handle_and_moved_by_its_line(drawn: Drawn) -> None:
    drawn.drag((100, 100), (400, 300))

    drawn.drag((400, 300), (450, 340))
    drawn.drag((250, 100), (260, 90))

    assert drawn.areas == [Area(110, 90, 350, 240)]
    assert len(drawn.labels) == 3


def test_a_second_box_can_be_drawn_inside_the_first(drawn: Drawn) -> None:
    drawn.drag((100, 100), (400, 300))

    drawn.drag((200, 150), (300, 250))

    assert drawn.areas == [Area(100, 100, 300, 200), Area(200, 150, 100, 100)]


@pytest.mark.parametrize(
    ("tool", "kind"), [(Tool.ARROW, Arrow), (Tool.HIGHLIGHT, Highlight), (Tool.HIDE, Hide), (Tool.STEP, Step)]
)
def test_every_tool_draws_its_mark_with_one_drag(drawn: Drawn, tool: Tool, kind: type[Mark]) -> None:
    drawn.view.use(tool)

    drawn.drag((100, 100), (200, 160))

    assert [type(mark) for mark in drawn.marks] == [kind]
    assert len(drawn.labels) == 1


def test_shift_keeps_an_arrow_straight_and_a_box_square(drawn: Drawn) -> None:
    port = drawn.view.viewport()
    drawn.view.hand.begin(drawn.view, QPointF(100, 100), 12)
    drawn.view.hand.drag_to(drawn.view, QPointF(300, 180), even=True)
    drawn.view.hand.finish(drawn.view, QPointF(300, 180))

    assert drawn.areas == [Area(100, 100, 200, 200)]
    assert port.isVisible()


def test_a_number_is_placed_with_one_click_and_numbers_close_up(drawn: Drawn) -> None:
    drawn.view.use(Tool.STEP)
    for x in (100, 200, 300):
        drawn.click(x, 100)
    middle = drawn.marks[1]
    drawn.view.select(middle.id)

    drawn.key(Qt.Key.Key_Delete)

    steps = [mark for mark in drawn.marks if isinstance(mark, Step)]
    assert [drawn.view.document.number(step) for step in steps] == [1, 2]
    assert [step.centre for step in steps] == [Point(100, 100), Point(300, 100)]


def test_a_tremble_draws_nothing_and_lets_go_of_the_selection(drawn: Drawn) -> None:
    drawn.drag((100, 100), (400, 300))

    drawn.drag((600, 500), (601, 501))

    assert len(drawn.marks) == 1
    assert drawn.view.chosen is None


def test_a_region_is_drawn_moved_and_pulled_with_the_crop_tool(drawn: Drawn) -> None:
    drawn.view.use(Tool.CROP)
    drawn.drag((100, 100), (400, 300))

    drawn.drag((400, 300), (450, 340))
    drawn.drag((250, 200), (260, 190))

    assert drawn.view.region == Rect(110, 90, 350, 240)
    assert len(drawn.labels) == 3


def test_a_click_on_the_found_dialog_takes_it_and_elsewhere_does_nothing(drawn: Drawn) -> None:
    found = Rect(200, 200, 300, 100)
    drawn.view.show_document(drawn.view.document, found)

    drawn.drag((50, 50), (51, 51))
    drawn.click(300, 250)

    assert drawn.view.region == found


def test_the_keyboard_crops(drawn: Drawn) -> None:
    drawn.view.use(Tool.CROP)
    drawn.key(Qt.Key.Key_Right)

    drawn.key(Qt.Key.Key_Right)
    drawn.key(Qt.Key.Key_Down, SHIFT)
    drawn.key(Qt.Key.Key_Left, CONTROL)
    drawn.key(Qt.Key.Key_Up, CONTROL | SHIFT)
    region = drawn.view.region
    drawn.key(Qt.Key.Key_Return)
    drawn.key(Qt.Key.Key_Escape)

    assert region == Rect(251, 160, 499, 290)
    assert len(drawn.accepted) == 1
    assert drawn.view.region is None


@pytest.mark.parametrize("tool", [tool for tool in Tool if tool is not Tool.TEXT and tool is not Tool.CROP])
def test_every_tool_is_chosen_placed_moved_and_sized_by_keyboard_alone(drawn: Drawn, tool: Tool) -> None:
    drawn.key(Qt.Key(ord(tool.value)))
    drawn.key(Qt.Key.Key_Space)
    (before,) = drawn.marks

    drawn.key(Qt.Key.Key_Right)
    drawn.key(Qt.Key.Key_Down, SHIFT)
    (moved,) = drawn.marks
    drawn.key(Qt.Key.Key_Right, CONTROL | SHIFT)

    assert drawn.tools == [tool]
    assert moved != before
    assert moved.id == before.id
    assert (drawn.marks[0] != moved) == (tool is not Tool.STEP)


def test_keys_held_down_are_one_undo(drawn: Drawn) -> None:
    drawn.key(Qt.Key.Key_Space)
    labels = []
    drawn.view.edited.connect(lambda _document, label, merge: labels.append((label, merge)))

    for _ in range(5):
        drawn.key(Qt.Key.Key_Right)

    assert len({label for label, _ in labels}) == 1
    assert all(merge for _, merge in labels)


def test_tab_walks_from_mark_to_mark_and_then_on(drawn: Drawn) -> None:
    drawn.drag((100, 100), (200, 200))
    drawn.drag((300, 300), (400, 400))
    drawn.view.select(None)
    walked = []

    for _ in range(3):
        went_on = not drawn.view.focusNextPrevChild(True)
        walked.append((drawn.view.chosen, went_on))

    assert [chosen for chosen, _ in walked] == [drawn.marks[0].id, drawn.marks[1].id, None]


def test_copy_paste_duplicate_and_cut(drawn: Drawn) -> None:
    drawn.drag((100, 100), (200, 200))

    drawn.key(Qt.Key.Key_C, CONTROL)
    drawn.key(Qt.Key.Key_V, CONTROL)
    drawn.key(Qt.Key.Key_D, CONTROL)
    drawn.key(Qt.Key.Key_X, CONTROL)

    assert [(area.x, area.y) for area in drawn.areas] == [(100, 100), (116, 116)]


def test_every_copy_lies_beside_the_one_before(drawn: Drawn) -> None:
    drawn.drag((100, 100), (200, 200))
    drawn.key(Qt.Key.Key_C, CONTROL)

    drawn.key(Qt.Key.Key_V, CONTROL)
    drawn.key(Qt.Key.Key_V, CONTROL)

    assert [(area.x, area.y) for area in drawn.areas] == [(100, 100), (116, 116), (132, 132)]


def test_a_copy_from_a_larger_picture_lies_on_this_one(drawn: Drawn) -> None:
    Clipboard.marks = (Box(id=UUID(int=5), area=Area(9000, 9000, 40, 40)),)

    drawn.key(Qt.Key.Key_V, CONTROL)

    (area,) = drawn.areas
    assert area.x < drawn.view.document.width
    assert area.y < drawn.view.document.height


def test_enter_takes_the_found_dialog_with_the_crop_tool(drawn: Drawn) -> None:
    drawn.view.use(Tool.CROP)
    drawn.view.show_document(drawn.view.document, Rect(10, 10, 200, 100))

    drawn.key(Qt.Key.Key_Return)

    assert drawn.view.region == Rect(10, 10, 200, 100)
    assert not drawn.accepted


def test_digits_choose_the_monitor(drawn: Drawn) -> None:
    drawn.key(Qt.Key.Key_2)

    assert drawn.monitors == [1]


def test_escape_goes_back_one_layer_at_a_time(drawn: Drawn) -> None:
    escape = QKeyEvent(QKeyEvent.Type.KeyPress, Qt.Key.Key_Escape, Qt.KeyboardModifier.NoModifier)
    drawn.drag((100, 100), (200, 200))
    drawn.view.hand.begin(drawn.view, QPointF(300, 300), 12)
    drawn.view.hand.drag_to(drawn.view, QPointF(400, 400))

    drawn.key(Qt.Key.Key_Escape)
    assert not drawn.view.hand.is_busy
    drawn.key(Qt.Key.Key_Escape)
    assert drawn.view.chosen is None
    drawn.view.keyPressEvent(escape)

    assert not escape.isAccepted()
    assert len(drawn.marks) == 1


def test_a_finger_draws_a_box_and_pulls_a_handle_it_barely_hits(drawn: Drawn) -> None:
    device = QTest.createTouchDevice()
    touch(drawn, device, (100, 100), (400, 300))

    touch(drawn, device, (413, 313), (463, 353))

    assert len(drawn.areas) == 1
    assert drawn.areas[0].width > 300


def test_two_fingers_zoom_and_draw_nothing(drawn: Drawn) -> None:
    port, device = drawn.view.viewport(), QTest.createTouchDevice()

    QTest.touchEvent(port, device).press(0, QPoint(400, 300)).press(1, QPoint(600, 300)).commit()
    QTest.touchEvent(port, device).move(0, QPoint(300, 300)).move(1, QPoint(700, 300)).commit()
    QTest.touchEvent(port, device).release(0, QPoint(300, 300)).release(1, QPoint(700, 300)).commit()

    assert drawn.view.zoom == pytest.approx(2.0)
    assert drawn.marks == ()


def test_a_tap_on_something_private_asks_to_hide_it(drawn: Drawn) -> None:
    private = Rect(300, 300, 120, 20)
    drawn.view.show_document(drawn.view.document, None, (private,))

    drawn.click(350, 310)

    assert drawn.proposals == [private]


def test_chinese_words_come_from_an_input_method_and_no_letter_is_a_tool(drawn: Drawn) -> None:
    drawn.view.use(Tool.TEXT)
    drawn.click(200, 200)
    field = drawn.view.field
    assert field.is_open

    composing, done = QInputMethodEvent("ni", []), QInputMethodEvent("", [])
    done.setCommitString("你好 ")
    QApplication.sendEvent(field, composing)
    QApplication.sendEvent(field, done)
    QTest.keyClicks(field, "box")
    QTest.keyClick(field, Qt.Key.Key_Escape)

    (text,) = drawn.marks
    assert isinstance(text, Text)
    assert text.words == "你好 box"
    assert drawn.tools == []
    assert drawn.labels == ["text"]


def test_words_are_changed_by_enter_and_emptied_words_are_gone(drawn: Drawn) -> None:
    drawn.view.use(Tool.TEXT)
    drawn.click(200, 200)
    QTest.keyClicks(drawn.view.field, "one")
    drawn.click(600, 500)
    drawn.view.field.end()
    drawn.view.select(drawn.marks[0].id)

    drawn.key(Qt.Key.Key_Return)
    QTest.keyClicks(drawn.view.field, "two")
    QTest.keyClick(drawn.view.field, Qt.Key.Key_Return, CONTROL)
    assert [mark.words for mark in drawn.marks if isinstance(mark, Text)] == ["two"]
    drawn.key(Qt.Key.Key_Return)
    QTest.keyClick(drawn.view.field, Qt.Key.Key_Delete)
    drawn.view.field.end()

    assert drawn.marks == ()


def test_what_is_drawn_wears_the_chosen_style(drawn: Drawn) -> None:
    drawn.view.ink_style = Style(Colour.BLUE)

    drawn.drag((100, 100), (200, 200))

    assert drawn.marks[0].colour is Colour.BLUE


def test_the_view_shows_what_the_renderer_draws(drawn: Drawn) -> None:
    from PIL import Image

    from app.capture.annotation.export import drawn as exported

    drawn.drag((100, 100), (400, 300))
    drawn.view.use(Tool.ARROW)
    drawn.drag((500, 500), (700, 350))
    drawn.view.select(None)

    shown = drawn.view.grab().toImage().convertToFormat(QImage.Format.Format_RGB888)
    wanted = exported(drawn.view.document, Image.new("RGB", (1000, 600), "white"))
    different = sum(
        wanted.getpixel((x, y)) != shown.pixelColor(x, y).getRgb()[:3]
        for x in range(90, 720, 3)
        for y in range(90, 520, 3)
    )
    assert different <= 30  # rounding while laying over


def test_a_smaller_view_shows_the_whole_picture(drawn: Drawn) -> None:
    drawn.view.resize(500, 600)

    assert drawn.view.zoom == pytest.approx(0.5)
    assert drawn.view.is_fitted


def test_the_outside_of_the_picture_counts_as_its_edge(drawn: Drawn) -> None:
    drawn.view.resize(1000, 800)

    drawn.view.hand.begin(drawn.view, QPointF(900, 400), 12)
    drawn.view.hand.drag_to(drawn.view, QPointF(2000, 2000))
    drawn.view.hand.finish(drawn.view, QPointF(2000, 2000))

    assert drawn.areas == [Area(900, 300, 100, 300)]


def test_a_hundred_gestures_are_undone_and_redone_to_the_same_document(drawn: Drawn) -> None:
    history = History(Document(1000, 600))
    drawn.view.edited.connect(lambda document, label, _merge: states.append((document, label)))
    states: list[tuple[Document, str]] = []
    for number in range(100):
        drawn.drag((10 + number * 3, 10), (200 + number * 3, 200 + number))
        drawn.view.select(None)
    for document, label in states:
        history = history.done(document, label)
    last = history.document

    for _ in range(200):
        history = history.undo()
    first = history.document
    for _ in range(200):
        history = history.redo()

    assert len(states) == 100
    assert first == Document(1000, 600)
    assert history.document == last
