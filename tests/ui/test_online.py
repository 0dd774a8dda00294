"""With a real server: what is sent arrives, what is answered is told, and a broken line loses nothing."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path
from uuid import UUID

import pytest
from pytestqt.qtbot import QtBot

from app.assembly import Services, assemble
from app.helpdesk.outbox_items import ItemKind
from app.protocol.announcements import Severity
from app.protocol.tickets import TicketState, TicketView
from app.ui.background import Background
from app.ui.connection import Connection
from app.ui.deliveries import SELDOM, Deliveries, wait_until
from app.ui.desk import Desk
from app.ui.following import Following
from app.ui.tickets.ticket_page import TicketPage
from server_stub.announcements.service import News
from tests.server_stub.served import Served, article, picture
from tests.ui.world import draft, now

PATIENCE = 20_000


@pytest.fixture
def deliveries(online: Desk) -> Iterator[Deliveries]:
    made = Deliveries(online)
    yield made
    made.stop()


@pytest.fixture
def following(online: Desk) -> Iterator[Following]:
    """Stopped in time; the poll under way ends with the services, which are closed before the lanes."""
    made = Following(online)
    yield made
    made.stop()
    online.services.close()


def sent(desk: Desk, deliveries: Deliveries, qtbot: QtBot, content: bytes = b"") -> UUID:
    """Report something and wait until the server has it."""
    made, files = draft("Printer offline", content)
    desk.services.outbox.put(made, files)
    with qtbot.waitSignal(deliveries.ticket_received, timeout=PATIENCE):
        deliveries.deliver_now()
    return made.id


def answer(helpdesk: Served, ticket: UUID, body: str) -> None:
    agent = helpdesk.agent(f"wang{len(body)}")
    with helpdesk.services.database.write() as session:
        helpdesk.services.conversation.agent_reply(session, agent, ticket, body)


def test_a_report_gets_its_number_and_appears_in_the_list(online: Desk, deliveries: Deliveries, qtbot: QtBot) -> None:
    ticket = sent(online, deliveries, qtbot, picture())

    qtbot.waitUntil(lambda: [each.id for each in online.tickets] == [ticket], timeout=PATIENCE)
    qtbot.waitUntil(lambda: online.waiting == (), timeout=PATIENCE)
    assert online.connection is Connection.ONLINE
    assert online.tickets[0].subject == "Printer offline"


def test_an_agents_reply_is_told_without_asking(
    online: Desk, deliveries: Deliveries, following: Following, helpdesk: Served, qtbot: QtBot
) -> None:
    ticket = sent(online, deliveries, qtbot)
    qtbot.waitUntil(lambda: len(online.tickets) == 1, timeout=PATIENCE)
    following.start()

    with qtbot.waitSignal(online.replied, timeout=PATIENCE) as replied:
        answer(helpdesk, ticket, "Please unplug it.")

    assert replied.args[0].id == ticket
    assert online.unread == 1


def test_reading_a_ticket_clears_its_count(
    online: Desk, deliveries: Deliveries, helpdesk: Served, qtbot: QtBot
) -> None:
    ticket = sent(online, deliveries, qtbot)
    answer(helpdesk, ticket, "Please unplug it.")
    online.refresh()
    qtbot.waitUntil(lambda: online.unread == 1, timeout=PATIENCE)

    page = TicketPage(online)
    qtbot.addWidget(page)
    page.show_ticket(ticket)

    qtbot.waitUntil(lambda: online.unread == 0, timeout=PATIENCE)
    assert online.view(ticket).entries[-1].body == "Please unplug it."


def test_a_reply_with_a_picture_reaches_the_helpdesk(
    online: Desk, deliveries: Deliveries, helpdesk: Served, qtbot: QtBot
) -> None:
    from app.ui.reply import Enclosure, Reply

    ticket = sent(online, deliveries, qtbot)
    kept: list[bool] = []

    def told() -> list[tuple[str, list[bool]]]:
        entries = online.services.server.ticket(ticket).entries
        return [(each.body, [file.stored for file in each.attachments]) for each in entries if each.body]

    enclosure = Enclosure("till.png", "image/png", picture())
    online.reply(Reply(ticket, "Still broken", (enclosure,)), lambda: kept.append(True), pytest.fail)

    qtbot.waitUntil(lambda: told() == [("Still broken", [True])], timeout=PATIENCE)
    qtbot.waitUntil(lambda: online.waiting == (), timeout=PATIENCE)
    assert kept == [True]


@pytest.mark.parametrize(
    ("kind", "done"),
    [
        (ItemKind.URGE, lambda view: view.urge_count == 1),
        (ItemKind.CONFIRM, lambda view: view.summary.state is TicketState.RESOLVED),
    ],
)
def test_a_wish_reaches_the_helpdesk(
    online: Desk, deliveries: Deliveries, qtbot: QtBot, kind: ItemKind, done: Callable[[TicketView], bool]
) -> None:
    ticket = sent(online, deliveries, qtbot)

    online.ask_for(ticket, kind, lambda: None, pytest.fail)

    qtbot.waitUntil(lambda: done(online.services.server.ticket(ticket)), timeout=PATIENCE)
    qtbot.waitUntil(lambda: online.waiting == (), timeout=PATIENCE)


def test_announcements_and_knowledge_arrive(online: Desk, following: Following, helpdesk: Served, qtbot: QtBot) -> None:
    helpdesk.teach(article())
    following.start()
    qtbot.waitUntil(lambda: online.services.pack.base() is not None, timeout=PATIENCE)

    with helpdesk.services.database.write() as session:
        helpdesk.services.announcements.announce(session, News("Card payments fail", severity=Severity.INCIDENT))

    qtbot.waitUntil(lambda: [each.title for each in online.announcements] == ["Card payments fail"], timeout=PATIENCE)


def test_a_helpdesk_that_cannot_be_reached_is_said_and_nothing_is_lost(
    home: dict[str, str], background: Background, qtbot: QtBot
) -> None:
    services = assemble({"server_url": "http://127.0.0.1:9", "enrolment_token": "t" * 40}, home)
    services.paths.make()
    desk = Desk(services, background)
    deliveries = Deliveries(desk)
    services.outbox.put(*draft())

    deliveries.deliver_now()
    qtbot.waitUntil(lambda: desk.connection is Connection.OFFLINE, timeout=PATIENCE)

    qtbot.waitUntil(lambda: len(desk.waiting) == 1 and desk.waiting[0].attempts > 0, timeout=PATIENCE)
    assert desk.trouble is not None
    deliveries.stop()
    services.close()


def test_what_was_kept_offline_goes_out_with_the_next_start(
    connected: Services, background: Background, qtbot: QtBot, tmp_path: Path
) -> None:
    connected.outbox.put(*draft("From yesterday"))
    desk = Desk(connected, background)
    deliveries = Deliveries(desk)

    with qtbot.waitSignal(deliveries.ticket_received, timeout=PATIENCE) as received:
        deliveries.start()

    assert received.args[0].number.startswith("INC-")
    deliveries.stop()


def test_the_next_attempt_is_planned_within_reason() -> None:
    moment = now()

    assert wait_until(None, moment) == SELDOM
    assert wait_until(moment, moment) == 250
    assert wait_until(moment.replace(year=moment.year + 1), moment) == SELDOM
