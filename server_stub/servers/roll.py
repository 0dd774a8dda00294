"""Which servers work on the database, and this one's place among them."""

from __future__ import annotations

import ipaddress
import logging
import secrets
import socket
import threading
from dataclasses import dataclass
from time import monotonic
from typing import TYPE_CHECKING
from urllib.parse import urlsplit
from uuid import UUID, uuid4

from sqlalchemy import TextClause, delete, func, select, text, update
from sqlalchemy.exc import SQLAlchemyError
from sqlalchemy.orm import Session

from app.errors import HelpdeskError
from server_stub.bell import Bell
from server_stub.servers.tables import ServerRecord, SharedSecret

if TYPE_CHECKING:
    from collections.abc import Callable

    from server_stub.database import Database
    from server_stub.postgres import PostgresDatabase

log = logging.getLogger(__name__)

BEAT = 1.0
"""Seconds between two signs of life."""
DEAD_AFTER = 6.0
"""Seconds without one after which a server counts as gone, and what it relayed goes to others."""
SUSPECT_AFTER = 3.0
"""The same for one that cannot be connected to either."""

_NOW = func.clock_timestamp()


@dataclass(frozen=True, slots=True)
class Way:
    """The server that relays a session; no address means this one."""

    server_id: UUID
    address: str = ""


class Roll:
    """Signs this server in and out, and notices who is gone. `left` is told, in a writing transaction, of servers
    that are; methods raise SQLAlchemyError while the database is away."""

    def __init__(self, database: PostgresDatabase, bell: Bell, left: Callable[[Session, UUID], None]) -> None:
        self.id = uuid4()
        self._database = database
        self._bell = bell
        self._left = left
        self._address = ""
        self._machine = socket.gethostname()[:300]
        self._steady_since = 0.0
        self._heartbeat: threading.Thread | None = None

    @property
    def is_in(self) -> bool:
        """Whether others know of this server; an order on the command line is none."""
        return bool(self._address)

    def join(self, address: str) -> None:
        """Be there from now on, reachable at `address`. Raises HelpdeskError when others could not reach it."""
        with self._database.write() as session:
            living = select(ServerRecord).where(ServerRecord.seen_at > _NOW - _seconds(DEAD_AFTER))
            for other in session.scalars(living).all():
                self._check_beside(address, other)
            # Whoever was at this address before is not there any more.
            same = select(ServerRecord.id).where(ServerRecord.address == address)
            for former in session.scalars(same).all():
                self._strike(session, former)
            self._address = address
            self._steady_since = monotonic()
            self._sign_in(session)
        self._heartbeat = threading.Thread(target=self._live, name="heartbeat", daemon=True)
        self._heartbeat.start()

    def leave(self) -> None:
        """Be gone: what was relayed here goes to others at once."""
        if not self._address:
            return
        self._address = ""
        if self._heartbeat is not None:
            self._heartbeat.join()
        try:
            with self._database.write() as session:
                self._strike(session, self.id)
        except SQLAlchemyError as problem:
            log.info("signing out failed, the others will notice: %s", problem)

    def beat(self) -> None:
        """Give one sign of life, and strike whoever gave none for long."""
        mine = update(ServerRecord).where(ServerRecord.id == self.id).values(seen_at=_NOW)
        with self._database.aside() as connection:
            is_known = connection.execute(mine).rowcount == 1
        if not is_known:
            log.error("this server was taken for gone: it gave no sign of life for %s seconds", DEAD_AFTER)
            with self._database.write() as session:
                self._sign_in(session)
        # After the database was away everybody looks dead to whoever is the first to be back.
        if monotonic() - self._steady_since > DEAD_AFTER + BEAT:
            self._strike_silent(DEAD_AFTER)

    def suspect(self, server_id: UUID) -> None:
        """A server cannot be connected to: strike it if it is silent, too."""
        self._strike_silent(SUSPECT_AFTER, server_id)

    def address_of(self, session: Session, server_id: UUID) -> str | None:
        """Where a server is reached; None when it is not there."""
        return session.scalar(select(ServerRecord.address).where(ServerRecord.id == server_id))

    def _live(self) -> None:
        is_well = False
        while self._address and not self._bell.closed:
            try:
                self.beat()
                if not is_well:
                    self._steady_since, is_well = monotonic(), True
            except SQLAlchemyError as problem:
                if is_well:
                    log.error("no sign of life can be given: %s", problem)  # noqa: TRY400
                self._steady_since, is_well = monotonic(), False
            self._bell.wait_for_close(BEAT)

    def _strike_silent(self, seconds: float, only: UUID | None = None) -> None:
        silent = select(ServerRecord.id).where(
            ServerRecord.seen_at < _NOW - _seconds(seconds), ServerRecord.id != self.id
        )
        if only is not None:
            silent = silent.where(ServerRecord.id == only)
        with self._database.aside() as connection:
            if connection.execute(silent).first() is None:
                return
        with self._database.write() as session:
            for server_id in session.scalars(silent).all():
                log.info("the server %s is gone", server_id)
                self._strike(session, server_id)

    def _strike(self, session: Session, server_id: UUID) -> None:
        self._left(session, server_id)
        session.execute(delete(ServerRecord).where(ServerRecord.id == server_id))

    def _sign_in(self, session: Session) -> None:
        now = session.scalars(select(_NOW)).one()
        session.merge(
            ServerRecord(id=self.id, address=self._address, machine=self._machine, started_at=now, seen_at=now)
        )
        session.flush()

    def _check_beside(self, address: str, other: ServerRecord) -> None:
        if other.machine != self._machine and (is_loopback(address) or is_loopback(other.address)):
            raise HelpdeskError(
                "The servers on {machines} cannot reach each other: {address} means another machine on each.",
                "Start them with --announce and an address at which the others reach them.",
                machines=f"{self._machine}, {other.machine}",
                address=address if is_loopback(address) else other.address,
            )


def announced(given: str, host: str, port: int) -> str:
    """The address that others reach this server at: as given, else where it listens. Raises HelpdeskError."""
    if given:
        parts = urlsplit(given)
        if parts.scheme not in ("http", "https") or not parts.hostname or parts.path not in ("", "/") or parts.query:
            raise HelpdeskError(
                "{given} is not an address of a server.", "It looks like http://10.0.0.5:8440.", given=given
            )
        return f"{parts.scheme}://{parts.netloc}"
    if host in ("0.0.0.0", "::"):  # noqa: S104  # compared only
        raise HelpdeskError(
            "With PostgreSQL, other servers have to know how to reach this one, and it listens everywhere.",
            "Say how with --announce, for example --announce http://10.0.0.5:{port}.",
            port=port,
        )
    return f"http://{f'[{host}]' if ':' in host else host}:{port}"


def is_loopback(address: str) -> bool:
    """Whether an address leads nowhere but to the machine it is used on."""
    host = urlsplit(address).hostname or ""
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return host == "localhost"


def shared_secret(database: Database, name: str) -> bytes:
    """32 bytes that every server of the database knows, made by the first."""
    query = select(SharedSecret.value).where(SharedSecret.name == name)
    with database.read() as session:
        known = session.scalar(query)
    if known is not None:
        return known
    with database.write() as session:
        known = session.scalar(query)
        if known is None:
            known = secrets.token_bytes(32)
            session.add(SharedSecret(name=name, value=known))
    return known


def _seconds(count: float) -> TextClause:
    return text(f"interval '{count:g} seconds'")
