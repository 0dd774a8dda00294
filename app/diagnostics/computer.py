"""The computer itself: name, system, user, how long it has run, clock, language, power."""

from __future__ import annotations

import locale
import socket
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from app import __version__
from app.diagnostics.probe import Finding, Observation, Section, Severity, fact

LONG_UPTIME = timedelta(days=14)
LOW_BATTERY = 15
"""Percent; below it an unplugged machine may go off in the middle of the help."""


@dataclass(frozen=True, slots=True)
class Host:
    """The name the computer has on the network."""

    name = "host"
    section = Section.COMPUTER
    deadline = 1.0

    def look(self) -> Observation:
        return Observation((fact("host.name", socket.gethostname()),))


@dataclass(frozen=True, slots=True)
class OperatingSystem:
    """`describe` names the system and its version as people know it."""

    describe: Callable[[], str]
    name = "os"
    section = Section.COMPUTER
    deadline = 1.0

    def look(self) -> Observation:
        return Observation((fact("os.version", self.describe()),))


@dataclass(frozen=True, slots=True)
class User:
    """Who is signed in, by account name."""

    account: Callable[[], str]
    name = "user"
    section = Section.COMPUTER
    deadline = 1.0

    def look(self) -> Observation:
        return Observation((fact("user.name", self.account()),))


@dataclass(frozen=True, slots=True)
class Client:
    """Which Deskbell is asking."""

    name = "client"
    section = Section.COMPUTER
    deadline = 1.0

    def look(self) -> Observation:
        return Observation((fact("client.version", f"Deskbell {__version__}"),))


@dataclass(frozen=True, slots=True)
class Uptime:
    """How long the computer has been running; `now` is the clock, aware."""

    now: Callable[[], datetime]
    boot: Callable[[], float]
    name = "uptime"
    section = Section.COMPUTER
    deadline = 1.0

    def look(self) -> Observation:
        since = datetime.fromtimestamp(self.boot(), UTC)
        running = max(self.now() - since, timedelta(0))
        items = (fact("uptime", duration(running)), fact("uptime.since", since.strftime("%Y-%m-%dT%H:%M:%SZ")))
        if running < LONG_UPTIME:
            return Observation(items)
        finding = Finding(
            self.name,
            self.section,
            Severity.NOTE,
            "The computer has been running for {days} days without a restart.",
            "Restart it when you can; many faults go away with it.",
            (("days", str(running.days)),),
        )
        return Observation(items, (finding,))


@dataclass(frozen=True, slots=True)
class Clock:
    """Local time and time zone. Whether the clock is right, only the server can tell."""

    now: Callable[[], datetime]
    name = "clock"
    section = Section.COMPUTER
    deadline = 1.0

    def look(self) -> Observation:
        local = self.now().astimezone()
        zone = f"{local.tzname() or ''} UTC{local:%z}".strip()
        return Observation((fact("clock.local", f"{local:%Y-%m-%d %H:%M:%S}"), fact("clock.zone", zone)))


@dataclass(frozen=True, slots=True)
class Locale:
    """The language and the character encoding programs are started with."""

    name = "locale"
    section = Section.COMPUTER
    deadline = 1.0

    def look(self) -> Observation:
        language, encoding = locale.getlocale()
        return Observation((fact("locale", f"{language or 'C'} {encoding or ''}"),))


@dataclass(frozen=True, slots=True)
class Power:
    """Mains or battery; computers without a battery have nothing to say."""

    name = "power"
    section = Section.COMPUTER
    deadline = 1.0

    def look(self) -> Observation:
        import psutil

        read = getattr(psutil, "sensors_battery", None)  # absent on systems psutil cannot ask
        battery = read() if read is not None else None
        if battery is None:
            return Observation()
        percent = round(battery.percent)
        plugged = bool(battery.power_plugged)
        items = (fact("power", f"{'mains' if plugged else 'battery'}, {percent} % charged"),)
        if plugged or percent >= LOW_BATTERY:
            return Observation(items)
        finding = Finding(
            self.name,
            self.section,
            Severity.WARNING,
            "The battery holds only {percent} %.",
            "Plug in the power supply before you go on.",
            (("percent", str(percent)),),
        )
        return Observation(items, (finding,))


def duration(span: timedelta) -> str:
    """A span as people say it: `3 d 4 h`, `4 h 12 min`, `7 min`."""
    minutes = int(span.total_seconds()) // 60
    days, hours, minutes = minutes // 1440, minutes // 60 % 24, minutes % 60
    if days:
        return f"{days} d {hours} h"
    return f"{hours} h {minutes} min" if hours else f"{minutes} min"


def boot_time() -> float:
    """When the computer started, in seconds since 1970."""
    import psutil

    return psutil.boot_time()
