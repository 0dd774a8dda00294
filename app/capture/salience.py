"""What to read in a picture, in which order, and when it is enough."""

from __future__ import annotations

import re
import time
from dataclasses import replace
from typing import TYPE_CHECKING

from app.capture import layout
from app.capture.dialog import find_dialog
from app.capture.engine import Deadline, ReadingEngine
from app.capture.reading import Line, Reading, Word
from app.capture.wire import Request
from app.system.base import Rect

if TYPE_CHECKING:
    from PIL import Image

DIALOG_SHARE = 0.6  # a foreground window larger than this part of the screen is no dialog
FEWEST_CHARACTERS = 6
FEWEST_CHINESE = 3
CHINESE = re.compile(r"[\u4e00-\u9fff]")


def read_picture(engine: ReadingEngine, request: Request, pixels: bytes, deadline: Deadline) -> Reading:
    """The dialog of a picture, or all of it when there is none or nothing convincing stands in it.

    Raises HelpdeskError when the engine fails.
    """
    from PIL import Image

    started = time.perf_counter()
    image = Image.frombuffer("RGB", (request.width, request.height), pixels, "raw", "RGB", 0, 1)
    whole = Rect(0, 0, image.width, image.height)
    dialog = None if request.region else _dialog(image, request)
    if dialog is not None:
        lines = _read(engine, image, dialog, deadline)
        if is_convincing(lines) or deadline.over:
            titled = layout.with_title(lines, dialog)
            return Reading(titled, dialog, engine.name, _since(started), is_dialog=True)
    region = request.region.intersection(whole) if request.region else whole
    lines = () if region.is_empty else _read(engine, image, region, deadline)
    return Reading(lines, region, engine.name, _since(started))


def is_convincing(lines: tuple[Line, ...]) -> bool:
    """Whether somebody could have meant these lines as a message: a few words, not just labels of buttons."""
    text = "".join(line.text for line in lines)
    letters = sum(character.isalnum() for character in text)
    return len(lines) >= 2 and (letters >= FEWEST_CHARACTERS * 2 or len(CHINESE.findall(text)) >= FEWEST_CHINESE * 2)


def _dialog(image: Image.Image, request: Request) -> Rect | None:
    """What the system knows to be the dialog, else what the pixels show."""
    whole = Rect(0, 0, image.width, image.height)
    window = request.window.intersection(whole) if request.window else None
    if window and not window.is_empty and window.area <= DIALOG_SHARE * whole.area:
        if request.is_modal:
            return window
        inside = find_dialog(image)
        if inside is not None and not inside.intersection(window).is_empty:
            return inside
        return window
    return find_dialog(image)


def _read(engine: ReadingEngine, image: Image.Image, region: Rect, deadline: Deadline) -> tuple[Line, ...]:
    """The lines of a region, their boxes in pixels of the whole picture."""
    part = image.crop((region.x, region.y, region.right, region.bottom))
    return tuple(_moved(line, region.x, region.y) for line in engine.read(part, deadline))


def _moved(line: Line, x: int, y: int) -> Line:
    words = tuple(Word(word.text, word.box.moved(x, y)) for word in line.words)
    return replace(line, box=line.box.moved(x, y), words=words)


def _since(started: float) -> float:
    return (time.perf_counter() - started) * 1000
