"""Knowledge on the server: taken in, indexed, packed, ranked, and its use counted."""

from __future__ import annotations

from pathlib import Path
from uuid import uuid4

import pytest

from app.knowledge.base import KnowledgeBase
from app.protocol.knowledge import Outcome
from server_stub.knowledge.outcomes import counts
from server_stub.knowledge.publication import BUILT_HERE
from server_stub.knowledge.tables import ArticleRecord, ArticleVersion
from tests.server_stub.served import Served, article


def test_the_pack_is_fetched_once_and_in_pieces(served: Served, tmp_path: Path) -> None:
    device = served.device()
    served.teach(article())

    whole = device.get("/knowledge/pack")
    same = device.get("/knowledge/pack", headers={"If-None-Match": whole.headers["ETag"]})
    weak = device.get("/knowledge/pack", headers={"If-None-Match": f'"x", W/{whole.headers["ETag"]}'})
    middle = len(whole.content) // 2
    rest = device.get("/knowledge/pack", headers={"Range": f"bytes={middle}-", "If-Range": whole.headers["ETag"]})
    beyond = device.get("/knowledge/pack", headers={"Range": f"bytes={len(whole.content)}-"})

    assert (same.status_code, same.content, weak.status_code) == (304, b"", 304)
    assert (rest.status_code, rest.content) == (206, whole.content[middle:])
    assert beyond.status_code == 416
    assert beyond.headers["Content-Type"] == "application/problem+json"
    (tmp_path / "pack").write_bytes(whole.content)
    base = KnowledgeBase.open(tmp_path / "pack")
    assert (base.count, f'"{base.version}"') == (1, whole.headers["ETag"])
    base.close()


def test_a_changed_article_is_a_new_pack_and_an_outdated_range_is_not_mixed_in(served: Served) -> None:
    device = served.device()
    served.teach(article())
    old = device.get("/knowledge/pack").headers["ETag"]
    served.teach(article(title="E1023 has another title"))

    answer = device.get("/knowledge/pack", headers={"Range": "bytes=100-", "If-Range": old})

    assert answer.status_code == 200
    assert answer.headers["ETag"] != old
    assert len(list(served.services.folder.knowledge.iterdir())) == 1


def test_what_an_article_said_before_is_kept(served: Served) -> None:
    first = served.services.library.take([article(), article("b.md", title="b")])
    second = served.services.library.take([article(title="changed"), article("b.md", title="b")])

    assert (first.added, first.changed, first.unchanged) == (2, 0, 0)
    assert (second.added, second.changed, second.unchanged) == (0, 1, 1)
    with served.services.database.read() as session:
        assert session.get_one(ArticleRecord, "pos/e1023.md").version == 2
        assert session.get_one(ArticleVersion, ("pos/e1023.md", 1)).article == article()


def test_suggestions_and_search_find_the_article(served: Served) -> None:
    device = served.device()
    served.teach(
        article(), article("zh.md", title="打印机卡纸", body="打开前盖，取出卡纸。", locale="zh-CN", signatures=())
    )

    suggested = device.post("/suggestions", json={"lines": ["Error E1023", "card reader not found"]}).json()
    searched = device.get("/knowledge/search", params={"q": "卡纸"}).json()
    body = device.get("/knowledge/articles/zh.md").json()

    assert suggested["suggestions"][0]["id"] == "pos/e1023.md"
    assert suggested["signature"]["codes"] == ["E1023"]
    assert searched["suggestions"][0]["id"] == "zh.md"
    assert body["body"] == "打开前盖，取出卡纸。"


def test_nothing_fits_is_an_empty_list(served: Served) -> None:
    device = served.device()
    served.teach(article())

    answer = device.post("/suggestions", json={"lines": ["completely unrelated words about gardening"]})

    assert answer.json()["suggestions"] == []


def test_before_the_first_index_the_server_asks_for_patience(served: Served) -> None:
    device = served.device()

    answer = device.get("/knowledge/pack")

    assert (answer.status_code, answer.json()["code"]) == (503, "unavailable")
    assert answer.headers["Retry-After"] == "5"


def test_an_outcome_counts_once(served: Served) -> None:
    device = served.device()
    report = {
        "id": str(uuid4()),
        "article_id": "pos/e1023.md",
        "outcome": "solved",
        "signature": {"codes": ["E1023"]},
    }

    answers = [device.post("/suggestions/outcomes", json=report).status_code for _ in range(3)]
    other = device.post("/suggestions/outcomes", json={**report, "outcome": "opened"})

    assert answers == [204, 204, 204]
    assert other.json()["code"] == "idempotency_key_reused"
    with served.services.database.read() as session:
        assert [(each.outcome, each.count) for each in counts(session, "pos/e1023.md")] == [(Outcome.SOLVED, 1)]


def test_a_damaged_index_is_built_again(served: Served, caplog: pytest.LogCaptureFixture) -> None:
    device = served.device()
    served.teach(article())
    good = device.get("/knowledge/pack").content
    served.services.publication.close()
    (index,) = served.services.folder.knowledge.iterdir()
    index.write_bytes(b"not a database" * 1000)

    served.services.publication.refresh()

    assert device.get("/knowledge/pack").content == good


def test_a_large_index_is_built_beside_the_server(served: Served) -> None:
    many = [article(f"many/{number}.md", title=f"Error E{number}") for number in range(BUILT_HERE + 1)]
    device = served.device()

    served.teach(*many)

    assert device.get("/knowledge/articles/many/7.md").status_code == 200
    assert served.services.publication.employees.base.count == BUILT_HERE + 1


def test_an_index_that_is_being_built_does_not_hold_up_the_end(served: Served) -> None:
    many = [article(f"many/{number}.md", body=f"word{number} " * 5000) for number in range(BUILT_HERE + 1)]
    served.services.library.take(many)

    thread = served.services.publication.refresh_soon()
    assert thread is not None
    served.services.publication.close()
    thread.join(10)

    assert not thread.is_alive()
    assert not list(served.services.folder.knowledge.glob("*.sqlite3"))
