"""Where an article holds and how well it stands: what decides between articles that answer equally well."""

from __future__ import annotations

import json
import math
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, datetime

from app.knowledge.feedback import Said
from app.knowledge.tokens import squeezed
from app.protocol.knowledge import Article

_APPLICATION, _SITE, _VERSION = 0.3, 0.3, 0.3
_OTHER_APPLICATION, _OTHER_SITE, _OTHER_VERSION = -0.2, -1.5, -0.8  # an article for another shop helps nobody here
_HELPFUL, _RECENT = 0.2, 0.1
_HALF_LIFE_DAYS = 730.0
_EPOCH = datetime(2000, 1, 1, tzinfo=UTC)


@dataclass(frozen=True, slots=True)
class Place:
    """Where the question comes from, as far as it is known: empty for what is not.

    `language` is the reader's (`zh-CN`), `version` the application's (`3.2.7`), `today` counts days since 2000.
    """

    language: str = ""
    application: str = ""
    version: str = ""
    site: str = ""
    today: int = 0


NOWHERE = Place()


@dataclass(frozen=True, slots=True)
class Scope:
    """An article's applications, sites and versions, squeezed, and the day it was last changed (0: unknown)."""

    applications: tuple[str, ...] = ()
    sites: tuple[str, ...] = ()
    versions: tuple[str, ...] = ()
    updated: int = 0

    @classmethod
    def of(cls, article: Article) -> Scope:
        """The scope as the article's editor gave it."""
        return cls(
            tuple(map(squeezed, article.applications)),
            tuple(map(squeezed, article.sites)),
            tuple(each.strip().casefold().lstrip("v") for each in article.versions),
            day(article.updated) if article.updated is not None else 0,
        )

    def text(self) -> str:
        """As it is kept in the base; empty for an article that holds everywhere and is of no known age."""
        return json.dumps([self.applications, self.sites, self.versions, self.updated]) if self != Scope() else ""

    @classmethod
    def read(cls, text: str) -> Scope:
        """The scope again. Raises ValueError for damaged text."""
        if not text:
            return cls()
        applications, sites, versions, updated = json.loads(text)
        return cls(tuple(applications), tuple(sites), tuple(versions), int(updated))


def day(moment: datetime) -> int:
    """Days since 2000."""
    return (moment - _EPOCH).days


def standing(scope: Scope, said: Said, place: Place) -> float:
    """What is added to the score: scope first, then what helped anybody at all, then the newer one."""
    return (
        _matched(scope.applications, squeezed(place.application), _APPLICATION, _OTHER_APPLICATION)
        + _site(scope.sites, squeezed(place.site))
        + _version(scope.versions, place.version.strip().casefold().lstrip("v"))
        + _HELPFUL * math.tanh(said.worth / 2)
        + (_RECENT * 0.5 ** (max(place.today - scope.updated, 0) / _HALF_LIFE_DAYS) if scope.updated else 0.0)
    )


def _matched(named: Iterable[str], here: str, gain: float, loss: float) -> float:
    named = [each for each in named if each]
    if not named or not here:
        return 0.0
    return gain if any(each in here or here in each for each in named) else loss


def _site(sites: tuple[str, ...], here: str) -> float:
    if not sites or not here:
        return 0.0
    return _SITE if here in sites else _OTHER_SITE


def _version(versions: tuple[str, ...], here: str) -> float:
    if not versions or not here:
        return 0.0
    return _VERSION if any(f"{here}.".startswith(f"{each}.") for each in versions if each) else _OTHER_VERSION
