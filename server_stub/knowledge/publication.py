"""The ranking index: one file per audience, built anew when articles change and swapped in whole."""

from __future__ import annotations

import logging
import shutil
import threading
from dataclasses import dataclass
from pathlib import Path

from sqlalchemy import select

from app.errors import HelpdeskError, StorageError
from app.knowledge.base import KnowledgeBase
from app.knowledge.build import build
from app.protocol.knowledge import Visibility
from app.protocol.problems import ProblemCode
from server_stub.database import Database
from server_stub.events.log import SYSTEM, EventLog
from server_stub.events.tables import Details, EventRecord, Happening
from server_stub.knowledge.building import Building
from server_stub.knowledge.library import EVERYBODY, STAFF, Library
from server_stub.problems import SOON, Refusal

log = logging.getLogger(__name__)


BUILT_HERE = 300
"""Articles up to which an index is built by this process, in a fraction of a second; more would hold up requests."""


@dataclass(frozen=True, slots=True)
class Edition:
    """An index as it stands; `path` is the file that clients download, `version` its ETag."""

    path: Path
    version: str
    base: KnowledgeBase


class Publication:
    """What employees and agents may look things up in. `refresh` may be called from any thread at any time."""

    def __init__(self, database: Database, library: Library, events: EventLog, folder: Path) -> None:
        self._database = database
        self._library = library
        self._events = events
        self._folder = folder
        self._turn = threading.Lock()
        self._building = Building(database.path)
        self._employees: Edition | None = None
        self._agents: Edition | None = None

    @property
    def employees(self) -> Edition:
        """What devices see. Raises Refusal(unavailable) until the first index is built."""
        return _ready(self._employees)

    @property
    def agents(self) -> Edition:
        """What agents see. Raises Refusal(unavailable) until the first index is built."""
        return _ready(self._agents)

    def refresh(self) -> None:
        """Bring both indexes up to the articles. Old ones serve on meanwhile; devices are told of a new one."""
        with self._turn:
            employees = self._edition("employees", EVERYBODY, self._employees)
            with self._database.read() as session:
                same = self._library.version(session, STAFF) == employees.version
            agents = employees if same else self._edition("agents", STAFF, self._agents)
            # The replaced bases close when the last request that uses them lets go of them.
            self._employees, self._agents = employees, agents
            self._remove_old({employees.path, agents.path})
            self._announce(employees.version)

    def refresh_soon(self) -> threading.Thread | None:
        """The same at once where that is quick, else on a thread of its own; failures are logged, nothing ends."""
        with self._database.read() as session:
            quick = self._library.count(session) <= BUILT_HERE
        if quick:
            self._refresh_logged()
            return None
        return self.refresh_in_background()

    def refresh_in_background(self) -> threading.Thread:
        """The same on a thread of its own in any case."""
        thread = threading.Thread(target=self._refresh_logged, name="knowledge publication", daemon=True)
        thread.start()
        return thread

    def pack(self, path: Path) -> int:
        """Write the employees' articles to a pack file of its own; the number of articles. Raises StorageError."""
        with self._turn:
            edition = self._edition("employees", EVERYBODY, self._employees)
            unfinished = path.with_name(path.name + ".new")
            try:
                shutil.copyfile(edition.path, unfinished)
                unfinished.replace(path)
            except OSError as problem:
                raise StorageError("The pack {path} was not written: {reason}.", path=path, reason=problem) from problem
            finally:
                unfinished.unlink(missing_ok=True)
            return edition.base.count

    def close(self) -> None:
        """Let go of the files; an index that is being built is given up and built at the next start."""
        self._building.give_up()
        with self._turn:
            for edition in {self._employees, self._agents} - {None}:
                edition.base.close()  # type: ignore[union-attr]  # None was taken out
            self._employees = self._agents = None

    def _edition(self, name: str, visible: frozenset[Visibility], current: Edition | None) -> Edition:
        with self._database.read() as session:
            version = self._library.version(session, visible)
            count = self._library.count(session)
        if current is not None and current.version == version:
            return current
        path = self._folder / f"{name}-{version}.sqlite3"
        if path.exists():
            try:
                return Edition(path, version, KnowledgeBase.open(path))
            except HelpdeskError as problem:
                log.info("the index %s is built again: %s", path.name, problem.summary)
        if count > BUILT_HERE:
            self._building.build(visible, path, version)
        else:
            with self._database.read() as session:
                build(self._library.articles(session, visible), path, version)
        return Edition(path, version, KnowledgeBase.open(path))

    def _remove_old(self, kept: set[Path]) -> None:
        for path in self._folder.glob("*.sqlite3"):
            if path not in kept:
                try:
                    path.unlink(missing_ok=True)
                except PermissionError:
                    # Windows keeps files that somebody reads; the next refresh finds it again.
                    continue

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

    def _refresh_logged(self) -> None:
        try:
            self.refresh()
        except HelpdeskError as problem:
            if self._building.given_up:
                return
            log.error("the knowledge index was not built: %s %s", problem.summary, problem.hint)  # noqa: TRY400
        except OSError as problem:
            log.error("the knowledge index was not built: %s", problem)  # noqa: TRY400


def _ready(edition: Edition | None) -> Edition:
    if edition is None:
        raise Refusal(ProblemCode.UNAVAILABLE, "the knowledge index is being built", retry_after=SOON)
    return edition
