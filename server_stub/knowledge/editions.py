"""The files of the index: each version one signed file, made whole before it has its name."""

from __future__ import annotations

import hashlib
import logging
import shutil
import sqlite3
from dataclasses import dataclass
from pathlib import Path

from app.errors import HelpdeskError, StorageError
from app.knowledge import feedback, seal
from app.knowledge.base import KnowledgeBase
from app.knowledge.build import build
from app.knowledge.feedback import Experience
from app.protocol.knowledge import Visibility
from server_stub.clock import Clock
from server_stub.database import Database
from server_stub.knowledge import slimming
from server_stub.knowledge.building import Building
from server_stub.knowledge.library import EVERYBODY, Library
from server_stub.knowledge.outcomes import learned
from server_stub.knowledge.reach import EVERYTHING, Reach, Reaches

log = logging.getLogger(__name__)

BUILT_HERE = 300
"""Articles up to which an index is built by this process, in a fraction of a second; more would hold up requests."""
SPARED = 6
"""Files of former editions, the newest, that are kept while other servers may still use them."""
_TRIES = 6  # until a slim index is small enough


@dataclass(frozen=True, slots=True)
class Edition:
    """An index as it stands; `path` is the file that clients download, `version` its ETag.

    `content` is the version of its articles alone, without what employees said of them.
    """

    path: Path
    version: str
    content: str
    base: KnowledgeBase
    digest: str
    """The SHA-256 (hexadecimal) of the file."""


@dataclass(frozen=True, slots=True)
class Audience:
    """Whose index: its name among the files and what it may hold. With a `whole` it is a part of that, small enough
    for clients: of everything, or of one `reach`.
    """

    name: str
    visible: frozenset[Visibility]
    whole: Edition | None = None
    reach: Reach = EVERYTHING

    def version(self, content: str, said: str) -> str:
        """What the index is called that holds this content and these words of employees."""
        if self.reach.is_everything:
            return hashlib.sha256(f"{content}\n{said}".encode()).hexdigest()[:16]
        # Its parts can be told apart, so that nobody fetches a pack again only because of what was said.
        return f"{self.reach.slug}.{content}.{digest_of(said)}"

    def file(self, version: str) -> str:
        """The name of its file."""
        return f"{self.name}-{version}.sqlite3" if self.reach.is_everything else f"{self.name}/{version}.sqlite3"


def digest_of(said: str) -> str:
    """A short name for what employees said."""
    return hashlib.sha256(said.encode()).hexdigest()[:8]


class Editions:
    """Makes editions in `folder`, one at a time, signed with `key`; clients get at most `largest` bytes."""

    def __init__(
        self,
        database: Database,
        library: Library,
        folder: Path,
        key: bytes,
        now: Clock,
        largest: int = slimming.LARGEST,
    ) -> None:
        self.folder = folder
        self.key = key
        self.largest = largest
        self._database = database
        self._library = library
        self._now = now
        self._building = Building(database)
        self._fitting = 1.0
        """What has to be aimed at of the largest pack allowed, so that what is made fits."""

    @property
    def given_up(self) -> bool:
        """Whether the server is ending."""
        return self._building.given_up

    def give_up(self) -> None:
        """Let nothing be built any more."""
        self._building.give_up()

    def current(self, audience: Audience, known: Edition | None) -> Edition:
        """The edition as it should be now: the known one, a file made before, or a new one. Raises HelpdeskError."""
        with self._database.read() as session:
            content = audience.reach.content or self._library.version(session, audience.visible)
            said = learned(session, self._now())
        version = audience.version(content, feedback.as_text(said))
        if known is not None and known.version == version:
            return known
        path = self.folder / audience.file(version)
        if path.exists():
            try:
                return _opened(path, version, content)
            except HelpdeskError as problem:
                log.info("the index %s is built again: %s", path.name, problem.summary)
        unsigned = path.with_suffix(".unsigned")
        try:
            if known is not None and known.content == content:
                shutil.copyfile(known.path, unsigned)
                seal.remove(unsigned)
                feedback.relearn(unsigned, version, said)
            elif audience.whole is not None:
                self._build_slim(audience, audience.whole, unsigned, version, said)
            else:
                self._build(audience.visible, unsigned, version, said)
            seal.seal(unsigned, self.key)
            unsigned.replace(path)
        except (OSError, sqlite3.Error) as problem:
            raise StorageError("The pack {path} was not written: {reason}.", path=path, reason=problem) from problem
        finally:
            unsigned.unlink(missing_ok=True)
        return _opened(path, version, content)

    def reaches(self, whole: Edition) -> tuple[Reaches, str]:
        """What computers may need when the whole is too large for them, and a short name for what employees said."""
        with self._database.read() as session:
            found = slimming.reaches(session, EVERYBODY, whole.path.stat().st_size, self.largest)
            return found, digest_of(feedback.as_text(learned(session, self._now())))

    def opened(self, name: str, version: str, content: str) -> Edition:
        """An edition that another server made. Raises HelpdeskError, OSError."""
        return _opened(self.folder / name, version, content)

    def remove_all_but(self, kept: set[Path]) -> None:
        """Remove the files of former editions, as far as nobody reads them; of several servers some follow later."""
        former = [path for path in self.folder.glob("*.sqlite3") if path not in kept]
        if self._database.is_shared:
            former = sorted(former, key=lambda path: path.stat().st_mtime_ns, reverse=True)[SPARED:]
        for path in former:
            try:
                path.unlink(missing_ok=True)
            except PermissionError:
                # Windows keeps files that somebody reads; the next refresh finds it again.
                continue

    def _build(self, visible: frozenset[Visibility], path: Path, version: str, said: tuple[Experience, ...]) -> None:
        with self._database.read() as session:
            if self._library.count(session) <= BUILT_HERE:
                build(self._library.articles(session, visible), path, version, said)
                return
        self._building.build(visible, path, version)

    def _build_slim(
        self, audience: Audience, whole: Edition, path: Path, version: str, said: tuple[Experience, ...]
    ) -> None:
        """A part of the whole that is small enough; what it takes per article is known after the first try, for other
        parts as well.
        """
        size = whole.path.stat().st_size
        for _ in range(_TRIES):
            aim = int(self.largest * self._fitting)
            with self._database.read() as session:
                part = slimming.chosen(session, audience.visible, size, aim, audience.reach)
                articles = (each for each in self._library.articles(session, audience.visible) if each.id in part.kept)
                if len(part.kept) <= BUILT_HERE:
                    build(articles, path, version, said, total=part.total)
                else:
                    self._building.build(audience.visible, path, version, part)
            made = path.stat().st_size + seal.LENGTH
            if len(part.kept) < part.total:
                # A little less each time, for a part of every file is the same however few articles there are.
                self._fitting = min(aim / made * 0.97, 1.0)
            if made <= self.largest:
                return


def _opened(path: Path, version: str, content: str) -> Edition:
    base = KnowledgeBase.open(path)
    with path.open("rb") as file:
        return Edition(path, version, content, base, hashlib.file_digest(file, "sha256").hexdigest())
