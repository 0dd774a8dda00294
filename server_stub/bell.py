"""Wakes everybody who waits for something to happen."""

from __future__ import annotations

import asyncio
import threading
from collections.abc import Callable
from dataclasses import dataclass
from secrets import token_hex
from uuid import UUID


@dataclass(frozen=True, slots=True, eq=False)
class _Sleeper:
    wake: Callable[[], None]
    device_id: UUID | None


class Bell:
    """Rung with the sequence number of an event once it is on the disk; wakes threads and coroutines alike.

    Ring and wait from any thread. Closing it wakes everybody at once and lets nobody wait again.
    """

    def __init__(self) -> None:
        self.id = token_hex(8)
        """Tells one server's rings from another's."""
        self._changed = threading.Condition()
        self._latest = 0
        self._closed = False
        self._sleepers: set[_Sleeper] = set()

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

    def ring(self, seq: int, device_id: UUID | None = None) -> None:
        """Tell that event `seq` is there: everybody, or, when it concerns one device, that one and who waits for all.

        Thousands of devices wait at the same time; waking all of them for the ticket of one would be a storm.
        """
        with self._changed:
            self._latest = max(self._latest, seq)
            self._wake(device_id)

    def close(self) -> None:
        """Wake everybody for the last time."""
        with self._changed:
            self._closed = True
            self._wake(None)

    def wait_beyond(self, seq: int, timeout: float) -> bool:
        """Block this thread until an event after `seq` is there (True), or for `timeout` seconds (False)."""
        with self._changed:
            self._changed.wait_for(lambda: self._latest > seq or self._closed, timeout)
            return self._latest > seq

    def wait_for_close(self, timeout: float) -> None:
        """Block this thread until the server ends, or for `timeout` seconds."""
        with self._changed:
            self._changed.wait_for(lambda: self._closed, timeout)

    async def beyond(self, seq: int, timeout: float, device_id: UUID | None = None) -> bool:
        """The same without blocking the event loop; with `device_id` other devices' events are slept through."""
        loop = asyncio.get_running_loop()
        woken = asyncio.Event()

        def wake() -> None:
            loop.call_soon_threadsafe(woken.set)

        with self._changed:
            if self._latest > seq or self._closed:
                return self._latest > seq
            sleeper = _Sleeper(wake, device_id)
            self._sleepers.add(sleeper)
        try:
            await asyncio.wait_for(woken.wait(), timeout)
        except TimeoutError:
            return False
        finally:
            with self._changed:
                self._sleepers.discard(sleeper)
        return self.latest > seq

    def _wake(self, device_id: UUID | None) -> None:
        self._changed.notify_all()
        woken = {
            each
            for each in self._sleepers
            if device_id is None or each.device_id is None or each.device_id == device_id
        }
        self._sleepers -= woken
        for sleeper in woken:
            try:
                sleeper.wake()
            except RuntimeError:
                # The loop of that sleeper has ended meanwhile; so has the sleeper.
                pass
