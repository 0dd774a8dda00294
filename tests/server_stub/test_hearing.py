"""What one server writes wakes whoever waits at another."""

from __future__ import annotations

import threading
import time
from collections.abc import Iterator
from pathlib import Path
from uuid import uuid4

import httpx
import psycopg
import pytest

from server_stub.ringing import CHANNEL, Ring
from tests.postgres import Cluster
from tests.server_stub.served import Served, draft, serving
from tests.server_stub.workbench_visitor import Visitor

PATIENCE = 20.0


@pytest.fixture
def pair(cluster: Cluster, tmp_path: Path) -> Iterator[tuple[Served, Served]]:
    """Two servers on one database and one folder."""
    address = cluster.database()
    with serving(tmp_path / "data", address=address) as one, serving(tmp_path / "data", address=address) as other:
        for each in (one, other):
            assert each.services.hearing is not None
            assert each.services.hearing.listening.wait(PATIENCE)
        yield one, other


def test_a_long_poll_at_one_server_hears_at_once_what_another_wrote(pair: tuple[Served, Served]) -> None:
    one, other = pair
    device = one.device()
    there = other.anybody()
    newest = device.get("/events").json()["next"]
    answers: list[tuple[dict[str, object], float]] = []

    def wait() -> None:
        began = time.monotonic()
        headers = {"Authorization": device.headers["Authorization"]}
        answer = there.get("/api/v1/events", params={"after": newest, "wait": 25}, headers=headers)
        answers.append((answer.json(), time.monotonic() - began))

    waiting = threading.Thread(target=wait)
    waiting.start()
    while len(other.services.bell._sleepers) < 2:  # the timekeeper, and the long poll
        threading.Event().wait(0.01)
    sent = draft()
    assert device.submit(sent).status_code == 201
    waiting.join(PATIENCE)
    there.close()

    [(page, seconds)] = answers
    assert [(each["kind"], each["ticket_id"]) for each in page["events"]] == [("ticket_received", str(sent.id))]
    assert seconds < 10


class Address:
    """Where a browser without a screen looks."""

    def __init__(self, url: str) -> None:
        self.url = url
        self.visitors: list[httpx.Client] = []


def test_an_open_page_at_one_server_is_told_of_news_and_of_signing_out_at_another(pair: tuple[Served, Served]) -> None:
    one, other = pair
    one.agent()
    visitor = Visitor(Address(one.url))  # type: ignore[arg-type]
    visitor.sign_in()
    csrf = visitor.token()
    cookies = dict(visitor.client.cookies.items())
    device = one.device()
    with (
        httpx.Client(base_url=other.url, cookies=cookies, timeout=PATIENCE, trust_env=False) as page,
        page.stream("GET", "/workbench/events?after=0") as stream,
    ):
        lines = stream.iter_lines()
        next(line for line in lines if line == "event: beat")
        sent = draft()
        device.submit(sent)
        told = next(line for line in lines if "ticket_received" in line)
        visitor.post("/workbench/sign-out", {"csrf": csrf})
        end = next(line for line in lines if line.startswith("event: signed_out"))
    visitor.client.close()

    assert str(sent.id) in told
    assert end


def test_what_was_written_while_the_connection_was_cut_is_found_in_the_log(
    pair: tuple[Served, Served], caplog: pytest.LogCaptureFixture
) -> None:
    one, other = pair
    hearing = other.services.hearing
    assert hearing is not None
    address = one.services.database.address.replace("+psycopg", "")
    with psycopg.connect(address, autocommit=True) as superuser:
        superuser.execute(
            "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = current_database()"
            " AND pid <> pg_backend_pid()"
        )
    device = one.device()
    assert device.submit(draft()).status_code == 201
    with one.services.database.read() as session:
        newest = one.services.events.latest(session)

    assert other.services.bell.wait_beyond(newest - 1, PATIENCE)
    assert hearing.listening.wait(PATIENCE)
    caplog.clear()


def test_what_is_rolled_back_is_told_nobody_and_nonsense_wakes_nobody(pair: tuple[Served, Served]) -> None:
    one, other = pair
    before = other.services.bell.latest

    def fail() -> None:
        with one.services.database.write() as session:
            one.services.announcements.withdraw(session, uuid4())
            one.services.announcements._tell(session, uuid4())
            raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        fail()
    with psycopg.connect(one.services.database.address.replace("+psycopg", ""), autocommit=True) as connection:
        for text in ("", "x", "a b c", "a 9999999999999999999 -", "a 5 nobody"):
            connection.execute("SELECT pg_notify(%s, %s)", (CHANNEL, text))
    assert one.device().submit(draft()).status_code == 201

    assert other.services.bell.wait_beyond(before, PATIENCE)
    assert other.services.bell.latest == before + 1


def test_rings_come_back_as_they_went() -> None:
    for ring in (Ring("a1", 7, uuid4()), Ring("b2", 0, None)):
        assert Ring.read(ring.text()) == ring


def test_tickets_and_events_written_by_two_servers_at_once_have_no_holes(pair: tuple[Served, Served]) -> None:
    device = pair[0].device()
    numbers: list[str] = []
    holes: list[tuple[int, list[int]]] = []
    done = threading.Event()

    def send(served: Served) -> None:
        with served.anybody() as client:
            for _ in range(8):
                each = draft()
                headers = {
                    "Authorization": device.headers["Authorization"],
                    "Idempotency-Key": str(each.id),
                    "Content-Type": "application/json",
                }
                answer = client.post("/api/v1/tickets", content=each.model_dump_json(), headers=headers)
                numbers.append(answer.json()["number"])

    def follow() -> None:
        after = 0
        with pair[1].anybody() as client:
            while True:
                last = done.is_set()
                headers = {"Authorization": device.headers["Authorization"]}
                page = client.get("/api/v1/events", params={"after": after}, headers=headers).json()
                seen = [each["seq"] for each in page["events"]]
                if seen and seen != list(range(after + 1, seen[-1] + 1)):
                    holes.append((after, seen))
                after = page["next"]
                if last:
                    return

    following = threading.Thread(target=follow)
    following.start()
    senders = [threading.Thread(target=send, args=(served,)) for served in pair for _ in range(4)]
    for each in senders:
        each.start()
    for each in senders:
        each.join()
    done.set()
    following.join()

    assert holes == []
    assert sorted(numbers) == [f"INC-{number:06d}" for number in range(1, 65)]
