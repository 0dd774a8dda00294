"""Comparing the two accounts of every session: the server's ledger and the one the employee's machine kept."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from difflib import SequenceMatcher

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.protocol.assist import LedgerLine
from app.protocol.ledger import first_broken
from app.protocol.session import Reason, State
from server_stub.assist.courses import lines_of
from server_stub.assist.tables import AssistRecord
from server_stub.events.tables import AssistStep
from server_stub.tickets.numbers import number
from server_stub.tickets.tables import Ticket

WITNESSED = frozenset(
    step.value
    for step in AssistStep
    if step
    not in (
        AssistStep.INVITED,
        AssistStep.LOSE_LINK,
        AssistStep.REGAIN_LINK,
        AssistStep.CHAT,
        AssistStep.RECORDING_BROKEN,
        AssistStep.RECORDING_WATCHED,
        AssistStep.RECORDING_DELETED,
    )
)
"""What both sides see happen. Each sees cuts of the line in its own way, and the machine no invitation it never got."""

UNSEEN_ENDS = frozenset({Reason.LINK_LOST.value, Reason.NOT_STARTED.value, Reason.NOT_ANSWERED.value})
"""Ends by which the server says that it no longer saw the machine; what the machine then tells is all there is."""


ENDED = AssistStep.ENDED.value
BEGINNING = (AssistStep.START.value, "")
KILLED = (ENDED, Reason.HOST_ENDED.value)
IN_THE_MIDDLE = " (the program on the computer was killed in the middle of it)"
CUT_SHORT = " (the line was cut before the computer heard of it)"
NEVER_BEGUN = ([(ENDED, Reason.NOT_STARTED.value)], [(ENDED, Reason.LINK_LOST.value)])
LATE = " (the employee allowed it when it was over already)"
STOPS = frozenset({(ENDED, Reason.STOPPED_BY_AGENT.value), (ENDED, Reason.STOPPED_BY_EMPLOYEE.value)})


@dataclass(frozen=True, slots=True)
class Findings:
    """`differences` are sentences about what does not fit, `notes` about what could not be compared."""

    sessions: int
    differences: tuple[str, ...]
    notes: tuple[str, ...]


def verify(session: Session) -> Findings:
    """Check the chains of every session that is over and compare its ledgers."""
    differences: list[str] = []
    notes: list[str] = []
    rows = session.execute(
        select(AssistRecord, Ticket.sequence)
        .join(Ticket, Ticket.id == AssistRecord.ticket_id)
        .where(AssistRecord.state == State.ENDED)
        .order_by(AssistRecord.invited_at)
    ).all()
    for record, sequence in rows:
        name = f"{number(sequence)}, session {record.id}"
        ours = lines_of(session, record.id)
        broken = first_broken(ours)
        if broken is not None or not ours:
            differences.append(f"{name}: the server's ledger does not hold from line {broken or 0} on")
            continue
        if record.device_ledger is None:
            notes.append(f"{name}: the computer has sent no account of it yet")
            continue
        broken = first_broken(record.device_ledger)
        if broken is not None:
            differences.append(f"{name}: the computer's ledger does not hold from line {broken} on")
            continue
        for each in compare(ours, record.device_ledger):
            (notes if each.excuse else differences).append(f"{name}: {each.sentence}{each.excuse}")
    return Findings(len(rows), tuple(differences), tuple(notes))


@dataclass(frozen=True, slots=True)
class Difference:
    """What two accounts do not agree about, and what explains it without anybody having changed anything."""

    sentence: str
    excuse: str = ""


def compare(ours: Sequence[LedgerLine], theirs: Sequence[LedgerLine]) -> Iterator[Difference]:
    """What two accounts of one session do not agree about, in their order."""
    here = [(line.event, line.detail) for line in ours if line.event in WITNESSED]
    there = [(line.event, line.detail) for line in theirs if line.event in WITNESSED]
    lost_sight = bool(here) and here[-1][0] == ENDED and here[-1][1] in UNSEEN_ENDS
    cut_short = is_cut_at_its_beginning(ours)
    for kind, from_here, to_here, from_there, to_there in SequenceMatcher(
        a=here, b=there, autojunk=False
    ).get_opcodes():
        if kind == "equal":
            continue
        is_tail = to_here == len(here) and to_there == len(there)
        only_here, only_there = here[from_here:to_here], there[from_there:to_there]
        if lost_sight and is_tail and len(only_here) <= 1 and there:
            continue
        sides = (("server", only_here), ("computer", only_there))
        sentences = [f"only the {who} knows of {', '.join(map(told, lines))}" for who, lines in sides if lines]
        is_late = not only_here and [event for event, _ in only_there] == ["allow"] and there[to_there:] == here[-1:]
        if is_late:
            reason = LATE
        elif only_here == [BEGINNING] and not only_there and here[to_here:] == there[to_there:] == [KILLED]:
            # Both ends were linked; of all events only this one the server sees before the machine does.
            reason = IN_THE_MIDDLE
        elif only_here == [BEGINNING] and not only_there and cut_short:
            reason = CUT_SHORT
        else:
            reason = excuse(only_here, only_there) if is_tail else ""
        yield Difference("; ".join(sentences), reason)


def is_cut_at_its_beginning(ours: Sequence[LedgerLine]) -> bool:
    """Whether the line was lost right after the start, and for good: of that start only the server can know."""
    events = [line.event for line in ours]
    begun = events.index(AssistStep.START) if AssistStep.START in events else len(events)
    return events[begun + 1 : begun + 2] == [AssistStep.LOSE_LINK] and AssistStep.REGAIN_LINK not in events


def excuse(only_here: Sequence[tuple[str, str]], only_there: Sequence[tuple[str, str]]) -> str:
    """Why the ends of two accounts may differ; empty when nothing explains it."""
    if only_there[-1:] == [KILLED]:
        # Closed only afterwards: what came last the machine could neither see nor write down.
        return IN_THE_MIDDLE
    if [*only_there] == [(ENDED, Reason.LINK_LOST.value)]:
        return " (the computer had lost the line)"
    unheard = only_there[1:] if only_there[:1] and only_there[0][0] == "allow" else only_there
    if [*unheard] in NEVER_BEGUN and all(event in (*BEGINNING, ENDED) for event, _ in only_here):
        return " (the computer could not reach the server when it was allowed)"
    if {*only_here} <= STOPS and {*only_there} <= STOPS and only_here and only_there:
        return " (both stopped it at the same moment)"
    return ""


def told(line: tuple[str, str]) -> str:
    """An event for people."""
    event, detail = line
    return f"{event} ({detail})" if detail else event
