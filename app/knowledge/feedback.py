"""What employees said of suggestions, as evidence: what solved a fault before is likelier to solve it again.

Evidence counts per fault (fingerprint) and article and fades with time. A device counts with its last word only, a
site as much as two devices at most, so that nobody's clicking outweighs what an article says.
"""

from __future__ import annotations

import json
import math
import sqlite3
from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path

from app.knowledge.store import Store

HALF_LIFE = timedelta(days=90)
REMEMBERED = timedelta(days=720)  # eight half-lives; older words weigh less than a half of one hundredth
MOST_PER_SITE = 2.0
MOST_KEPT = 20_000
_LEAST = 0.1  # evidence below is forgotten
_STEP = 0.25  # evidence is rounded to it, so that a day's fading alone makes no new edition
_WEIGHT, _LOWEST, _HIGHEST = 2.0, -3.0, 6.0


@dataclass(frozen=True, slots=True)
class Vote:
    """*This solved it* or *Did not help*, said once on one device; `site` is empty where there are no sites."""

    article: str
    fingerprint: str
    solved: bool
    device: str
    site: str
    at: datetime


@dataclass(frozen=True, slots=True)
class Said:
    """How much speaks for and against an article, in devices; both fade and are capped per site."""

    solved: float = 0.0
    failed: float = 0.0

    @property
    def worth(self) -> float:
        """What is added to the article's score: the smoothed log odds of helping, within bounds; 0 for silence."""
        return max(_LOWEST, min(_HIGHEST, _WEIGHT * math.log((self.solved + 1) / (self.failed + 1))))

    @property
    def proven(self) -> bool:
        """Whether more than one site says it solves the fault; then its text need not look like it at all."""
        return self.solved - self.failed > MOST_PER_SITE


@dataclass(frozen=True, slots=True)
class Experience:
    """What all votes together say of one article for one fault."""

    article: str
    fingerprint: str
    said: Said


def experiences(votes: Iterable[Vote], now: datetime) -> tuple[Experience, ...]:
    """The evidence of votes at a moment, at most MOST_KEPT of it, the strongest first kept; sorted by fault."""
    last: dict[tuple[str, str, str], Vote] = {}
    for vote in votes:
        key = (vote.article, vote.fingerprint, vote.device)
        if vote.fingerprint and (key not in last or vote.at >= last[key].at):
            last[key] = vote
    sums: dict[tuple[str, str], dict[tuple[str, bool], float]] = defaultdict(lambda: defaultdict(float))
    for vote in last.values():
        # A vote from the future comes from a wrong clock; it counts as said now.
        share = 0.5 ** (max(now - vote.at, timedelta()) / HALF_LIFE)
        sums[vote.fingerprint, vote.article][vote.site or vote.device, vote.solved] += share
    found = []
    for (fingerprint, article), sites in sums.items():
        solved, failed = (
            _rounded(sum(min(weight, MOST_PER_SITE) for (_, good), weight in sites.items() if good is wanted))
            for wanted in (True, False)
        )
        if solved or failed:
            found.append(Experience(article, fingerprint, Said(solved, failed)))
    found.sort(key=lambda each: (-each.said.solved - each.said.failed, each.fingerprint, each.article))
    return tuple(sorted(found[:MOST_KEPT], key=lambda each: (each.fingerprint, each.article)))


def _rounded(weight: float) -> float:
    return max(round(weight / _STEP) * _STEP, _STEP) if weight >= _LEAST else 0.0


def write(connection: sqlite3.Connection, said: Iterable[Experience]) -> None:
    """Replaces the evidence in a knowledge base file by another; of articles it does not hold nothing is kept."""
    connection.execute("DELETE FROM experiences")
    connection.executemany(
        "INSERT INTO experiences SELECT ?, doc, ?, ? FROM articles WHERE id = ?",
        ((each.fingerprint, each.said.solved, each.said.failed, each.article) for each in said),
    )
    connection.execute("DELETE FROM helpful")
    connection.execute("INSERT INTO helpful SELECT doc, sum(solved), sum(failed) FROM experiences GROUP BY doc")


def relearn(path: Path, version: str, said: Iterable[Experience]) -> None:
    """Gives a file that nobody reads yet other evidence and another version. Raises sqlite3.Error."""
    connection = sqlite3.connect(path, isolation_level=None)
    try:
        connection.execute("PRAGMA journal_mode = OFF")
        connection.execute("BEGIN")
        write(connection, said)
        connection.execute("UPDATE meta SET value = ? WHERE key = 'version'", (version,))
        connection.execute("COMMIT")
    finally:
        connection.close()


def said_of(store: Store, fingerprint: str) -> dict[int, Said]:
    """By number, the articles somebody said something of for this fault. Raises HelpdeskError for a damaged file."""
    if not fingerprint:
        return {}
    rows = store.rows("SELECT doc, solved, failed FROM experiences WHERE fingerprint = ?", (fingerprint,))
    return {int(row[0] or 0): Said(float(row[1] or 0), float(row[2] or 0)) for row in rows}


def helpful(store: Store, documents: Iterable[int]) -> dict[int, Said]:
    """By number, what is said of some articles whatever the fault. Raises HelpdeskError for a damaged file."""
    rows = store.rows(
        "SELECT doc, solved, failed FROM helpful WHERE doc IN (SELECT value FROM json_each(?))",
        (json.dumps(list(documents)),),
    )
    return {int(row[0] or 0): Said(float(row[1] or 0), float(row[2] or 0)) for row in rows}


def as_text(said: Iterable[Experience]) -> str:
    """The evidence as text that is equal for equal evidence."""
    return json.dumps([[each.fingerprint, each.article, each.said.solved, each.said.failed] for each in said])
