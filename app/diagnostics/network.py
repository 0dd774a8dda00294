"""The way to the network: links, route, proxy, names, the server and its clock."""

from __future__ import annotations

import socket
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from urllib.parse import urlsplit

from app.diagnostics.probe import Finding, Observation, Section, Severity, fact
from app.errors import HelpdeskError

CLOCK_TOLERANCE = timedelta(minutes=2)
"""Sign-in tickets and certificates start to fail beyond five minutes; tell before."""

NOWHERE = ("192.0.2.1", "2001:db8::1")
"""Documentation addresses (RFC 5737, RFC 3849): asking for the way to them sends no packet."""


@dataclass(frozen=True, slots=True)
class ServerAnswer:
    """The server answered after so many milliseconds; `clock` is its time, None when it did not say."""

    milliseconds: float
    clock: datetime | None


Knock = Callable[[], ServerAnswer]
"""Asks the server for a sign of life. Raises HelpdeskError when there is none."""


@dataclass(frozen=True, slots=True)
class Links:
    """Network adapters with an address, and whether they are up."""

    name = "links"
    section = Section.NETWORK
    deadline = 2.0

    def look(self) -> Observation:
        import psutil

        states = psutil.net_if_stats()
        up: list[str] = []
        down: list[str] = []
        for adapter, addresses in psutil.net_if_addrs().items():
            state = states.get(adapter)
            found = [entry.address.split("%")[0] for entry in addresses if _worth_telling(entry)]
            if state is not None and state.isup and found:
                up.append(f"{adapter} {', '.join(found)}")
            elif state is not None and not state.isup:
                down.append(adapter)
        items = [fact("network.addresses", "; ".join(up) or "none"), fact("network.link", "up" if up else "down")]
        if down:
            items.append(fact("network.adapters_down", ", ".join(down)))
        if up:
            return Observation(tuple(items))
        finding = Finding(
            self.name,
            self.section,
            Severity.CRITICAL,
            "The computer is not connected to a network.",
            "Check the network cable or switch Wi-Fi on.",
        )
        return Observation(tuple(items), (finding,))


def _worth_telling(entry: object) -> bool:
    address = str(getattr(entry, "address", ""))
    family = getattr(entry, "family", None)
    if family == socket.AF_INET:
        return not address.startswith(("127.", "169.254."))
    return family == socket.AF_INET6 and not address.startswith(("::1", "fe80:"))


@dataclass(frozen=True, slots=True)
class Route:
    """Whether there is a way out, and from which of our addresses it starts."""

    name = "route"
    section = Section.NETWORK
    deadline = 1.0

    def look(self) -> Observation:
        found = [source for address in NOWHERE if (source := way_to(address))]
        return Observation((fact("network.default_route", f"from {' and '.join(found)}" if found else "none"),))


def way_to(address: str) -> str:
    """Our own address on the way to `address`, empty when there is no way. Sends nothing."""
    family = socket.AF_INET6 if ":" in address else socket.AF_INET
    try:
        with socket.socket(family, socket.SOCK_DGRAM) as probe:
            probe.connect((address, 9))
            return str(probe.getsockname()[0])
    except OSError:
        return ""


@dataclass(frozen=True, slots=True)
class Proxy:
    """The proxy programs are told to use, without user name and password. `proxies` maps scheme to address."""

    proxies: Callable[[], Mapping[str, str]]
    name = "proxy"
    section = Section.NETWORK
    deadline = 1.0

    def look(self) -> Observation:
        known = self.proxies()
        told = [f"{scheme} {without_credentials(known[scheme])}" for scheme in ("http", "https") if known.get(scheme)]
        return Observation((fact("network.proxy", ", ".join(told) or "none"),))


def without_credentials(address: str) -> str:
    """`host:port` of a proxy address; what it says before an `@` stays on the machine."""
    try:
        parts = urlsplit(address if "//" in address else f"//{address}")
        port = f":{parts.port}" if parts.port else ""
    except ValueError:
        return "not readable"
    return f"{parts.hostname or ''}{port}"


@dataclass(frozen=True, slots=True)
class Names:
    """Whether the name of the server leads to an address."""

    host: str
    name = "names"
    section = Section.NETWORK
    deadline = 2.0

    def look(self) -> Observation:
        try:
            found = socket.getaddrinfo(self.host, None, type=socket.SOCK_STREAM)
        except (OSError, UnicodeError):
            return self.overdue()
        addresses = dict.fromkeys(str(entry[4][0]) for entry in found)
        return Observation((fact("network.dns", f"{self.host}: {', '.join(addresses)}"),))

    def overdue(self) -> Observation:
        """No answer is no address."""
        finding = Finding(
            self.name,
            self.section,
            Severity.WARNING,
            "The name {host} leads nowhere.",
            "Check the network connection; if other pages do not open either, tell IT that name resolution fails.",
            (("host", self.host),),
        )
        return Observation((fact("network.dns", f"{self.host}: no address"),), (finding,))


@dataclass(frozen=True, slots=True)
class ServerReach:
    """Whether the helpdesk's server answers, how fast, and what time it is there."""

    knock: Knock
    now: Callable[[], datetime]
    deadline: float = 2.0
    name = "server"
    section = Section.NETWORK

    def look(self) -> Observation:
        try:
            answer = self.knock()
        except HelpdeskError as error:
            return self._silent(error.summary)
        items = [fact("server.reachable", "yes"), fact("server.latency", f"{answer.milliseconds:.0f} ms")]
        if answer.clock is None:
            return Observation(tuple(items))
        offset = self.now() - answer.clock
        seconds = round(offset.total_seconds())
        items.append(fact("clock.offset", f"{seconds:+d} s against the server"))
        return Observation(tuple(items), clock_finding(offset))

    def overdue(self) -> Observation:
        """A server that takes longer than this is as good as away."""
        return self._silent(f"no answer within {self.deadline:.0f} s.")

    def _silent(self, why: str) -> Observation:
        finding = Finding(
            self.name,
            self.section,
            Severity.WARNING,
            "The helpdesk cannot be reached: {why}",
            "You can go on: your report is kept on this computer and sent as soon as the connection is back.",
            (("why", why),),
        )
        return Observation((fact("server.reachable", f"no ({why})"),), (finding,))


def clock_finding(offset: timedelta) -> tuple[Finding, ...]:
    """The finding about a clock that is ahead of the server's by `offset`; none within the tolerance."""
    if abs(offset) <= CLOCK_TOLERANCE:
        return ()
    minutes = round(abs(offset).total_seconds() / 60)
    ahead = offset > timedelta(0)
    return (
        Finding(
            "clock",
            Section.COMPUTER,
            Severity.WARNING,
            "The clock is {minutes} minutes fast." if ahead else "The clock is {minutes} minutes slow.",
            "Set the time to automatic in the system settings; signing in and secure pages fail with a wrong clock.",
            (("minutes", str(minutes)),),
        ),
    )
