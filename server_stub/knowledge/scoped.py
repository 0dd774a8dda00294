"""Packs for single reaches: made when somebody asks for one, one at a time, kept while they are asked for.

A computer whose pack is not made yet is told to keep the one it has, or gets everybody's meanwhile. Whether it has
the newest is known from its version alone, so a pack that is no longer kept costs nothing until articles change.
"""

from __future__ import annotations

import logging
import os
import threading
from collections import OrderedDict
from collections.abc import Collection
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

from app.errors import HelpdeskError
from server_stub.clock import Clock
from server_stub.knowledge import deltas
from server_stub.knowledge.editions import Audience, Edition, Editions
from server_stub.knowledge.library import EVERYBODY
from server_stub.knowledge.reach import Reach

log = logging.getLogger(__name__)

FOLDER = "reaches"
KEPT = 100
"""Packs that are kept, 20 MB each; for further reaches there is everybody's pack."""
IDLE = 7 * 86_400.0
"""Seconds after which a pack that nobody asked for makes room for another."""
MOST_WANTED = 1_000
_TOUCHED_EVERY = 3_600.0


@dataclass(frozen=True, slots=True)
class Download:
    """A pack as computers fetch it; without a `path` when the asking one is to keep the pack it has."""

    version: str
    path: Path | None = None
    digest: str = ""


@dataclass(frozen=True, slots=True)
class _Kept:
    edition: Edition
    content: str
    said: str


