"""A second start hands its wish to the bell that is running."""

from __future__ import annotations

import signal
import subprocess
import time
from collections.abc import Iterator

import pytest

from app.system import current
from app.ui.single_instance import Command, Request, forward, socket_name
from commands.program import ROOT, Deskbell


@pytest.fixture
def bell(deskbell: Deskbell) -> Iterator[subprocess.Popen[bytes]]:
    process = subprocess.Popen(
        deskbell.command("--background"),
        cwd=ROOT,
        env=deskbell.environment,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
    )
    yield process
    process.kill()
    process.communicate()


def is_listening(deskbell: Deskbell) -> bool:
    """Whether a bell takes commands."""
    here = current()
    name = socket_name(here.user_name(), here.session_id(), deskbell.home / "data")
    return forward(name, Request(Command.BACKGROUND))


def wait_for(deskbell: Deskbell, bell: subprocess.Popen[bytes]) -> None:
    until = time.monotonic() + 60
    while not is_listening(deskbell):
        assert time.monotonic() < until, "the bell did not start"
        assert bell.poll() is None
        time.sleep(0.1)


def test_a_window_is_asked_of_the_running_bell(deskbell: Deskbell, bell: subprocess.Popen[bytes]) -> None:
    wait_for(deskbell, bell)

    for window in ((), ("tickets",), ("search",), ("settings",)):
        assert deskbell("open", *window, timeout=60).code == 0

    assert bell.poll() is None


@pytest.mark.parametrize("ended_by", ["the menu", "the system"])
def test_the_bell_ends_with_its_window_open(deskbell: Deskbell, bell: subprocess.Popen[bytes], ended_by: str) -> None:
    wait_for(deskbell, bell)
    deskbell("open", timeout=60)

    if ended_by == "the menu":
        here = current()
        name = socket_name(here.user_name(), here.session_id(), deskbell.home / "data")
        assert forward(name, Request(Command.QUIT))
    else:
        bell.send_signal(signal.SIGTERM)

    _, errors = bell.communicate(timeout=60)
    assert bell.returncode == 0
    assert b"Traceback" not in errors
