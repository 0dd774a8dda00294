"""Screens drawn for tests and benchmarks: dialogs in several looks, alone or on a busy desktop."""

from __future__ import annotations

import random
from dataclasses import dataclass
from pathlib import Path

import pytest
from PIL import Image, ImageDraw, ImageFilter, ImageFont

from app.system.base import Rect

LATIN = (
    "/usr/share/fonts/truetype/dejavu/DejaVuSans.ttf",
    "/usr/share/fonts/truetype/liberation/LiberationSans-Regular.ttf",
)
CHINESE = (
    "/usr/share/fonts/opentype/noto/NotoSansCJK-Regular.ttc",
    "/usr/share/fonts/truetype/wqy/wqy-zenhei.ttc",
)


@dataclass(frozen=True, slots=True)
class Look:
    """Colours of a toolkit: ground, text, title bar and its text, button row, button, border."""

    ground: str
    ink: str
    bar: str
    bar_ink: str
    footer: str
    button: str
    border: str
    radius: int = 0


LOOKS = {
    "flat": Look("#ffffff", "#202020", "#ffffff", "#202020", "#f0f0f0", "#fdfdfd", "#8a8a8a", 8),
    "classic": Look("#ece9d8", "#000000", "#0054e3", "#ffffff", "#ece9d8", "#f4f2e8", "#0831d9"),
    "dark": Look("#2b2b2b", "#f0f0f0", "#202020", "#ffffff", "#202020", "#3a3a3a", "#555555", 8),
    "gtk": Look("#fafafa", "#2e3436", "#ebebeb", "#2e3436", "#fafafa", "#e0e0e0", "#b0b0b0", 12),
    "contrast": Look("#000000", "#ffffff", "#000000", "#ffff00", "#000000", "#000000", "#00ffff"),
}


def font(size: int, *, chinese: bool) -> ImageFont.FreeTypeFont:
    """An installed font; the test is skipped when this machine has none."""
    for path in CHINESE if chinese else LATIN + CHINESE:
        if Path(path).is_file():
            return ImageFont.truetype(path, size)
    pytest.skip("no usable font is installed (Debian: apt-get install fonts-noto-cjk fonts-dejavu)")


@dataclass(frozen=True, slots=True)
class Dialog:
    """A picture of a dialog and the lines that stand in it, title first."""

    image: Image.Image
    lines: tuple[str, ...]


