"""Renders screens of a kind the benchmark data does not hold, in the same form, so that every benchmark can read them.

`python -m tests.benchmarks.elsewhere --into FOLDER [--count N] [--seed N] [--data FOLDER]`, then
`python -m tests.benchmarks.reading --data FOLDER` or `python -m tests.benchmarks.answers --read --data FOLDER`.

The messages are those of the data, so that the right articles are known; everything else is another: toolkits, fonts,
scales, colours, wallpapers, windows around, artefacts, photographs.
"""

# ruff: noqa: E501 - a line of markup is easier to read in one piece
from __future__ import annotations

import argparse
import io
import json
import random
import sys
from dataclasses import replace
from pathlib import Path
from typing import Any

from PIL import Image
from playwright.sync_api import Browser, sync_playwright

from app.capture.reading import Line
from app.capture.trouble import CLEAR, weight
from app.system.base import Rect
from tests.benchmarks import screens
from tests.benchmarks.elsewhere import bitmap, desks, looks, worn
from tests.browser import ARGUMENTS, chromium

SCALES = (1.0, 1.0, 1.0, 1.25, 1.5, 2.0)
SIZES = ((1920, 1080), (1920, 1080), (1366, 768), (1280, 1024), (2560, 1440))
POINTS = (9, 9, 10, 10, 11, 12)
WITHOUT_DIALOG = 0.22
"""Of the desktops: a banner in a page, a page that is the error, a console."""
QUIET = 0.3
"""Of the messages: such as tell of no trouble in any word."""
BITMAP = 0.1
"""Of the framed messages: in fonts without smoothing."""
MEASURE = """() => [...document.querySelectorAll('[data-role]')].map(part => {
  const box = part.getBoundingClientRect();
  return {role: part.dataset.role, text: part.textContent, box: [box.x, box.y, box.width, box.height]};
})"""
DIALOG = "() => { const box = document.getElementById('dialog')?.getBoundingClientRect(); return box ? [box.x, box.y, box.width, box.height] : null }"


def main(arguments: list[str] | None = None) -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    screens.add_option(parser)
    parser.add_argument("--into", type=Path, required=True, help="where truth.json and images are put")
    parser.add_argument("--count", type=int, default=160, help="dialogs, and as many desktops")
    parser.add_argument("--seed", type=int, default=1)
    options = parser.parse_args(arguments)
    known = json.loads((options.data / "truth.json").read_text("utf-8"))["dialogs"]
    truth: dict[str, dict[str, Any]] = {"dialogs": {}, "desktops": {}}
    (options.into / "images").mkdir(parents=True, exist_ok=True)
    for base in options.data.glob("kb*"):
        link = options.into / base.name
        if not link.exists():
            link.symlink_to(base.resolve())
    with sync_playwright() as play:
        browser = play.chromium.launch(executable_path=chromium(), args=ARGUMENTS)
        names = sorted(known)
        random.Random(options.seed).shuffle(names)
        quiet = [name for name in names if _is_quiet(known[name])]
        for number in range(options.count):
            dice = random.Random(options.seed * 100_003 + number)
            some = quiet if quiet and dice.random() < QUIET else names
            name = some[number % len(some)]
            message = _message(name, known[name])
            for kind, draw in (("dialogs", _dialog), ("desktops", _desktop)):
                picture, entry = draw(browser, message, dice)
                identity = f"{'e' if kind == 'dialogs' else 'f'}{options.seed}_{number:03d}_{name}"
                file = f"{identity}.{'jpg' if entry['worn'] == 'photo' else 'png'}"
                picture.save(options.into / "images" / file, quality=90)
                entry["quiet"] = name in quiet
                shared = {key: known[name].get(key) for key in ("codes", "target", "relevant", "unquoted", "lang")}
                truth[kind][identity] = {**shared, **entry, "file": file, "spec": identity.replace("f", "e", 1)}
        browser.close()
    (options.into / "truth.json").write_text(json.dumps(truth, ensure_ascii=False, indent=0), "utf-8")
    return 0


