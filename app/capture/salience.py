"""What to read in a picture, in which order, and when it is enough."""

from __future__ import annotations

import math
import re
import time
from dataclasses import replace
from typing import TYPE_CHECKING

from app.capture import layout
from app.capture.dialog import Candidate, likely_dialog
from app.capture.engine import Deadline, ReadingEngine
from app.capture.reading import Line, Reading, Word
from app.capture.wire import Request
from app.system.base import Rect

if TYPE_CHECKING:
    from PIL import Image

DIALOG_SHARE = 0.6  # a foreground window larger than this part of the screen is no dialog
SECOND_LOOK = 1.2  # seconds for what lies around a frame that may or may not be the dialog
FEWEST_CHARACTERS = 6
FEWEST_CHINESE = 3
CHINESE = re.compile(r"[\u4e00-\u9fff]")
TROUBLE = re.compile(
    r"\b(?:errors?|fail\w*|warning|alert|problem|can(?:not|'t|’t)|could not|couldn|unable|unexpected\w*|invalid|"
    r"incorrect|wrong|denied|refused|rejected|forbidden|expired|exceed\w*|timed?[- ]?out|not (?:found|be|enough|valid|"
    r"available|supported|responding|allowed|permitted|connected|recogni[sz]ed)|missing|unavailable|offline|stopped|"
    r"crash\w*|corrupt\w*|damaged|conflict\w*|insufficient|exception|fatal|critical|try again|retry|blocked|lost|"
    r"went wrong|does(?:n't|n’t| not)|didn.t|isn.t|no longer|disconnected|contact your|administrator)\b"
    r"|\bmsg \d+|消息 ?\d+|提示|错误|失败|无法|不能|异常|拒绝|超时|未找到|找不到|不存在|警告|重试|过期|无效|不足"
    r"|断开|停止|缺|失效|锁定|冲突|损坏|中断|禁止|不支持|不可用|问题|未授权|没有权限|已满|丢失|崩溃|不正确|有误"
    r"|联系|请检查|未连接|离线",
    re.IGNORECASE,
)
CODE = re.compile(
    r"\b0x[0-9A-Fa-f]{4,}|-21\d{8}\b|\b[A-Z]{2,}(?:_[A-Z0-9]+)+\b|\b(?:E|ERR|ORA|AADSTS|SQLSTATE|HTTP)[- ]?\d{3,}\b"
)


def read_picture(engine: ReadingEngine, request: Request, pixels: bytes, deadline: Deadline) -> Reading:
    """The dialog of a picture, or all of it when there is none or the trouble stands elsewhere.

    Raises HelpdeskError when the engine fails.
    """
    from PIL import Image

    started = time.perf_counter()
    image = Image.frombuffer("RGB", (request.width, request.height), pixels, "raw", "RGB", 0, 1)
    whole = Rect(0, 0, image.width, image.height)
    if request.region:
        region = request.region.intersection(whole)
        lines = () if region.is_empty else _read(engine, image, region, deadline)
        return Reading(lines, region, engine.name, _since(started))
    dialog = _dialog(image, request)
    inside = _read(engine, image, dialog.rect, deadline) if dialog else ()
    if dialog and is_convincing(inside) and (dialog.is_sure or tells_trouble(inside) or deadline.over):
        return _dialog_reading(inside, dialog.rect, engine, started)
    if dialog:
        deadline = Deadline(min(deadline.at, deadline.clock() + SECOND_LOOK), deadline.clock)
    lines = _read(engine, image, whole, deadline)
    if dialog and is_convincing(inside) and not _names_trouble(_outside(lines, dialog.rect)):
        return _dialog_reading(inside, dialog.rect, engine, started)
    return Reading(lines, whole, engine.name, _since(started))


def _dialog_reading(lines: tuple[Line, ...], dialog: Rect, engine: ReadingEngine, started: float) -> Reading:
    titled = layout.with_title(lines, dialog)
    return Reading(titled, dialog, engine.name, _since(started), is_dialog=True)


def _outside(lines: tuple[Line, ...], rect: Rect) -> tuple[Line, ...]:
    return tuple(line for line in lines if line.box.intersection(rect).is_empty)


def is_convincing(lines: tuple[Line, ...]) -> bool:
    """Whether somebody could have meant these lines as a message: a few words, not just labels of buttons."""
    text = "".join(line.text for line in lines)
    letters = sum(character.isalnum() for character in text)
    return len(lines) >= 2 and (letters >= FEWEST_CHARACTERS * 2 or len(CHINESE.findall(text)) >= FEWEST_CHINESE * 2)


def tells_trouble(lines: tuple[Line, ...]) -> bool:
    """Whether the lines speak of something that went wrong, in Chinese or English, or show a code."""
    return is_convincing(lines) and _names_trouble(lines)


def _names_trouble(lines: tuple[Line, ...]) -> bool:
    return any(TROUBLE.search(line.text) or CODE.search(line.text) for line in lines)


def _dialog(image: Image.Image, request: Request) -> Candidate | None:
    """What the system knows to be the dialog, else what the pixels show."""
    whole = Rect(0, 0, image.width, image.height)
    window = request.window.intersection(whole) if request.window else None
    if window is None or window.is_empty or window.area > DIALOG_SHARE * whole.area:
        return likely_dialog(image)
    known = Candidate(window, math.inf)
    if request.is_modal:
        return known
    inside = likely_dialog(image)
    return inside if inside is not None and not inside.rect.intersection(window).is_empty else known


def _read(engine: ReadingEngine, image: Image.Image, region: Rect, deadline: Deadline) -> tuple[Line, ...]:
    """The lines of a region, their boxes in pixels of the whole picture."""
    part = image.crop((region.x, region.y, region.right, region.bottom))
    return tuple(_moved(line, region.x, region.y) for line in engine.read(part, deadline))


def _moved(line: Line, x: int, y: int) -> Line:
    words = tuple(Word(word.text, word.box.moved(x, y)) for word in line.words)
    return replace(line, box=line.box.moved(x, y), words=words)


def _since(started: float) -> float:
    return (time.perf_counter() - started) * 1000
