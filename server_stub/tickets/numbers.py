"""Ticket numbers: how they are given out and how people write them."""

from __future__ import annotations

import re

from sqlalchemy.orm import Session

from server_stub.tickets.tables import Counter

_WRITTEN = re.compile(r"(?:INC-?)?0*(\d{1,12})", re.IGNORECASE)


def number(sequence: int) -> str:
    """The number people say aloud: `INC-000123`."""
    return f"INC-{sequence:06d}"


def sequence_of(written: str) -> int | None:
    """The sequence behind `INC-000123`, `inc123` or `123`; None for anything else."""
    match = _WRITTEN.fullmatch(written.strip())
    return int(match[1]) if match else None


def next_sequence(session: Session) -> int:
    """The next number of the sequence, without gaps because it is taken in the ticket's own transaction."""
    counter = session.get(Counter, "ticket")
    if counter is None:
        counter = Counter(name="ticket", value=0)
        session.add(counter)
    counter.value += 1
    session.flush()
    return counter.value