def _is_quiet(entry: dict[str, Any]) -> bool:
    return weight(Line(text, Rect(0, 0, 1, 1), 1.0) for text in (entry["title"] or "", *entry["msg"])) < CLEAR


def _message(name: str, entry: dict[str, Any]) -> looks.Message:
    lines = tuple(line for line in entry["msg"] if line.strip())
    return looks.Message(name, entry["lang"], entry["title"] or "Error", lines, tuple(entry["buttons"] or ("OK",)))


def _dialog(browser: Browser, message: looks.Message, dice: random.Random) -> tuple[Image.Image, dict[str, Any]]:
    """A dialog cut out exactly, as a region the employee or the system gave."""
    if dice.random() < BITMAP and bitmap.fonts():
        box, blocks, font = bitmap.drawn(message, dice)
        return _worn(box, None, blocks, {"look": "bitmap", "dark": False, "scale": 1.0, "font": font}, dice)
    look = dice.choice(looks.FRAMED)
    dark, scale = dice.random() < 0.3, dice.choice(SCALES)
    drawn, ink = looks.inked(look(message, dice, dark=dark).markup, dice)
    style = _style(message, dice)
    html = f'<body style="margin:0;{style};background:#7a8a99"><div style="position:absolute;left:30px;top:30px">{drawn}</div></body>'
    picture, blocks, rect = _shot(browser, html, (760, 620), scale)
    assert rect is not None
    cut = picture.crop((rect.x, rect.y, rect.right, rect.bottom))
    blocks = [
        block | {"box": [block["box"][0] - rect.x, block["box"][1] - rect.y, *block["box"][2:]]} for block in blocks
    ]
    about = {"look": look.__name__, "dark": dark, "scale": scale, "font": style, "ink": ink}
    return _worn(cut, None, blocks, about, dice)


def _desktop(browser: Browser, message: looks.Message, dice: random.Random) -> tuple[Image.Image, dict[str, Any]]:
    """A whole screen: a dialog over other windows, or an error without any dialog."""
    framed = dice.random() >= WITHOUT_DIALOG
    if framed and dice.random() < BITMAP and bitmap.fonts():
        return _bitmap_desktop(browser, message, dice)
    look = dice.choice(looks.FRAMED if framed else looks.UNFRAMED)
    dark, scale = dice.random() < 0.3, dice.choice(SCALES)
    width, height = dice.choice(SIZES)
    size = round(width / scale), round(height / scale)
    drawn = look(message, dice, dark=dark)
    ink = ""
    if framed:
        markup, ink = looks.inked(drawn.markup, dice)
        drawn = replace(drawn, markup=markup)
    style = _style(message, dice)
    chinese = message.language == "zh" or dice.random() < 0.2
    if drawn.fills:
        inside = drawn.markup if dice.random() < 0.5 else _in_window(drawn.markup, size, dice, chinese)
    elif not drawn.is_framed:
        page = f'<div style="padding:20px">{drawn.markup}{dice.choice(desks.SURFACES)(dice, chinese, dark)}</div>'
        inside = _in_window(f'<div style="background:#fff;color:#222;height:100%">{page}</div>', size, dice, chinese)
    else:
        inside = _behind(size, dice, chinese) + _placed(drawn.markup, size, dice, look is looks.toast)
    bar = desks.taskbar(dice, chinese) if dice.random() < 0.8 and not (drawn.fills and "inset" in inside[:40]) else ""
    html = f'<body style="margin:0;overflow:hidden;{style};background:{desks.wallpaper(dice)};height:100vh">{inside}{bar}</body>'
    picture, blocks, rect = _shot(browser, html, size, scale)
    about = {"look": look.__name__, "dark": dark, "scale": scale, "font": style, "framed": framed, "ink": ink}
    return _worn(picture, rect if framed else None, blocks, about, dice)


