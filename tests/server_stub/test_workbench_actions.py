"""What agents do to tickets, without a browser: also without scripts, and with what came too late."""

from __future__ import annotations

import uuid

import httpx
import pytest

from app.protocol.knowledge import ErrorSignature
from app.protocol.tickets import AttachmentKind
from server_stub.tickets.agent_view import load
from tests.server_stub.workbench_desk import Desk, declare, picture
from tests.server_stub.workbench_fixtures import desk
from tests.server_stub.workbench_visitor import Visitor

__all__ = ["desk"]


@pytest.fixture
def visitor(desk: Desk) -> Visitor:
    signed_in = Visitor(desk)
    signed_in.sign_in()
    return signed_in


def seen(desk: Desk, ticket):
    with desk.services.database.read() as session:
        return load(session, ticket.id)


def reply(
    visitor: Visitor, ticket, body: str, *, version: int = 1, kind: str = "agent_reply", entry: str = ""
) -> httpx.Response:
    data = {
        "csrf": visitor.token(),
        "entry_id": entry or str(uuid.uuid4()),
        "version": str(version),
        "kind": kind,
        "body": body,
    }
    return visitor.post(f"/workbench/tickets/{ticket.id}/entries", data)


def test_a_reply_sent_twice_is_one_reply(desk: Desk, visitor: Visitor):
    ticket = desk.ticket(desk.device())
    entry = str(uuid.uuid4())

    first = reply(visitor, ticket, "Please restart the till.", entry=entry)
    second = reply(visitor, ticket, "Please restart the till.", entry=entry)

    assert first.status_code == 303
    assert second.status_code == 303
    assert [each.body for each in seen(desk, ticket).entries] == ["Please restart the till."]


def test_a_reply_corrected_after_its_answer_was_lost_is_not_dropped(desk: Desk, visitor: Visitor):
    ticket = desk.ticket(desk.device())
    entry = str(uuid.uuid4())
    reply(visitor, ticket, "Please restart the tail.", entry=entry)

    reply(visitor, ticket, "Please restart the till.", entry=entry, version=2)

    assert [each.body for each in seen(desk, ticket).entries] == [
        "Please restart the tail.",
        "Please restart the till.",
    ]


def test_a_reply_to_a_ticket_that_has_changed_comes_back_with_its_text(desk: Desk, visitor: Visitor):
    device = desk.device()
    ticket = desk.ticket(device)
    desk.reply(device, ticket.id, "It works again!")

    answer = reply(visitor, ticket, "Please restart <the till> & wait.", version=1)

    assert answer.status_code == 412
    assert "Something happened on this ticket while you were working." in answer.text
    assert "Please restart &lt;the till&gt; &amp; wait." in answer.text
    assert "It works again!" in answer.text
    assert len(seen(desk, ticket).entries) == 1


def test_a_note_does_not_wait_for_anybody(desk: Desk, visitor: Visitor):
    device = desk.device()
    ticket = desk.ticket(device)
    desk.reply(device, ticket.id, "Hello?")

    answer = reply(visitor, ticket, "The switch is broken.", version=1, kind="internal_note")

    assert answer.status_code == 303
    assert seen(desk, ticket).entries[-1].kind == "internal_note"


@pytest.mark.parametrize("body", ["", "   \n", "x" * 20_001])
def test_nothing_and_too_much_are_refused_with_the_text_kept(desk: Desk, visitor: Visitor, body: str):
    ticket = desk.ticket(desk.device())

    answer = reply(visitor, ticket, body)

    assert answer.status_code == 422
    assert body in answer.text
    assert seen(desk, ticket).entries == ()


@pytest.mark.parametrize("kind", ["requester_reply", "system", "nonsense"])
def test_an_agent_cannot_write_in_somebody_else_s_name(desk: Desk, visitor: Visitor, kind: str):
    ticket = desk.ticket(desk.device())

    reply(visitor, ticket, "I am the employee.", kind=kind)

    assert all(entry.kind in ("agent_reply", "internal_note") for entry in seen(desk, ticket).entries)


