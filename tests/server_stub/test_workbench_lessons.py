"""An agent says which article solved a ticket, and the article learns what the employee saw, if the agent agrees."""

from __future__ import annotations

import re
from uuid import uuid4

import pytest

from app.protocol.knowledge import Article, ErrorSignature, Outcome
from app.protocol.tickets import FieldName, Origin, TicketField, TicketState
from server_stub.knowledge.library import STAFF
from server_stub.knowledge.outcomes import counts
from server_stub.tickets.agent_view import load
from tests.server_stub.workbench_desk import Desk
from tests.server_stub.workbench_fixtures import desk
from tests.server_stub.workbench_visitor import Visitor

__all__ = ["desk"]

SHOWN = "称重收银\n与电子秤的通信已经中断，请检查连接线。\n错误代码：E1023\n确定"
SCALE = Article(id="scale", title="拔插电子秤的数据线", body="拔下，等十秒，插回去。", locale="zh-CN")


@pytest.fixture
def visitor(desk: Desk) -> Visitor:
    desk.services.library.take([SCALE])
    desk.services.publication.refresh()
    signed_in = Visitor(desk)
    signed_in.sign_in()
    return signed_in


@pytest.fixture
def ticket(desk: Desk):
    fields = [TicketField(name=FieldName.RECOGNISED_TEXT, value=SHOWN, origin=Origin.OCR, confidence=0.9)]
    signature = ErrorSignature(codes=("E1023",), title="称重收银", fingerprint="a" * 16)
    return desk.ticket(desk.device(), "称重失败", fields=fields, signature=signature)


def solve(visitor: Visitor, ticket, article: str = "scale", version: int = 1):
    data = {"csrf": visitor.token(), "article_id": article, "version": str(version)}
    return visitor.post(f"/workbench/tickets/{ticket.id}/solved-by", data)


def settle(visitor: Visitor, ticket, *lessons: str):
    page = visitor.get(f"/workbench/tickets/{ticket.id}").text
    found = re.search(r'name="digest" value="([^"]*)"', page)
    data = {"csrf": visitor.token(), "digest": found[1] if found else "", "lesson": list(lessons)}
    return visitor.post(f"/workbench/tickets/{ticket.id}/lessons", data)


def article(desk: Desk) -> Article:
    with desk.services.database.read() as session:
        found = desk.services.library.article(session, "scale", STAFF)
    assert found is not None
    return found


def test_a_solved_ticket_teaches_its_article_what_was_shown(desk: Desk, visitor: Visitor, ticket):
    assert solve(visitor, ticket).status_code == 303
    page = visitor.get(f"/workbench/tickets/{ticket.id}").text
    assert "Shall the article be found by this next time?" in page
    assert 'value="E1023"' in page

    assert settle(visitor, ticket, "E1023", "与电子秤的通信已经中断，请检查连接线。").status_code == 303

    assert article(desk).signatures == ("E1023", "与电子秤的通信已经中断，请检查连接线。")
    assert "Shall the article" not in visitor.get(f"/workbench/tickets/{ticket.id}").text
    desk.services.publication.refresh()
    found = desk.services.publication.employees.base.suggest(["称重", "错误代码：E1023"])
    assert [each.id for each in found.suggestions] == ["scale"]


def test_a_solution_resolves_the_ticket_and_counts_once_for_its_fault(desk: Desk, visitor: Visitor, ticket):
    solve(visitor, ticket)
    again = solve(visitor, ticket, version=2)

    with desk.services.database.read() as session:
        assert load(session, ticket.id).row.state is TicketState.RESOLVED
        assert [(each.outcome, each.count) for each in counts(session, "scale")] == [(Outcome.SOLVED, 1)]
    assert again.status_code == 409


def test_what_is_not_ticked_and_what_was_never_proposed_is_not_learnt(desk: Desk, visitor: Visitor, ticket):
    solve(visitor, ticket)

    settle(visitor, ticket, "E1023", "<script>alert(1)</script>")

    assert article(desk).signatures == ("E1023",)


def test_nothing_ticked_means_that_nothing_is_learnt_and_nothing_asked_again(desk: Desk, visitor: Visitor, ticket):
    solve(visitor, ticket)

    settle(visitor, ticket)

    assert article(desk).signatures == ()
    assert "Shall the article" not in visitor.get(f"/workbench/tickets/{ticket.id}").text


def test_an_article_changed_meanwhile_is_not_overwritten(desk: Desk, visitor: Visitor, ticket):
    solve(visitor, ticket)
    page = visitor.get(f"/workbench/tickets/{ticket.id}").text
    digest = re.search(r'name="digest" value="([^"]*)"', page)[1]
    desk.services.library.take([SCALE.model_copy(update={"body": "Somebody else's text"})])

    data = {"csrf": visitor.token(), "digest": digest, "lesson": ["E1023"]}
    answer = visitor.post(f"/workbench/tickets/{ticket.id}/lessons", data)

    assert answer.status_code == 412
    assert article(desk).body == "Somebody else's text"
    assert article(desk).signatures == ()


def test_an_article_that_is_not_there_solves_nothing(desk: Desk, visitor: Visitor, ticket):
    assert solve(visitor, ticket, article="nowhere").status_code == 404
    assert solve(visitor, ticket, version=7).status_code == 412
    lost = visitor.post(f"/workbench/tickets/{uuid4()}/lessons", {"csrf": visitor.token()})
    assert lost.status_code == 404


def test_the_editor_has_a_field_for_text_and_one_for_codes(desk: Desk, visitor: Visitor):
    fields = {"csrf": visitor.token(), "title": "Scale", "body": "Unplug it.", "sites": "Shop 7", "versions": "3.2"}
    saved = visitor.post(
        "/workbench/article-editor", {**fields, "signatures": "The scale is gone", "codes": "E77\nE78"}
    )
    article_id = saved.headers["location"].rpartition("/")[2]

    page = visitor.get(f"/workbench/article-editor?id={article_id}").text

    assert re.search(r'name="signatures">\s*The scale is gone</textarea>', page)
    assert re.search(r'name="codes">\s*E77\nE78</textarea>', page)
    assert re.search(r'name="sites">\s*Shop 7</textarea>', page)
    assert re.search(r'name="versions">\s*3.2</textarea>', page)
