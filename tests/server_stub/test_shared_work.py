"""What several servers on one database and one folder must not do twice, or to each other."""

from __future__ import annotations

import os
import threading
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path
from uuid import uuid4

import pytest
from sqlalchemy import func, select

from app.protocol.knowledge import PackKey as PackKeyReply
from server_stub.agents import passwords
from server_stub.agents.doorway import Doorway
from server_stub.assist.recordings import Recordings
from server_stub.events.tables import EventRecord, Happening
from server_stub.idempotency.once import Request, once
from server_stub.idempotency.tables import IdempotencyRecord
from server_stub.knowledge.following import Following
from server_stub.knowledge.signing import pack_key
from server_stub.problems import Refusal
from server_stub.serving import Housekeeping, first_start
from tests.postgres import Cluster
from tests.server_stub.served import Served, article, declare, draft, picture, serving
from tests.server_stub.test_server_reaches import LARGEST, files, fill, get, settled
from tests.server_stub.workbench_fixtures import QUICK


@pytest.fixture
def pair(cluster: Cluster, tmp_path: Path) -> Iterator[tuple[Served, Served]]:
    """Two servers on one database and one folder."""
    address = cluster.database()
    with serving(tmp_path / "data", address=address) as one, serving(tmp_path / "data", address=address) as other:
        yield one, other


def published(served: Served) -> list[str]:
    with served.services.database.read() as session:
        query = select(EventRecord.details).where(EventRecord.kind == Happening.KNOWLEDGE_PUBLISHED)
        return [each.version for each in session.scalars(query.order_by(EventRecord.seq))]


def both(pair: tuple[Served, Served], act) -> None:
    threads = [threading.Thread(target=act, args=(each,)) for each in pair]
    for each in threads:
        each.start()
    for each in threads:
        each.join()


def test_what_one_server_publishes_the_other_takes_into_use(pair: tuple[Served, Served]) -> None:
    one, other = pair
    one.teach(article())
    other.services.publication.follow()
    first = other.services.publication.employees
    one.teach(article("pos/e2000.md", title="POS error E2000", signatures=("E2000",)))
    still = [each.id for each in first.base.search("E1023", 5)]
    other.services.publication.follow()

    found = [each.id for each in other.services.publication.employees.base.search("E2000", 5)]
    assert still == ["pos/e1023.md"]
    assert found == ["pos/e2000.md"]
    assert other.services.publication.clients.version == one.services.publication.clients.version
    # The former file stays for who has not followed yet.
    assert first.path.is_file()
    assert published(one) == [first.version, one.services.publication.clients.version]


def test_servers_that_publish_at_once_make_one_edition_and_tell_of_it_once(pair: tuple[Served, Served]) -> None:
    both(pair, lambda served: served.services.library.take([article(), article("pos/e1.md", signatures=("E1",))]))
    both(pair, lambda served: served.services.publication.refresh())

    versions = {each.services.publication.clients.version for each in pair}
    assert len(versions) == 1
    assert published(pair[0]) == list(versions)
    assert all(each.services.publication.clients.base.count == 2 for each in pair)


def test_a_sites_pack_is_made_by_one_server_and_given_out_by_both(pair: tuple[Served, Served]) -> None:
    for each in pair:
        each.services.publication._editions.largest = LARGEST
    fill(pair[0])
    pair[1].services.publication.follow()
    first = settled(pair[0], pair[0].device(), "N")
    made = files(pair[0])

    second = get(pair[1].device(), "N")
    both(pair, lambda served: settled(served, served.device(), "S"))

    assert second.content == first.content
    assert second.headers["ETag"] == first.headers["ETag"] != get(pair[0].device()).headers["ETag"]
    assert len(files(pair[0]) - made) == 1


def test_a_follower_hears_of_what_was_published(pair: tuple[Served, Served]) -> None:
    one, other = pair
    following = Following(other.services.publication, other.services.bell)
    following.start()
    one.teach(article())
    until = threading.Event()
    for _ in range(200):
        try:
            assert other.services.publication.clients.version == one.services.publication.clients.version
            break
        except Refusal:
            until.wait(0.1)
    else:
        pytest.fail("the other server did not follow")


