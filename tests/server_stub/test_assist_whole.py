"""The real host process on a real screen, the real server, and a real browser that sees every pixel of it."""

from __future__ import annotations

import json
import os
import shutil
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from mss import MSS
from PIL import Image

from app.assist import seal
from tests.browser import Tabs, until
from tests.server_stub.test_assist_viewer import Watching
from tests.server_stub.workbench_desk import Desk
from tests.server_stub.workbench_fixtures import browser, desk, tabs
from tests.window_manager import window_manager
from tests.xvfb import Xvfb

if TYPE_CHECKING:
    from playwright.sync_api import Page

__all__ = ["browser", "desk", "tabs"]
pytestmark = pytest.mark.browser

WIDTH, HEIGHT = 1280, 800


@pytest.fixture
def display() -> Iterator[Xvfb]:
    """A screen of its own."""
    with Xvfb(WIDTH, HEIGHT) as server:
        yield server


class RealHost:
    """`python -m app.assist.start`, started as the tray does."""

    def __init__(self, desk: Desk, watching: Watching, token: str, display: Xvfb) -> None:
        told = watching.machine.invitation(watching.session)
        setup = {
            "server": desk.url,
            "session": str(watching.session),
            "ticket": str(watching.ticket),
            "agent": str(told.agent.id),
            "device": str(watching.machine.device_id),
            "token": token,
            "shared": seal.as_text(watching.machine.keys.shared(watching.viewer_public)),
            "grade": 1,
            "screen": "1",
            "screens": [["1", "Display 1", [0, 0, WIDTH, HEIGHT]]],
            "limits": {"answer": 60, "confirm": 1800, "idle_to_view": 300, "idle_to_end": 600},
            "hold_seconds": 2,
        }
        self.process = subprocess.Popen(
            [sys.executable, "-m", "app.assist.start"],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            env={**os.environ, "DISPLAY": display.display},
            text=True,
        )
        self.order(**setup)

    def order(self, **line: object) -> None:
        assert self.process.stdin is not None
        self.process.stdin.write(json.dumps(line) + "\n")
        self.process.stdin.flush()

    def told(self, kind: str) -> dict[str, object]:
        """The next line of that kind from the host."""
        assert self.process.stdout is not None
        while True:
            line = json.loads(self.process.stdout.readline())
            if line["is"] == kind:
                return line

    def close(self) -> None:
        self.process.kill()
        self.process.wait(10)
        for pipe in (self.process.stdin, self.process.stdout):
            if pipe is not None:
                pipe.close()


def grabbed(display: Xvfb) -> Image.Image:
    with MSS(display=display.display) as grabber:
        shot = grabber.grab({"left": 0, "top": 0, "width": WIDTH, "height": HEIGHT})
    return Image.frombytes("RGB", shot.size, shot.rgb)


def settled(watching: Watching, display: Xvfb, unlike: Image.Image | None = None) -> Image.Image:
    """What the browser shows once it is what the screen shows, and no longer `unlike`."""
    deadline = time.monotonic() + 10
    while True:
        shown = watching.pixels()
        is_new = unlike is None or shown.tobytes() != unlike.tobytes()
        if (is_new and shown.tobytes() == grabbed(display).tobytes()) or time.monotonic() > deadline:
            assert is_new
            return shown
        watching.page.wait_for_timeout(50)


def control(watching: Watching, host: RealHost) -> None:
    """Ask for control, be granted it, and type into the program."""
    page = watching.page
    page.click('[data-grade="3"]')
    page.locator('[data-grade="3"][data-asked]').wait_for()
    host.order(do="grant", grade=3)
    page.locator('[data-draw="hand"]').wait_for()
    page.mouse.move(*watching.spot(300, 200))
    page.mouse.click(*watching.spot(300, 200))
    page.keyboard.type("Hello from the browser")
    page.keyboard.press("Enter")


@pytest.fixture
def program(display: Xvfb) -> Iterator[subprocess.Popen[bytes]]:
    """A program with text that changes."""
    path = shutil.which("xterm")
    if path is None:
        pytest.skip("xterm is not installed (Debian: apt-get install xterm)")
    script = "for i in $(seq 400); do echo line $i 0x8007$i; done; read line; echo you typed $line; sleep 60"
    command = [path, "-geometry", "100x40+60+40", "-e", "sh", "-c", script]
    started = subprocess.Popen(command, env={**os.environ, "DISPLAY": display.display})
    yield started
    started.kill()
    started.wait(10)


