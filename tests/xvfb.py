"""A real X server for a test, on a free display of its own."""

from __future__ import annotations

import os
import selectors
import shutil
import subprocess
from types import TracebackType
from typing import Self

import pytest

START_SECONDS = 20.0


class Xvfb:
    """`with Xvfb(1280, 800) as server:` runs an X server; `server.display` is its name (`:7`).

    The test is skipped, with the reason, where Xvfb is not installed.
    """

    def __init__(self, width: int, height: int, dpi: int = 96) -> None:
        self._size = f"{width}x{height}x24"
        self._dpi = dpi
        self._process: subprocess.Popen[bytes] | None = None
        self.display = ""

    def __enter__(self) -> Self:
        program = shutil.which("Xvfb")
        if program is None:
            pytest.skip("Xvfb is not installed (Debian: apt-get install xvfb)")
        reading, writing = os.pipe()
        try:
            screen = ["-screen", "0", self._size, "-dpi", str(self._dpi)]
            self._process = subprocess.Popen(
                [program, "-displayfd", str(writing), *screen, "-nolisten", "tcp", "-noreset"],
                pass_fds=(writing,),
                stdin=subprocess.DEVNULL,
                stdout=subprocess.DEVNULL,
                stderr=subprocess.DEVNULL,
            )
        finally:
            os.close(writing)
        with os.fdopen(reading, "rb") as pipe, selectors.DefaultSelector() as selector:
            selector.register(pipe, selectors.EVENT_READ)
            if not selector.select(START_SECONDS):
                self._end()
                pytest.fail("Xvfb did not say which display it has")
            number = pipe.readline().decode("ascii").strip()
        if not number:
            self._end()
            pytest.fail("Xvfb ended at once")
        self.display = f":{number}"
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._end()

    def environment(self) -> dict[str, str]:
        """The environment of a program that shall appear on this server."""
        return os.environ | {"DISPLAY": self.display, "XDG_SESSION_TYPE": "x11", "QT_QPA_PLATFORM": "xcb"}

    def _end(self) -> None:
        if self._process is None:
            return
        self._process.terminate()
        try:
            self._process.wait(5)
        except subprocess.TimeoutExpired:
            self._process.kill()
            self._process.wait()
        self._process = None
