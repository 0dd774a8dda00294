"""The engines there are, and which one suits this machine: found out by reading, not by name."""

from __future__ import annotations

import time
from collections.abc import Sequence
from typing import TYPE_CHECKING

from app.capture.engine import Deadline, ReadingEngine
from app.capture.rapid import RapidEngine
from app.capture.tesseract import TesseractEngine
from app.errors import HelpdeskError, NotAvailable

if TYPE_CHECKING:
    from PIL import Image

AUTO = "auto"
SAMPLE_TEXT = "The operation failed. Error code: 0x80070005"
SAMPLE_CODE = "80070005"
QUICK_ENOUGH = 2.5  # seconds for the sample; the better engine is kept unless the machine is too slow for it
GIVE_UP = 20.0


def all_engines() -> tuple[ReadingEngine, ...]:
    """One of each, the most accurate first; making them loads nothing."""
    return (RapidEngine(), TesseractEngine())


def chosen(name: str, engines: Sequence[ReadingEngine]) -> ReadingEngine:
    """The engine called `name`, loaded; for `auto` the first that reads a sample right and quickly enough.

    When none is quick enough it is the quickest. Raises NotAvailable when none is installed.
    """
    known = [engine for engine in engines if name in {engine.name, AUTO}]
    installed = [engine for engine in known if engine.is_installed()]
    if not installed:
        hint = next((engine.install_hint for engine in known), "")
        raise NotAvailable("Reading text in pictures is not possible on this computer.", hint)
    if name != AUTO:
        installed[0].load()
        return installed[0]
    return _measured(installed)


def _measured(engines: Sequence[ReadingEngine]) -> ReadingEngine:
    picture = sample()
    times: list[tuple[float, ReadingEngine]] = []
    failure: HelpdeskError | None = None
    for engine in engines:
        try:
            engine.load()
            started = time.perf_counter()
            lines = engine.read(picture, Deadline.after(GIVE_UP))
        except HelpdeskError as error:
            failure = failure or error
            continue
        seconds = time.perf_counter() - started
        is_right = any(SAMPLE_CODE in line.text for line in lines)
        if is_right and seconds <= QUICK_ENOUGH:
            return engine
        times.append((seconds + (0 if is_right else GIVE_UP), engine))
    if not times and failure is not None:
        raise failure
    return min(times, key=lambda pair: pair[0])[1]


def sample() -> Image.Image:
    """A message drawn with the font that Pillow brings along."""
    from PIL import Image, ImageDraw, ImageFont

    picture = Image.new("RGB", (420, 64), "#f4f4f4")
    ImageDraw.Draw(picture).text((16, 20), SAMPLE_TEXT, font=ImageFont.load_default(15), fill="#1a1a1a")
    return picture