def test_a_state_changed_meanwhile_is_not_changed_again(desk: Desk, visitor: Visitor):
    ticket = desk.ticket(desk.device())
    csrf = visitor.token()
    path = f"/workbench/tickets/{ticket.id}/move"

    first = visitor.post(path, {"csrf": csrf, "to": "in_progress", "version": "1"})
    second = visitor.post(path, {"csrf": csrf, "to": "cancelled", "version": "1"})
    impossible = visitor.post(path, {"csrf": csrf, "to": "closed", "version": "2"})

    assert first.status_code == 303
    assert second.status_code == 412
    assert impossible.status_code == 409
    assert seen(desk, ticket).row.state == "in_progress"


def test_of_two_agents_who_take_a_ticket_one_is_told_that_it_is_gone(desk: Desk, visitor: Visitor):
    desk.agent("li", "Li Wei")
    other = Visitor(desk)
    other.sign_in("li")
    ticket = desk.ticket(desk.device())

    first = visitor.post(f"/workbench/tickets/{ticket.id}/take", {"csrf": visitor.token(), "taken_from": ""})
    second = other.post(f"/workbench/tickets/{ticket.id}/take", {"csrf": other.token(), "taken_from": ""})

    assert first.status_code == 303
    assert second.status_code == 412
    assert seen(desk, ticket).row.assignee == "Wang Fang"


def test_a_colleague_s_ticket_is_taken_over_by_who_saw_whose_it_was(desk: Desk, visitor: Visitor):
    desk.agent("li", "Li Wei")
    other = Visitor(desk)
    other.sign_in("li")
    ticket = desk.ticket(desk.device())
    visitor.post(f"/workbench/tickets/{ticket.id}/take", {"csrf": visitor.token(), "taken_from": ""})
    holder = str(seen(desk, ticket).row.assignee_id)

    other.post(f"/workbench/tickets/{ticket.id}/take", {"csrf": other.token(), "taken_from": holder})

    assert seen(desk, ticket).row.assignee == "Li Wei"


def test_files_are_for_agents_only_and_never_run(desk: Desk, visitor: Visitor):
    device = desk.device()
    page = b"%PDF-1.4 <script>alert(1)</script>"
    paper = declare("report.pdf", page, AttachmentKind.FILE)
    ticket = desk.ticket(device, pictures=[("screen.png", picture())], attachments=[paper])
    desk.upload(device, paper, page)
    shot = ticket.attachments[0].id

    stranger = Visitor(desk).get(f"/workbench/attachments/{shot}", headers={"Accept": "*/*"})
    image = visitor.get(f"/workbench/attachments/{shot}")
    file = visitor.get(f"/workbench/attachments/{paper.id}")

    assert stranger.status_code == 401
    assert image.headers["content-type"] == "image/png"
    assert image.content.startswith(b"\x89PNG")
    assert file.headers["content-type"] == "application/octet-stream"
    assert file.headers["content-disposition"].startswith("attachment")
    for answer in (image, file):
        assert answer.headers["x-content-type-options"] == "nosniff"
        assert "sandbox" in answer.headers["content-security-policy"]
    assert visitor.get(f"/workbench/attachments/{uuid.uuid4()}").status_code == 404
    assert visitor.get("/workbench/attachments/../../etc/passwd").status_code == 404


@pytest.mark.parametrize(
    "path",
    [
        "/workbench/tickets/nonsense",
        f"/workbench/tickets/{uuid.UUID(int=7)}",
        f"/workbench/tickets/{uuid.UUID(int=8)}/live",
        "/workbench/articles/no/such/article",
        "/workbench/static/x/../../routes.py",
        "/workbench/static/0/nothing.js",
    ],
)
def test_what_is_not_there_is_said_on_a_page(visitor: Visitor, path: str):
    answer = visitor.get(path)

    assert answer.status_code in (404, 422)
    assert "To the queue" in answer.text


@pytest.mark.parametrize(
    "query", ["filter=nonsense", "show=-5", "show=99999999", "q=%00%25_%27%22%5C", "q=" + "x" * 5000]
)
def test_any_address_of_the_queue_is_a_queue(desk: Desk, visitor: Visitor, query: str):
    desk.ticket(desk.device())

    assert visitor.get(f"/workbench/?{query}").status_code == 200


