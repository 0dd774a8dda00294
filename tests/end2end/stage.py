"""Everything remote assistance needs, each in a process of its own: an X server on which something always changes, the
server, the employee's tray with its host, and an agent by script or in a real Chromium.
"""

from __future__ import annotations

import json
import os
import queue
import subprocess
import sys
import threading
import time
from contextlib import ExitStack, suppress
from pathlib import Path
from types import TracebackType
from typing import Any, Protocol, Self
from uuid import UUID

import httpx
import psutil

from app.assist.ledger import Ledger
from app.protocol.stream import FromHost
from app.system.base import Rect
from tests.grabs import Grabs
from tests.server_process import ServerProcess, WarmParent
from tests.server_stub.assist_desk import Browser
from tests.server_stub.workbench_visitor import Visitor
from tests.ui.assist.viewing import LinkedViewer
from tests.x_client import XClient
from tests.xvfb import Xvfb

SIZE = 900
PATIENCE = 120.0
"""Seconds for something to start, also on a busy machine."""


class Painter:
    """Moves a window thirty times a second, so that there is always something to look at."""

    def __init__(self, display: str) -> None:
        self._display = display
        self._over = threading.Event()
        self._thread = threading.Thread(target=self._paint, name="painter", daemon=True)
        self._thread.start()

    def close(self) -> None:
        self._over.set()
        self._thread.join(5)

    def _paint(self) -> None:
        with XClient(self._display) as client:
            window = client.fill(Rect(0, 0, 120, 90), 0x2F7F5F)
            step = 0
            while not self._over.wait(1 / 30):
                step += 7
                client.move(window, step % 600, step % 500)


class Serving(Protocol):
    """A server and a token with which a computer enrols."""

    url: str
    token: str


class Tray:
    """The employee's side, started anew in the same home as often as needed."""

    def __init__(self, server: Serving, display: Xvfb, home: Path, platform: str = "offscreen") -> None:
        environment = {**os.environ, "DISPLAY": display.display, "XDG_SESSION_TYPE": "x11"}
        environment.pop("WAYLAND_DISPLAY", None)
        self.process = subprocess.Popen(
            [sys.executable, "-m", "tests.end2end.receptionist", server.url, server.token],
            env=environment | {"DESKBELL_HOME": str(home), "QT_QPA_PLATFORM": platform},
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,  # the offscreen platform complains of what it has not
            text=True,
        )
        self._told: queue.Queue[dict[str, Any]] = queue.Queue()
        threading.Thread(target=self._listen, name="tray", daemon=True).start()
        self.is_busy = False
        self.ticket = UUID(self._told.get(timeout=PATIENCE)["ticket"])

    def host(self) -> int | None:
        """The process id of the host, while there is one."""
        with suppress(psutil.NoSuchProcess):
            for child in psutil.Process(self.process.pid).children():
                if "app.assist.start" in child.cmdline():
                    return child.pid
        return None

    def order(self, word: str) -> None:
        with suppress(BrokenPipeError, ValueError):  # it is gone, or was closed here
            os.write(self.process.stdin.fileno(), f"{word}\n".encode())

    def until_asked(self) -> None:
        """Wait for a question of a session that goes on."""
        while not self._told.get(timeout=PATIENCE).get("asked", False):
            pass

    def until_free(self) -> None:
        """Wait until no session goes on here."""
        until = time.monotonic() + PATIENCE
        while True:
            with suppress(queue.Empty):
                while True:
                    self.is_busy = self._told.get_nowait().get("busy", self.is_busy)
            if not self.is_busy:
                return
            assert time.monotonic() < until, "the tray is still busy"
            time.sleep(0.02)

    def close(self) -> None:
        self.order("end")
        try:
            self.process.wait(10)
        except subprocess.TimeoutExpired:
            self.process.kill()
            self.process.wait()
        self.process.stdin.close()
        self.process.stdout.close()

    def _listen(self) -> None:
        with suppress(ValueError):
            for line in self.process.stdout:
                self._told.put(json.loads(line))


class Stage:
    """`with Stage(folder) as stage:` runs it all; the agent is signed in."""

    def __init__(self, folder: Path) -> None:
        self._stack = ExitStack()
        self.folder, self.home = folder, folder / "home"
        self.visitors: list[httpx.Client] = []
        self._links: list[LinkedViewer] = []

    def __enter__(self) -> Self:
        try:
            self._open()
        except BaseException:
            self._stack.close()
            raise
        return self

    def _open(self) -> None:
        keep = self._stack.enter_context
        self.display = keep(Xvfb(SIZE, SIZE))
        painter = Painter(self.display.display)
        self._stack.callback(painter.close)
        self.grabs = keep(Grabs(self.display.display))
        warm = WarmParent()
        self._stack.callback(warm.close)
        self.server = keep(ServerProcess(self.folder / "data", warm=warm))
        self.url = self.server.url
        self.visitor = Visitor(self)  # type: ignore[arg-type]
        self.visitor.sign_in(self.server.login, self.server.password)
        self.tray = Tray(self.server, self.display, self.home)

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.tray.close()
        for each in self.visitors:
            each.close()
        self._stack.close()

    def begin(self) -> Browser:
        """Invite; the agent's browser by script."""
        browser = Browser(self.visitor, self.tray.ticket)
        answer = browser.invite()
        if answer["hurdle"] == "proof_needed":  # only then: passwords are not to be guessed quickly
            answer = browser.invite(password=self.server.password)
        assert answer["id"], answer
        return browser

    def go_on(self, browser: Browser, is_hit: threading.Event) -> None:
        """From the invitation to the picture, unless something is hit on the way."""
        is_revealed = False
        while not is_hit.is_set():
            state = browser.standing()["state"]
            if state == "shown" and not is_revealed:
                browser.reveal()
                is_revealed = True
            if state in ("allowed", "active"):
                viewer = LinkedViewer(browser)
                self._links.append(viewer)
                while not is_hit.is_set() and not viewer.count(FromHost.FRAME):
                    time.sleep(0.01)
                return
            if state == "ended":
                return
            time.sleep(0.02)

    def end(self, browser: Browser) -> None:
        """Whatever is left of the session ends, and the tray is free again."""
        assert browser.post(f"assist/{browser.session}/stop").status_code in (204, 409)
        while self._links:
            self._links.pop().close()
        if self.tray.process.poll() is None:
            self.tray.until_free()

    def settled(self) -> Ledger:
        """The employee's ledger once the server has heard everything; a new tray tells what an old one could not."""
        self.tray.close()
        self.tray = Tray(self.server, self.display, self.home)
        (path,) = self.home.rglob("assist.sqlite")
        ledger = Ledger(path)
        until = time.monotonic() + PATIENCE
        while ledger.owed() or ledger.unended():
            assert time.monotonic() < until, ledger.owed()
            time.sleep(0.1)
        return ledger

    def verified(self) -> subprocess.CompletedProcess[str]:
        """What `deskbell-server verify` says."""
        command = [sys.executable, "-m", "server_stub", "verify", "--data", str(self.server.data)]
        return subprocess.run(command, capture_output=True, text=True, check=False, timeout=60)
