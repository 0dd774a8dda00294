"""The tray's side of the host process: starts it, orders it, hears it, and ends it within a second.

The process may be started while the employee still reads the question, so that the picture is there at once after
Allow: without its first line it knows no server, no key and no screen, and looks at nothing.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
import threading
from collections.abc import Callable, Sequence
from contextlib import suppress
from dataclasses import asdict
from typing import IO, Any

from app.assist.orders import LONGEST_LINE, Do, Monitor, Order, Setup
from app.assist.seal import as_text
from app.assist.told import Gone, Told, told_of
from app.errors import HelpdeskError
from app.system.base import Rect, System

HOST_WORD = "assist-host"
"""The word with which a frozen program starts itself as the host."""
POLITE_SECONDS = 0.3
"""How long a host may take to let go of keys and say goodbye before it is killed."""


class Child:
    """One host process. `told` is called from its listening thread; the last thing told is always Gone."""

    def __init__(self, system: System, told: Callable[[Told], None], command: Sequence[str] = ()) -> None:
        """Start it. Raises HelpdeskError."""
        options = system.child_options()
        try:
            self.process = subprocess.Popen(
                tuple(command) or host_command(),
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE,
                stderr=subprocess.DEVNULL,
                creationflags=options.creation_flags & ~0x4000,  # this one is watched live: no lower priority
                env=os.environ | dict(options.environment),
            )
        except OSError as error:
            raise HelpdeskError(
                "The part that shows the screen could not be started: {reason}",
                "Ask IT to check the installation.",
                reason=error.strerror,
            ) from error
        if self.process.stdin is not None:
            with suppress(OSError, AttributeError):
                # A host that hangs does not empty the pipe; the tray must not hang with it.
                os.set_blocking(self.process.stdin.fileno(), False)
        self._told = told
        self._stopping = threading.Lock()
        self._listener = threading.Thread(target=self._listen, name="assist-host", daemon=True)
        self._listener.start()

    def begin(self, setup: Setup) -> None:
        """Give it what it needs; it connects and shows the screen from now on."""
        self._write(
            {
                "server": setup.server,
                "session": str(setup.session),
                "ticket": str(setup.ticket),
                "agent": str(setup.agent),
                "device": str(setup.device),
                "token": setup.token,
                "shared": as_text(setup.shared),
                "grade": int(setup.grade),
                "screen": setup.screen,
                "screens": screens(setup.screens),
                "limits": {name: value.total_seconds() for name, value in asdict(setup.limits).items()},
                "hold_seconds": setup.hold_seconds,
                "ca_file": setup.ca_file,
                "recorder": setup.recorder,
                "by_portal": setup.by_portal,
            }
        )

    def order(self, order: Order) -> None:
        """Order something; a host that does not take orders any more is killed."""
        values: dict[str, Any] = {"do": order.do.value}
        if order.grade is not None:
            values["grade"] = int(order.grade)
        if order.do in (Do.CHAT, Do.GIVE):
            values["text"] = order.text
        if order.offer >= 0:
            values |= {"offer": order.offer, "received": order.received, "step": order.step.value}
        if order.do is Do.COVER:
            values["windows"] = list(order.windows)
        if order.do is Do.OURS:
            values |= {"areas": [four(area) for area in order.areas], "is_focused": order.is_focused}
        if order.screen:
            values["screen"] = order.screen
        if order.do is Do.SCREENS:
            values["screens"] = screens(order.screens)
        self._write(values)

    @property
    def is_alive(self) -> bool:
        """Whether the process still runs."""
        return self.process.poll() is None

    def stop(self, last: Do = Do.STOP) -> None:
        """End it, from any thread, without waiting: told to let go of everything, and killed if it takes too long."""
        if not self.is_alive:
            return
        self.order(Order(last))
        threading.Thread(target=self._end, name="assist-end", daemon=True).start()

    def close(self, last: Do = Do.STOP) -> None:
        """End it and wait until it is gone, well below a second."""
        if self.is_alive:
            self.order(Order(last))
        self._end()

    def kill(self) -> None:
        """End it this instant."""
        self.process.kill()
        self._close(self.process.stdin)

    def _end(self) -> None:
        with self._stopping:
            try:
                self.process.wait(POLITE_SECONDS)
            except subprocess.TimeoutExpired:
                self.process.kill()
                self.process.wait()
            self._close(self.process.stdin)

    def _write(self, values: dict[str, Any]) -> None:
        pipe = self.process.stdin
        if pipe is None:
            return
        line = json.dumps(values, ensure_ascii=False).encode() + b"\n"
        try:
            pipe.write(line)
            pipe.flush()
        except (OSError, ValueError):
            self.process.kill()  # full or closed: nobody obeys there any more

    def _listen(self) -> None:
        gone = Gone()
        stream = self.process.stdout
        try:
            while stream is not None and (line := stream.readline(LONGEST_LINE)):
                told = told_of(line)
                if isinstance(told, Gone):
                    gone = told
                elif told is not None:
                    self._told(told)
        except (OSError, ValueError):
            self.process.kill()
        self._close(stream)
        self.process.wait()
        self._told(gone)

    @staticmethod
    def _close(stream: IO[bytes] | None) -> None:
        with suppress(OSError, ValueError):
            if stream is not None:
                stream.close()


def host_command() -> tuple[str, ...]:
    """The command that starts the host, frozen or from source."""
    if getattr(sys, "frozen", False):
        return (sys.executable, HOST_WORD)
    return (sys.executable, "-m", "app.assist.start")


def screens(monitors: Sequence[Monitor]) -> list[list[object]]:
    """Screens as the orders write them."""
    return [[each.id, each.name, four(each.rect)] for each in monitors]


def four(rect: Rect) -> list[int]:
    """A rectangle as the orders write it."""
    return [rect.x, rect.y, rect.width, rect.height]
