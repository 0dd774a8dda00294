"""Draws messages as dialogs cut out exactly and as whole screens, in one style."""

# ruff: noqa: E501 - a line of markup is easier to read in one piece
from __future__ import annotations

import io
import random
from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import Any

from PIL import Image
from playwright.sync_api import Browser

from app.system.base import Rect
from tests.benchmarks.elsewhere import bitmap, camera, desks, looks, programs, workplaces, worn

SCALES = (1.0, 1.0, 1.0, 1.25, 1.5, 2.0)
SIZES = ((1920, 1080), (1920, 1080), (1366, 768), (1280, 1024), (2560, 1440))
POINTS = (9, 9, 10, 10, 11, 12)
WITHOUT_DIALOG = 0.22
"""Of the desktops: a banner in a page, a page that is the error, a console."""
BITMAP = 0.1
"""Of the framed messages: in fonts without smoothing."""
STRETCHED = 0.4
"""Of those, in the later style: made larger by the system, as it does with old programs at 150 %."""
PHOTOS = 0.1
"""Of the pictures, by a phone."""
WORN = 0.4
"""Of the pictures, by what happens to them on their way."""
MEASURE = """() => [...document.querySelectorAll('[data-role]')].map(part => {
  const box = part.getBoundingClientRect();
  return {role: part.dataset.role, text: part.textContent, box: [box.x, box.y, box.width, box.height]};
})"""
DIALOG = "() => { const box = document.getElementById('dialog')?.getBoundingClientRect(); return box ? [box.x, box.y, box.width, box.height] : null }"

Look = Callable[..., looks.Drawn]
Drawing = tuple[Image.Image, dict[str, Any]]


@dataclass(frozen=True, slots=True)
class Style:
    """What messages are dressed in, what lies behind them, and how they are photographed."""

    framed: tuple[Look, ...]
    unframed: tuple[Look, ...]
    in_corner: tuple[Look, ...]
    surfaces: tuple[desks.Surface, ...]
    photographed: Callable[[Image.Image, random.Random], tuple[Image.Image, worn.Place]]
    stretched: float = 0.0


STYLES = {
    "toolkits": Style(looks.FRAMED, looks.UNFRAMED, (looks.toast,), desks.SURFACES, worn.photographed),
    "photographs": Style(looks.FRAMED, looks.UNFRAMED, (looks.toast,), desks.SURFACES, camera.photographed),
    "programs": Style(
        programs.FRAMED, programs.UNFRAMED, programs.IN_CORNER, workplaces.SURFACES, camera.photographed, STRETCHED
    ),
}


