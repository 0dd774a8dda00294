"""What the server hears of a session it cannot look into."""

from __future__ import annotations

import pytest

from app.assist.witness import ACTIVE_EVERY, Witness
from app.protocol.session import Event, Grade, Party


class Line:
    """A line that keeps what is told over it."""

    def __init__(self) -> None:
        self.told: list[tuple[Event, Party, Grade | None]] = []

    def tell(self, event: Event, party: Party, grade: Grade | None, detail: str) -> None:
        self.told.append((event, party, grade))


@pytest.mark.parametrize("event", [Event.POINT, Event.INPUT, Event.CHAT])
def test_an_agent_at_work_is_told_once_a_minute_by_what_every_grade_allows(event: Event) -> None:
    now = [1000.0]
    line, witness = Line(), Witness(lambda: now[0])
    witness.connected(line)

    for _ in range(5):
        witness.saw(event, Party.AGENT)
    now[0] += ACTIVE_EVERY
    witness.saw(event, Party.AGENT)

    assert line.told == [(Event.CHAT, Party.AGENT, None)] * 2


def test_what_happened_while_the_line_was_cut_is_told_over_the_next_one() -> None:
    line, witness = Line(), Witness()

    witness.saw(Event.PAUSE, Party.EMPLOYEE)
    witness.saw(Event.RESUME, Party.EMPLOYEE)
    witness.connected(line)

    assert [event for event, _, _ in line.told] == [Event.PAUSE, Event.RESUME]
