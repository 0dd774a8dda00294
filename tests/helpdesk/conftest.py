"""A clock to set, a small helpdesk, and the client's parts on a temporary folder."""

from __future__ import annotations

import random
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from app.helpdesk.courier import Courier
from app.helpdesk.enrolment import Enrolment, Installation
from app.helpdesk.outbox import Outbox
from app.helpdesk.server import Server
from helpdesk.small_helpdesk import TOKEN, SmallHelpdesk, running

Connect = Callable[..., Server]


class Clock:
    def __init__(self) -> None:
        self.time = datetime(2026, 11, 22, 9, 0, tzinfo=UTC)

    def __call__(self) -> datetime:
        return self.time

    def pass_by(self, seconds: float) -> None:
        self.time += timedelta(seconds=seconds)


def describe() -> Installation:
    return Installation("till-3", "Debian GNU/Linux 12", "0.1.0", site="Shop 42", machine="m1")


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def helpdesk() -> Iterator[SmallHelpdesk]:
    with running() as made:
        yield made


@pytest.fixture
def enrolment(tmp_path: Path, clock: Clock) -> Enrolment:
    return Enrolment(tmp_path / "data" / "identity.json", describe=describe, now=clock, token=TOKEN)


@pytest.fixture
def server(helpdesk: SmallHelpdesk, enrolment: Enrolment, clock: Clock) -> Iterator[Server]:
    made = Server(helpdesk.url, enrolment, now=clock)
    yield made
    made.close()


@pytest.fixture
def connect(enrolment: Enrolment, clock: Clock) -> Iterator[Connect]:
    """Makes servers for addresses, and closes them afterwards."""
    made: list[Server] = []

    def build(url: str, known: Enrolment = enrolment, **options: Any) -> Server:
        made.append(Server(url, known, now=clock, **options))
        return made[-1]

    yield build
    for each in made:
        each.close()


@pytest.fixture
def outbox(tmp_path: Path, clock: Clock) -> Iterator[Outbox]:
    made = Outbox(tmp_path / "data" / "outbox.sqlite", clock)
    yield made
    made.close()


@pytest.fixture
def courier(outbox: Outbox, server: Server, clock: Clock) -> Courier:
    return Courier(outbox, server, now=clock, random=random.Random(1))
