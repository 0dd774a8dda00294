"""Runs probes side by side, each with its deadline; whatever a probe does, the run ends in time."""

from __future__ import annotations

import logging
import threading
import time
from collections.abc import Sequence
from dataclasses import dataclass

from app.diagnostics.probe import Finding, Observation, Probe, Section, Severity, Telling

logger = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Diagnosis:
    """Everything a run brought home, in the order of the probes."""

    observations: tuple[Observation, ...]
    milliseconds: float

    @property
    def findings(self) -> tuple[Finding, ...]:
        """All findings in the order of the probes."""
        return tuple(finding for seen in self.observations for finding in seen.findings)


class _Attempt:
    """One probe in a thread of its own. The thread is a daemon: a hung one never holds up the program's end."""

    def __init__(self, probe: Probe) -> None:
        self.probe = probe
        self._done = threading.Event()
        self._seen: Observation | None = None
        self._thread = threading.Thread(target=self._look, name=f"probe-{probe.name}", daemon=True)
        self._thread.start()

    def _look(self) -> None:
        try:
            self._seen = self.probe.look()
        except Exception as error:  # noqa: BLE001  # a broken probe is a finding, never the end of a report
            logger.info("The probe %s could not be read: %r", self.probe.name, error)
            self._seen = _unreadable(self.probe)
        finally:
            self._done.set()

    def result(self, seconds: float) -> Observation:
        """What the probe saw; a finding of its own when it has nothing to show after so many seconds."""
        if not self._done.wait(max(0.0, seconds)) or self._seen is None:
            logger.info("The probe %s gave no answer in time", self.probe.name)
            return self.probe.overdue() if isinstance(self.probe, Telling) else _unreadable(self.probe)
        return self._seen


class Run:
    """Probes under way. Started at the click, read when the ticket is built: the employee never waits for it."""

    def __init__(self, probes: Sequence[Probe], deadline: float) -> None:
        self._started = time.monotonic()
        self._deadline = deadline
        self._attempts = [_Attempt(probe) for probe in probes]

    def result(self) -> Diagnosis:
        """The diagnosis, at the latest when the longest deadline has passed."""
        seen = tuple(self._wait(attempt) for attempt in self._attempts)
        return Diagnosis(seen, (time.monotonic() - self._started) * 1000)

    def _wait(self, attempt: _Attempt) -> Observation:
        allowed = min(attempt.probe.deadline, self._deadline)
        return attempt.result(allowed - (time.monotonic() - self._started))


def run(probes: Sequence[Probe], deadline: float = 10.0) -> Diagnosis:
    """Run every probe in parallel; none takes longer than its own deadline or `deadline` seconds."""
    return Run(probes, deadline).result()


def _unreadable(probe: Probe) -> Observation:
    finding = Finding(
        probe=probe.name,
        section=Section(probe.section),
        severity=Severity.NOTE,
        summary="{what} could not be read.",
        values=(("what", probe.name),),
    )
    return Observation(findings=(finding,))
