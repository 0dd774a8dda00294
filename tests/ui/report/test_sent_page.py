"""The last page tells the truth about every state a report can be in."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime
from uuid import uuid4

import pytest
from pytestqt.qtbot import QtBot

from app.errors import HelpdeskError, Refused, Unreachable
from app.helpdesk.outbox_items import ItemKind, OutboxItem, SendState, Trouble
from app.ui.report.sent_page import SentPage

THEN = datetime(2026, 3, 2, 9, 30, tzinfo=UTC)


def item(state: SendState, error: HelpdeskError | None = None, number: str = "") -> OutboxItem:
    trouble = None if error is None else Trouble.of(error)
    return OutboxItem(uuid4(), ItemKind.TICKET, state, "Card", "", THEN, 1, THEN, number=number, trouble=trouble)


@pytest.fixture
def page(qtbot: QtBot) -> Iterator[SentPage]:
    made = SentPage()
    qtbot.addWidget(made)
    made.show()
    yield made
    made.close()


def test_saved_is_said_before_anything_was_sent(page: SentPage) -> None:
    page.follow(None)

    assert page.headline == "Saved"
    assert page.is_busy
    assert page.number == ""


def test_a_server_that_cannot_be_reached_loses_nothing(page: SentPage) -> None:
    page.follow(item(SendState.WAITING, Unreachable("The helpdesk cannot be reached.")))

    assert page.headline == "Saved"
    assert page.more.startswith("The helpdesk cannot be reached. The next attempt is at")
    assert page.can_try_now
    assert not page.is_busy


def test_without_a_helpdesk_nothing_seems_to_be_under_way(page: SentPage) -> None:
    page.expect(server=False)

    page.follow(None)

    assert not page.is_busy


def test_a_refusal_is_said_with_its_reason(page: SentPage) -> None:
    refused = Refused("The helpdesk did not accept it.", "Ask IT.", code="malformed", status=422)

    page.follow(item(SendState.REFUSED, refused))

    assert page.headline == "Saved, but not accepted"
    assert page.more == "The helpdesk did not accept it. Ask IT. Your report stays on this computer."
    assert page.can_try_now


def test_the_number_stands_there_once_it_is_delivered(page: SentPage) -> None:
    page.follow(item(SendState.DELIVERED, number="INC-000123"))

    assert page.number == "INC-000123"
    assert page.headline == "IT has your report"
    assert not page.can_try_now
