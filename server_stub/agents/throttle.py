"""How often somebody may guess."""

from __future__ import annotations

import ipaddress
import time

from limits import RateLimitItem, RateLimitItemPerMinute
from limits.storage import MemoryStorage
from limits.strategies import MovingWindowRateLimiter

PER_LOGIN = RateLimitItemPerMinute(10, 5, namespace="login")
PER_ADDRESS = RateLimitItemPerMinute(40, 5, namespace="address")
"""A whole office may sit behind one address, so it gets more attempts than one login."""


class Throttle:
    """Counts attempts to sign in by login and by address, in memory: a restart forgives everybody."""

    def __init__(self, per_login: RateLimitItem = PER_LOGIN, per_address: RateLimitItem = PER_ADDRESS) -> None:
        self._limiter = MovingWindowRateLimiter(MemoryStorage())
        self._per_login = per_login
        self._per_address = per_address

    def attempt(self, login: str, address: str) -> float | None:
        """Count one attempt. None when it may go on, else the seconds after which the next one may."""
        place = network(address)
        by_address = self._limiter.hit(self._per_address, place)
        by_login = self._limiter.hit(self._per_login, login)
        if by_address and by_login:
            return None
        waits = []
        if not by_address:
            waits.append(self._limiter.get_window_stats(self._per_address, place).reset_time)
        if not by_login:
            waits.append(self._limiter.get_window_stats(self._per_login, login).reset_time)
        return max(1.0, max(waits) - time.time())

    def forgive(self, login: str) -> None:
        """The right password was given: earlier mistakes with this login no longer count."""
        self._limiter.clear(self._per_login, login)


def network(address: str) -> str:
    """What counts as one address: an IPv4 address, or the /64 that one subscriber has of IPv6."""
    try:
        parsed = ipaddress.ip_address(address)
    except ValueError:
        return address
    if isinstance(parsed, ipaddress.IPv6Address):
        if parsed.ipv4_mapped is not None:
            return str(parsed.ipv4_mapped)
        return str(ipaddress.IPv6Network((parsed, 64), strict=False))
    return str(parsed)