def test_a_new_database_gets_one_administrator_and_one_set_of_articles(pair: tuple[Served, Served]) -> None:
    told = []
    both(pair, lambda served: told.append(first_start(served.services)))

    assert sum(each.agent is not None for each in told) == 1
    with pair[0].services.database.read() as session:
        assert pair[0].services.library.count(session) > 50
    assert pack_key(pair[0].services.database, pair[0].clock) == pack_key(pair[1].services.database, pair[1].clock)


def test_servers_that_start_keep_their_hands_off_what_others_receive(pair: tuple[Served, Served]) -> None:
    one, other = pair
    content = picture()
    declared = declare(content)
    device = one.device()
    assert device.submit(draft(attachments=(declared,))).status_code == 201
    begun = device.begin(declared).json()
    device.put(begun["id"], 0, content[:100])
    work = one.services.blobs.workplace()
    work.write_bytes(b"being written")
    old = one.services.blobs.workplace()
    old.write_bytes(b"left behind")
    long_ago = old.stat().st_mtime - timedelta(days=2).total_seconds()
    os.utime(old, (long_ago, long_ago))
    (one.services.folder.parts / uuid4().hex).write_bytes(b"belongs to nothing")

    other.services.receiving.sweep_strays()

    assert work.is_file()
    assert not old.exists()
    assert [path.name for path in one.services.folder.parts.iterdir()] == [begun["id"].replace("-", "")]
    assert device.upload(declared, content).json()["complete"]


def test_one_server_at_a_time_cleans_up(pair: tuple[Served, Served]) -> None:
    one, other = pair
    request = Request("device:x", uuid4(), "POST /x")
    with one.services.database.write() as session:
        once(session, request, one.clock() - timedelta(days=100), lambda: PackKeyReply(key="0" * 64))

    def kept() -> int:
        with one.services.database.read() as session:
            return session.scalar(select(func.count()).select_from(IdempotencyRecord)) or 0

    with one.services.database.holding("housekeeping"):
        Housekeeping(other.services).once()
        assert kept() == 1
    Housekeeping(other.services).once()
    assert kept() == 0


def test_a_chunk_sent_to_two_servers_counts_once(pair: tuple[Served, Served]) -> None:
    one = pair[0]
    content = os.urandom(60_000)
    declared = declare(content, "log.bin", "application/octet-stream")
    device = one.device()
    assert device.submit(draft(attachments=(declared,))).status_code == 201
    upload = device.begin(declared).json()["id"]
    answers: list[int] = []

    def put(served: Served, offset: int) -> None:
        with served.anybody() as client:
            headers = {"Authorization": device.headers["Authorization"], "Upload-Offset": str(offset)}
            answer = client.put(f"/api/v1/uploads/{upload}", content=content[offset : offset + 10_000], headers=headers)
            answers.append(answer.status_code)

    for offset in range(0, len(content), 10_000):
        both(pair, lambda served, at=offset: put(served, at))

    assert device.get(f"/uploads/{upload}").json()["complete"]
    assert answers.count(200) >= 6
    assert set(answers) <= {200, 409}


def test_guesses_at_a_password_are_counted_for_all_servers_together(
    pair: tuple[Served, Served], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(passwords, "_hasher", QUICK)
    monkeypatch.setattr(passwords, "_NOBODY", passwords._nobodys())
    pair[0].agent()
    doorways = [Doorway(each.services.database, each.clock) for each in pair]

    for number in range(10):
        assert doorways[number % 2].sign_in("wang", "wrong", "10.0.0.1") is None
    for doorway in doorways:
        with pytest.raises(Refusal) as refused:
            doorway.sign_in("wang", "correct horse battery", "10.0.0.1")
        assert 1 <= (refused.value.retry_after or 0) <= 300
    for each in pair:
        each.clock.forward(minutes=6)
    assert doorways[0].sign_in("wang", "correct horse battery", "10.0.0.1")
    for _ in range(9):
        assert doorways[1].sign_in("wang", "wrong", "10.0.0.1") is None
    assert doorways[0].sign_in("wang", "correct horse battery", "10.0.0.1")


def test_servers_that_make_the_key_of_recordings_at_once_have_the_same(pair: tuple[Served, Served]) -> None:
    keys: list[str] = []
    made: list[Recordings] = [each.services.recordings for each in pair]
    threads = [threading.Thread(target=lambda each=each: keys.append(each.public())) for each in made]
    for each in threads:
        each.start()
    for each in threads:
        each.join()

    assert len(set(keys)) == 1
    assert [path.name for path in pair[0].services.folder.root.glob("recording.key*")] == ["recording.key"]
