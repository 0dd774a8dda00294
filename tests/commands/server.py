"""The real server as a process of its own, on a port of its own, with the starter articles."""

from __future__ import annotations

import re
import subprocess
import sys
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass

from commands.program import ROOT

LINE = re.compile(r"(?:listening on|token:) +(\S+)", re.IGNORECASE)


@dataclass(frozen=True)
class RunningServer:
    """Where it is and what lets a computer in."""

    url: str
    token: str


@contextmanager
def running_server() -> Iterator[RunningServer]:
    """Start `deskbell-server demo` and end it again."""
    process = subprocess.Popen(
        [sys.executable, "-m", "server_stub", "demo", "--port", "0"],
        cwd=ROOT,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        encoding="utf-8",
    )
    assert process.stdout is not None
    guard = threading.Timer(60, process.kill)
    guard.start()
    told: list[str] = []
    try:
        for line in process.stdout:
            found = LINE.search(line)
            if found is not None:
                told.append(found[1])
            if len(told) == 2:
                break
        guard.cancel()
        assert len(told) == 2, "the server did not start"
        drain = threading.Thread(target=process.stdout.read, daemon=True)
        drain.start()
        yield RunningServer(told[0], told[1])
    finally:
        guard.cancel()
        process.terminate()
        process.wait(20)
        process.stdout.close()
