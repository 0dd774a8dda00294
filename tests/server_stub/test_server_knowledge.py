"""Knowledge on the server: taken in, indexed, packed, ranked, and its use counted."""

from __future__ import annotations

import hashlib
import random
from pathlib import Path
from uuid import UUID, uuid4

import pytest
from sqlalchemy import text

from app.helpdesk.pack import patched
from app.knowledge import seal
from app.knowledge.base import KnowledgeBase
from app.protocol.identity import uuid7
from app.protocol.knowledge import ErrorSignature, Outcome, OutcomeReport
from server_stub.devices.enrolment import TokenTerms
from server_stub.knowledge.editions import BUILT_HERE
from server_stub.knowledge.outcomes import counts
from server_stub.knowledge.signing import pack_key
from server_stub.knowledge.tables import ArticleRecord, ArticleVersion
from tests.server_stub.served import Served, article, serving


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
    # Where other servers may still use the former one, it stays for a while.
    former = 1 if served.services.database.is_shared else 0
    assert len(list(served.services.folder.knowledge.glob("*.sqlite3"))) == 1 + former


def test_what_an_article_said_before_is_kept(served: Served) -> None:
    first = served.services.library.take([article(), article("b.md", title="b")])
    second = served.services.library.take([article(title="changed"), article("b.md", title="b")])

    assert (first.added, first.changed, first.unchanged) == (2, 0, 0)
    assert (second.added, second.changed, second.unchanged) == (0, 1, 1)
    with served.services.database.read() as session:
        assert session.get_one(ArticleRecord, "pos/e1023.md").version == 2
        before = session.get_one(ArticleVersion, ("pos/e1023.md", 1)).article
        assert before.model_copy(update={"updated": None}) == article()
        assert before.updated is not None


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
    (index,) = served.services.folder.knowledge.glob("*.sqlite3")
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


ASKED = ["POS", "The weighing module did not answer, please try again later."]
SCALE = article("scale.md", title="Plug the scale in again", body="Unplug its cable, wait, plug it in.", signatures=())
OTHER = article(
    "other.md", title="The weighing module in the price list", body="About answers of modules.", signatures=()
)


def said(served: Served, site: str, article_id: str, outcome: str, fingerprint: str, clicks: int = 1) -> None:
    """Somebody at a site's till says what became of an article, often."""
    served.token = served.make_token(TokenTerms(site=site))
    device = served.device(f"TILL-{site}")
    for _ in range(clicks):
        report = OutcomeReport(
            id=uuid7(served.clock()),
            article_id=article_id,
            outcome=Outcome(outcome),
            signature=ErrorSignature(fingerprint=fingerprint),
        )
        answer = device.post("/suggestions/outcomes", json=report.model_dump(mode="json"))
        assert answer.status_code == 204, answer.text


def asked(served: Served) -> list[str]:
    answer = served.device().post("/suggestions", json={"lines": ASKED}).json()
    return [each["id"] for each in answer["suggestions"]]


def test_what_several_sites_say_solved_a_fault_is_suggested_for_it_by_server_and_pack(
    served: Served, tmp_path: Path
) -> None:
    served.teach(SCALE, OTHER)
    device = served.device()
    before = device.get("/knowledge/pack").headers["ETag"]
    fingerprint = device.post("/suggestions", json={"lines": ASKED}).json()["signature"]["fingerprint"]
    assert asked(served)[:1] != ["scale.md"]

    for site in ("north", "south", "east", "west"):
        said(served, site, "scale.md", "solved", fingerprint)
    served.services.publication.refresh()

    assert asked(served)[0] == "scale.md"
    pack = device.get("/knowledge/pack")
    assert pack.headers["ETag"] != before
    (tmp_path / "pack").write_bytes(pack.content)
    base = KnowledgeBase.open(tmp_path / "pack")
    assert base.suggest(ASKED).suggestions[0].id == "scale.md"
    assert base.count == 2
    base.close()
    served.clock.forward(days=800)
    served.services.publication.refresh()
    assert asked(served)[:1] != ["scale.md"]


def test_one_till_clicking_a_hundred_times_moves_nothing(served: Served) -> None:
    served.teach(SCALE, OTHER)
    fingerprint = served.device().post("/suggestions", json={"lines": ASKED}).json()["signature"]["fingerprint"]
    before = asked(served)

    said(served, "north", "scale.md", "solved", fingerprint, clicks=25)
    served.services.publication.refresh()

    assert asked(served) == before


def test_hostile_fingerprints_and_unknown_articles_are_kept_out_of_the_index(served: Served) -> None:
    served.teach(SCALE)
    version = served.services.publication.employees.version

    said(served, "north", "nowhere.md", "solved", "f" * 16)
    said(served, "north", "scale.md", "solved", "\U0001f4a3 DROP TABLE")
    served.services.publication.refresh()

    assert served.services.publication.employees.base.count == 1
    assert served.services.publication.employees.version != version
    rows = served.services.publication.employees.base._store.rows("SELECT count(*) FROM experiences")
    assert rows == [(0,)]


