"""Builds every object of the client once, each when it is first asked for."""

from __future__ import annotations

import locale
import os
import random
import time
from collections.abc import Callable, Mapping, MutableMapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from threading import RLock
from typing import TYPE_CHECKING, Any, Generic, TypeVar

from app import __version__
from app import paths as places
from app import system as systems
from app.errors import NotAvailable
from app.paths import Paths
from app.settings import Files, Resolved, Settings, load
from app.system.base import Display, System

if TYPE_CHECKING:
    from app.answers import Answers
    from app.assist.ledger import Ledger as AssistLedger
    from app.capture.drafts import Drafts
    from app.capture.engine_choice import EngineChoice
    from app.capture.reader import Reader
    from app.capture.screen import Screen
    from app.diagnostics.context import Device
    from app.diagnostics.network import ServerAnswer
    from app.helpdesk.assistance import Assistance
    from app.helpdesk.courier import Courier
    from app.helpdesk.enrolment import Enrolment, Installation
    from app.helpdesk.ledger import Ledger
    from app.helpdesk.outbox import Outbox
    from app.helpdesk.pack import Pack
    from app.helpdesk.server import Server
    from app.protocol.language import Language
    from app.report import Journey

T = TypeVar("T")


class Part(Generic[T]):
    """A part of the services that is built when it is first asked for, once, whichever thread asks."""

    def __init__(self, build: Callable[[Any], T]) -> None:
        self._build = build
        self._name = build.__name__
        self.__doc__ = build.__doc__

    def __get__(self, services: Services, _owner: type[Services]) -> T:
        made: T
        with services.lock:
            if self._name not in services.made:
                services.made[self._name] = self._build(services)
            made = services.made[self._name]
        return made


def utc_now() -> datetime:
    """The clock of the real world, aware, UTC."""
    return datetime.now(UTC)


def no_displays() -> tuple[Display, ...]:
    """Without Qt nobody can tell how the monitors lie."""
    return ()


@dataclass(frozen=True)
class Services:
    """What the client is made of. Parts are built on first use, so a verb pays only for what it uses.

    `displays` tells how the monitors lie and is given by the desktop (`dataclasses.replace`, before first use).
    """

    resolved: Resolved
    paths: Paths
    system: System
    now: Callable[[], datetime] = utc_now
    displays: Callable[[], tuple[Display, ...]] = no_displays
    lock: RLock = field(default_factory=RLock, init=False, repr=False, compare=False)
    made: dict[str, Any] = field(default_factory=dict, init=False, repr=False, compare=False)

    @property
    def settings(self) -> Settings:
        """The values in force."""
        return self.resolved.settings

    @property
    def language(self) -> Language:
        """The language to speak: the setting, else the system's."""
        from app.protocol import language

        chosen = self.settings.language
        told = (os.environ.get("LC_ALL"), os.environ.get("LC_MESSAGES"), os.environ.get("LANG"), locale.getlocale()[0])
        return language.choose((chosen,) if chosen != "auto" else (tag for tag in told if tag))

    @Part
    def enrolment(self) -> Enrolment:
        """Who this installation is to the helpdesk."""
        from app.helpdesk.enrolment import Enrolment

        token = self.settings.enrolment_token
        return Enrolment(self.paths.identity, describe=self.installation, now=self.now, token=token)

    def installation(self) -> Installation:
        """How this computer introduces itself."""
        import socket

        from app.helpdesk.enrolment import Installation

        return Installation(
            hostname=socket.gethostname(),
            os=self.system.os_description(),
            client_version=__version__,
            site=self.settings.site,
            machine=self.system.machine_id_hash(),
        )

    @Part
    def server(self) -> Server:
        """The helpdesk. It may be unreachable, or none may be set up: its methods then say so."""
        from app.helpdesk.server import Server

        settings = self.settings
        return Server(
            settings.server_url,
            self.enrolment,
            now=self.now,
            ca_file=Path(settings.ca_file) if settings.ca_file else None,
            proxy="" if settings.proxy == "system" else settings.proxy,
        )

    @Part
    def outbox(self) -> Outbox:
        """What still has to be sent."""
        from app.helpdesk.outbox import Outbox

        return Outbox(self.paths.outbox, self.now)

    @Part
    def courier(self) -> Courier:
        """Carries the outbox to the server."""
        from app.helpdesk.courier import Courier

        return Courier(self.outbox, self.server, now=self.now, random=random.Random())  # noqa: S311  # spreads attempts

    @Part
    def pack(self) -> Pack:
        """The knowledge kept on this computer."""
        from app.helpdesk.pack import Pack
        from app.helpdesk.server import Whereabouts

        where = Whereabouts(self.settings.site, self.language.value)
        return Pack(self.paths.knowledge, self.server, where=where)

    @Part
    def ledger(self) -> Ledger:
        """My tickets as last seen."""
        from app.helpdesk.ledger import Ledger

        return Ledger(self.paths.tickets)

    @Part
    def assistance(self) -> Assistance:
        """The helpdesk as far as remote assistance goes, over a connection of its own."""
        from app.helpdesk.assistance import Assistance

        settings = self.settings
        return Assistance(
            settings.server_url,
            self.enrolment,
            now=self.now,
            ca_file=Path(settings.ca_file) if settings.ca_file else None,
            proxy="" if settings.proxy == "system" else settings.proxy,
        )

    @Part
    def assist_ledger(self) -> AssistLedger:
        """Who has looked at this screen."""
        from app.assist.ledger import Ledger as AssistLedger

        return AssistLedger(self.paths.assist)

    @Part
    def reader(self) -> Reader:
        """Reads text in pictures, in a child process of its own."""
        from app.capture.reader import Reader

        return Reader(self.system, self.settings.ocr_engine, self.engine_choice)

    @Part
    def engine_choice(self) -> EngineChoice:
        """Which engine was found to suit this machine."""
        from app.capture.engine_choice import EngineChoice

        return EngineChoice(self.paths.cache, self.paths.machine)

    @Part
    def screen(self) -> Screen:
        """Takes pictures of the screen."""
        from app.capture.screen import system_screen

        return system_screen(self.system, self.now, self.displays, self.paths.data / "screen-allowed")

    @Part
    def drafts(self) -> Drafts | None:
        """Unsent pictures, encrypted; None where the system has no safe place for the key."""
        from app.capture.drafts import Drafts
        from app.system.keystore import key_store

        key = key_store(self.paths.data).key()
        return None if key is None else Drafts(self.paths.drafts, key, self.now)

    @Part
    def device(self) -> Device:
        """This machine as the diagnostics see it."""
        from app.diagnostics.context import Device

        url = self.settings.server_url
        return Device(self.system, self.now, url, self.knock if url else None)

    def knock(self) -> ServerAnswer:
        """Ask the server for a sign of life. Raises HelpdeskError."""
        from app.diagnostics.network import ServerAnswer

        started = time.monotonic()
        self.server.check()
        took = (time.monotonic() - started) * 1000
        ahead = self.server.clock_error
        return ServerAnswer(took, None if ahead is None else self.now() + ahead)

    @Part
    def answers(self) -> Answers:
        """Answers from this computer's pack, else from the server."""
        from app.answers import Answers

        server = self.server if self.settings.server_url else None
        return Answers(self.pack.base, server, site=self.settings.site, now=self.now)

    def journey(self, answers: Answers | None = None) -> Journey:
        """A new journey, one for each report."""
        from app.report import Journey

        return Journey(
            system=self.system,
            screen=self.screen,
            reader=self.reader,
            answers=answers or self.answers,
            device=self.device,
            outbox=self.outbox,
            language=self.language,
            now=self.now,
            displays=self.displays,
        )

    def close(self) -> None:
        """End children, connections and files; what was never built is not touched."""
        for name in ("reader", "assistance", "server", "pack", "ledger", "assist_ledger", "outbox"):
            part = self.made.get(name)
            if part is not None:
                part.close()


