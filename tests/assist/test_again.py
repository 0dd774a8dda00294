"""A word for after a restart counts once, for whom it was meant, soon, and only after a restart."""

from __future__ import annotations

import dataclasses
import stat
from datetime import UTC, datetime, timedelta
from pathlib import Path
from uuid import UUID, uuid4

import pytest

from app.assist.again import LASTS, RestartConsent, Word
from app.errors import StorageError

AGENT, TICKET = uuid4(), uuid4()
NOON = datetime(2026, 11, 27, 12, tzinfo=UTC)
WORD = Word(AGENT, TICKET, "DP-1", "before", NOON)


@pytest.fixture
def consent(tmp_path: Path) -> RestartConsent:
    return RestartConsent(tmp_path / "data" / "again.json")


def test_it_counts_once_after_a_restart(consent: RestartConsent, tmp_path: Path) -> None:
    consent.keep(WORD)
    assert stat.S_IMODE((tmp_path / "data" / "again.json").stat().st_mode) == 0o600

    assert consent.take(AGENT, TICKET, "after", NOON + LASTS) == "DP-1"
    assert consent.take(AGENT, TICKET, "after", NOON + LASTS) is None


@pytest.mark.parametrize(
    ("agent", "ticket", "boot", "later"),
    [
        (uuid4(), TICKET, "after", timedelta(minutes=1)),
        (AGENT, uuid4(), "after", timedelta(minutes=1)),
        (AGENT, TICKET, "before", timedelta(minutes=1)),
        (AGENT, TICKET, "", timedelta(minutes=1)),
        (AGENT, TICKET, "after", LASTS + timedelta(seconds=1)),
        (AGENT, TICKET, "after", -timedelta(seconds=1)),
    ],
    ids=["another agent", "another ticket", "no restart", "nobody knows", "too late", "a wrong clock"],
)
def test_it_counts_for_nothing_else_and_is_gone_afterwards(
    consent: RestartConsent, agent: UUID, ticket: UUID, boot: str, later: timedelta
) -> None:
    consent.keep(WORD)

    assert consent.take(agent, ticket, boot, NOON + later) is None
    assert consent.take(AGENT, TICKET, "after", NOON) is None


def test_the_last_sign_of_life_counts(consent: RestartConsent) -> None:
    consent.keep(WORD)
    consent.keep(dataclasses.replace(WORD, at=NOON + timedelta(hours=1)))

    assert consent.take(AGENT, TICKET, "after", NOON + timedelta(hours=1, minutes=9)) == "DP-1"


def test_taken_back_it_is_none(consent: RestartConsent) -> None:
    consent.drop()
    consent.keep(WORD)
    consent.drop()

    assert consent.take(AGENT, TICKET, "after", NOON) is None


@pytest.mark.parametrize(
    "content", ["", "{}", "[]", "no JSON", '{"agent": 1}', '{"at": "2026-11-27T12:00:00"}', "\xff"]
)
def test_a_damaged_file_allows_nothing(tmp_path: Path, content: str) -> None:
    path = tmp_path / "again.json"
    path.write_text(content, encoding="latin-1")

    assert RestartConsent(path).take(AGENT, TICKET, "after", NOON) is None


def test_a_disk_that_takes_nothing_is_told(tmp_path: Path) -> None:
    (tmp_path / "data").write_text("a file where the folder should be", encoding="utf-8")

    with pytest.raises(StorageError):
        RestartConsent(tmp_path / "data" / "again.json").keep(WORD)
