"""How much may be on its way to the viewer: measured from what the viewer has drawn.

At most three frames and 0.3 s of the line are in flight; when that is reached nothing queues, and the next frame shows
the newest state. The line's rate is the best of the last deliveries, each measured over at least the time its frame was
under way, so that acknowledgements that come in a bunch do not look like a fast line (the delivery rate of BBR,
draft-ietf-ccwg-bbr, section 4.1.2).
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
TELLING = 4000
"""Bytes a delivery must have to tell anything: less is mostly the way there and back."""
LONGEST_WAY = 0.15
"""Seconds there and back that are believed of a line on which nothing was quicker yet."""
LATE = 1.25
"""How many times as long as expected a delivery takes that is called late."""
WINDOW = 2.0
"""Seconds of deliveries that are remembered."""


@dataclass(frozen=True, slots=True)
class Flight:
    """A frame on its way, and what had been delivered by when at the moment it left."""

    number: int
    size: int
    left_at: float
    delivered: int
    delivered_at: float


class Pace:
    """Frames in flight and the rate of the line. Times are seconds of one monotonic clock."""

    def __init__(self) -> None:
        self._flights: deque[Flight] = deque()
        self._deliveries: deque[tuple[float, float]] = deque()
        self._rate = FIRST_RATE
        self._delivered = 0
        self._delivered_at = 0.0
        self._quickest = LONGEST_WAY
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
        if not self._flights:
            self._delivered_at = now  # the line was idle meanwhile
        self._flights.append(Flight(number, size, now, self._delivered, self._delivered_at))

    def acknowledged(self, number: int, now: float) -> None:
        """The viewer has drawn this frame and all before it. Numbers not in flight are ignored."""
        if not any(flight.number == number for flight in self._flights):
            return
        while True:
            flight = self._flights.popleft()
            self._delivered += flight.size
            if flight.number == number:
                break
        self._delivered_at = now
        self.latency = now - flight.left_at
        self._quickest = min(self._quickest, self.latency)
        self._measure(flight, now)

    def forget(self) -> None:
        """The line was cut: nothing is in flight any more."""
        self._flights.clear()
        self._deliveries.clear()

    def _measure(self, flight: Flight, now: float) -> None:
        carried = self._delivered - flight.delivered
        if carried < TELLING:
            return
        rate = carried / max(now - flight.delivered_at, 0.001)
        self._deliveries.append((now, rate))
        while now - self._deliveries[0][0] > WINDOW:
            self._deliveries.popleft()
        # Who sends little gets little delivered: only what took longer than it should have tells of a slower line.
        is_late = self.latency > self._quickest + LATE * carried / self._rate
        if rate > self._rate or is_late:
            best = max(each for _, each in self._deliveries)
            self._rate = max(0.7 * self._rate + 0.3 * best, SLOWEST_RATE)
