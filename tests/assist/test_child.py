"""The tray's hold on the host process: it shows when told, and is dead within a second when it must be."""

from __future__ import annotations

import os
import queue
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path
from typing import TypeVar
from uuid import UUID

import pytest

from app import system as systems
from app.__main__ import ASSIST_HOST
from app.assist.child import HOST_WORD, Child
from app.assist.orders import Do, Monitor, Order, Setup
from app.assist.told import Gone, Heard, Pointed, Standing, Told, told_of
from app.protocol.session import Grade, Reason, State
from app.protocol.stream import POINT_BODY, FromViewer
from app.system.base import Rect
from tests.assist.relay import AGENT, DEVICE, PATIENCE, TICKET, Relay
from tests.xvfb import Xvfb

WIDTH, HEIGHT = 400, 300
SECOND = 1.0
ToldT = TypeVar("ToldT")


@pytest.fixture
def server() -> Iterator[Xvfb]:
    with Xvfb(WIDTH, HEIGHT) as server:
        yield server


@pytest.fixture
def relay() -> Iterator[Relay]:
    made = Relay(WIDTH, HEIGHT)
    yield made
    made.close()


class Heards(queue.Queue):
    """What the child told, in order."""

    def next(self, kind: type[ToldT], seconds: float = PATIENCE) -> ToldT:
        deadline = time.monotonic() + seconds
        while True:
            found = self.get(timeout=max(deadline - time.monotonic(), 0.001))
            if isinstance(found, kind):
                return found


@pytest.fixture
def heards() -> Heards:
    return Heards()


@pytest.fixture
def child(server: Xvfb, heards: Heards, monkeypatch: pytest.MonkeyPatch) -> Iterator[Child]:
    for name, value in server.environment().items():
        monkeypatch.setenv(name, value)
    made = Child(systems.current(), heards.put)
    yield made
    made.close()


def setup_for(relay: Relay, grade: Grade = Grade.VIEW) -> Setup:
    return Setup(
        server=f"http://127.0.0.1:{relay.port}",
        session=relay.session,
        ticket=TICKET,
        agent=AGENT,
        device=DEVICE,
        token="t" * 40,
        shared=relay.shared,
        grade=grade,
        screen="one",
        screens=(Monitor("one", "Screen 1", Rect(0, 0, WIDTH, HEIGHT)),),
    )


def begun(child: Child, relay: Relay, grade: Grade = Grade.VIEW) -> None:
    child.begin(setup_for(relay, grade))
    relay.until(lambda: relay.frames > 0, "the first frame")


def gone_within(process: subprocess.Popen[bytes], seconds: float = SECOND) -> None:
    started = time.monotonic()
    process.wait(seconds)
    assert time.monotonic() - started < seconds


def test_it_shows_only_after_it_was_told_what_to_show(child: Child, relay: Relay, heards: Heards) -> None:
    assert relay.links == 0

    begun(child, relay)

    assert heards.next(Standing).state is State.ACTIVE


def test_what_the_agent_does_reaches_the_tray(child: Child, relay: Relay, heards: Heards) -> None:
    begun(child, relay, Grade.POINT)

    relay.send(FromViewer.POINT, POINT_BODY.pack(12, 34, 1))
    assert heards.next(Pointed) == Pointed(12, 34, True)
    relay.say(FromViewer.CHAT, text="您好")
    assert heards.next(Heard).text == "您好"
    relay.say(FromViewer.EVENT, event="ask_grade", grade=3)
    while (told := heards.next(Standing)).asked is None:
        pass

    child.order(Order(Do.GRANT, grade=told.asked))
    while (told := heards.next(Standing)).grade is not Grade.CONTROL:
        pass
    assert told.asked is None


def test_stopping_ends_the_process_at_once_also_when_the_line_is_cut(
    child: Child, relay: Relay, heards: Heards
) -> None:
    begun(child, relay)
    relay.drop()

    child.stop()

    gone_within(child.process)
    assert heards.next(Gone).reason in (Reason.STOPPED_BY_EMPLOYEE, None)


