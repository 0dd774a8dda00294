"""What the tray tells the host process and what it hears back: one JSON object a line over the child's own pipes.

The pipe is also the dead man's switch: when it closes, the host ends at once, whatever it is doing.
"""

from __future__ import annotations

import json
from dataclasses import dataclass, field, fields
from datetime import timedelta
from enum import StrEnum
from typing import Any, TextIO
from uuid import UUID

from app.assist.seal import as_bytes
from app.errors import HelpdeskError
from app.protocol.handover import Step
from app.protocol.session import Grade, Limits
from app.system.base import Rect

LONGEST_LINE = 1024 * 1024
LOCAL_PRIORITY = 2.0
"""Seconds the agent's input is ignored after the employee's own, where nothing else is set."""


class Do(StrEnum):
    """What the tray may order."""

    GRANT = "grant"
    REFUSE = "refuse"
    LOWER = "lower"
    PAUSE = "pause"
    RESUME = "resume"
    CONFIRM = "confirm"
    STOP = "stop"
    LOCK = "lock"
    CHAT = "chat"
    COVER = "cover"
    OURS = "ours"
    TAKE = "take"
    TURN_DOWN = "turn_down"
    GOT = "got"
    FINISH = "finish"
    GIVE = "give"
    CHOOSE_SCREEN = "choose_screen"
    REFUSE_SCREEN = "refuse_screen"
    SCREENS = "screens"


@dataclass(frozen=True, slots=True)
class Monitor:
    """A screen of this machine: what the system calls it, what people call it, and where it lies on the desktop."""

    id: str
    name: str
    rect: Rect


@dataclass(frozen=True, slots=True)
class Order:
    """One line from the tray.

    `windows` are handles of private windows, `areas` desktop rectangles of our own ones, `is_focused` tells that one of
    ours has the keyboard. `offer` is the number of what the agent offered, `received` how many bytes of it are written,
    `step` how it ended. `screen` is the id of one of the `screens` there are.
    """

    do: Do
    grade: Grade | None = None
    text: str = ""
    windows: tuple[int, ...] = ()
    areas: tuple[Rect, ...] = ()
    is_focused: bool = False
    offer: int = -1
    received: int = 0
    step: Step = Step.NOTHING
    screen: str = ""
    screens: tuple[Monitor, ...] = ()


@dataclass(frozen=True, slots=True)
class Setup:
    """The first line: everything a host needs; secrets never stand on a command line."""

    server: str
    session: UUID
    ticket: UUID
    agent: UUID
    device: UUID
    token: str
    shared: bytes
    grade: Grade
    screen: str
    """The id of the screen the employee chose, which is one of `screens`."""
    screens: tuple[Monitor, ...]
    limits: Limits = field(default_factory=Limits)
    hold_seconds: float = LOCAL_PRIORITY
    """For so long the agent's input is ignored after the employee's own."""
    ca_file: str = ""
    recorder: str = ""
    """The server's key for recordings, as the employee was told of it; empty when nothing is recorded."""
    by_portal: bool = False
    """Whether Wayland's portal may be used, as the employee was told."""

    @property
    def monitor(self) -> Monitor:
        """The chosen screen. Raises KeyError."""
        return {each.id: each for each in self.screens}[self.screen]


def setup_of(line: str) -> Setup:
    """Read the first line. Raises HelpdeskError."""
    try:
        raw = json.loads(line)
        made = Setup(
            server=str(raw["server"]),
            session=UUID(raw["session"]),
            ticket=UUID(raw["ticket"]),
            agent=UUID(raw["agent"]),
            device=UUID(raw["device"]),
            token=str(raw["token"]),
            shared=as_bytes(raw["shared"]),
            grade=Grade(raw["grade"]),
            screen=str(raw["screen"]),
            screens=screens_of(raw["screens"]),
            limits=limits_of(raw["limits"]),
            hold_seconds=float(raw["hold_seconds"]),
            ca_file=str(raw.get("ca_file", "")),
            recorder=str(raw.get("recorder", "")),
            by_portal=raw.get("by_portal") is True,
        )
        made.monitor  # noqa: B018 - raises where the chosen screen is none of them
        return made
    except (ValueError, KeyError, TypeError) as error:
        raise HelpdeskError("The host was started with orders it cannot read.") from error


def order_of(line: str) -> Order:
    """Read one later line. Raises HelpdeskError."""
    try:
        raw = json.loads(line)
        grade = raw.get("grade")
        return Order(
            do=Do(raw["do"]),
            grade=None if grade is None else Grade(grade),
            text=str(raw.get("text", ""))[:20_000],
            windows=tuple(int(each) for each in raw.get("windows", ())),
            areas=tuple(rect_of(each) for each in raw.get("areas", ())),
            is_focused=bool(raw.get("is_focused", False)),
            offer=int(raw.get("offer", -1)),
            received=int(raw.get("received", 0)),
            step=Step(raw.get("step", Step.NOTHING)),
            screen=str(raw.get("screen", "")),
            screens=screens_of(raw.get("screens", ())),
        )
    except (ValueError, KeyError, TypeError, AttributeError) as error:
        raise HelpdeskError("The host got an order it cannot read.") from error


def rect_of(raw: Any) -> Rect:
    """A rectangle from its four numbers. Raises ValueError or TypeError."""
    x, y, width, height = (int(each) for each in raw)
    return Rect(x, y, width, height)


def screens_of(raw: Any) -> tuple[Monitor, ...]:
    """Screens from their ids, names and places. Raises ValueError or TypeError."""
    return tuple(Monitor(str(key), str(name), rect_of(place)) for key, name, place in raw)


def limits_of(raw: Any) -> Limits:
    """How long a session may take, from seconds. Raises ValueError, TypeError or KeyError."""
    return Limits(**{each.name: timedelta(seconds=float(raw[each.name])) for each in fields(Limits)})


class Teller:
    """Writes lines to the tray; a tray that is gone is noticed by the other pipe."""

    def __init__(self, out: TextIO) -> None:
        self._out = out

    def tell(self, kind: str, **values: Any) -> None:
        """`{"is": kind, …}`."""
        try:
            self._out.write(json.dumps({"is": kind, **values}, ensure_ascii=False) + "\n")
            self._out.flush()
        except (OSError, ValueError):
            pass  # the reader of our orders ends the process
