"""A running server: the first start of a data folder, the socket, and a prompt end."""

from __future__ import annotations

import logging
import signal
import socket
import sqlite3
import threading
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from types import FrameType

import uvicorn
from sqlalchemy import select
from sqlalchemy.exc import SQLAlchemyError
from uvicorn.protocols.websockets.websockets_sansio_impl import WebSocketsSansIOProtocol
from websockets.exceptions import InvalidState

from app.errors import HelpdeskError
from app.protocol.assist import MOST_BYTES
from server_stub.agents.service import NewAgent, add_first
from server_stub.application import create_app
from server_stub.control.carrying_out import import_articles
from server_stub.control.routes import close_ear, open_ear
from server_stub.devices.enrolment import TokenTerms
from server_stub.devices.tables import EnrolmentToken
from server_stub.idempotency.once import forget_old
from server_stub.knowledge.following import Following
from server_stub.knowledge.relearning import Relearning
from server_stub.knowledge.tables import ArticleRecord
from server_stub.servers.roll import announced
from server_stub.services import Services, open_services
from server_stub.sqlite import FIXED_SQLITE

log = logging.getLogger(__name__)

STARTER = Path(__file__).parent / "starter"
DAY = 86_400.0
_BACKLOG = 2048


@dataclass(frozen=True, slots=True)
class FirstStart:
    """What is told once, when a data folder is new. None and empty for what was there before."""

    agent: NewAgent | None
    token: str


def first_start(services: Services) -> FirstStart:
    """Give a new data folder its administrator, its enrolment token and the starter articles."""
    with services.database.holding("first start"):
        with services.database.write() as session:
            agent = add_first(session, now=services.now)
            token = ""
            if session.scalar(select(EnrolmentToken.id).limit(1)) is None:
                token = services.enrolment.make_token(session, TokenTerms(label="first start"))
            empty = session.scalar(select(ArticleRecord.id).limit(1)) is None
        if empty and STARTER.is_dir():
            import_articles(services, STARTER)
    return FirstStart(agent, token)


@dataclass(frozen=True, slots=True)
class Wish:
    """What to serve and where: a data folder and, if its data is in PostgreSQL, that `address`. Port 0 takes any free
    one; no `allowed_hosts` means all; `record_days` 0 records no remote assistance."""

    root: Path
    host: str = "127.0.0.1"
    port: int = 0
    allowed_hosts: Sequence[str] = ()
    record_days: int = 0
    address: str = ""
    announce: str = ""
    """Where other servers of the same database reach this one; empty for where it listens."""


def serve(wish: Wish) -> None:
    """Serve a data folder until SIGTERM or SIGINT. Raises HelpdeskError."""
    bound = listener(wish.host, wish.port)
    with bound:
        services = open_services(wish.root, record_days=wish.record_days, address=wish.address)
        try:
            if services.roll is not None:
                host, port = bound.getsockname()[:2]
                services.roll.join(announced(wish.announce, host, port))
            first = first_start(services)
            services.receiving.sweep_strays()
            Housekeeping(services).start()
            services.publication.refresh_soon()
            Relearning(services.publication, services.bell).start()
            if services.database.is_shared:
                Following(services.publication, services.bell).start()
            if sqlite3.sqlite_version_info < FIXED_SQLITE:
                log.info("SQLite %s is used with a single writing connection", sqlite3.sqlite_version)
            _Running(services, bound, first, wish.allowed_hosts).run(sockets=[bound])
        finally:
            services.close()


class Housekeeping(threading.Thread):
    """Forgets, once at the start and then once a day, what nobody will ask for again."""

    def __init__(self, services: Services) -> None:
        super().__init__(name="housekeeping", daemon=True)
        self._services = services

    def run(self) -> None:
        """Until the server ends."""
        while not self._services.bell.closed:
            try:
                self.once()
            except (HelpdeskError, OSError, SQLAlchemyError) as problem:
                log.error("housekeeping failed, the next is in a day: %s", problem)  # noqa: TRY400
            self._services.bell.wait_for_close(DAY)

    def once(self) -> None:
        """One round, unless another server is about it."""
        with self._services.database.holding_if_free("housekeeping") as is_mine:
            if is_mine:
                self._clean()

    def _clean(self) -> None:
        self._services.receiving.forget_abandoned()
        self._services.recordings.expire()
        with self._services.database.write() as session:
            forget_old(session, self._services.now())


