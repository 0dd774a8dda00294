"""How long to leave the server alone after a failure."""

from __future__ import annotations

import random
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from app.errors import HelpdeskError
from app.helpdesk.failures import retry_after

FIRST, LONGEST = 5.0, 900.0
"""Seconds: the ceiling after the first failure, and the one it doubles up to."""
SHORTEST = 1.0


@dataclass(frozen=True, slots=True)
class Pause:
    """When to try again. Our own wish (`until`) may be overruled by good news, the server's (`not_before`) not."""

    until: datetime
    not_before: datetime | None = None


class Backoff:
    """Exponential with full jitter, so that ten thousand computers do not come back in the same second."""

    def __init__(self, now: Callable[[], datetime], random: random.Random) -> None:
        self._now = now
        self._random = random

    def after(self, failures: int, error: HelpdeskError) -> Pause:
        """The pause after `failures` earlier failures in a row and this one."""
        now, asked = self._now(), retry_after(error)
        ceiling = min(LONGEST, FIRST * 2.0 ** min(failures, 20))
        until = later(now, self._random.uniform(SHORTEST, ceiling))
        if asked is None:
            return Pause(until)
        # Everybody was told the same number of seconds: spread the return over a quarter of it.
        not_before = later(now, asked + self._random.uniform(0.0, asked / 4))
        return Pause(max(until, not_before), not_before)


def later(moment: datetime, seconds: float) -> datetime:
    """So many seconds later, or the end of time."""
    try:
        return moment + timedelta(seconds=seconds)
    except OverflowError:
        return datetime.max.replace(tzinfo=UTC)
