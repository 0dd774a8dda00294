"""A real X server and real host processes for the tests of this folder."""

from __future__ import annotations

import shutil
import subprocess
from collections.abc import Iterator

import pytest

from app.protocol.session import Grade
from tests.assist.portal_desk import PortalDesk
from tests.assist.relay import HEIGHT, WIDTH, HostProcess, Relay, Start
from tests.xvfb import Xvfb


@pytest.fixture
def server() -> Iterator[Xvfb]:
    with Xvfb(WIDTH, HEIGHT) as server:
        yield server


@pytest.fixture
def start(server: Xvfb) -> Iterator[Start]:
    running: list[tuple[Relay, HostProcess]] = []

    def begin(grade: Grade) -> tuple[Relay, HostProcess]:
        relay = Relay(WIDTH, HEIGHT)
        host = HostProcess(relay, server, grade, WIDTH, HEIGHT)
        running.append((relay, host))
        relay.until(lambda: relay.frames > 0, "the first frame")
        return relay, host

    yield begin
    for relay, host in running:
        host.close()
        relay.close()


@pytest.fixture
def bus(monkeypatch: pytest.MonkeyPatch) -> Iterator[str]:
    """A session bus of this test's own."""
    program = shutil.which("dbus-daemon")
    if program is None:
        pytest.skip("dbus-daemon is not installed (Debian: apt-get install dbus)")
    daemon = subprocess.Popen(
        [program, "--session", "--nofork", "--print-address"], stdout=subprocess.PIPE, stderr=subprocess.DEVNULL
    )
    address = daemon.stdout.readline().decode().strip()
    monkeypatch.setenv("DBUS_SESSION_BUS_ADDRESS", address)
    yield address
    daemon.terminate()
    daemon.communicate()


@pytest.fixture
def desk(bus: str, request: pytest.FixtureRequest) -> Iterator[PortalDesk]:
    with PortalDesk(getattr(request, "param", "grant")) as desk:
        yield desk
