"""Message boxes in bitmap fonts, as old programs draw them: no smoothing, the letters of X and of SimSun."""

from __future__ import annotations

import random
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from PIL import Image, ImageDraw, ImageFont

from app.system.base import Rect
from tests.benchmarks.elsewhere.looks import Message

X_FONTS = Path("/usr/share/fonts/X11/misc")
STRIKES = {"wenquanyi_9pt": 12, "wenquanyi_10pt": 13, "wenquanyi_13px": 14, "wenquanyi_11pt": 15, "wenquanyi_12pt": 16}
SHARP = Path("/usr/share/fonts/truetype/wqy/wqy-zenhei.ttc"), 2, (12, 13, 15, 16)
BODIES = (("#d4d0c8", "#0a246a", "#ffffff"), ("#ece9d8", "#0054e3", "#ffffff"), ("#f0f0f0", "#ffffff", "#000000"))
BLOCK = dict[str, Any]


def fonts() -> list[tuple[Path, int, int]]:
    """File, face and height in pixels of every bitmap font that is installed here."""
    found = [(X_FONTS / f"{name}.pcf", 0, size) for name, size in STRIKES.items()]
    found += [(SHARP[0], SHARP[1], size) for size in SHARP[2]]
    return [each for each in found if each[0].is_file()]


def drawn(message: Message, dice: random.Random) -> tuple[Image.Image, list[BLOCK], str]:
    """The box, its texts with their places, and the font's name. Raises IndexError without any bitmap font."""
    path, face, size = dice.choice(fonts())
    font = ImageFont.truetype(path, size, index=face)
    body, bar, ink = dice.choice(BODIES)
    width = dice.randrange(300, 520)
    pen = ImageDraw.Draw(Image.new("RGB", (8, 8)))
    pen.fontmode = "1"
    lines = [part for line in message.lines for part in _wrapped(line, font, pen, width - 80)]
    step, top = size + 5, size + 12
    height = top + 22 + max(36, step * len(lines)) + 16 + size + 12 + 14
    box = Image.new("RGB", (width, height), body)
    pen = ImageDraw.Draw(box)
    pen.fontmode = "1"
    pen.rectangle((0, 0, width - 1, height - 1), outline="#404040")
    pen.rectangle((3, 3, width - 4, top - 1), fill=bar)
    blocks: list[BLOCK] = []
    _put(pen, blocks, "title", message.title, (8, 6), font, ink)
    _cross(pen, width - 18, top // 2, ink)
    pen.ellipse((18, top + 22, 50, top + 54), fill="#c00000")
    for number, line in enumerate(lines):
        _put(pen, blocks, "msg", line, (66, top + 22 + number * step), font, "#000000")
    _buttons(pen, blocks, message.buttons, Rect(0, height - size - 26, width, size + 12), font)
    return box, blocks, f"bitmap {path.stem} {size}"


def _buttons(
    pen: ImageDraw.ImageDraw, blocks: list[BLOCK], labels: tuple[str, ...], row: Rect, font: ImageFont.FreeTypeFont
) -> None:
    widths = [max(75, round(pen.textlength(label, font=font)) + 20) for label in labels]
    x = max(6, (row.width - sum(widths) - 8 * (len(widths) - 1)) // 2)
    for label, wide in zip(labels, widths, strict=True):
        pen.rectangle((x, row.y, x + wide, row.bottom), outline="#404040", fill="#e4e1d8")
        pen.line((x + 1, row.y + 1, x + wide - 1, row.y + 1), fill="#ffffff")
        inside = round((wide - pen.textlength(label, font=font)) / 2)
        _put(pen, blocks, "button", label, (x + inside, row.y + 5), font, "#000000")
        x += wide + 8


def _put(
    pen: ImageDraw.ImageDraw,
    blocks: list[BLOCK],
    role: str,
    text: str,
    at: tuple[int, int],
    font: ImageFont.FreeTypeFont,
    ink: str,
) -> None:
    pen.text(at, text, fill=ink, font=font)
    left, top, right, bottom = pen.textbbox(at, text, font=font)
    blocks.append({"role": role, "text": text, "box": [left, top, right - left, bottom - top]})


def _cross(pen: ImageDraw.ImageDraw, x: int, y: int, ink: str) -> None:
    pen.line((x - 4, y - 4, x + 4, y + 4), fill=ink, width=2)
    pen.line((x - 4, y + 4, x + 4, y - 4), fill=ink, width=2)


def _wrapped(text: str, font: ImageFont.FreeTypeFont, pen: ImageDraw.ImageDraw, width: int) -> Iterator[str]:
    """The text in lines of at most `width` pixels, broken at spaces where there are any, else anywhere."""
    line = ""
    for word in _words(text):
        if line and pen.textlength(line + word, font=font) > width:
            yield line.rstrip()
            line = ""
        while pen.textlength(word, font=font) > width and len(word) > 1:
            yield word[: len(word) // 2]
            word = word[len(word) // 2 :]
        line += word
    if line.strip():
        yield line.rstrip()


def _words(text: str) -> Iterator[str]:
    word = ""
    for character in text:
        word += character
        if character == " " or "\u2e80" <= character <= "\uffef":
            yield word
            word = ""
    if word:
        yield word