@dataclass(frozen=True, slots=True)
class Studio:
    """Draws with one browser; `photos` is the share of pictures that a phone takes."""

    browser: Browser
    style: Style
    photos: float = PHOTOS

    def dialog(self, message: looks.Message, dice: random.Random) -> Drawing:
        """A dialog cut out exactly, as a region the employee or the system gave."""
        if dice.random() < BITMAP and bitmap.fonts():
            box, blocks, font = self._bitmap(message, dice)
            return self._worn(box, None, blocks, {"look": "bitmap", "dark": False, "scale": 1.0, "font": font}, dice)
        look = dice.choice(self.style.framed)
        dark, scale = dice.random() < 0.3, dice.choice(SCALES)
        drawn, ink = looks.inked(look(message, dice, dark=dark).markup, dice)
        css = _css(message, dice)
        html = f'<body style="margin:0;{css};background:#7a8a99"><div style="position:absolute;left:30px;top:30px">{drawn}</div></body>'
        picture, blocks, rect = self._shot(html, (820, 680), scale)
        assert rect is not None
        cut = picture.crop((rect.x, rect.y, rect.right, rect.bottom))
        blocks = [
            block | {"box": [block["box"][0] - rect.x, block["box"][1] - rect.y, *block["box"][2:]]} for block in blocks
        ]
        about = {"look": look.__name__, "dark": dark, "scale": scale, "font": css, "ink": ink}
        return self._worn(cut, None, blocks, about, dice)

    def desktop(self, message: looks.Message, dice: random.Random) -> Drawing:
        """A whole screen: a dialog over other windows, or an error without any dialog."""
        framed = dice.random() >= WITHOUT_DIALOG
        if framed and dice.random() < BITMAP and bitmap.fonts():
            return self._bitmap_desktop(message, dice)
        look = dice.choice(self.style.framed if framed else self.style.unframed)
        dark, scale = dice.random() < 0.3, dice.choice(SCALES)
        width, height = dice.choice(SIZES)
        size = round(width / scale), round(height / scale)
        drawn = look(message, dice, dark=dark)
        ink = ""
        if framed:
            markup, ink = looks.inked(drawn.markup, dice)
            drawn = replace(drawn, markup=markup)
        css = _css(message, dice)
        chinese = message.language == "zh" or dice.random() < 0.2
        if drawn.fills:
            inside = drawn.markup if dice.random() < 0.5 else _in_window(drawn.markup, size, dice, chinese)
        elif not drawn.is_framed:
            page = (
                f'<div style="padding:20px">{drawn.markup}{dice.choice(self.style.surfaces)(dice, chinese, dark)}</div>'
            )
            inside = _in_window(
                f'<div style="background:#fff;color:#222;height:100%">{page}</div>', size, dice, chinese
            )
        else:
            inside = self._behind(size, dice, chinese) + _placed(drawn.markup, size, dice, look in self.style.in_corner)
        bar = (
            desks.taskbar(dice, chinese) if dice.random() < 0.8 and not (drawn.fills and "inset" in inside[:40]) else ""
        )
        html = f'<body style="margin:0;overflow:hidden;{css};background:{desks.wallpaper(dice)};height:100vh">{inside}{bar}</body>'
        picture, blocks, rect = self._shot(html, size, scale)
        about = {"look": look.__name__, "dark": dark, "scale": scale, "font": css, "framed": framed, "ink": ink}
        return self._worn(picture, rect if framed else None, blocks, about, dice)

    def _bitmap_desktop(self, message: looks.Message, dice: random.Random) -> Drawing:
        """A screen with a box that only bitmap fonts can draw put over its windows."""
        size = dice.choice(SIZES)
        chinese = message.language == "zh" or dice.random() < 0.2
        html = f'<body style="margin:0;overflow:hidden;font-size:10pt;background:{desks.wallpaper(dice)};height:100vh">{self._behind(size, dice, chinese)}</body>'
        picture, _, _ = self._shot(html, size, 1.0)
        box, blocks, font = self._bitmap(message, dice)
        left, top = dice.randrange(10, size[0] - box.width - 10), dice.randrange(10, max(11, size[1] - box.height - 60))
        picture.paste(box, (left, top))
        moved = [
            block | {"box": [block["box"][0] + left, block["box"][1] + top, *block["box"][2:]]} for block in blocks
        ]
        about = {"look": "bitmap", "dark": False, "scale": 1.0, "font": font, "framed": True}
        return self._worn(picture, Rect(left, top, box.width, box.height), moved, about, dice)

    def _bitmap(self, message: looks.Message, dice: random.Random) -> tuple[Image.Image, list[bitmap.BLOCK], str]:
        box, blocks, font = bitmap.drawn(message, dice)
        if not self.style.stretched or dice.random() >= self.style.stretched:
            return box, blocks, font
        box = box.resize((round(box.width * 1.5), round(box.height * 1.5)), Image.Resampling.BILINEAR)
        return box, [block | {"box": [1.5 * side for side in block["box"]]} for block in blocks], f"{font} stretched"

    def _behind(self, size: tuple[int, int], dice: random.Random, chinese: bool) -> str:
        """Nought to three windows, the last of them sometimes dimmed as pages do under their dialogs."""
        windows = []
        for _ in range(dice.choice((0, 1, 1, 2, 3))):
            wide, high = round(size[0] * dice.uniform(0.4, 0.95)), round(size[1] * dice.uniform(0.4, 0.9))
            box = dice.randrange(0, size[0] - wide), dice.randrange(0, size[1] - high), wide, high
            windows.append(desks.window(dice, chinese, box, self.style.surfaces))
        if dice.random() < 0.25:
            windows.append(
                f'<div style="position:absolute;inset:0;background:rgba(0,0,0,{dice.uniform(0.2, 0.6):.2f})"></div>'
            )
        return "".join(windows)

    def _shot(
        self, html: str, size: tuple[int, int], scale: float
    ) -> tuple[Image.Image, list[dict[str, Any]], Rect | None]:
        """The picture, its texts and the dialog, all in physical pixels."""
        page = self.browser.new_page(viewport={"width": size[0], "height": size[1]}, device_scale_factor=scale)
        page.set_content(html)
        picture = Image.open(io.BytesIO(page.screenshot())).convert("RGB")
        blocks = [block | {"box": [value * scale for value in block["box"]]} for block in page.evaluate(MEASURE)]
        dialog = page.evaluate(DIALOG)
        page.close()
        return picture, blocks, Rect(*(round(value * scale) for value in dialog)) if dialog else None

    def _worn(
        self,
        picture: Image.Image,
        rect: Rect | None,
        blocks: list[dict[str, Any]],
        about: dict[str, Any],
        dice: random.Random,
    ) -> Drawing:
        kind = dice.random()
        name = ""
        if kind < self.photos:
            name = "photo"
            picture, place = self.style.photographed(picture, dice)
            rect = worn.moved(rect, place) if rect else None
            for block in blocks:
                box = worn.moved(Rect(*(round(value) for value in block["box"])), place)
                block["box"] = [box.x, box.y, box.width, box.height]
        elif kind < self.photos + WORN:
            name = dice.choice(sorted(worn.WORN))
            picture = worn.WORN[name](picture, dice)
        where = [rect.x, rect.y, rect.width, rect.height] if rect else None
        return picture, {**about, "worn": name, "rect": where, "blocks": blocks}


def _css(message: looks.Message, dice: random.Random) -> str:
    return f"overflow-wrap:anywhere;font-family:{looks.fonts(message, dice)};font-size:{dice.choice(POINTS)}pt".replace(
        '"', "'"
    )


def _in_window(markup: str, size: tuple[int, int], dice: random.Random, chinese: bool) -> str:
    title = desks.sentence(dice, chinese, 3)
    return (
        f'<div style="position:absolute;left:{dice.randrange(0, 60)}px;top:{dice.randrange(0, 40)}px;width:{round(size[0] * 0.92)}px;'
        f'height:{round(size[1] * 0.86)}px;overflow:hidden;border:1px solid #777"><div style="background:#dee1e6;color:#222;padding:8px">{title}</div>'
        f'<div style="position:relative;height:100%">{markup}</div></div>'
    )


def _placed(markup: str, size: tuple[int, int], dice: random.Random, in_corner: bool) -> str:
    left, top = dice.randrange(10, max(11, size[0] - 640)), dice.randrange(10, max(11, size[1] - 420))
    if in_corner:
        side = dice.choice(("right:16px;top:16px", "right:16px;bottom:58px", "left:50%;top:20px"))
        return f'<div style="position:absolute;{side}">{markup}</div>'
    if dice.random() < 0.4:
        return f'<div style="position:absolute;left:50%;top:45%;transform:translate(-50%,-50%)">{markup}</div>'
    return f'<div style="position:absolute;left:{left}px;top:{top}px">{markup}</div>'
