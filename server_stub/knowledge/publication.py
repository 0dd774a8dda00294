"""The ranking index: one file per audience, built anew when articles change and swapped in whole.

What employees said of articles is part of the file. When only that has changed, the file is copied with the new
evidence in it, which costs next to nothing and changes next to nothing in what clients download.
"""

from __future__ import annotations

import hashlib
import logging
import shutil
import threading
from collections.abc import Collection, Iterator
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
from server_stub.knowledge.reach import EVERYTHING, Reaches
from server_stub.knowledge.scoped import Download, ScopedPacks
from server_stub.knowledge.standing import Named, Standing, StandingFile
from server_stub.problems import SOON, Refusal

log = logging.getLogger(__name__)

TURN = 0.2
"""Seconds between two looks whether another server has done with publishing."""
EMPLOYEES = Audience("employees", EVERYBODY)
CLIENTS = Audience("clients", EVERYBODY)
AGENTS = Audience("agents", STAFF)


@dataclass(frozen=True, slots=True)
class _Shelf:
    """The editions in use. Those of clients and agents are the employees' where they would be the same.

    Where the whole is too large for clients, `reaches` are what each of them needs, and `said` is a name for what
    employees said.
    """

    employees: Edition
    clients: Edition
    agents: Edition
    reaches: Reaches | None = None
    said: str = ""

    @property
    def every(self) -> tuple[Edition, ...]:
        """Each once."""
        return tuple({each.path: each for each in (self.employees, self.clients, self.agents)}.values())


class Publication:
    """What employees and agents may look things up in. `refresh` may be called from any thread at any time."""

    def __init__(
        self, database: Database, library: Library, events: EventLog, editions: Editions, scoped: ScopedPacks
    ) -> None:
        self._database = database
        self._library = library
        self._events = events
        self._editions = editions
        self._deltas = Deltas(editions.folder / "deltas")
        self.scoped = scoped
        self._workers = threading.Lock()
        self._worker: threading.Thread | None = None
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

    def download(self, site: str, language: str, known: Collection[str] = ()) -> Download:
        """The pack for a computer at a site whose reader has that language, both "" when not known, and who has packs
        of the `known` versions. One that is not made yet is made soon. Raises Refusal(unavailable) like `clients`.
        """
        shelf = self._ready()
        if shelf.reaches is not None:
            reach = shelf.reaches.of(site, language)
            if not reach.is_everything:
                found = self.scoped.standing(reach, shelf.said, known, (site, language))
                self._make_soon()
                if found is not None:
                    return found
        return Download(shelf.clients.version, shelf.clients.path, shelf.clients.digest)

    def delta(self, have: str, new: Path) -> Path | None:
        """What makes a clients' pack of the one with that SHA-256; None when the whole is to be fetched."""
        if new == self.clients.path:
            return self._deltas.delta(have, new)
        return self.scoped.delta(have, new)

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
            self._shelf = self._filled(employees, clients, agents)
            if self._shelf.reaches is None:
                self.scoped.clear()
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
                    self._shelf = self._filled(*(known[name] for name in names))
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
            former = old if old is not None and old.path != employees.path else None
            edition = self._editions.current(replace(CLIENTS, whole=employees), former)
        self._deltas.keep(edition.path, edition.digest)
        return edition

    def _filled(self, employees: Edition, clients: Edition, agents: Edition) -> _Shelf:
        if clients is employees or clients.path == employees.path:
            return _Shelf(employees, clients, agents)
        return _Shelf(employees, clients, agents, *self._editions.reaches(employees))

    def _make_soon(self) -> None:
        """See that somebody makes the packs that are wanted."""
        with self._workers:
            if (self._worker is None or not self._worker.is_alive()) and self.scoped.is_wanted:
                self._worker = threading.Thread(target=self._make_wanted, name="packs by reach", daemon=True)
                self._worker.start()

    def _make_wanted(self) -> None:
        """Make one wanted pack after the other, and tell devices once there is no other left to make."""
        made = []
        try:
            while (where := self.scoped.next_wanted()) is not None:
                with self._turn, self._alone():
                    shelf = self._ready()
                    reach = shelf.reaches.of(*where) if shelf.reaches is not None else EVERYTHING
                    if not reach.is_everything and self.scoped.make(reach, shelf.said, shelf.employees, shelf.clients):
                        made.append(reach.slug + reach.content)
                # Whoever waits to publish goes first.
                if self.scoped.is_wanted and self._ending.wait(TURN):
                    return
            if made:
                told = hashlib.sha256("".join(made).encode()).hexdigest()[:16]
                self._announce(f"{self.clients.version}/{told}")
        except (HelpdeskError, Refusal, OSError, SQLAlchemyError) as problem:
            if not self._ending.is_set() and not self._editions.given_up:
                log.error("a pack was not made: %s", problem)  # noqa: TRY400

    def _announce(self, version: str) -> None:
        """Tell devices that there is another pack, unless they were told of it, `version/…` being one of `version`."""
        newest = (
            select(EventRecord.details)
            .where(EventRecord.kind == Happening.KNOWLEDGE_PUBLISHED)
            .order_by(EventRecord.seq.desc())
            .limit(1)
        )
        with self._database.write() as session:
            last = session.scalar(newest)
            if last is None or version not in (last.version, last.version.partition("/")[0]):
                self._events.append(session, Happening.KNOWLEDGE_PUBLISHED, SYSTEM, details=Details(version=version))

    def _ready(self) -> _Shelf:
        if self._shelf is None:
            raise Refusal(ProblemCode.UNAVAILABLE, "the knowledge index is being built", retry_after=SOON)
        return self._shelf


def _named(edition: Edition) -> Named:
    return Named(file=edition.path.name, version=edition.version, content=edition.content)