class ScopedPacks:
    """Thread-safe, except that `make` must be called by one at a time."""

    def __init__(self, editions: Editions, now: Clock, most: int = KEPT) -> None:
        self.most = most
        self._editions = editions
        self._folder = editions.folder / FOLDER
        self._now = now
        self._lock = threading.Lock()
        self._kept: dict[str, _Kept] = {}
        self._wanted: OrderedDict[str, tuple[str, str]] = OrderedDict()
        self._outdated: list[Path] = []

    def standing(self, reach: Reach, said: str, known: Collection[str], where: tuple[str, str]) -> Download | None:
        """What stands for a reach for somebody who has packs of the `known` versions; None for everybody's pack.

        `said` tells what employees said by now; `where`, the site and language asked for, is put on the list of what
        is to be made when that is not what stands.
        """
        with self._lock:
            found = self._found(reach)
            if found is not None and found.content == reach.content:
                if found.said != said:
                    self._want(reach, where)
                self._touch(found.edition.path)
                return _download(found.edition)
            current = next((each for each in known if each.startswith(_prefix(reach))), None)
            if current is not None:
                return Download(current)
            if not self._want(reach, where):
                return None
            if found is not None:
                return _download(found.edition)
            former = next((each for each in known if each.startswith(f"{reach.slug}.")), None)
            return Download(former) if former is not None else None

    @property
    def is_wanted(self) -> bool:
        """Whether there is a pack to make."""
        with self._lock:
            return bool(self._wanted)

    def next_wanted(self) -> tuple[str, str] | None:
        """The site and language of the next pack to make."""
        with self._lock:
            return self._wanted.popitem(last=False)[1] if self._wanted else None

    def make(self, reach: Reach, said: str, whole: Edition, everybodys: Edition) -> bool:
        """Make the pack of a reach and what makes it of the one before and of everybody's; whether there is another
        pack now. Raises HelpdeskError, OSError.
        """
        self._folder.mkdir(mode=0o700, exist_ok=True)
        with self._lock:
            former = self._found(reach)
        self._sweep(room_for=0 if former else 1)
        audience = Audience(FOLDER, EVERYBODY, whole=whole, reach=reach)
        made = self._editions.current(audience, former.edition if former else None)
        made.base.close()
        for old in (former.edition, everybodys) if former else (everybodys,):
            path = self._delta_path(old.digest, made.path)
            if old.path != made.path and old.path.is_file() and not path.exists():
                deltas.write(old.path, made.path, path)
        with self._lock:
            self._kept[reach.slug] = _Kept(made, reach.content, said)
            if former is not None and former.edition.path != made.path:
                self._outdated.append(former.edition.path)
        return former is None or former.edition.path != made.path

    def clear(self) -> None:
        """Let go of all packs: everything there is fits into one."""
        with self._lock:
            self._kept.clear()
            self._wanted.clear()
        self._sweep(room_for=self.most)

    def delta(self, have: str, new: Path) -> Path | None:
        """What makes a pack of this folder of the one with that SHA-256, if that was made."""
        path = self._delta_path(have, new)
        try:
            return path if deltas.is_worth_it(path, new) else None
        except OSError:
            return None

    def _delta_path(self, old: str, new: Path) -> Path:
        return self._folder / f"{old}-{new.stem}.delta"

    def _found(self, reach: Reach) -> _Kept | None:
        """The pack that is kept for a reach, also one that was made before the server started, or by another one."""
        known = self._kept.get(reach.slug)
        if known is not None and known.edition.path.is_file():
            return known
        self._kept.pop(reach.slug, None)
        for path in self._folder.glob(f"{_prefix(reach)}*.sqlite3"):
            try:
                edition = self._editions.opened(f"{FOLDER}/{path.name}", path.stem, reach.content)
            except (HelpdeskError, OSError) as problem:
                log.info("the pack %s is not used: %s", path.name, problem)
                continue
            edition.base.close()
            kept = self._kept[reach.slug] = _Kept(edition, reach.content, path.stem.rpartition(".")[2])
            return kept
        return None

    def _want(self, reach: Reach, where: tuple[str, str]) -> bool:
        """Put a reach on the list; False when there is no room for another pack."""
        if reach.slug in self._wanted:
            return True
        if reach.slug not in self._kept:
            asked = list(map(_asked_at, self._packs()))
            if len(asked) + len(self._wanted) >= self.most and sum(self._is_idle(each) for each in asked) <= len(
                self._wanted
            ):
                return False
        if len(self._wanted) >= MOST_WANTED:
            return False
        self._wanted[reach.slug] = where
        return True

    def _sweep(self, room_for: int) -> None:
        """Remove what was replaced, what was left half made, and what was asked for longest ago for so many more."""
        if not self._folder.is_dir():
            return
        with self._lock:
            outdated, self._outdated = self._outdated, []
            paths = sorted(set(self._packs()) - set(outdated), key=_asked_at, reverse=True)
            outdated += paths[self.most - room_for :]
            outdated += [each for each in self._folder.iterdir() if each.suffix in (".new", ".unsigned")]
            self._kept = {slug: each for slug, each in self._kept.items() if each.edition.path not in outdated}
        for path in outdated:
            with suppress(OSError):  # Windows keeps files that somebody reads; the next sweep finds it again
                path.unlink(missing_ok=True)
        left = {path.stem for path in self._packs()}
        for path in self._folder.glob("*.delta"):
            if path.stem.partition("-")[2] not in left:
                path.unlink(missing_ok=True)

    def _packs(self) -> list[Path]:
        return list(self._folder.glob("*.sqlite3"))

    def _is_idle(self, asked: float) -> bool:
        return self._now().timestamp() - asked > IDLE

    def _touch(self, path: Path) -> None:
        """Note in the file's time that it was asked for."""
        now = self._now().timestamp()
        with suppress(OSError):
            if now - _asked_at(path) > _TOUCHED_EVERY:
                os.utime(path, (now, now))


def _asked_at(path: Path) -> float:
    """When a pack was asked for last, within an hour, in seconds since 1970; 0 for one that is gone by now."""
    try:
        return path.stat().st_mtime
    except OSError:
        return 0.0


def _prefix(reach: Reach) -> str:
    return f"{reach.slug}.{reach.content}."


def _download(edition: Edition) -> Download:
    return Download(edition.version, edition.path, edition.digest)