def test_a_host_that_hangs_is_killed(child: Child, relay: Relay, heards: Heards) -> None:
    begun(child, relay)
    os.kill(child.process.pid, signal.SIGSTOP)

    child.stop()

    gone_within(child.process)
    assert heards.next(Gone).reason is None


def test_orders_to_a_host_that_hangs_never_hold_up_the_tray(child: Child, relay: Relay) -> None:
    begun(child, relay)
    os.kill(child.process.pid, signal.SIGSTOP)
    areas = tuple(Rect(x, x, 10, 10) for x in range(500))
    started = time.monotonic()

    for _ in range(100):
        child.order(Order(Do.OURS, areas=areas))

    assert time.monotonic() - started < SECOND
    gone_within(child.process)


TRAY = """
import sys, time
from uuid import UUID
from app import system
from app.assist.child import Child
from app.assist.orders import Monitor, Setup
from app.protocol.session import Grade
from app.system.base import Rect
port, session, shared, ticket = sys.argv[1], UUID(sys.argv[2]), bytes.fromhex(sys.argv[3]), UUID(sys.argv[4])
child = Child(system.current(), lambda told: None)
print(child.process.pid, flush=True)
child.begin(Setup(f"http://127.0.0.1:{port}", session, ticket, ticket, ticket, "t" * 40, shared, Grade.VIEW, "one",
                  (Monitor("one", "Screen 1", Rect(0, 0, 400, 300)),)))
time.sleep(600)
"""


def is_running(pid: int) -> bool:
    try:
        return Path(f"/proc/{pid}/stat").read_text("ascii").rpartition(")")[2].split()[0] != "Z"
    except OSError:
        return False


@pytest.mark.skipif(not Path("/proc/self").is_dir(), reason="looks at /proc")
def test_a_killed_tray_takes_the_host_with_it_within_a_second(server: Xvfb) -> None:
    worst = 0.0
    for _ in range(10):
        relay = Relay(WIDTH, HEIGHT)
        values = [str(relay.port), str(relay.session), relay.shared.hex(), str(UUID(int=7))]
        tray = subprocess.Popen(
            [sys.executable, "-c", TRAY, *values], env=server.environment(), stdout=subprocess.PIPE, text=True
        )
        pid = int(tray.stdout.readline())
        relay.until(lambda relay=relay: relay.frames > 0, "the first frame")

        tray.kill()
        killed = time.monotonic()
        while is_running(pid):
            assert time.monotonic() - killed < SECOND
            time.sleep(0.002)

        worst = max(worst, time.monotonic() - killed)
        tray.communicate()
        relay.close()
    print(f"the host outlived a killed tray by {worst * 1000:.0f} ms at most")


@pytest.mark.skipif(not Path("/proc/self").is_dir(), reason="looks at /proc")
def test_a_host_that_is_still_loading_dies_with_the_tray_too() -> None:
    loading = "import sys, time, types; h = types.ModuleType('app.assist.serving'); h.main = lambda: time.sleep(600)"
    script = f"{loading}; sys.modules[h.__name__] = h; from app.assist.start import main; print(1, flush=True); main()"
    host = subprocess.Popen([sys.executable, "-c", script], stdin=subprocess.PIPE, stdout=subprocess.PIPE)
    try:
        assert host.stdout.readline() == b"1\n"
        host.stdin.close()

        assert host.wait(SECOND) == 0
    finally:
        host.kill()
        host.wait()
        host.stdout.close()


def test_a_frozen_program_knows_the_word_it_starts_itself_with() -> None:
    assert ASSIST_HOST == HOST_WORD


@pytest.mark.parametrize("line", [b"[]", b"nonsense", b'{"is": "status"}', b'{"is": "pointer", "x": "no"}'])
def test_garbage_from_the_host_is_refused(line: bytes) -> None:
    with pytest.raises(ValueError):
        told_of(line)


def test_kinds_of_a_newer_host_are_passed_over() -> None:
    told: Told | None = told_of(b'{"is": "weather"}')

    assert told is None
