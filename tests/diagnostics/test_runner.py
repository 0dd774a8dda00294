"""Whatever a probe does, a run ends in time and says what it could not read."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable
from dataclasses import dataclass

from app.diagnostics.context import items
from app.diagnostics.probe import Observation, Section, Severity, fact
from app.diagnostics.runner import run


@dataclass
class Told:
    """A probe that does what it is told."""

    name: str
    act: Callable[[], Observation]
    deadline: float = 1.0
    section: Section = Section.COMPUTER

    def look(self) -> Observation:
        return self.act()


def seen(name: str) -> Observation:
    return Observation((fact(name, "there"),))


def broken() -> Observation:
    raise RuntimeError("the sensor fell off")


def test_facts_come_in_the_order_of_the_probes_not_of_their_speed() -> None:
    first_may_end = threading.Event()

    def slow() -> Observation:
        first_may_end.wait(5)
        return seen("slow")

    def fast() -> Observation:
        first_may_end.set()
        return seen("fast")

    found = items(run([Told("slow", slow), Told("fast", fast)]))

    assert [item.name for item in found] == ["slow", "fast"]


def test_a_raising_probe_is_a_finding_and_the_others_go_on() -> None:
    diagnosis = run([Told("broken", broken), Told("host", lambda: seen("host"))])

    assert [finding.sentence for finding in diagnosis.findings] == ["broken could not be read."]
    assert diagnosis.findings[0].severity is Severity.NOTE
    assert [item.name for item in items(diagnosis)] == ["host"]


def test_a_hung_probe_does_not_hold_up_the_run() -> None:
    release = threading.Event()

    def hang() -> Observation:
        release.wait(30)
        return Observation()

    started = time.monotonic()
    diagnosis = run([Told("hung", hang, deadline=0.05), Told("host", lambda: seen("host"))])
    took = time.monotonic() - started
    release.set()

    assert took < 9  # a hung probe would have taken 20 and more
    assert [finding.probe for finding in diagnosis.findings] == ["hung"]
    assert [item.name for item in items(diagnosis)] == ["host"]


def test_the_deadline_of_the_run_binds_every_probe() -> None:
    release = threading.Event()

    def hang() -> Observation:
        release.wait(30)
        return Observation()

    started = time.monotonic()
    diagnosis = run([Told(f"hung{number}", hang, deadline=20) for number in range(20)], deadline=0.1)
    took = time.monotonic() - started
    release.set()

    assert took < 9  # a hung probe would have taken 20 and more
    assert len(diagnosis.findings) == 20