def dialog(
    title: str,
    message: str,
    buttons: tuple[str, ...] = ("OK",),
    *,
    look: str = "flat",
    size: int = 16,
    width: int = 420,
) -> Dialog:
    """A message box; `message` may have several lines, `size` is the font's height in pixels."""
    style = LOOKS[look]
    letters = font(size, chinese=any(ord(character) > 0x2E80 for character in title + message))
    lines = message.split("\n")
    pitch = round(size * 1.5)
    bar, footer = round(size * 2.2), round(size * 3)
    left = size * 4
    width = max(width, left + size * 2 + round(max(letters.getlength(line) for line in lines)))
    height = bar + size + pitch * len(lines) + size + footer
    image = Image.new("RGB", (width, height), style.ground)
    draw = ImageDraw.Draw(image)
    draw.rectangle((0, 0, width, bar), fill=style.bar)
    draw.text((size, (bar - size) // 2 - 1), title, font=letters, fill=style.bar_ink)
    draw.line((width - size * 1.6, bar * 0.35, width - size, bar * 0.65), fill=style.bar_ink, width=2)
    draw.line((width - size * 1.6, bar * 0.65, width - size, bar * 0.35), fill=style.bar_ink, width=2)
    draw.ellipse((size, bar + size, size * 3, bar + size * 3), fill="#d32f2f")
    for number, line in enumerate(lines):
        draw.text((left, bar + size + pitch * number), line, font=letters, fill=style.ink)
    draw.rectangle((0, height - footer, width, height), fill=style.footer)
    right = width - size
    for text in reversed(buttons):
        wide = round(max(size * 5, letters.getlength(text) + size * 2))
        box = (right - wide, height - footer + size // 2, right, height - size // 2)
        draw.rounded_rectangle(box, radius=3, fill=style.button, outline=style.border)
        middle = ((box[0] + box[2]) / 2, (box[1] + box[3]) / 2)
        draw.text(middle, text, font=letters, fill=style.ink, anchor="mm")
        right -= wide + size // 2
    draw.rounded_rectangle((0, 0, width - 1, height - 1), radius=style.radius, outline=style.border)
    return Dialog(image, (title, *lines, *buttons))


def labelled(draw: ImageDraw.ImageDraw, box: Rect, text: str, *, fill: str, ink: str, size: int) -> None:
    """A flat button."""
    draw.rounded_rectangle((box.x, box.y, box.right, box.bottom), radius=size // 2, fill=fill)
    middle = (box.x + box.width / 2, box.y + box.height / 2)
    draw.text(middle, text, font=font(size, chinese=False), fill=ink, anchor="mm")


def round_box(image: Image.Image, rect: Rect, size: int, buttons: tuple[str, ...]) -> None:
    """A box without bar, with very round corners and wide buttons one over the other."""
    draw = ImageDraw.Draw(image)
    draw.rounded_rectangle(
        (rect.x, rect.y, rect.right, rect.bottom),
        radius=round(size * 1.3),
        fill="#fafafb",
        outline="#b8b8bc",
        width=size // 14,
    )
    letters, middle = font(size, chinese=False), rect.x + rect.width / 2
    draw.text((middle, rect.y + 2 * size), "Receipt printer", font=letters, fill="#202020", anchor="mm")
    for row, text in enumerate(("The printer is out of paper.", "Error code: E1023")):
        place = middle, rect.y + (4 + 1.6 * row) * size
        draw.text(place, text, font=letters, fill="#333338", anchor="mm")
    for number, text in enumerate(buttons):
        top = rect.bottom - round((len(buttons) - number) * size * 2.8)
        box = Rect(rect.x + size, top, rect.width - 2 * size, round(size * 2.4))
        labelled(draw, box, text, fill="#e4e4e7", ink="#202020", size=size)


def desktop(
    shown: Dialog | None, *, seed: int, width: int = 1920, height: int = 1080, radius: int = 0, busy: bool = True
) -> tuple[Image.Image, Rect | None]:
    """A desktop with wallpaper, icons, a main window and a task bar; the dialog lies somewhere on it."""
    dice = random.Random(seed)
    image = _wallpaper(width, height, dice)
    draw = ImageDraw.Draw(image)
    for row in range(6):
        colour = tuple(dice.randrange(256) for _ in range(3))
        draw.rounded_rectangle((30, 40 + row * 110, 78, 88 + row * 110), radius=8, fill=colour)
    if busy:
        _main_window(image, dice)
    draw.rectangle((0, height - 44, width, height), fill="#1a1d23")
    for number in range(5):
        draw.rectangle((60 + number * 150, height - 38, 190 + number * 150, height - 6), fill="#333842")
    if shown is None:
        return image, None
    return image, _shown(image, shown.image, dice, radius)


def _shown(image: Image.Image, picture: Image.Image, dice: random.Random, radius: int) -> Rect:
    x = dice.randrange(140, image.width - picture.width - 40)
    y = dice.randrange(30, image.height - picture.height - 90)
    shade = Image.new("L", image.size, 0)
    ImageDraw.Draw(shade).rectangle((x, y + 6, x + picture.width, y + picture.height + 8), fill=110)
    shade = shade.filter(ImageFilter.GaussianBlur(9))
    image.paste(Image.new("RGB", image.size, "black"), (0, 0), shade)
    mask = Image.new("L", picture.size, 0)
    ImageDraw.Draw(mask).rounded_rectangle((0, 0, *picture.size), radius=radius, fill=255)
    image.paste(picture, (x, y), mask)
    return Rect(x, y, picture.width, picture.height)


def _wallpaper(width: int, height: int, dice: random.Random) -> Image.Image:
    """A picture-like ground: soft, coloured, with some hard edges as photographs have them."""
    small = Image.new("RGB", (12, 8))
    small.putdata([tuple(dice.randrange(20, 210) for _ in range(3)) for _ in range(96)])
    image = small.resize((width, height), Image.Resampling.BICUBIC)
    draw = ImageDraw.Draw(image)
    for _ in range(5):
        points = [(dice.randrange(width), dice.randrange(height)) for _ in range(3)]
        draw.polygon(points, fill=tuple(dice.randrange(256) for _ in range(3)))
    return image.filter(ImageFilter.GaussianBlur(1))


def _main_window(image: Image.Image, dice: random.Random) -> None:
    """A program with a menu, panes, a table and a text field."""
    draw = ImageDraw.Draw(image)
    dark = dice.random() < 0.3
    ground, ink, rule = ("#1e1e1e", "#d4d4d4", "#3c3c3c") if dark else ("#ffffff", "#222222", "#d5d5d5")
    left, top = dice.randrange(100, 200), dice.randrange(20, 80)
    right, bottom = image.width - dice.randrange(20, 300), image.height - dice.randrange(60, 200)
    draw.rectangle((left, top, right, bottom), fill=ground, outline=rule)
    draw.rectangle((left, top, right, top + 34), fill="#3b4252" if dark else "#e8eaed")
    letters = font(14, chinese=False)
    draw.text((left + 12, top + 8), "Orders - Back Office", font=letters, fill=ink)
    pane = left + 220
    draw.line((pane, top + 34, pane, bottom), fill=rule)
    for number in range(14):
        draw.text((left + 14, top + 50 + number * 30), f"Folder {number}", font=letters, fill=ink)
    columns = [pane + offset for offset in (0, 120, 380, 560, 700)]
    for number, y in enumerate(range(top + 60, bottom - 40, 28)):
        draw.line((pane, y, right, y), fill=rule)
        for column in columns:
            text = f"{dice.choice(['SO', 'Customer', 'Open', 'Qty'])} {number * 37 % 1000}"
            draw.text((column + 8, y + 6), text, font=letters, fill=ink)
    for column in columns[1:]:
        draw.line((column, top + 60, column, bottom), fill=rule)
    field = (pane + 20, bottom - 160, pane + 520, bottom - 40)
    draw.rectangle(field, fill=ground, outline=rule)
    draw.text((field[0] + 8, field[1] + 8), "Notes about this order", font=letters, fill=ink)
