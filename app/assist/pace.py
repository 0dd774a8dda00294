"""How much may be on its way to the viewer: measured from what the viewer has drawn.

At most three frames and 0.3 s of the line are in flight; when that is reached nothing queues, and the next frame shows
the newest state. The line's rate is the fastest of the last acknowledged stretches that really filled it.
"""

from __future__ import annotations

from collections import deque
from dataclasses import dataclass

MOST_FRAMES = 3
MOST_SECONDS = 0.3
SECONDS = 0.1
"""Of the line that one frame may take."""
FIRST_RATE = 250_000.0
"""Bytes a second that are assumed before anything was measured: a shop's 2 Mbit/s."""
SLOWEST_RATE = 10_000.0
WINDOW = 2.0
"""Seconds of acknowledgements that are remembered."""


@dataclass(frozen=True, slots=True)
class Flight:
    """A frame on its way."""

    number: int
    size: int
    left_at: float
    was_busy: bool


class Pace:
    """Frames in flight and the rate of the line. Times are seconds of one monotonic clock."""

    def __init__(self) -> None:
        self._flights: deque[Flight] = deque()
        self._arrivals: deque[tuple[float, int]] = deque()
        self._rate = FIRST_RATE
        self._last_ack = 0.0
        self.latency = 0.0

    @property
    def rate(self) -> float:
        """Bytes a second the line carries, as far as is known."""
        return self._rate

    @property
    def in_flight(self) -> int:
        """Bytes that were sent and not acknowledged."""
        return sum(flight.size for flight in self._flights)

    def may_send(self) -> bool:
        """Whether another frame may leave now."""
        return len(self._flights) < MOST_FRAMES and self.in_flight < self._rate * MOST_SECONDS

    def budget(self) -> int:
        """Bytes the next frame may have so that it arrives in about `SECONDS`."""
        return max(int(self._rate * SECONDS), 2000)

    def sent(self, number: int, size: int, now: float) -> None:
        """A frame of so many bytes has left."""
        self._flights.append(Flight(number, size, now, bool(self._flights)))

    def acknowledged(self, number: int, now: float) -> None:
        """The viewer has drawn this frame and all before it. Numbers not in flight are ignored."""
        if not any(flight.number == number for flight in self._flights):
            return
        while self._flights:
            flight = self._flights.popleft()
            self._measure(flight, now)
            if flight.number == number:
                return

    def forget(self) -> None:
        """The line was cut: nothing is in flight any more."""
        self._flights.clear()
        self._arrivals.clear()

    def _measure(self, flight: Flight, now: float) -> None:
        self.latency = now - flight.left_at
        # A frame sent while another was under way arrived when the line had carried it after the other one.
        began = max(flight.left_at, self._last_ack) if flight.was_busy else flight.left_at
        took = max(now - began, 0.001)
        self._last_ack = now
        if flight.size < 4000:
            return  # mostly the way there and back
        sample = flight.size / took
        self._arrivals.append((now, int(sample)))
        while self._arrivals and now - self._arrivals[0][0] > WINDOW:
            self._arrivals.popleft()
        best = max(each for _, each in self._arrivals)
        self._rate = max(0.7 * self._rate + 0.3 * best, SLOWEST_RATE)
