"""How often anybody may ask for anything, each kind of request on its own account."""

from __future__ import annotations

from enum import Enum
from time import time

from limits import RateLimitItem, parse
from limits.storage import MemoryStorage
from limits.strategies import MovingWindowRateLimiter

from app.protocol.problems import ProblemCode
from server_stub.problems import Refusal


class RateClass(Enum):
    """Kinds of request; a device that has used one up may still do all the others.

    Devices are counted by their id, never by address: a whole shop shares one. The numbers leave room for an outbox
    that was offline for weeks.
    """

    ENROLMENT_FAILURES = "enrolment failures"
    TICKETS = "tickets"
    ACTIONS = "actions"
    UPLOADS = "uploads"
    CHUNKS = "chunks"
    SUGGESTIONS = "suggestions"
    OUTCOMES = "outcomes"
    KNOWLEDGE = "knowledge"
    READING = "reading"
    FEED = "feed"


LIMITS = {
    RateClass.ENROLMENT_FAILURES: "30/minute",
    RateClass.TICKETS: "120/minute",
    RateClass.ACTIONS: "120/minute;2000/hour",
    RateClass.UPLOADS: "240/minute",
    RateClass.CHUNKS: "2400/minute",
    RateClass.SUGGESTIONS: "120/minute",
    RateClass.OUTCOMES: "240/minute",
    RateClass.KNOWLEDGE: "240/minute",
    RateClass.READING: "600/minute",
    RateClass.FEED: "240/minute",
}


class Rates:
    """Counts in memory. `factor` widens or narrows every limit at once."""

    def __init__(self, factor: float = 1.0) -> None:
        self._limiter = MovingWindowRateLimiter(MemoryStorage())
        self._items: dict[RateClass, tuple[RateLimitItem, ...]] = {
            kind: tuple(_scaled(part, factor) for part in text.split(";")) for kind, text in LIMITS.items()
        }

    def spend(self, kind: RateClass, who: str) -> None:
        """Count one request. Raises Refusal(too_many_requests) with the seconds to wait."""
        for item in self._items[kind]:
            if not self._limiter.hit(item, kind.value, who):
                self._refuse(item, kind, who)

    def check(self, kind: RateClass, who: str) -> None:
        """Refuse like `spend`, without counting."""
        for item in self._items[kind]:
            if not self._limiter.test(item, kind.value, who):
                self._refuse(item, kind, who)

    def _refuse(self, item: RateLimitItem, kind: RateClass, who: str) -> None:
        reset = self._limiter.get_window_stats(item, kind.value, who).reset_time
        raise Refusal(ProblemCode.TOO_MANY_REQUESTS, retry_after=max(1.0, reset - time()))


def _scaled(text: str, factor: float) -> RateLimitItem:
    item = parse(text)
    return type(item)(max(1, round(item.amount * factor)), item.multiples)
