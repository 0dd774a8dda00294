"""A real Firefox for tests that look at pages, driven by its own Marionette protocol; skips where there is none."""

from __future__ import annotations

import json
import shutil
import socket
import subprocess
import time
from collections.abc import Callable
from pathlib import Path
from types import TracebackType
from typing import Any, Self

import pytest

PATIENCE = 30.0
PREFERENCES = {
    "marionette.port": 0,
    "browser.shell.checkDefaultBrowser": False,
    "datareporting.policy.dataSubmissionEnabled": False,
    "app.update.enabled": False,
    "browser.aboutwelcome.enabled": False,
    "extensions.update.enabled": False,
    "network.captive-portal-service.enabled": False,
    "network.connectivity-service.enabled": False,
    "browser.safebrowsing.malware.enabled": False,
    "browser.safebrowsing.phishing.enabled": False,
    "media.gmp-manager.url": "",
    "services.settings.server": "",
}


class Firefox:
    """`with Firefox(folder) as firefox:` starts one without a window, with a new profile in that folder."""

    def __init__(self, folder: Path, width: int = 1280, height: int = 800) -> None:
        program = shutil.which("firefox-esr") or shutil.which("firefox")
        if program is None:
            pytest.skip("no Firefox on this machine (Debian: apt-get install firefox-esr)")
        self._folder = folder
        folder.mkdir(parents=True, exist_ok=True)
        lines = [f"user_pref({json.dumps(name)}, {json.dumps(value)});" for name, value in PREFERENCES.items()]
        (folder / "user.js").write_text("\n".join(lines))
        size = [f"--width={width}", f"--height={height}"]
        self._command = [program, "--marionette", "--headless", "--no-remote", "--profile", str(folder), *size]
        self._number = 0

    def __enter__(self) -> Self:
        self._process = subprocess.Popen(self._command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        try:
            port = self._folder / "MarionetteActivePort"
            until(lambda: port.exists() and port.read_text().strip(), "Firefox")
            self._socket = socket.create_connection(("127.0.0.1", int(port.read_text())), PATIENCE)
            self._reader = self._socket.makefile("rb")
            self._read()
            self.ask("WebDriver:NewSession", capabilities={})
            self.ask("WebDriver:SetTimeouts", script=int(PATIENCE * 1000))
        except BaseException:
            self._end()
            raise
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._reader.close()
        self._socket.close()
        self._end()

    def ask(self, command: str, **values: Any) -> Any:
        """One command of WebDriver. Raises AssertionError with what Firefox says about it."""
        self._number += 1
        message = json.dumps([0, self._number, command, values]).encode()
        self._socket.sendall(b"%d:%s" % (len(message), message))
        _, _, error, answer = self._read()
        assert error is None, error
        return answer

    def goto(self, address: str) -> None:
        self.ask("WebDriver:Navigate", url=address)

    def run(self, script: str, *given: Any) -> Any:
        """What a function body returns; `arguments` are what was given."""
        return self.ask("WebDriver:ExecuteScript", script=script, args=list(given), sandbox=None)["value"]

    def until(self, expression: str, seconds: float = PATIENCE) -> None:
        """Wait until an expression is true on the page."""
        until(lambda: self.run(f"return Boolean({expression})"), expression, seconds)

    def fill(self, selector: str, text: str) -> None:
        self.run("document.querySelector(arguments[0]).value = arguments[1]", selector, text)

    def click(self, selector: str) -> None:
        x, y = self.run(
            "const box = document.querySelector(arguments[0]).getBoundingClientRect();"
            "return [box.x + box.width / 2, box.y + box.height / 2]",
            selector,
        )
        self.mouse(x, y, click=True)

    def mouse(self, x: float, y: float, *, click: bool = False) -> None:
        """Move the mouse there, and click."""
        moves: list[dict[str, Any]] = [{"type": "pointerMove", "x": round(x), "y": round(y), "duration": 0}]
        if click:
            moves += [{"type": "pointerDown", "button": 0}, {"type": "pointerUp", "button": 0}]
        self._act({"type": "pointer", "id": "mouse", "parameters": {"pointerType": "mouse"}, "actions": moves})

    def keys(self, *keys: str) -> None:
        """Press and release keys, one after the other."""
        presses = [{"type": kind, "value": key} for key in keys for kind in ("keyDown", "keyUp")]
        self._act({"type": "key", "id": "keyboard", "actions": presses})

    def _act(self, actions: dict[str, Any]) -> None:
        self.ask("WebDriver:PerformActions", actions=[actions])

    def _read(self) -> Any:
        size = b""
        while not size.endswith(b":"):
            piece = self._reader.read(1)
            assert piece, "Firefox has ended"
            size += piece
        return json.loads(self._reader.read(int(size[:-1])))

    def _end(self) -> None:
        self._process.terminate()
        try:
            self._process.wait(10)
        except subprocess.TimeoutExpired:
            self._process.kill()
            self._process.wait()


def until(condition: Callable[[], Any], what: str, seconds: float = PATIENCE) -> None:
    deadline = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < deadline, f"waited in vain for {what}"
        time.sleep(0.05)
