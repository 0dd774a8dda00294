"""The employee's record: complete, chained, and nothing in it can be changed unnoticed."""

from __future__ import annotations

import json
import os
import signal
import sqlite3
import subprocess
import sys
from datetime import UTC, datetime, timedelta
from pathlib import Path
from uuid import UUID, uuid4

import pytest

from app.assist.ledger import Ledger, Visitor
from app.errors import StorageError
from app.protocol.ledger import first_broken
from app.protocol.session import Event, Grade, Party, Reason

START = datetime(2026, 3, 4, 9, 0, tzinfo=UTC)


@pytest.fixture
def ledger(tmp_path: Path) -> Ledger:
    return Ledger(tmp_path / "assist.sqlite")


def visitor(session: UUID | None = None) -> Visitor:
    return Visitor(session or uuid4(), uuid4(), "Li Na", "Engineer", "IT", uuid4(), "INC-000007", "The card reader")


def whole_session(ledger: Ledger) -> Visitor:
    who = visitor()
    ledger.invited(who, START)
    steps = [
        (Event.SHOW, Party.HOST, ""),
        (Event.ALLOW, Party.EMPLOYEE, "1"),
        (Event.START, Party.HOST, ""),
        (Event.ASK_GRADE, Party.AGENT, "2"),
        (Event.GRANT_GRADE, Party.EMPLOYEE, "2"),
        ("ended", Party.EMPLOYEE, Reason.STOPPED_BY_EMPLOYEE.value),
    ]
    for number, (event, party, detail) in enumerate(steps, 1):
        ledger.append(who.session, event, party, START + timedelta(minutes=number), detail)
    return who


def tamper(ledger: Ledger, statement: str) -> None:
    ledger.close()
    with sqlite3.connect(ledger._path) as connection:
        connection.execute(statement)
    connection.close()


def test_a_session_reads_as_who_when_how_long_how_far_and_how_it_ended(ledger: Ledger) -> None:
    who = whole_session(ledger)

    [visit] = ledger.visits()

    assert visit.visitor == who
    assert visit.asked_at == START
    assert visit.seconds == 180
    assert visit.grade is Grade.POINT
    assert visit.reason is Reason.STOPPED_BY_EMPLOYEE
    assert visit.is_intact


def test_an_invitation_that_was_denied_was_never_shown(ledger: Ledger) -> None:
    who = visitor()
    ledger.invited(who, START)

    ledger.append(who.session, "ended", Party.EMPLOYEE, START, Reason.DENIED.value)

    [visit] = ledger.visits()
    assert (visit.started, visit.grade, visit.seconds, visit.reason) == (None, None, 0, Reason.DENIED)


@pytest.mark.parametrize(
    "statement",
    [
        "UPDATE line SET detail = '1' WHERE number = 5",
        "UPDATE line SET at = '2026-03-04T10:00:00.000000+00:00' WHERE number = 3",
        "UPDATE line SET party = 'agent' WHERE number = 2",
        "DELETE FROM line WHERE number = 4",
        "DELETE FROM line WHERE number = 0",
        "UPDATE line SET number = 9 WHERE number = 6",
        "UPDATE visit SET name = 'Somebody Else'",
        "UPDATE visit SET reason = 'Something else'",
    ],
)
def test_what_was_changed_by_hand_is_found(ledger: Ledger, statement: str) -> None:
    who = whole_session(ledger)

    tamper(ledger, statement)

    assert ledger.first_broken() == who.session


def test_nothing_is_added_after_the_end_or_to_a_session_nobody_knows(ledger: Ledger) -> None:
    who = whole_session(ledger)
    before = ledger.lines(who.session)

    added = [ledger.append(each, Event.PAUSE, Party.EMPLOYEE, START) for each in (who.session, uuid4())]

    assert added == [False, False]
    assert ledger.lines(who.session) == before


def test_the_same_invitation_twice_is_one(ledger: Ledger) -> None:
    who = visitor()

    assert [ledger.invited(who, START), ledger.invited(who, START)] == [True, False]
    assert len(ledger.visits()) == 1


def test_what_the_server_has_not_heard_is_owed_until_it_has(ledger: Ledger) -> None:
    who = whole_session(ledger)
    running = visitor()
    ledger.invited(running, START)

    assert [visit.visitor.session for visit in ledger.owed()] == [who.session]
    assert ledger.unended() == (running.session,)

    ledger.told(who.session)
    assert ledger.owed() == ()


def test_an_export_is_complete_and_can_be_checked_by_anybody(ledger: Ledger) -> None:
    whole_session(ledger)

    [told] = json.loads(ledger.export())

    assert told["visitor"]["name"] == "Li Na"
    assert [line["event"] for line in told["lines"]][:2] == ["invited", "show"]
    assert told["is_intact"] is True


def test_a_file_that_cannot_be_used_says_so(tmp_path: Path) -> None:
    path = tmp_path / "assist.sqlite"
    path.write_bytes(b"this is no database at all" * 100)

    with pytest.raises(StorageError, match="cannot be used"):
        Ledger(path).visits()


WRITER = """
import sys
from datetime import UTC, datetime
from pathlib import Path
from uuid import uuid4
from app.assist.ledger import Ledger, Visitor
ledger = Ledger(Path(sys.argv[1]))
who = Visitor(uuid4(), uuid4(), "Li Na", "", "", uuid4(), "INC-1", "reason")
ledger.invited(who, datetime.now(UTC))
number = 0
while True:
    ledger.append(who.session, "pause", None, datetime.now(UTC), str(number))
    print(number, flush=True)
    number += 1
"""


def test_every_line_that_was_written_outlives_a_kill(tmp_path: Path) -> None:
    path = tmp_path / "assist.sqlite"
    for round_number in range(5):
        process = subprocess.Popen([sys.executable, "-c", WRITER, str(path)], stdout=subprocess.PIPE, text=True)
        said = [process.stdout.readline() for _ in range(3 + 7 * round_number)]

        os.kill(process.pid, signal.SIGKILL)
        said += process.communicate()[0].splitlines()

        newest = Ledger(path).visits()[0]
        written = [line.detail for line in newest.lines[1:]]
        acknowledged = [line.strip() for line in said if line.strip()]
        assert first_broken(newest.lines) is None
        assert written[: len(acknowledged)] == acknowledged
        assert len(written) <= len(acknowledged) + 1
