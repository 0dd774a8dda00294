"""A dialog that tells its own text, promptly, late, or not at all."""

from __future__ import annotations

import threading

from app.capture.accessible import lines_of, offered_reading
from app.capture.reading import Role
from app.system.base import ElementRole, Rect, TextElement, Window
from app.system.null import NullSystem

WINDOW = Window("Backup", "backup.exe", Rect(300, 200, 400, 160), is_modal=True, handle=7)
REGION = Rect(30, 20, 400, 160)
TOLD = (
    TextElement("Backup", Rect(0, 0, 400, 160), ElementRole.TITLE),
    TextElement("OK", Rect(300, 120, 80, 26), ElementRole.BUTTON),
    TextElement("The disk is full.\r\nError 0x80070070", Rect(60, 50, 320, 40), ElementRole.TEXT),
    TextElement("The disk is full.", Rect(60, 50, 320, 20), ElementRole.FIELD),
)


class Telling(NullSystem):
    """A system whose windows answer after an event."""

    def __init__(self, texts: tuple[TextElement, ...], answered: threading.Event | None = None) -> None:
        self._texts, self._answered = texts, answered

    def window_texts(self, handle: int) -> tuple[TextElement, ...]:
        assert handle == WINDOW.handle
        if self._answered is not None:
            self._answered.wait(20)
        return self._texts


def test_title_message_and_buttons_become_lines_in_this_order() -> None:
    reading = offered_reading(Telling(TOLD), WINDOW, REGION, patience=20)

    assert reading is not None
    assert [line.text for line in reading.lines] == ["Backup", "The disk is full.", "Error 0x80070070", "OK"]
    assert reading.title == "Backup"
    assert reading.lines[1].box == Rect(90, 70, 320, 40)
    assert (reading.engine, reading.is_dialog, reading.region) == ("accessibility", True, REGION)
    assert all(line.role is Role.TEXT for line in reading.lines[1:])


def test_a_window_that_tells_only_its_title_and_buttons_has_to_be_read() -> None:
    assert lines_of(TOLD[:2], REGION) == ()
    assert offered_reading(Telling(TOLD[:2]), WINDOW, REGION, patience=20) is None


def test_a_program_that_hangs_is_not_waited_for() -> None:
    answered = threading.Event()

    assert offered_reading(Telling(TOLD, answered), WINDOW, REGION, patience=0.05) is None

    answered.set()


def test_a_system_without_such_texts_has_none() -> None:
    assert offered_reading(NullSystem(), WINDOW, REGION, patience=20) is None
