"""The ranking index: one file per audience, built anew when articles change and swapped in whole.

What employees said of articles is part of the file. When only that has changed, the file is copied with the new
evidence in it, which costs next to nothing and changes next to nothing in what clients download.
"""

from __future__ import annotations

import logging
import shutil
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from pathlib import Path
from time import time

from sqlalchemy import select
from sqlalchemy.exc import SQLAlchemyError

from app.errors import HelpdeskError, StorageError
from app.knowledge import seal
from app.protocol.problems import ProblemCode
from server_stub.database import Database
from server_stub.events.log import SYSTEM, EventLog
from server_stub.events.tables import Details, EventRecord, Happening
from server_stub.knowledge.deltas import Deltas
from server_stub.knowledge.editions import BUILT_HERE, Audience, Edition, Editions
from server_stub.knowledge.library import EVERYBODY, STAFF, Library
from server_stub.knowledge.standing import Named, Standing, StandingFile
from server_stub.problems import SOON, Refusal

log = logging.getLogger(__name__)

TURN = 0.2
"""Seconds between two looks whether another server has done with publishing."""
EMPLOYEES = Audience("employees", EVERYBODY)
CLIENTS = Audience("clients", EVERYBODY, slim=True)
AGENTS = Audience("agents", STAFF)


@dataclass(frozen=True, slots=True)
class _Shelf:
    """The editions in use. Those of clients and agents are the employees' where they would be the same."""

    employees: Edition
    clients: Edition
    agents: Edition

    @property
    def every(self) -> tuple[Edition, ...]:
        """Each once."""
        return tuple({each.path: each for each in (self.employees, self.clients, self.agents)}.values())