class Socket(WebSocketsSansIOProtocol):
    """A WebSocket that a server which ends may close although its other end is about to: uvicorn's raises then, and
    the server would leave its other connections and the database open."""

    def shutdown(self) -> None:
        """Say goodbye, unless that is under way."""
        try:
            super().shutdown()
        except InvalidState:
            self.transport.close()


class _Running(uvicorn.Server):
    """uvicorn, told to announce itself when it really listens and to wake the waiting when it ends."""

    def __init__(
        self, services: Services, bound: socket.socket, first: FirstStart, allowed_hosts: Sequence[str]
    ) -> None:
        application = create_app(services, allowed_hosts=allowed_hosts)
        super().__init__(
            uvicorn.Config(
                application,
                log_config=None,
                access_log=False,
                server_header=False,
                timeout_keep_alive=30,
                timeout_graceful_shutdown=1,
                ws=Socket,
                # Sealed bytes do not get smaller, and nobody may send more at once than the relay passes on.
                ws_per_message_deflate=False,
                ws_max_size=2 * MOST_BYTES,
            )
        )
        self._services = services
        self._first = first
        self._host, self._port = bound.getsockname()[:2]
        # uvicorn raises the signal that ended it once more at its end; by then it has done its work.
        for number in (signal.SIGTERM, signal.SIGINT):
            signal.signal(number, lambda *_: None)

    async def startup(self, sockets: list[socket.socket] | None = None) -> None:
        await super().startup(sockets)
        if self.started:
            reached = {"0.0.0.0": "127.0.0.1", "::": "::1"}.get(self._host, self._host)  # noqa: S104  # compared only
            if not self._services.database.is_shared:
                open_ear(self._services.folder, reached, self._port, self._services.control_secret)
            tell(f"http://{f'[{reached}]' if ':' in reached else reached}:{self._port}", self._first)

    async def shutdown(self, sockets: list[socket.socket] | None = None) -> None:
        if not self._services.database.is_shared:
            close_ear(self._services.folder)
        await super().shutdown(sockets)

    def handle_exit(self, sig: int, frame: FrameType | None) -> None:
        self._services.bell.close()
        super().handle_exit(sig, frame)


def tell(address: str, first: FirstStart) -> None:
    """Print where the server is and, once, what a new one needs people to know. Scripts read these lines."""
    lines = [f"Deskbell server is listening on {address}", f"Workbench: {address}/workbench/"]
    if first.agent is not None:
        lines += [f"Workbench login: {first.agent.login}", f"Workbench password: {first.agent.password}"]
    if first.token:
        lines.append(f"Enrolment token: {first.token}")
    if first.agent is not None or first.token:
        lines.append("Keep these: they are not shown again.")
    print("\n".join(lines), flush=True)  # noqa: T201  # this is what the command is asked for


def listener(host: str, port: int) -> socket.socket:
    """A listening socket; port 0 takes any free one. Raises HelpdeskError."""
    bound: socket.socket | None = None
    try:
        family = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)[0][0]
        # asyncio switches Nagle's algorithm off only where the protocol is named; without that, every answer on a
        # kept connection waits 40 ms for an acknowledgement.
        bound = socket.socket(family, socket.SOCK_STREAM, socket.IPPROTO_TCP)
        if hasattr(socket, "SO_EXCLUSIVEADDRUSE"):
            bound.setsockopt(socket.SOL_SOCKET, socket.SO_EXCLUSIVEADDRUSE, 1)
        else:
            bound.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        bound.bind((host, port))
        bound.listen(_BACKLOG)
    except (OSError, OverflowError) as problem:
        if bound is not None:
            bound.close()
        raise HelpdeskError(
            "The server cannot listen on {host} port {port}: {reason}.",
            "Another program may be there already; choose another --port, or 0 for any free one.",
            host=host,
            port=port,
            reason=getattr(problem, "strerror", None) or problem,
        ) from problem
    return bound
