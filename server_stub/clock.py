"""Clocks that are passed in, and moments that other people's clocks made up."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime

Clock = Callable[[], datetime]


def utc_now() -> datetime:
    """The real clock, aware, UTC."""
    return datetime.now(UTC)


def believable(moment: datetime, otherwise: datetime) -> datetime:
    """A device's moment in UTC, or `otherwise` for one that no calendar holds in UTC (the year 1 in Tokyo)."""
    try:
        return moment.astimezone(UTC)
    except OverflowError:
        return otherwise
