"""The engines there are, and which one suits this machine: found out by reading, not by name."""

from __future__ import annotations

import difflib
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from app.capture.engine import Deadline, ReadingEngine
from app.capture.rapid import RapidEngine
from app.capture.tesseract import TesseractEngine
from app.capture.vision_ocr import VisionEngine
from app.capture.windows_ocr import WindowsOcrEngine
from app.errors import HelpdeskError, NotAvailable

if TYPE_CHECKING:
    from PIL import Image

AUTO = "auto"
SAMPLE = Path(__file__).with_name("sample.png")
SAMPLE_TEXT = (
    "Backup - Error\nThe backup could not be saved: access is denied.\nError code: 0x80070005 (E_ACCESSDENIED)\n"
    "系统提示：保存失败，磁盘空间不足，请联系管理员。\n错误代码：ORA-01653"
)
QUICK_ENOUGH = 2.5  # seconds for the sample; a better engine is kept unless the machine is too slow for it
GIVE_UP = 20.0
COMFORTABLE = 0.8  # seconds that nobody minds: of engines alike the first one is kept, although another is quicker
ALIKE = 0.02  # of all characters: engines that differ by less read equally well


@dataclass(frozen=True, slots=True)
class Measurement:
    """How an engine read the sample: the share of characters it got wrong, and seconds without loading."""

    engine: str
    errors: float
    seconds: float


def all_engines() -> tuple[ReadingEngine, ...]:
    """One of each, the most accurate on a thousand dialogs first; making them loads nothing."""
    return (RapidEngine(), VisionEngine(), WindowsOcrEngine(), TesseractEngine())


def chosen(name: str, engines: Sequence[ReadingEngine]) -> ReadingEngine:
    """The engine called `name`, loaded; for `auto` the one that reads the sample best of those that are quick enough.

    When none is quick enough it is the quickest. Raises NotAvailable when none is installed.
    """
    known = [engine for engine in engines if name in {engine.name, AUTO}]
    installed = [engine for engine in known if engine.is_installed()]
    if not installed:
        hint = next((engine.install_hint for engine in known), "")
        raise NotAvailable("Reading text in pictures is not possible on this computer.", hint)
    if name == AUTO:
        best = best_of(measured(installed, is_enough=is_unbeatable))
        return next(engine for engine in installed if engine.name == best)
    installed[0].load()
    return installed[0]


def measured(
    engines: Sequence[ReadingEngine], is_enough: Callable[[Measurement], bool] = lambda _: False
) -> list[Measurement]:
    """Every engine that works, with how it read the sample, up to one that `is_enough`.

    Raises the first engine's error when none works.
    """
    picture = sample()
    found: list[Measurement] = []
    failure: HelpdeskError | None = None
    for engine in engines:
        try:
            engine.load()
            engine.read(picture, Deadline.after(GIVE_UP))  # the first picture is always slower
            started = time.perf_counter()
            lines = engine.read(picture, Deadline.after(GIVE_UP))
        except HelpdeskError as error:
            failure = failure or error
            continue
        seconds = time.perf_counter() - started
        found.append(Measurement(engine.name, errors_in("\n".join(line.text for line in lines)), seconds))
        if is_enough(found[-1]):
            break
    if not found and failure is not None:
        raise failure
    return found


def best_of(found: Sequence[Measurement]) -> str:
    """The name of the engine with the fewest errors; of those alike the first that is comfortable, else the quickest.

    The quickest when all are slow.
    """
    quick = [each for each in found if each.seconds <= QUICK_ENOUGH]
    if not quick:
        return min(found, key=lambda each: each.seconds).engine
    fewest = min(each.errors for each in quick)
    alike = [each for each in quick if each.errors <= fewest + ALIKE]
    comfortable = [each for each in alike if each.seconds <= COMFORTABLE]
    return (comfortable or sorted(alike, key=lambda each: each.seconds))[0].engine


def is_unbeatable(one: Measurement) -> bool:
    """Whether no engine further down the list could be better by enough."""
    return one.errors <= ALIKE and one.seconds <= COMFORTABLE


def errors_in(read: str) -> float:
    """The share of the sample's characters that are missing from what was read, or wrong; 0 to 1."""
    truth, text = "".join(SAMPLE_TEXT.split()), "".join(read.replace(":", "：").split())
    truth = truth.replace(":", "：")
    same = sum(block.size for block in difflib.SequenceMatcher(None, truth, text, autojunk=False).get_matching_blocks())
    return 1.0 - same / max(len(truth), len(text))


def sample() -> Image.Image:
    """A Chinese and English message in letters of 13 pixels, the size of most dialogs."""
    from PIL import Image

    with Image.open(SAMPLE) as opened:
        return opened.convert("RGB")
