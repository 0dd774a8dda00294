"""What is known of a picture before all of it is read."""

from __future__ import annotations

import threading
from collections.abc import Callable

from app.capture.reading import Reading


class Early:
    """Passes on what is known early, until the whole is known."""

    def __init__(self, heard: Callable[[Reading], None]) -> None:
        self._heard = heard
        self._lock = threading.Lock()
        self._is_over = False

    def tell(self, reading: Reading) -> None:
        """Pass it on unless it comes too late."""
        with self._lock:
            if not self._is_over:
                self._heard(reading)

    def end(self) -> None:
        """Nothing is early any more."""
        with self._lock:
            self._is_over = True
