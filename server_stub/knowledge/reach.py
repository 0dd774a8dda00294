"""What a computer may need of a base too large for it: what holds everywhere and at its own site, its language first.

Places whose computers need the same articles share one reach, whatever they are called. A site that no article names
needs what holds everywhere, so an invented name makes nothing new.
"""

from __future__ import annotations

import hashlib
from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass

from app.knowledge.store import FORMAT
from app.knowledge.tokens import squeezed

LONGEST_SITE = 300
_ANYWHERE = ""


@dataclass(frozen=True, slots=True)
class Entry:
    """An article as far as it matters here; `weight` is about what it takes in a pack."""

    id: str
    digest: str
    sites: tuple[str, ...]
    is_chinese: bool
    weight: int


@dataclass(frozen=True, slots=True)
class Reach:
    """Which articles, in which order: `site` is squeezed, "" one that no article names, None where it is not known;
    `language` is "zh", "en", or "" where it decides nothing. `content` is equal for equal articles.
    """

    site: str | None = None
    language: str = ""
    content: str = ""

    @property
    def slug(self) -> str:
        """A name for files; it stays when the articles change."""
        site = "*" if self.site is None else f"={self.site}"
        return hashlib.sha256(f"{site}\n{self.language}".encode()).hexdigest()[:12]

    @property
    def is_everything(self) -> bool:
        """Whether it is nobody's in particular."""
        return self.site is None and not self.language

    def holds(self, sites: Iterable[str]) -> bool:
        """Whether an article that names those sites belongs to it."""
        named = list(map(squeezed, sites))
        return self.site is None or not named or (bool(self.site) and self.site in named)


EVERYTHING = Reach()


class Reaches:
    """Every reach that the articles of one moment make; `room` is the weight that a pack has room for."""

    def __init__(self, entries: Iterable[Entry], room: float) -> None:
        self._room = room
        self._everywhere: list[Entry] = []
        self._local: dict[str, list[Entry]] = defaultdict(list)
        everything = []
        for entry in sorted(entries, key=lambda each: each.id):
            everything.append(entry)
            if not entry.sites:
                self._everywhere.append(entry)
            for site in set(map(squeezed, entry.sites)) - {""}:
                self._local[site].append(entry)
        self._is_scoped = len(everything) > len(self._everywhere)
        self._is_mixed = len({each.is_chinese for each in everything}) > 1
        self._common = _digest(self._everywhere)
        self._common_weight = sum(each.weight for each in self._everywhere)
        self._whole = _digest(everything)
        self._named = self._leaders()

    def of(self, site: str, language: str) -> Reach:
        """The reach of a computer at a site (as people write it, "" for unknown) whose reader has that language."""
        here = squeezed(site[:LONGEST_SITE])
        if not here or not self._is_scoped:
            chosen = self._chosen(language) if self._is_mixed else ""
            return Reach(None, chosen, _content(self._whole, chosen))
        leader, content, weight = self._named.get(here, (_ANYWHERE, self._common, self._common_weight))
        # Where everything fits, the order of what is left out does not matter.
        chosen = self._chosen(language) if self._is_mixed and weight > self._room else ""
        return Reach(leader, chosen, _content(content, chosen))

    def _leaders(self) -> dict[str, tuple[str, str, int]]:
        """By site: the first of the sites that need the same, the digest of what they need, and its weight."""
        groups: dict[str, str] = {}
        named = {}
        for site, entries in sorted(self._local.items()):
            content = hashlib.sha256(f"{self._common}\n{_digest(entries)}".encode()).hexdigest()
            leader = groups.setdefault(content, site)
            named[site] = leader, content, self._common_weight + sum(each.weight for each in entries)
        return named

    @staticmethod
    def _chosen(language: str) -> str:
        return {"zh": "zh", "en": "en"}.get(language.split("-")[0].lower(), "")


def _digest(entries: Iterable[Entry]) -> str:
    return hashlib.sha256("".join(f"{each.id}\n{each.digest}\n" for each in entries).encode()).hexdigest()


def _content(digest: str, language: str) -> str:
    return hashlib.sha256(f"format {FORMAT}\n{digest}\n{language}".encode()).hexdigest()[:12]
