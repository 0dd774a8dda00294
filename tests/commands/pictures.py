"""Dialogs drawn for tests: really rendered text, in both languages."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import pytest
from PIL import Image, ImageDraw, ImageFont

FONTS = (
    (Path("/usr/share/fonts/opentype/noto/NotoSansCJK-Regular.ttc"), 2),
    (Path("/usr/share/fonts/truetype/wqy/wqy-zenhei.ttc"), 0),
    (Path("C:/Windows/Fonts/msyh.ttc"), 0),
    (Path("/System/Library/Fonts/PingFang.ttc"), 0),
)


def chinese_font(size: int) -> ImageFont.FreeTypeFont | None:
    """A font with Chinese letters, None where there is none."""
    for path, face in FONTS:
        if path.exists():
            return ImageFont.truetype(str(path), size, index=face)
    return None


needs_chinese_font = pytest.mark.skipif(chinese_font(12) is None, reason="no Chinese font (fonts-noto-cjk)")


def dialog(path: Path, title: str, lines: Sequence[str], button: str = "OK") -> None:
    """Draw a message box on a desktop and save it."""
    font = chinese_font(17)
    assert font is not None
    picture = Image.new("RGB", (1280, 800), "#3a6ea5")
    pen = ImageDraw.Draw(picture)
    pen.rectangle((0, 760, 1280, 800), fill="#1f1f1f")
    left, top, right = 360, 260, 920
    bottom = top + 130 + 30 * len(lines)
    pen.rectangle((left, top, right, bottom), fill="#ffffff", outline="#5a5a5a")
    pen.rectangle((left + 1, top + 1, right - 1, top + 36), fill="#f0f0f0")
    pen.text((left + 14, top + 8), title, font=font, fill="#000000")
    for row, line in enumerate(lines):
        pen.text((left + 28, top + 58 + 30 * row), line, font=font, fill="#000000")
    pen.rectangle((right - 120, bottom - 48, right - 20, bottom - 14), fill="#e1e1e1", outline="#adadad")
    pen.text((right - 70, bottom - 31), button, font=font, fill="#000000", anchor="mm")
    picture.save(path)
