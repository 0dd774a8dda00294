"""The client against the real server: every method once, and what only the real one can show."""

from __future__ import annotations

import random
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from app.errors import Refused
from app.helpdesk.courier import Courier
from app.helpdesk.enrolment import Enrolment
from app.helpdesk.failures import NotEnrolled
from app.helpdesk.feed import Feed
from app.helpdesk.ledger import Ledger
from app.helpdesk.outbox import Outbox
from app.helpdesk.outbox_items import ItemKind, SendState
from app.helpdesk.pack import Pack
from app.helpdesk.server import Server
from app.helpdesk.ticket import Attachment, Findings, Recognised, build
from app.protocol.events import EventKind
from app.protocol.identity import uuid7
from app.protocol.knowledge import ErrorSignature, Outcome, OutcomeReport
from app.protocol.language import Language
from app.protocol.tickets import NewEntry, TicketState
from helpdesk.conftest import Clock, describe
from helpdesk.drafts import declare, report
from helpdesk.sender import now
from server_stub.devices.tables import Device
from tests.server_stub.served import Served, article, picture, serving


@pytest.fixture(scope="module")
def served(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Served]:
    with serving(tmp_path_factory.mktemp("served") / "data", unlimited=True) as running:
        running.teach(article(), article("pos/paper.md", title="更换打印纸", body="打开上盖", signatures=("E2001",)))
        yield running


@pytest.fixture
def known(served: Served, tmp_path: Path) -> Enrolment:
    return Enrolment(tmp_path / "identity.json", describe=describe, now=now, token=served.token)


@pytest.fixture
def real(served: Served, known: Enrolment) -> Iterator[Server]:
    made = Server(served.url, known, now=now)
    yield made
    made.close()


@pytest.fixture
def box(tmp_path: Path) -> Iterator[Outbox]:
    made = Outbox(tmp_path / "outbox.sqlite", now)
    yield made
    made.close()


@pytest.fixture
def carrier(box: Outbox, real: Server) -> Courier:
    return Courier(box, real, now=now, random=random.Random(1))


def test_a_report_becomes_a_ticket_with_its_pictures(real: Server, box: Outbox, carrier: Courier) -> None:
    findings = Findings(
        sentence="刷卡失败",
        recognised=Recognised(("POS", "E1023 card reader not found"), "POS", 0.93),
        signature=ErrorSignature(codes=("E1023",), title="POS"),
        attachments=(Attachment(picture(), "image/png"), Attachment(picture(800, 600), "image/png")),
    )
    parcel = build(findings, now=now(), language=Language.CHINESE).parcel()
    box.put(parcel.draft, parcel.files)

    done = carrier.deliver()

    assert (done.trouble, done.waiting) == (None, 0)
    view = real.ticket(box.get(parcel.draft.id).ticket_id)  # type: ignore[arg-type]
    assert view.summary.subject == "刷卡失败"
    assert view.summary.number == done.numbers[0]
    assert [each.stored for each in view.attachments] == [True, True]
    assert real.attachment(view.attachments[0].id).media_type == "image/png"
    assert [ticket.number for ticket in real.tickets().tickets] == list(done.numbers)


def test_the_conversation_goes_both_ways(real: Server, box: Outbox, carrier: Courier) -> None:
    draft, files = report()
    file = declare(b"more to read")
    box.put(draft, files)
    box.put_reply(draft.id, NewEntry(id=uuid7(now()), body="还有", attachments=(file,)), {file.id: b"more to read"})
    box.put_action(draft.id, ItemKind.URGE)
    box.put_action(draft.id, ItemKind.CONFIRM)
    box.put_action(draft.id, ItemKind.REOPEN)

    done = carrier.deliver()

    assert (done.trouble, done.waiting) == (None, 0)
    view = real.ticket(box.get(draft.id).ticket_id)  # type: ignore[arg-type]
    assert view.urge_count == 1
    assert view.summary.state is TicketState.IN_PROGRESS
    assert "还有" in [entry.body for entry in view.entries]
    assert real.attachment(file.id).content == b"more to read"


def test_urging_twice_a_day_is_refused_with_its_reason(real: Server, box: Outbox, carrier: Courier) -> None:
    draft, files = report()
    box.put(draft, files)
    box.put_action(draft.id, ItemKind.URGE)
    carrier.deliver()

    again = box.put_action(draft.id, ItemKind.URGE)
    done = carrier.deliver()

    assert done.refused == (again,)
    trouble = box.get(again).trouble
    assert trouble is not None
    assert trouble.code == "already_urged"


def test_a_file_that_is_not_what_it_says_is_refused_and_the_ticket_is_not(
    real: Server, box: Outbox, carrier: Courier
) -> None:
    findings = Findings(sentence="x", attachments=(Attachment(b"<svg onload=alert(1)>", "image/png"),))
    parcel = build(findings, now=now(), language=Language.ENGLISH).parcel()
    box.put(parcel.draft, parcel.files)

    done = carrier.deliver()

    assert len(done.numbers) == 1
    [file] = box.get(parcel.draft.id).files
    assert file.state is SendState.REFUSED
    assert file.trouble is not None
    assert file.trouble.code == "unsupported_media"


