"""The shape of a probe and of what it brings home."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import Protocol, runtime_checkable

from app.errors import filled
from app.protocol.message import one_line
from app.protocol.tickets import ContextItem

LONGEST_VALUE = 300
"""Characters of one context value; the protocol's lines are not longer."""


class Section(StrEnum):
    """Under which heading a fact is shown."""

    COMPUTER = "computer"
    STORAGE = "storage"
    NETWORK = "network"
    SCREEN = "screen"


class Severity(StrEnum):
    """How much a finding matters to the employee."""

    OK = "ok"
    NOTE = "note"
    WARNING = "warning"
    CRITICAL = "critical"


@dataclass(frozen=True, slots=True)
class Finding:
    """Something worth telling. `summary` and `advice` are English templates which the user interface translates
    before it fills in `values`, pairs of field name and text.
    """

    probe: str
    section: Section
    severity: Severity
    summary: str
    advice: str = ""
    values: tuple[tuple[str, str], ...] = ()

    @property
    def sentence(self) -> str:
        """What was found, in English."""
        return filled(self.summary, dict(self.values))

    @property
    def recommendation(self) -> str:
        """What to do about it in plain words, in English; empty when nothing is to be done."""
        return filled(self.advice, dict(self.values))


@dataclass(frozen=True, slots=True)
class Observation:
    """What one probe read."""

    items: tuple[ContextItem, ...] = ()
    findings: tuple[Finding, ...] = ()


class Probe(Protocol):
    """Reads one thing and nothing else. `deadline` is in seconds from the start of the run.

    `look` may raise anything and may hang: the runner turns both into a finding.
    """

    @property
    def name(self) -> str: ...

    @property
    def section(self) -> Section: ...

    @property
    def deadline(self) -> float: ...

    def look(self) -> Observation: ...


@runtime_checkable
class Telling(Protocol):
    """A probe for which no answer in time is an answer too: a network that is silent is a finding."""

    def overdue(self) -> Observation: ...


def fact(name: str, value: object) -> ContextItem:
    """A context item whose value is one printable line of bounded length, whatever the machine said."""
    text = str(value).encode("utf-8", "replace").decode("utf-8")
    line = one_line(text[: 4 * LONGEST_VALUE])
    if len(line) > LONGEST_VALUE:
        line = line[: LONGEST_VALUE - 1] + "…"
    return ContextItem(name=name, value=line)


def size(count: float) -> str:
    """Bytes as people read them: `7.8 GB`, powers of 1024."""
    unit = "B"
    for unit in ("B", "KB", "MB", "GB", "TB"):
        if count < 1024 or unit == "TB":
            break
        count /= 1024
    return f"{count:.0f} {unit}" if unit in ("B", "KB", "MB") or count >= 100 else f"{count:.1f} {unit}"
