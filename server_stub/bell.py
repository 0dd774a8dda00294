"""Wakes everybody who waits for something to happen."""

from __future__ import annotations

import asyncio
import threading
from collections.abc import Callable


class Bell:
    """Rung with the sequence number of an event once it is on the disk; wakes threads and coroutines alike.

    Ring and wait from any thread. Closing it wakes everybody at once and lets nobody wait again.
    """

    def __init__(self) -> None:
        self._changed = threading.Condition()
        self._latest = 0
        self._closed = False
        self._sleepers: set[Callable[[], None]] = set()

    @property
    def latest(self) -> int:
        """The highest number rung so far."""
        with self._changed:
            return self._latest

    @property
    def closed(self) -> bool:
        """Whether the server is ending, and loops that wait should end too."""
        with self._changed:
            return self._closed

    def ring(self, seq: int) -> None:
        """Tell everybody that event `seq` is there."""
        with self._changed:
            self._latest = max(self._latest, seq)
            self._wake()

    def close(self) -> None:
        """Wake everybody for the last time."""
        with self._changed:
            self._closed = True
            self._wake()

    def wait_beyond(self, seq: int, timeout: float) -> bool:
        """Block this thread until an event after `seq` is there (True), or for `timeout` seconds (False)."""
        with self._changed:
            self._changed.wait_for(lambda: self._latest > seq or self._closed, timeout)
            return self._latest > seq

    async def beyond(self, seq: int, timeout: float) -> bool:
        """The same without blocking the event loop."""
        loop = asyncio.get_running_loop()
        woken = asyncio.Event()

        def wake() -> None:
            loop.call_soon_threadsafe(woken.set)

        with self._changed:
            if self._latest > seq or self._closed:
                return self._latest > seq
            self._sleepers.add(wake)
        try:
            await asyncio.wait_for(woken.wait(), timeout)
        except TimeoutError:
            return False
        finally:
            with self._changed:
                self._sleepers.discard(wake)
        return self.latest > seq

    def _wake(self) -> None:
        self._changed.notify_all()
        sleepers, self._sleepers = self._sleepers, set()
        for wake in sleepers:
            try:
                wake()
            except RuntimeError:
                # The loop of that sleeper has ended meanwhile; so has the sleeper.
                pass
