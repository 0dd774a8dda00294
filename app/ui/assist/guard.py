"""Keeps a question that has just appeared from being answered by what was meant for another window."""

from __future__ import annotations

import time
from collections.abc import Callable

GUARD = 0.3
"""Seconds."""


class InputGuard:
    """Closed for a moment after each `restart`; what is pressed meanwhile does not count."""

    def __init__(self, clock: Callable[[], float] = time.monotonic) -> None:
        self._clock = clock
        self._until = float("inf")

    def restart(self) -> None:
        """The question has just appeared, or has just come to the front."""
        self._until = self._clock() + GUARD

    @property
    def is_closed(self) -> bool:
        """Whether nothing counts yet; always before the first `restart`."""
        return self._clock() < self._until
