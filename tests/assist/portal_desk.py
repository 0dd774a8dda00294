"""A desktop whose portal is played on a private bus."""

from __future__ import annotations

import json
import queue
import subprocess
import sys
import threading
from types import TracebackType
from typing import Any, Self

from app.assist.portal import PortalSession
from app.assist.screen_portal import PortalScreen
from app.system.base import Rect
from tests.assist.portal_host import PipeFrames

WIDTH, HEIGHT = 320, 200
PLACE = Rect(0, 0, WIDTH, HEIGHT)
PATIENCE = 20.0


class PortalDesk:
    """`with PortalDesk("grant") as desk:` on the bus the environment names."""

    def __init__(self, behaviour: str) -> None:
        self._behaviour = behaviour
        self.calls: list[dict[str, Any]] = []
        self._told: queue.Queue[dict[str, Any]] = queue.Queue()

    def __enter__(self) -> Self:
        command = [sys.executable, "-m", "tests.assist.portal_service", self._behaviour, str(WIDTH), str(HEIGHT)]
        self.process = subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True, bufsize=1)
        assert self.process.stdout.readline() == "ready\n"
        threading.Thread(target=self._listen, daemon=True).start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.die()
        self.process.stdin.close()
        self.process.stdout.close()

    def do(self, order: str) -> None:
        try:
            self.process.stdin.write(order + "\n")
            self.process.stdin.flush()
        except BrokenPipeError:
            pass  # it has just died, as it was told to

    def die(self) -> None:
        self.process.kill()
        self.process.wait()

    def heard(self, call: str) -> dict[str, Any]:
        """The next call of that name; the ones before are passed over, and kept in `calls`."""
        while True:
            told = self._told.get(timeout=PATIENCE)
            self.calls.append(told)
            if told["call"] == call:
                return told

    def names(self) -> list[str]:
        """Everything that was asked until now."""
        if self.process.poll() is None:
            self.do("sync")
        while (told := self._told.get(timeout=PATIENCE))["call"] not in ("synced", "gone"):
            self.calls.append(told)
        return [each["call"] for each in self.calls]

    def screen(self, session: PortalSession | None = None) -> PortalScreen:
        return PortalScreen(PLACE, session, PipeFrames)

    def _listen(self) -> None:
        try:
            for line in self.process.stdout:
                self._told.put(json.loads(line))
        except ValueError:
            pass  # closed at the end of the test
        self._told.put({"call": "gone"})
