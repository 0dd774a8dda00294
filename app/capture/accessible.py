"""A dialog's text from the program itself, where it tells: exact, and without reading pixels."""

from __future__ import annotations

import functools
import queue
import threading
import time
from collections.abc import Callable

from app.capture.reading import Line, Reading, Role, Word
from app.capture.trouble import tells_trouble
from app.system.base import ElementRole, Rect, System, TextElement, Window

ENGINE = "accessibility"
PATIENCE = 0.5  # seconds; a program that hangs answers never
MOST_LINES = 24  # of a message with its buttons
LEAST_MESSAGE = 8  # characters that a text needs to be a message


def offered_reading(system: System, window: Window, region: Rect, patience: float = PATIENCE) -> Reading | None:
    """What `window`, which lies at `region` in the picture, says by itself; None when it tells no message.

    The boxes are those of whole elements, not of words: good for finding an answer, too coarse for hiding a word.
    """
    started = time.perf_counter()
    answers: queue.SimpleQueue[tuple[TextElement, ...]] = queue.SimpleQueue()
    ask = functools.partial(_ask, system, window.handle, answers)
    threading.Thread(target=ask, name="accessible-text", daemon=True).start()
    try:
        lines = lines_of(answers.get(timeout=patience), region)
    except queue.Empty:
        return None
    milliseconds = (time.perf_counter() - started) * 1000
    return Reading(lines, region, ENGINE, milliseconds, is_dialog=True) if lines else None


def offer(system: System, window: Window, region: Rect, heard: Callable[[Reading], None]) -> None:
    """Have `heard` called, in a thread of its own, with the message `window` shows; not at all when it shows none."""

    def ask() -> None:
        offered = offered_reading(system, window, region)
        # A main window tells hundreds of texts, and none of them is the message.
        if offered is not None and len(offered.lines) <= MOST_LINES and tells_trouble(offered.lines):
            heard(offered)

    threading.Thread(target=ask, name="accessible-reading", daemon=True).start()


def _ask(system: System, handle: int, answers: queue.SimpleQueue[tuple[TextElement, ...]]) -> None:
    answers.put(system.window_texts(handle))


def lines_of(elements: tuple[TextElement, ...], window: Rect) -> tuple[Line, ...]:
    """Elements as lines of a reading, in the order the program gives them: title, texts, buttons."""
    messages = [each for each in elements if each.role in {ElementRole.TEXT, ElementRole.FIELD}]
    if not any(len(element.text.strip()) >= LEAST_MESSAGE for element in messages):
        return ()
    ordered = sorted(elements, key=_place)
    lines: list[Line] = []
    seen: set[str] = set()
    for element in ordered:
        for text in element.text.splitlines():
            plain = " ".join(text.split())
            if not plain or plain in seen:
                continue
            seen.add(plain)
            box = element.rect.moved(window.x, window.y)
            role = Role.TITLE if element.role is ElementRole.TITLE and not lines else Role.TEXT
            lines.append(Line(plain, box, 1.0, (Word(plain, box),), role))
    return tuple(lines)


def _place(element: TextElement) -> int:
    """Title, then texts and fields in the order in which they stand in the window, then buttons."""
    return {ElementRole.TITLE: 0, ElementRole.BUTTON: 2}.get(element.role, 1)