def _bitmap_desktop(
    browser: Browser, message: looks.Message, dice: random.Random
) -> tuple[Image.Image, dict[str, Any]]:
    """A screen of 96 dpi with a box that only bitmap fonts can draw put over its windows."""
    size = dice.choice(SIZES)
    chinese = message.language == "zh" or dice.random() < 0.2
    html = f'<body style="margin:0;overflow:hidden;font-size:10pt;background:{desks.wallpaper(dice)};height:100vh">{_behind(size, dice, chinese)}</body>'
    picture, _, _ = _shot(browser, html, size, 1.0)
    box, blocks, font = bitmap.drawn(message, dice)
    left, top = dice.randrange(10, size[0] - box.width - 10), dice.randrange(10, max(11, size[1] - box.height - 60))
    picture.paste(box, (left, top))
    moved = [block | {"box": [block["box"][0] + left, block["box"][1] + top, *block["box"][2:]]} for block in blocks]
    about = {"look": "bitmap", "dark": False, "scale": 1.0, "font": font, "framed": True}
    return _worn(picture, Rect(left, top, box.width, box.height), moved, about, dice)


def _style(message: looks.Message, dice: random.Random) -> str:
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


def _behind(size: tuple[int, int], dice: random.Random, chinese: bool) -> str:
    """Nought to three windows, the last of them sometimes dimmed as pages do under their dialogs."""
    windows = []
    for _ in range(dice.choice((0, 1, 1, 2, 3))):
        wide, high = round(size[0] * dice.uniform(0.4, 0.95)), round(size[1] * dice.uniform(0.4, 0.9))
        windows.append(
            desks.window(
                dice, chinese, (dice.randrange(0, size[0] - wide), dice.randrange(0, size[1] - high), wide, high)
            )
        )
    if dice.random() < 0.25:
        windows.append(
            f'<div style="position:absolute;inset:0;background:rgba(0,0,0,{dice.uniform(0.2, 0.6):.2f})"></div>'
        )
    return "".join(windows)


def _placed(markup: str, size: tuple[int, int], dice: random.Random, in_corner: bool) -> str:
    left, top = dice.randrange(10, max(11, size[0] - 640)), dice.randrange(10, max(11, size[1] - 420))
    if in_corner:
        side = dice.choice(("right:16px;top:16px", "right:16px;bottom:58px", "left:50%;top:20px"))
        return f'<div style="position:absolute;{side}">{markup}</div>'
    if dice.random() < 0.4:
        return f'<div style="position:absolute;left:50%;top:45%;transform:translate(-50%,-50%)">{markup}</div>'
    return f'<div style="position:absolute;left:{left}px;top:{top}px">{markup}</div>'


def _shot(
    browser: Browser, html: str, size: tuple[int, int], scale: float
) -> tuple[Image.Image, list[dict[str, Any]], Rect | None]:
    """The picture, its texts and the dialog, all in physical pixels."""
    page = browser.new_page(viewport={"width": size[0], "height": size[1]}, device_scale_factor=scale)
    page.set_content(html)
    picture = Image.open(io.BytesIO(page.screenshot())).convert("RGB")
    blocks = [block | {"box": [value * scale for value in block["box"]]} for block in page.evaluate(MEASURE)]
    dialog = page.evaluate(DIALOG)
    page.close()
    return picture, blocks, Rect(*(round(value * scale) for value in dialog)) if dialog else None


def _worn(
    picture: Image.Image, rect: Rect | None, blocks: list[dict[str, Any]], about: dict[str, Any], dice: random.Random
) -> tuple[Image.Image, dict[str, Any]]:
    kind = dice.random()
    name = ""
    if kind < 0.1:
        name = "photo"
        picture, place = worn.photographed(picture, dice)
        rect = worn.moved(rect, place) if rect else None
        for block in blocks:
            box = worn.moved(Rect(*(round(value) for value in block["box"])), place)
            block["box"] = [box.x, box.y, box.width, box.height]
    elif kind < 0.5:
        name = dice.choice(sorted(worn.WORN))
        picture = worn.WORN[name](picture, dice)
    where = [rect.x, rect.y, rect.width, rect.height] if rect else None
    return picture, {**about, "worn": name, "rect": where, "blocks": blocks}


if __name__ == "__main__":
    sys.exit(main())
