"""My tickets without a network, and the feed that keeps them in step."""

from __future__ import annotations

from pathlib import Path
from uuid import UUID

import pytest

from app.errors import StorageError, Unreachable
from app.helpdesk.courier import Courier
from app.helpdesk.feed import Feed
from app.helpdesk.ledger import Ledger
from app.helpdesk.outbox import Outbox
from app.helpdesk.server import Server
from app.protocol.identity import uuid7
from app.protocol.tickets import TicketState, TicketSummary, TicketView
from helpdesk.drafts import AT, report
from helpdesk.small_helpdesk import SmallHelpdesk, hang_up, refuse


@pytest.fixture
def ledger(tmp_path: Path) -> Ledger:
    return Ledger(tmp_path / "data" / "tickets.sqlite")


def ticket(number: int, unread: int = 0) -> TicketSummary:
    return TicketSummary(
        id=uuid7(AT),
        number=f"INC-{number:06}",
        subject="打印机缺纸",
        state=TicketState.NEW,
        created_at=AT,
        updated_at=AT,
        unread=unread,
    )


def view(summary: TicketSummary) -> TicketView:
    return TicketView(summary=summary, fields=(), entries=(), attachments=(), as_of=3)


def test_tickets_are_there_for_the_next_start_in_their_order(ledger: Ledger, tmp_path: Path) -> None:
    tickets = (ticket(3, unread=2), ticket(2), ticket(1, unread=1))

    ledger.keep_tickets(tickets)
    ledger.close()

    again = Ledger(tmp_path / "data" / "tickets.sqlite")
    assert again.tickets() == tickets
    assert again.unread == 3
    again.close()


def test_reading_a_ticket_makes_it_read(ledger: Ledger) -> None:
    first = ticket(1, unread=2)
    ledger.keep_tickets([first])

    ledger.keep_view(view(first))

    assert ledger.unread == 0
    assert ledger.view(first.id) == view(first)
    assert ledger.view(uuid7(AT)) is None
    ledger.keep_tickets([ticket(2)])
    assert ledger.view(first.id) is None
    ledger.close()


def test_a_damaged_ledger_is_started_anew(ledger: Ledger, tmp_path: Path) -> None:
    ledger.keep_tickets([ticket(1)])
    ledger.close()
    (tmp_path / "data" / "tickets.sqlite").write_bytes(b"damaged" * 1000)

    assert ledger.tickets() == ()
    ledger.keep_tickets([ticket(2)])
    assert len(ledger.tickets()) == 1
    ledger.close()


def test_a_ledger_that_cannot_be_written_says_so(tmp_path: Path) -> None:
    (tmp_path / "file").touch()

    with pytest.raises(StorageError):
        Ledger(tmp_path / "file" / "tickets.sqlite").tickets()


def test_the_feed_starts_with_everything_and_goes_on_with_what_happens(
    helpdesk: SmallHelpdesk, server: Server, ledger: Ledger, outbox: Outbox, courier: Courier
) -> None:
    feed = Feed(server, ledger)

    assert feed.step().resynced
    assert (ledger.tickets(), ledger.cursor) == ((), 7)
    outbox.put(*report())
    courier.deliver()
    known = next(iter(helpdesk.tickets))
    event = {"seq": 8, "kind": "ticket_reply", "at": AT.isoformat(), "ticket_id": known}
    helpdesk.events = [event]
    news = feed.step(0)

    assert [each.ticket_id for each in news.events] == [UUID(known)]
    assert [each.number for each in ledger.tickets()] == ["INC-000001"]
    assert (ledger.unread, ledger.cursor) == (1, 8)
    ledger.close()


def test_a_cursor_the_server_forgot_leads_to_a_new_list(
    helpdesk: SmallHelpdesk, server: Server, ledger: Ledger
) -> None:
    feed = Feed(server, ledger)
    feed.step()
    ledger.keep_cursor(3)
    helpdesk.spoil("GET", "/events", refuse(410, "cursor_expired"))

    assert feed.step().resynced
    assert ledger.cursor == 7
    ledger.close()


def test_a_server_that_counts_anew_leads_to_a_new_list(helpdesk: SmallHelpdesk, server: Server, ledger: Ledger) -> None:
    ledger.keep_cursor(5000)

    assert Feed(server, ledger).step().resynced
    assert ledger.cursor == 7
    ledger.close()


def test_without_a_network_the_last_known_tickets_stay(helpdesk: SmallHelpdesk, server: Server, ledger: Ledger) -> None:
    ledger.keep_tickets([ticket(1)])
    server.enrol()
    helpdesk.spoil("GET", "/tickets", hang_up)

    with pytest.raises(Unreachable):
        Feed(server, ledger).refresh()

    assert len(ledger.tickets()) == 1
    ledger.close()
