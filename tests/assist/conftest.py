"""A real X server and real host processes for the tests of this folder."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from app.protocol.session import Grade
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