def test_a_device_in_1970_gets_its_ticket_in_with_the_servers_time(
    served: Served, known: Enrolment, tmp_path: Path
) -> None:
    clock = Clock()
    clock.time = datetime(1970, 1, 1, 0, 1, tzinfo=UTC)
    server = Server(served.url, known, now=clock)
    outbox = Outbox(tmp_path / "old.sqlite", clock)
    parcel = build(Findings(sentence="dead battery"), now=clock(), language=Language.ENGLISH).parcel()
    outbox.put(parcel.draft, parcel.files)

    Courier(outbox, server, now=clock, random=random.Random(1)).deliver()

    item = outbox.get(parcel.draft.id)
    assert item.delivered_at is not None
    assert abs(item.delivered_at - datetime.now(UTC)) < timedelta(minutes=5)
    assert server.clock_error is not None
    assert server.clock_error > timedelta(days=20_000)
    outbox.close()
    server.close()


def test_knowledge_is_asked_for_and_told_about(real: Server) -> None:
    found = real.suggest(["POS", "E1023 card reader not found"], title="POS", language="zh-CN")

    assert found.suggestions[0].id == "pos/e1023.md"
    assert real.search("打印纸").suggestions[0].id == "pos/paper.md"
    assert "Unplug" in real.article("pos/e1023.md").body
    with pytest.raises(Refused):
        real.article("pos/none.md")
    real.outcome(
        OutcomeReport(id=uuid7(now()), article_id="pos/e1023.md", outcome=Outcome.SOLVED, signature=found.signature)
    )
    assert real.announcements().announcements == ()
    real.check()


def test_the_pack_is_the_servers_own(real: Server, tmp_path: Path) -> None:
    pack = Pack(tmp_path / "knowledge", real)

    assert pack.refresh()
    base = pack.base()
    assert base is not None
    assert base.count == 2
    assert not pack.refresh()
    pack.close()


def test_a_pack_that_broke_off_goes_on_by_range(real: Server, tmp_path: Path) -> None:
    pack = Pack(tmp_path / "knowledge", real)
    pack.refresh()
    [whole] = (tmp_path / "knowledge").glob("pack-*.sqlite")
    content = whole.read_bytes()
    pack.close()
    other = tmp_path / "other"
    other.mkdir()
    (other / "download.part").write_bytes(content[: len(content) // 2])
    current = (tmp_path / "knowledge" / "current.json").read_text()
    (other / "part.json").write_text(current)

    resumed = Pack(other, real)

    assert resumed.refresh()
    [path] = other.glob("pack-*.sqlite")
    assert path.read_bytes() == content
    resumed.close()


def test_the_feed_hears_of_a_ticket_at_once(real: Server, box: Outbox, carrier: Courier, tmp_path: Path) -> None:
    ledger = Ledger(tmp_path / "tickets.sqlite")
    feed = Feed(real, ledger)
    feed.step()
    box.put(*report())
    carrier.deliver()

    news = feed.step(5)

    assert EventKind.TICKET_RECEIVED in [event.kind for event in news.events]
    assert len(ledger.tickets()) == 1
    ledger.close()


def test_fetching_the_list_skips_nothing_that_the_feed_has_yet_to_tell(
    real: Server, box: Outbox, carrier: Courier, tmp_path: Path
) -> None:
    ledger = Ledger(tmp_path / "tickets.sqlite")
    feed = Feed(real, ledger)
    feed.step()
    box.put(*report())
    carrier.deliver()

    listed = feed.refresh()
    news = feed.step(5)

    assert len(listed) == 1
    assert EventKind.TICKET_RECEIVED in [event.kind for event in news.events]
    ledger.close()


def test_a_computer_that_was_shut_out_keeps_its_reports(
    served: Served, real: Server, box: Outbox, carrier: Courier
) -> None:
    device_id = real.enrol().device_id
    with served.services.database.write() as session:
        session.get_one(Device, device_id).revoked_at = datetime.now(UTC)
    draft, files = report()
    box.put(draft, files)

    done = carrier.deliver()

    assert isinstance(done.trouble, NotEnrolled)
    assert done.trouble.summary == "IT has withdrawn this computer's access."
    assert box.get(draft.id).state is SendState.WAITING


def test_a_secret_the_server_no_longer_knows_is_replaced(served: Served, real: Server, known: Enrolment) -> None:
    real.enrol()
    other = Server(served.url, known, now=now)
    other.enrol()
    (known._path).write_bytes(known._path.read_bytes().replace(other._credential.secret.encode(), b"x" * 43))  # type: ignore[union-attr]

    third = Server(served.url, known, now=now)
    assert third.tickets().tickets == ()
    other.close()
    third.close()