@contextmanager
def editor(display: Xvfb, path: Path) -> Iterator[None]:
    """A GTK editor with a file, under a window manager, which gives it the keyboard."""
    if shutil.which("mousepad") is None:
        pytest.skip("mousepad is not installed (Debian: apt-get install mousepad)")
    environment = {**os.environ, "DISPLAY": display.display, "LC_ALL": "C.UTF-8", "GDK_BACKEND": "x11"}
    quiet = {"stdout": subprocess.DEVNULL, "stderr": subprocess.DEVNULL, "start_new_session": True}
    command = ["dbus-run-session", "--", "mousepad", "--disable-server", str(path)]
    with window_manager(environment):
        writing = subprocess.Popen(command, env=environment, **quiet)
        try:
            yield
        finally:
            os.killpg(writing.pid, signal.SIGKILL)
            writing.wait(10)


def test_the_agent_points_and_then_writes_chinese_into_a_real_editor_and_saves_it(
    desk: Desk, tabs: Tabs, display: Xvfb, tmp_path: Path
):
    path = tmp_path / "note.txt"
    path.write_text("till 3\n", "utf-8")
    watching = Watching(desk, tabs, size=(WIDTH, HEIGHT))
    watching.invite()
    watching.show()
    page = watching.page
    with editor(display, path):
        host = RealHost(desk, watching, watching.machine.answer(watching.session).json()["token"], display)
        try:
            until(page, 'document.querySelector("[data-assist]").dataset.drawn !== undefined', 10)
            grade(page, host, 2)
            page.mouse.move(*watching.spot(640, 300))
            assert host.told("pointer")["x"] in range(638, 643)

            grade(page, host, 3)
            place = found(display, "note.txt")
            page.mouse.click(*watching.spot(*place))
            page.keyboard.press("Control+End")
            page.keyboard.insert_text("支付失败，请重试。")
            page.keyboard.press("Enter")
            page.keyboard.type("Code: E1023")
            page.keyboard.press("Control+s")

            saved(path, "till 3\n支付失败，请重试。\nCode: E1023")
            assert settled(watching, display).tobytes() == grabbed(display).tobytes()
        finally:
            host.close()
    assert tabs.watched.complaints == []


def grade(page: Page, host: RealHost, wanted: int) -> None:
    """Ask for a grade and be granted it."""
    page.click(f'[data-grade="{wanted}"]')
    page.locator(f'[data-grade="{wanted}"][data-asked]').wait_for()
    host.order(do="grant", grade=wanted)
    page.locator(f'[data-grade-now="{wanted}"]').wait_for()


def found(display: Xvfb, title: str) -> tuple[int, int]:
    """The middle of the window with that title, once it is there."""
    deadline = time.monotonic() + 20
    command = ["xdotool", "search", "--onlyvisible", "--name", title, "getwindowgeometry", "--shell"]
    while True:
        told = subprocess.run(command, env={**os.environ, "DISPLAY": display.display}, capture_output=True, text=True)
        values = dict(line.split("=", 1) for line in told.stdout.splitlines() if "=" in line)
        if values:
            return tuple(int(values[a]) + int(values[b]) // 2 for a, b in (("X", "WIDTH"), ("Y", "HEIGHT")))
        assert time.monotonic() < deadline, f"no window {title}"
        time.sleep(0.1)


def saved(path: Path, text: str) -> None:
    """Wait until the editor has written the file."""
    deadline = time.monotonic() + 10
    while path.read_text("utf-8").rstrip("\n") != text:
        assert time.monotonic() < deadline, path.read_text("utf-8")
        time.sleep(0.05)


def test_the_browser_shows_the_employee_s_screen_exactly(desk: Desk, tabs: Tabs, display: Xvfb, program: object):
    watching = Watching(desk, tabs, size=(WIDTH, HEIGHT))
    watching.invite()
    watching.show()
    token = watching.machine.answer(watching.session).json()["token"]
    began = time.monotonic()
    host = RealHost(desk, watching, token, display)
    try:
        until(watching.page, 'document.querySelector("[data-assist]").dataset.drawn !== undefined', 10)
        print(f"from the start of the host to the first picture: {time.monotonic() - began:.2f} s")
        print("from what the browser knew:", watching.page.locator("[data-assist]").get_attribute("data-first-frame"))
        seen = settled(watching, display)
        assert seen.tobytes() == grabbed(display).tobytes()
        assert len(seen.getcolors(1_000_000) or ()) > 1
        control(watching, host)
        typed = settled(watching, display, unlike=seen)
        assert typed.tobytes() == grabbed(display).tobytes()
        watching.page.click(".assist-head [data-stop]")
        assert host.process.wait(3) is not None
    finally:
        host.close()
    assert tabs.watched.complaints == []