class Publication:
    """What employees and agents may look things up in. `refresh` may be called from any thread at any time."""

    def __init__(self, database: Database, library: Library, events: EventLog, editions: Editions) -> None:
        self._database = database
        self._library = library
        self._events = events
        self._editions = editions
        self._deltas = Deltas(editions.folder / "deltas")
        self._turn = threading.Lock()
        self._shelf: _Shelf | None = None
        self._standing = StandingFile(editions.folder)
        self._ending = threading.Event()

    @property
    def key(self) -> bytes:
        """The public key that packs are signed with."""
        return seal.public_key(self._editions.key)

    @property
    def employees(self) -> Edition:
        """What devices see. Raises Refusal(unavailable) until the first index is built."""
        return self._ready().employees

    @property
    def clients(self) -> Edition:
        """What devices download: the same, or a part of it when the whole would be too large for them."""
        return self._ready().clients

    @property
    def agents(self) -> Edition:
        """What agents see. Raises Refusal(unavailable) until the first index is built."""
        return self._ready().agents

    def delta(self, have: str) -> Path | None:
        """What makes the clients' pack of the one with that SHA-256; None when the whole is to be fetched."""
        return self._deltas.delta(have, self.clients.path)

    def refresh(self) -> None:
        """Bring all indexes up to the articles. Old ones serve on meanwhile; devices are told of a new one.

        Of several servers one does so at a time; the others follow.
        """
        with self._turn, self._alone():
            old = self._shelf
            employees = self._editions.current(EMPLOYEES, old.employees if old else None)
            with self._database.read() as session:
                same = self._library.version(session, STAFF) == employees.content
            agents = employees if same else self._editions.current(AGENTS, old.agents if old else None)
            clients = self._clients(employees, old.clients if old else None)
            # The replaced bases close when the last request that uses them lets go of them.
            self._shelf = _Shelf(employees, clients, agents)
            self._editions.remove_all_but({each.path for each in self._shelf.every})
            if self._database.is_shared:
                self._standing.write(
                    Standing(employees=_named(employees), clients=_named(clients), agents=_named(agents))
                )
            self._announce(clients.version)

    def follow(self) -> None:
        """Take into use what another server published. Never builds, so that two cannot outdo each other; failures are
        logged, and what was in use serves on until the next look."""
        standing = self._standing.read()
        if standing is None or self._editions.given_up:
            return
        try:
            with self._turn:
                known = {each.path.name: each for each in self._shelf.every} if self._shelf else {}
                wanted = {each.file: each for each in (standing.employees, standing.clients, standing.agents)}
                if wanted.keys() != known.keys() and not self._editions.given_up:
                    for each in wanted.values():
                        if each.file not in known:
                            known[each.file] = self._editions.opened(each.file, each.version, each.content)
                    names = (standing.employees.file, standing.clients.file, standing.agents.file)
                    self._shelf = _Shelf(*(known[name] for name in names))
        except (HelpdeskError, OSError) as problem:
            log.info("what another server published is not there yet: %s", problem)

    def refreshed_within(self, seconds: float) -> bool:
        """Whether any server has looked for news so recently."""
        return self._database.is_shared and time() - self._standing.written_at() < seconds

    def refresh_soon(self) -> threading.Thread | None:
        """The same at once where that is quick, else on a thread of its own; failures are logged, nothing ends."""
        with self._database.read() as session:
            quick = self._library.count(session) <= BUILT_HERE
        if quick:
            self.refresh_logged()
            return None
        return self.refresh_in_background()

    def refresh_in_background(self) -> threading.Thread:
        """The same on a thread of its own in any case."""
        thread = threading.Thread(target=self.refresh_logged, name="knowledge publication", daemon=True)
        thread.start()
        return thread

    def refresh_logged(self) -> None:
        """The same; failures are logged and the old indexes serve on."""
        try:
            self.refresh()
        except HelpdeskError as problem:
            if self._editions.given_up:
                return
            log.error("the knowledge index was not built: %s %s", problem.summary, problem.hint)  # noqa: TRY400
        except (OSError, SQLAlchemyError) as problem:
            log.error("the knowledge index was not built: %s", problem)  # noqa: TRY400

    def pack(self, path: Path, *, slim: bool = False) -> int:
        """Write the employees' articles to a pack file of its own, `slim` only as many as clients download; the
        number of articles. Raises StorageError.
        """
        with self._turn, self._alone():
            old = self._shelf
            edition = self._editions.current(EMPLOYEES, old.employees if old else None)
            if slim:
                edition = self._clients(edition, old.clients if old else None)
            unfinished = path.with_name(path.name + ".new")
            try:
                shutil.copyfile(edition.path, unfinished)
                unfinished.replace(path)
            except OSError as problem:
                raise StorageError(
                    "The pack {path} was not written: {reason}.", path=path, reason=problem.strerror or problem
                ) from problem
            finally:
                unfinished.unlink(missing_ok=True)
            return edition.base.count

    def close(self) -> None:
        """Let go of the files; an index that is being built is given up and built at the next start."""
        self._ending.set()
        self._editions.give_up()
        with self._turn:
            for edition in self._shelf.every if self._shelf else ():
                edition.base.close()
            self._shelf = None

    @contextmanager
    def _alone(self) -> Iterator[None]:
        """Be the one server that publishes; waits for its turn, and raises HelpdeskError when this server ends."""
        while True:
            with self._database.holding_if_free("knowledge") as is_mine:
                if is_mine:
                    yield
                    return
            if self._ending.wait(TURN):
                raise HelpdeskError("The server is ending.", retry=True)

    def _clients(self, employees: Edition, old: Edition | None) -> Edition:
        edition = employees
        if employees.path.stat().st_size > self._editions.largest:
            edition = self._editions.current(replace(CLIENTS, whole=employees), old)
        self._deltas.keep(edition.path, edition.digest)
        return edition

    def _announce(self, version: str) -> None:
        newest = (
            select(EventRecord.details)
            .where(EventRecord.kind == Happening.KNOWLEDGE_PUBLISHED)
            .order_by(EventRecord.seq.desc())
            .limit(1)
        )
        with self._database.write() as session:
            last = session.scalar(newest)
            if last is None or last.version != version:
                self._events.append(session, Happening.KNOWLEDGE_PUBLISHED, SYSTEM, details=Details(version=version))

    def _ready(self) -> _Shelf:
        if self._shelf is None:
            raise Refusal(ProblemCode.UNAVAILABLE, "the knowledge index is being built", retry_after=SOON)
        return self._shelf


def _named(edition: Edition) -> Named:
    return Named(file=edition.path.name, version=edition.version, content=edition.content)
