"""A real window manager on a test's X server, with a message bus of its own that ends with it."""

from __future__ import annotations

import os
import shutil
import signal
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager

import pytest


@contextmanager
def window_manager(environment: dict[str, str], *, composites: bool = False) -> Iterator[subprocess.Popen[bytes]]:
    """xfwm4; it says nothing when it is ready. Without a bus it ends, and would otherwise start one that stays."""
    for program in ("xfwm4", "dbus-run-session"):
        if shutil.which(program) is None:
            pytest.skip(f"{program} is not installed (Debian: apt-get install xfwm4 dbus)")
    command = ["dbus-run-session", "--", "xfwm4", f"--compositor={'on' if composites else 'off'}"]
    quiet = {"stdout": subprocess.DEVNULL, "stderr": subprocess.DEVNULL}
    process = subprocess.Popen(command, env=environment, start_new_session=True, **quiet)
    try:
        yield process
    finally:
        os.killpg(process.pid, signal.SIGKILL)
        process.wait(10)


def has_window_manager(display: str) -> bool:
    """Whether one has begun its work."""
    ran = subprocess.run(
        ["xprop", "-display", display, "-root", "_NET_SUPPORTED"],
        capture_output=True,
        text=True,
        timeout=20,
        check=False,
    )
    return "_NET_CLIENT_LIST_STACKING" in ran.stdout
