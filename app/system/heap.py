"""Gives back what temporary pictures needed: glibc keeps the memory of freed pieces below its largest for itself."""

from __future__ import annotations

import ctypes
import sys
from collections.abc import Callable

EVERY = 1.0
"""Seconds between two times; each takes about a millisecond."""


class Heap:
    """The process's heap; `clock` moments are monotonic seconds."""

    def __init__(self) -> None:
        self._trim = trimmer()
        self._at = 0.0

    def tidy(self, clock: float) -> None:
        """Give back what is free, now and then."""
        if clock - self._at >= EVERY:
            self._at = clock
            self._trim()


def trimmer() -> Callable[[], object]:
    """glibc's own way; nothing where there is none."""
    if sys.platform == "linux":
        trim = getattr(ctypes.CDLL(None), "malloc_trim", None)
        if trim is not None:
            return lambda: trim(0)
    return lambda: None
