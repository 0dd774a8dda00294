"""Nothing queues on a slow line."""

from __future__ import annotations

import pytest

from app.assist.pace import MOST_FRAMES, Pace


def test_at_most_three_frames_are_on_their_way() -> None:
    pace = Pace()
    for number in range(MOST_FRAMES):
        assert pace.may_send()
        pace.sent(number, 100, 0.0)

    assert not pace.may_send()
    pace.acknowledged(0, 0.05)
    assert pace.may_send()


def test_acknowledging_a_frame_acknowledges_those_before_it() -> None:
    pace = Pace()
    for number in range(3):
        pace.sent(number, 100, 0.0)

    pace.acknowledged(2, 0.05)

    assert pace.in_flight == 0


def test_an_acknowledgement_of_what_was_never_sent_changes_nothing() -> None:
    pace = Pace()
    pace.sent(1, 100, 0.0)

    pace.acknowledged(99, 0.05)

    assert pace.in_flight == 100


@pytest.mark.parametrize("line", [30_000.0, 250_000.0, 5_000_000.0])
def test_the_rate_of_the_line_is_found_and_its_latency_bounded(line: float) -> None:
    """A line that carries `line` bytes a second, used to the full for twenty seconds."""
    pace, clock, free_at, number = Pace(), 0.0, 0.0, 0
    arrivals: list[tuple[float, int]] = []
    worst = 0.0
    while clock < 20:
        while arrivals and arrivals[0][0] <= clock:
            at, acknowledged = arrivals.pop(0)
            pace.acknowledged(acknowledged, at)
            worst = max(worst, pace.latency) if clock > 10 else 0.0
        if pace.may_send():
            number += 1
            size = max(pace.budget(), 5000)
            free_at = max(free_at, clock) + size / line
            arrivals.append((free_at + 0.04, number))
            pace.sent(number, size, clock)
        clock += 0.005

    assert pace.rate == pytest.approx(line, rel=0.6)
    assert worst < 1.0


def driven(line: float, share: float, jitter: float, seconds: float = 20.0, began: float | None = None) -> list[float]:
    """The rates found while so much of a line is used by thirty frames a second, acknowledged in bunches."""
    pace, clock, free_at, number = Pace(), 0.0, 0.0, 0
    pace._rate = began or line
    arrivals: list[tuple[float, int]] = []
    found = []
    while clock < seconds:
        number += 1
        clock += 1 / 30
        while arrivals and arrivals[0][0] <= clock:
            at, acknowledged = arrivals.pop(0)
            pace.acknowledged(acknowledged, at)
        if pace.may_send():
            size = int(share * pace.rate / 30)
            free_at = max(free_at, clock) + size / line
            bunched = -(-(free_at + 0.04) // jitter) * jitter
            arrivals.append((bunched, number))
            pace.sent(number, size, clock)
        found.append(pace.rate)
    return found


@pytest.mark.parametrize("jitter", [0.001, 0.05, 0.11])
def test_acknowledgements_in_bunches_do_not_look_like_a_fast_line(jitter: float) -> None:
    """A stream that takes eight tenths of what it believes the line to carry, as a film does."""
    assert max(driven(250_000.0, 0.8, jitter)) < 2.5 * 250_000.0


def test_who_sends_little_does_not_believe_in_a_slower_line() -> None:
    assert min(driven(250_000.0, 0.6, 0.001)) > 0.9 * 250_000.0


def test_a_line_that_became_slower_is_noticed() -> None:
    rates = driven(100_000.0, 0.8, 0.001, began=1_000_000.0)

    assert rates[-1] < 250_000.0
