"""The ranking index: one file per audience, built anew when articles change and swapped in whole.

What employees said of articles is part of the file. When only that has changed, the file is copied with the new
evidence in it, which costs next to nothing and changes next to nothing in what clients download.
"""

from __future__ import annotations

import contextlib
import hashlib
import logging
import os
import shutil
import sqlite3
import threading
from dataclasses import dataclass
from pathlib import Path

from sqlalchemy import select

from app.errors import HelpdeskError, StorageError
from app.knowledge import feedback
from app.knowledge.base import KnowledgeBase
from app.knowledge.build import build
from app.knowledge.feedback import Experience
from app.protocol.knowledge import Visibility
from app.protocol.problems import ProblemCode
from server_stub.clock import Clock
from server_stub.database import Database
from server_stub.events.log import SYSTEM, EventLog
from server_stub.events.tables import Details, EventRecord, Happening
from server_stub.knowledge.building import Building
from server_stub.knowledge.library import EVERYBODY, STAFF, Library
from server_stub.knowledge.outcomes import learned
from server_stub.problems import SOON, Refusal

log = logging.getLogger(__name__)


BUILT_HERE = 300
"""Articles up to which an index is built by this process, in a fraction of a second; more would hold up requests."""


@dataclass(frozen=True, slots=True)
class Edition:
    """An index as it stands; `path` is the file that clients download, `version` its ETag.

    `content` is the version of its articles alone, without what employees said of them.
    """

    path: Path
    version: str
    content: str
    base: KnowledgeBase


class Publication:
    """What employees and agents may look things up in. `refresh` may be called from any thread at any time."""

    def __init__(self, database: Database, library: Library, events: EventLog, folder: Path, now: Clock) -> None:
        self._database = database
        self._library = library
        self._events = events
        self._folder = folder
        self._now = now
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
                same = self._library.version(session, STAFF) == employees.content
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
            self.refresh_logged()
            return None
        return self.refresh_in_background()

    def refresh_in_background(self) -> threading.Thread:
        """The same on a thread of its own in any case."""
        thread = threading.Thread(target=self.refresh_logged, name="knowledge publication", daemon=True)
        thread.start()
        return thread

    def refresh_logged(self) -> None:
        """The same; failures are logged and the old index serves on."""
        try:
            self.refresh()
        except HelpdeskError as problem:
            if self._building.given_up:
                return
            log.error("the knowledge index was not built: %s %s", problem.summary, problem.hint)  # noqa: TRY400
        except OSError as problem:
            log.error("the knowledge index was not built: %s", problem)  # noqa: TRY400

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
            content = self._library.version(session, visible)
            said = learned(session, self._now())
        version = hashlib.sha256(f"{content}\n{feedback.as_text(said)}".encode()).hexdigest()[:16]
        if current is not None and current.version == version:
            return current
        path = self._folder / f"{name}-{version}.sqlite3"
        if path.exists():
            try:
                return Edition(path, version, content, KnowledgeBase.open(path))
            except HelpdeskError as problem:
                log.info("the index %s is built again: %s", path.name, problem.summary)
        if current is not None and current.content == content:
            _relearnt(current.path, path, version, said)
        else:
            self._build(visible, path, version, said)
        return Edition(path, version, content, KnowledgeBase.open(path))

    def _build(self, visible: frozenset[Visibility], path: Path, version: str, said: tuple[Experience, ...]) -> None:
        with self._database.read() as session:
            if self._library.count(session) <= BUILT_HERE:
                build(self._library.articles(session, visible), path, version, said)
                return
        self._building.build(visible, path, version)

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


def _ready(edition: Edition | None) -> Edition:
    if edition is None:
        raise Refusal(ProblemCode.UNAVAILABLE, "the knowledge index is being built", retry_after=SOON)
    return edition


def _relearnt(source: Path, path: Path, version: str, said: tuple[Experience, ...]) -> None:
    """The same index with other evidence in it. Raises StorageError."""
    unfinished = path.with_name(path.name + ".new")
    try:
        shutil.copyfile(source, unfinished)
        feedback.relearn(unfinished, version, said)
        with unfinished.open("rb+") as file:
            os.fsync(file.fileno())
        unfinished.replace(path)
    except (OSError, sqlite3.Error) as problem:
        raise StorageError("The pack {path} was not written: {reason}.", path=path, reason=problem) from problem
    finally:
        with contextlib.suppress(OSError):
            unfinished.unlink(missing_ok=True)