def test_outcomes_told_before_sites_were_kept_belong_to_their_devices_site(tmp_path: Path) -> None:
    from alembic import command

    from server_stub.migrations.steps import configured, migrate
    from server_stub.sqlite import SqliteDatabase

    database = SqliteDatabase(tmp_path / "old.sqlite3")
    with database.writing_connection() as connection, connection.begin():
        command.upgrade(configured(connection), "0002")
        connection.execute(text(DEVICE), {"id": UUID(int=1).hex})
        connection.execute(text(OUTCOME), {"id": UUID(int=2).hex, "device": UUID(int=1).hex})
    migrate(database)

    with database.read() as session:
        assert session.execute(text("SELECT site FROM outcomes")).scalar_one() == "Shop 7"
    database.close()


DEVICE = """INSERT INTO devices(id, installation_id, hostname, os, client_version, site, enrolled_at, seen_at)
VALUES(:id, :id, 'till', 'Windows', '1', 'Shop 7', '2026-01-01 00:00:00', '2026-01-01 00:00:00')"""
OUTCOME = """INSERT INTO outcomes(id, device_id, article_id, outcome, fingerprint, signature, at)
VALUES(:id, :device, 'a', 'solved', 'ffffffffffffffff', '{}', '2026-01-01 00:00:00')"""


def test_the_pack_is_signed_with_the_servers_own_key_also_after_a_restart(served: Served, tmp_path: Path) -> None:
    device = served.device()
    served.teach(article())
    told = device.get("/knowledge/key").json()["key"]

    (tmp_path / "pack").write_bytes(device.get("/knowledge/pack").content)

    seal.check(tmp_path / "pack", bytes.fromhex(told))
    assert pack_key(served.services.database, served.clock) == pack_key(served.services.database, served.clock)
    assert seal.public_key(pack_key(served.services.database, served.clock)).hex() == told


def test_a_device_learns_the_packs_key_when_it_enrols(served: Served) -> None:
    body = {"installation_id": str(uuid4()), "hostname": "a", "os": "b", "client_version": "1"}
    with served.anybody() as client:
        answer = client.post("/api/v1/enroll", json=body, headers={"Authorization": f"Bearer {served.token}"})

    assert answer.json()["pack_key"] == served.services.publication.key.hex()


def test_only_what_differs_is_sent_to_who_has_the_pack_before(served: Served) -> None:
    device = served.device()
    many = [article(f"a{n}.md", title=f"Title {n}", body=f"word{n} said{n} " * 200) for n in range(150)]
    served.teach(*many)
    old = device.get("/knowledge/pack").content
    digest = hashlib.sha256(old).hexdigest()
    assert device.get(f"/knowledge/pack/delta/{digest}").status_code == 304
    served.teach(article("new.md", title="A new one"), many[7].model_copy(update={"body": "other words now"}))

    answer = device.get(f"/knowledge/pack/delta/{digest}")

    whole = device.get("/knowledge/pack")
    assert answer.headers["ETag"] == whole.headers["ETag"]
    assert patched(old, answer.content) == whole.content
    assert len(answer.content) < len(whole.content) / 2
    assert device.get(f"/knowledge/pack/delta/{'0' * 64}").json()["code"] == "not_found"
    assert device.get("/knowledge/pack/delta/..%2f..%2fdeskbell").status_code in (404, 422)


def test_a_base_too_large_for_clients_is_a_slim_pack_of_what_is_used_most(tmp_path: Path) -> None:
    with serving(tmp_path / "data") as served:
        editions = served.services.publication._editions
        dice = random.Random(5)
        many = [article(f"a{n}.md", title=f"Title {n}", body=dice.randbytes(1500).hex()) for n in range(200)]
        served.services.library.take(many)
        served.services.publication.refresh()
        whole = served.services.publication.employees
        assert served.services.publication.clients is whole
        editions.largest = whole.path.stat().st_size // 2
        said(served, "north", "a150.md", "opened", "e" * 16)
        served.teach(article("local.md", title="Only in the north", sites=("north",)))

        clients, employees = served.services.publication.clients, served.services.publication.employees

        assert clients.path.stat().st_size <= editions.largest
        assert employees.base.count == 201
        assert 50 < clients.base.count < 130
        assert clients.base.is_part
        assert not employees.base.is_part
        assert clients.base.article("a150.md").title == "Title 150"
        device = served.device()
        assert device.get("/knowledge/pack").headers["ETag"] == f'"{clients.version}"'
        found = device.post("/suggestions", json={"lines": ["Title 199", many[199].body[:200]]}).json()["suggestions"]
        assert found[0]["id"] == "a199.md"
