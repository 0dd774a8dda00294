"""What two accounts of one session may differ in without anybody having changed anything, and what they may not."""

from __future__ import annotations

import re
from datetime import UTC, datetime
from uuid import UUID

import pytest

from app.protocol.assist import LedgerLine
from app.protocol.ledger import chained
from server_stub.assist.verification import compare

BEGUN = ("show:", "allow:1", "start:")


def account(*told: str) -> tuple[LedgerLine, ...]:
    lines = []
    for number, each in enumerate(told):
        event, _, detail = each.partition(":")
        lines.append(
            LedgerLine(
                session_id=UUID(int=1),
                number=number,
                at=datetime(2026, 1, 1, tzinfo=UTC),
                party="host",
                event=event,
                detail=detail,
            )
        )
    return tuple(chained(lines))


@pytest.mark.parametrize(
    ("ours", "theirs", "why"),
    [
        ((*BEGUN, "ended:stopped_by_agent"), ("show:", "allow:1", "ended:host_ended"), "killed in the middle"),
        ((*BEGUN, "ended:expired"), (*BEGUN, "ended:host_ended"), "killed in the middle"),
        ((*BEGUN, "ended:stopped_by_agent"), (*BEGUN, "ended:stopped_by_employee"), "at the same moment"),
        ((*BEGUN, "ended:stopped_by_agent"), (*BEGUN, "ended:link_lost"), "lost the line"),
        (("show:", "ended:stopped_by_agent"), ("show:", "allow:1", "ended:not_started"), "could not reach"),
        (("show:", "ended:stopped_by_agent"), ("show:", "allow:1", "ended:link_lost"), "could not reach"),
        ((*BEGUN, "ended:stopped_by_agent"), ("show:", "allow:1", "ended:not_started"), "could not reach"),
    ],
)
def test_ends_that_a_kill_or_two_hands_explain_are_no_differences(
    ours: tuple[str, ...], theirs: tuple[str, ...], why: str
) -> None:
    (found,) = compare(account(*ours), account(*theirs))

    assert why in found.excuse
    assert "only the server knows of" in found.sentence
    assert re.search(r"only the computer knows of .*ended", found.sentence)


def test_a_beginning_the_machine_was_killed_in_is_no_difference() -> None:
    (found,) = compare(account(*BEGUN, "ended:host_ended"), account("show:", "allow:1", "ended:host_ended"))

    assert "only the server knows of start" in found.sentence
    assert "killed in the middle" in found.excuse


def test_a_beginning_whose_line_was_cut_before_the_machine_heard_of_it_is_no_difference() -> None:
    over = "ended:stopped_by_agent"

    (found,) = compare(account(*BEGUN, "lose_link:", over), account("show:", "allow:1", over))

    assert "only the server knows of start" in found.sentence
    assert "before the computer heard of it" in found.excuse


def test_an_answer_that_came_after_the_end_is_no_difference() -> None:
    over = "ended:stopped_by_agent"

    (found,) = compare(account("show:", over), account("show:", "allow:1", over))

    assert "when it was over already" in found.excuse


@pytest.mark.parametrize(
    ("ours", "theirs"),
    [
        (("show:", "start:", "ended:expired"), (*BEGUN, "ended:expired")),
        ((*BEGUN, "ended:host_ended"), ("show:", "start:", "ended:host_ended")),
        ((*BEGUN, "ended:expired"), ("show:", "allow:1", "ended:expired")),
        (("show:", "allow:1", "ended:host_ended"), ("show:", "ended:host_ended")),
        ((*BEGUN, "ended:stopped_by_agent"), (*BEGUN, "grant_grade:3", "ended:stopped_by_agent")),
        ((*BEGUN, "grant_grade:3", "ended:expired"), ("show:", "start:", "grant_grade:3", "ended:expired")),
        ((*BEGUN, "ended:expired"), (*BEGUN, "ended:stopped_by_employee")),
        ((*BEGUN, "lose_link:", "regain_link:", "ended:expired"), ("show:", "allow:1", "ended:expired")),
        ((*BEGUN, "chat:", "lose_link:", "ended:expired"), ("show:", "allow:1", "ended:expired")),
        ((*BEGUN, "grant_grade:2", "ended:expired"), ("show:", "allow:1", "ended:not_started")),
        (("show:", "deny:", "ended:denied"), ("show:", "allow:1", "ended:not_started")),
        (("show:", "deny:", "ended:denied"), (*BEGUN, "ended:stopped_by_employee")),
    ],
)
def test_everything_else_is_one(ours: tuple[str, ...], theirs: tuple[str, ...]) -> None:
    found = list(compare(account(*ours), account(*theirs)))

    assert found
    assert all(each.excuse == "" for each in found)