def test_the_search_looks_into_what_was_reported(desk: Desk, visitor: Visitor):
    desk.ticket(desk.device(), "支付失败 E1023", said="顾客在等")
    desk.ticket(desk.device("LAPTOP-7"), "VPN 100% broken")

    def subjects(query: str) -> list[str]:
        text = visitor.get("/workbench/queue", params={"q": query, "filter": "all"}).text
        return [each for each in ("支付失败 E1023", "VPN 100% broken") if each in text]

    assert subjects("支付") == ["支付失败 E1023"]
    assert subjects("顾客") == ["支付失败 E1023"]
    assert subjects("laptop-7") == ["VPN 100% broken"]
    assert subjects("INC-000002") == ["VPN 100% broken"]
    assert subjects("0%") == ["VPN 100% broken"]
    assert subjects("_%") == []


def test_an_article_is_written_found_and_kept_from_being_overwritten(desk: Desk, visitor: Visitor):
    csrf = visitor.token()
    fields = {
        "csrf": csrf,
        "title": "Till frozen",
        "body": "# Do\n\n1. Restart <b>it</b>",
        "signatures": "E77\nE78\n",
        "tags": "pos, till",
    }

    saved = visitor.post("/workbench/article-editor", fields)
    page = visitor.get(saved.headers["location"])
    article_id = saved.headers["location"].rpartition("/")[2]
    late = visitor.post(
        "/workbench/article-editor", {**fields, "article_id": article_id, "digest": "old", "body": "mine"}
    )

    assert saved.status_code == 303
    assert "<li>Restart &lt;b&gt;it&lt;/b&gt;</li>" in page.text
    assert "E77" in page.text
    assert late.status_code == 412
    assert "mine" in late.text
    assert "Till frozen" in visitor.get("/workbench/articles", params={"q": "frozen"}).text


def test_an_article_begins_with_what_the_ticket_says_of_its_error(desk: Desk, visitor: Visitor):
    signature = ErrorSignature(codes=("E77",), title="Till <frozen>", application="pos.exe")
    ticket = desk.ticket(desk.device("SECRET-HOST"), "The till is frozen", said="I am Li Wei", signature=signature)

    page = visitor.get(f"/workbench/article-editor?ticket={ticket.id}").text

    for told in ("The till is frozen", "E77", "Till &lt;frozen&gt;", "pos.exe"):
        assert told in page
    assert "SECRET-HOST" not in page
    assert "Li Wei" not in page


@pytest.mark.parametrize(
    "fields", [{"title": "", "body": "x"}, {"title": "x", "body": " "}, {"title": "x" * 400, "body": "x"}]
)
def test_an_article_without_title_or_text_is_not_kept(desk: Desk, visitor: Visitor, fields: dict[str, str]):
    answer = visitor.post("/workbench/article-editor", {"csrf": visitor.token(), **fields})

    assert answer.status_code == 422


def events(desk: Desk, visitor: Visitor, headers: dict[str, str], wanted: int) -> list[str]:
    with visitor.client.stream("GET", "/workbench/events", headers=headers) as stream:
        found = []
        for line in stream.iter_lines():
            if line.startswith(("id:", "event:")):
                found.append(line)
            if len(found) >= wanted:
                return found
    return found


def test_the_stream_goes_on_where_the_browser_lost_it(desk: Desk, visitor: Visitor):
    device = desk.device()
    for _ in range(3):
        desk.ticket(device)
    with desk.services.database.read() as session:
        newest = desk.services.events.latest(session)

    assert events(desk, visitor, {"Last-Event-ID": str(newest - 1)}, 2) == [f"id: {newest}", "event: change"]
    assert events(desk, visitor, {"Last-Event-ID": str(newest + 50)}, 2) == [f"id: {newest}", "event: resync"]
    assert events(desk, visitor, {"Last-Event-ID": "nonsense"}, 2)[1] == "event: change"


def test_the_stream_tells_a_stranger_to_sign_in(desk: Desk):
    assert events(desk, Visitor(desk), {}, 5) == ["event: signed_out"]
