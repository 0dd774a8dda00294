"""Takes the pictures of remote assistance anew, in both languages, both themes and two sizes:
`python -m tests.pictures.take_assist`. The agent's page comes from a real server and a real Chromium, the employee's
screen from real windows on an X server.
"""

from __future__ import annotations

import os
import subprocess
import sys
import tempfile
from datetime import timedelta
from pathlib import Path

import mss
from PIL import Image
from playwright.sync_api import sync_playwright

from app.assist.seal import as_bytes
from app.protocol.session import Grade
from app.protocol.stream import FromHost, Part, PartKind, packed
from tests.browser import ARGUMENTS, Tabs, chromium, until
from tests.server_stub.test_assist_recording import open_to
from tests.server_stub.test_assist_viewer import Watching
from tests.server_stub.workbench_desk import open_desk
from tests.xvfb import Xvfb

HERE = Path(__file__).parent
TILL = HERE.parent.parent / "app" / "samples" / "pos-error.png"
LOOKS = (("en", "light"), ("zh", "dark"), ("en", "dark"), ("zh", "light"))
SIZES = ((1024, 768), (1920, 1080))
LOCALES = {"en": "en-GB", "zh": "zh-CN"}
SAID = {"en": "The box is where I have drawn. Please press Retry.", "zh": "请点我画框的“重试”按钮。"}
ANSWERED = {"en": "This one?", "zh": "是这个吗？"}


def small(path: Path) -> None:
    """As few colours as nobody misses, so that thirty pictures do not outweigh the program."""
    with Image.open(path) as image:
        image.convert("RGB").quantize(256, kmeans=3, dither=Image.Dither.NONE).save(path, optimize=True)


def viewers() -> None:
    """The agent's page while pointing, on a till's error."""
    till = Image.open(TILL).convert("RGB")
    with tempfile.TemporaryDirectory() as folder, sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=chromium(), args=ARGUMENTS)
        tabs = Tabs(browser)
        for number, (language, theme, size) in enumerate((*look, size) for look in LOOKS for size in SIZES):
            with open_desk(Path(folder) / str(number)) as desk:
                desk.agent()
                options = {"locale": LOCALES[language], "dark": theme == "dark", "width": size[0], "height": size[1]}
                watching = Watching(desk, tabs, size=till.size, **options)
                host = watching.connect(Grade.POINT)
                for top in range(0, till.height, 64):
                    watching.paint(till.crop((0, top, till.width, min(top + 64, till.height))), 0, top)
                host.frame(Part(PartKind.CURSOR_PLACE, 420, 470, 1, 1))
                watching.drawn(host.frames)
                draw(watching, language)
                path = HERE / f"viewer-{language}-{theme}-{size[0]}.png"
                watching.page.screenshot(path=path)
                small(path)
                host.close()
        tabs.close()
        browser.close()


def draw(watching: Watching, language: str) -> None:
    """Talk, a box, an arrow and a stroke that has not faded yet."""
    page = watching.page
    page.click("[data-talk]")
    page.fill("[data-say] textarea", SAID[language])
    page.press("[data-say] textarea", "Enter")
    watching.host.send(packed(FromHost.CHAT, {"text": ANSWERED[language]}))
    page.wait_for_timeout(300)
    strokes = {
        "arrow": [(760, 330), (640, 436)],
        "box": [(466, 443), (630, 514)],
        "ink": [(300, 560), (380, 590), (470, 555), (560, 590), (650, 560)],
    }
    for tool, points in strokes.items():
        page.click(f'[data-draw="{tool}"]')
        page.mouse.move(*watching.spot(*points[0]))
        page.mouse.down()
        for point in points[1:]:
            page.mouse.move(*watching.spot(*point), steps=12)
        page.mouse.up()
    page.click('[data-draw="pointer"]')
    page.mouse.move(*watching.spot(580, 490))
    page.wait_for_timeout(200)


def screens() -> None:
    """The employee's screen while the agent points: banner, pointer, arrow, box and ink, in the colours of the grade
    and of drawing, which no theme changes."""
    for size in SIZES:
        for language in LOCALES:
            employee(HERE / f"overlay-{language}-{size[0]}.png", size, "pointed_at", language)


def questions() -> None:
    """What the employee is asked: whether to begin, in every look and size; a recording, a desktop
    that shares its screen itself, a file and another screen."""
    for language, theme in LOOKS:
        for size in SIZES:
            employee(HERE / f"consent-{language}-{theme}-{size[0]}.png", size, "asked", "consent", language, theme)
    for kind in ("recorded", "portal", "file", "screen"):
        for language, theme in LOOKS[:2]:
            employee(HERE / f"{kind}-{language}-{theme}.png", SIZES[0], "asked", kind, language, theme)


def employee(path: Path, size: tuple[int, int], script: str, *words: str) -> None:
    """A picture of the employee's whole screen once a script of this folder has put its windows there."""
    with Xvfb(*size) as server:
        command = [sys.executable, "-m", f"tests.pictures.{script}", *words, str(TILL)]
        shown = subprocess.Popen(command, env=server.environment(), stdout=subprocess.PIPE, text=True)
        try:
            assert shown.stdout is not None
            assert shown.stdout.readline() in ("drawn\n", "shown\n")
            with mss.MSS(display=server.display) as grabber:
                shot = grabber.grab({"left": 0, "top": 0, "width": size[0], "height": size[1]})
        finally:
            shown.kill()
            shown.communicate()
    Image.frombytes("RGB", shot.size, shot.rgb).save(path)
    small(path)


def replays() -> None:
    """A recording being watched in the workbench."""
    till = Image.open(TILL).convert("RGB")
    with tempfile.TemporaryDirectory() as folder, sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=chromium(), args=ARGUMENTS)
        tabs = Tabs(browser)
        for language, theme in LOOKS[:2]:
            with open_desk(Path(folder) / language) as desk:
                desk.agent()
                desk.services.recordings.days = 30
                options = {"locale": LOCALES[language], "dark": theme == "dark", "width": 1024, "height": 768}
                watching = Watching(desk, tabs, size=till.size, **options)
                recorded(watching, till)
                page = watching.page
                page.goto(f"{desk.url}/workbench/assist/{watching.session}/recording")
                page.click("[data-play]")
                until(page, "document.querySelector('[data-replay]').dataset.loaded !== undefined", 10)
                until(page, "Number(document.querySelector('[data-replay]').dataset.now) > 900", 10)
                path = HERE / f"replay-{language}-{theme}.png"
                page.screenshot(path=path)
                small(path)
        tabs.close()
        browser.close()


def recorded(watching: Watching, till: Image.Image) -> None:
    """A session of some seconds that the server was let record."""
    watching.invite()
    watching.show()
    watching.allow()
    recorder = watching.machine.invitation(watching.session).recorder
    assert recorder is not None
    open_to(watching.host, as_bytes(recorder))
    watching.status()
    for top in range(0, till.height, 64):
        watching.paint(till.crop((0, top, till.width, min(top + 64, till.height))), 0, top)
    for seconds in (1.0, 1.5):
        watching.desk.clock.ahead += timedelta(seconds=seconds)
        watching.paint(till.crop((0, 0, 8, 8)))
        watching.drawn(watching.host.frames)
    watching.page.click(".assist-head [data-stop]")
    assert watching.host.gone.wait(20)


if __name__ == "__main__":
    os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")
    screens()
    questions()
    viewers()
    replays()
