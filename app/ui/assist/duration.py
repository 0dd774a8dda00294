"""How long a session goes on: since when, until when, and when to say that its end is near."""

from __future__ import annotations

from collections.abc import Callable

WARN_SECONDS = 120.0
BACK_SECONDS = 8.0
"""For so long the banner says that a cut connection is back."""


class Duration:
    """The times of one session by one clock, in seconds."""

    def __init__(self, clock: Callable[[], float]) -> None:
        self._clock = clock
        self._started_at: float | None = None
        self._ended_at: float | None = None
        self._expires_at: float | None = None
        self._reconnected_at = float("-inf")
        self._warned = False

    @property
    def has_begun(self) -> bool:
        """Whether anything has ever been seen."""
        return self._started_at is not None

    @property
    def seconds(self) -> float:
        """For how long somebody has been looking."""
        if self._started_at is None:
            return 0.0
        return (self._clock() if self._ended_at is None else self._ended_at) - self._started_at

    @property
    def is_back(self) -> bool:
        """Whether a cut connection has just come back."""
        return self._clock() - self._reconnected_at < BACK_SECONDS

    def begin(self) -> None:
        """The first picture was seen."""
        self._started_at = self._clock()

    def end(self) -> None:
        """Nothing is seen any more."""
        self._ended_at = self._clock()

    def come_back(self) -> None:
        """A cut connection is there again."""
        self._reconnected_at = self._clock()

    def left_is(self, seconds: float) -> bool:
        """So much is left now, as the host tells it; whether that is more than before, because somebody confirmed."""
        before, self._expires_at = self._expires_at, self._clock() + seconds
        is_longer = before is not None and self._expires_at > before + 1
        if is_longer:
            self._warned = False
        return is_longer

    def near_its_end(self) -> float | None:
        """The seconds left when the employee is to be told now, which is once; otherwise None."""
        if self._expires_at is None or self._warned:
            return None
        left = self._expires_at - self._clock()
        if left > WARN_SECONDS:
            return None
        self._warned = True
        return max(left, 0.0)