def assemble(flags: Mapping[str, str] | None = None, environment: Mapping[str, str] = os.environ) -> Services:
    """Resolve the settings of this user on this machine. Raises HelpdeskError for a setting that cannot be."""
    system = systems.current()
    found = places.find(system.machine_folder(), system.policy_folder(), environment)
    files = Files(found.policy_settings, found.machine_settings, found.user_settings)
    entries = {entry.name.casefold(): entry.value for entry in system.policy_entries()}
    return Services(load(files, environment, flags, entries), found, system)


def desktop(services: Services, command: str = "open", argument: str = "") -> int:
    """Run the bell in the tray until it is ended; a second start hands its command to the first. Exit code.

    Raises NotAvailable where no window can be shown.
    """
    require_display(services.system, os.environ)
    choose_platform(services, os.environ)
    from app.ui.application import run

    return run(services, command, argument)


def choose_platform(services: Services, environment: MutableMapping[str, str]) -> None:
    """Let Qt show its windows by XWayland where remote assistance goes through the desktop's portal: only there can the
    strip stay above everything, and be kept from the agent's hand.
    """
    by_portal = services.system.is_wayland() and services.settings.assist_wayland == "portal"
    if by_portal and environment.get("DISPLAY"):
        environment.setdefault("QT_QPA_PLATFORM", "xcb")


def require_display(system: System, environment: Mapping[str, str]) -> None:
    """Raise NotAvailable when Qt would end the program for want of a display instead of saying so."""
    if system.name != "linux" or environment.get("QT_QPA_PLATFORM") or environment.get("WAYLAND_DISPLAY"):
        return
    import xcffib

    try:
        connection = xcffib.connect(environment.get("DISPLAY", ""))  # type: ignore[no-untyped-call]
        connection.disconnect()  # type: ignore[no-untyped-call]
    except (xcffib.ConnectionException, OSError) as error:
        raise NotAvailable(
            "There is no display on which Deskbell could show its window.",
            "Start it in a desktop session, or use a verb such as `deskbell report`.",
        ) from error
