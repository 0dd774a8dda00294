"""The device context of a ticket: which probes there are and what they say together."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime
from urllib.parse import urlsplit
from urllib.request import getproxies

from app.diagnostics import computer, network, screen, storage
from app.diagnostics.probe import Probe
from app.diagnostics.runner import Diagnosis, Run
from app.protocol.tickets import ContextItem
from app.system.base import Display, System, Window

PATIENCE = 2.0
"""Seconds a ticket waits for the context, counted from the click; the employee looks at the picture meanwhile."""


@dataclass(frozen=True, slots=True)
class Device:
    """This machine as the diagnostics see it; `now` is the clock, aware.

    `server_url` may be empty and `knock` None: then nothing is said about the server. `proxies` gives the proxy
    addresses by scheme.
    """

    system: System
    now: Callable[[], datetime]
    server_url: str = ""
    knock: network.Knock | None = None
    proxies: Callable[[], Mapping[str, str]] = getproxies

    def probes(self, displays: tuple[Display, ...], window: Window | None) -> tuple[Probe, ...]:
        """Every probe that applies, in the order their facts are shown in."""
        found: list[Probe] = [
            computer.Host(),
            computer.OperatingSystem(self.system.os_description),
            computer.User(self.system.user_name),
            storage.Memory(),
            storage.Disks(),
            network.Links(),
            network.Route(),
            network.Proxy(self.proxies),
            computer.Uptime(self.now, computer.boot_time),
            computer.Clock(self.now),
            computer.Locale(),
            computer.Power(),
            computer.Client(),
        ]
        host = urlsplit(self.server_url).hostname if self.server_url else None
        if host:
            found.append(network.Names(host))
        if self.knock is not None:
            found.append(network.ServerReach(self.knock, self.now))
        if displays:
            found.append(screen.Layout(displays))
        if window is not None:
            found.append(screen.Foreground(window))
        return tuple(found)

    def begin(
        self, displays: tuple[Display, ...] = (), window: Window | None = None, patience: float = PATIENCE
    ) -> Run:
        """Start every probe and return at once; `result()` of the run is there after `patience` seconds."""
        import psutil  # noqa: F401  # imported once here: threads importing it side by side would wait for each other

        return Run(self.probes(displays, window), patience)

    def diagnose(self, displays: tuple[Display, ...] = (), window: Window | None = None) -> Diagnosis:
        """Run every probe and wait for all that answer within their deadlines."""
        return self.begin(displays, window, patience=10.0).result()


def collect(
    system: System, displays: tuple[Display, ...], window: Window | None, now: Callable[[], datetime]
) -> tuple[ContextItem, ...]:
    """The context of this machine without a word about the server."""
    return items(Device(system, now).begin(displays, window).result())


def items(diagnosis: Diagnosis) -> tuple[ContextItem, ...]:
    """The facts of a diagnosis as they go into a ticket."""
    return tuple(item for seen in diagnosis.observations for item in seen.items)
