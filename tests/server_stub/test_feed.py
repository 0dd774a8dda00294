"""The feed by long poll: nothing missed, nothing told twice, nobody kept waiting at the end."""

from __future__ import annotations

import threading
import time

import httpx

from server_stub.announcements.service import News
from server_stub.devices.enrolment import TokenTerms
from server_stub.events import feed
from tests.server_stub.served import DeviceClient, Served, article, draft

BOTH_DATABASES = True


def test_a_waiting_client_hears_at_once(served: Served) -> None:
    device, agent = served.device(), served.agent()
    sent = draft()
    device.submit(sent)
    after = device.get("/tickets").json()["as_of"]
    heard: list[tuple[float, httpx.Response]] = []

    def wait() -> None:
        answer = device.get("/events", params={"after": after, "wait": 20})
        heard.append((time.monotonic(), answer))

    thread = threading.Thread(target=wait)
    thread.start()
    with served.services.database.write() as session:
        served.services.conversation.agent_reply(session, agent, sent.id, "Hello")
    said = time.monotonic()
    thread.join(20)

    moment, answer = heard[0]
    assert [each["kind"] for each in answer.json()["events"]] == ["ticket_reply"]
    assert answer.json()["events"][0]["number"] == "INC-000001"
    assert moment - said < 9  # not the 20 seconds it would have waited


def test_what_concerns_others_does_not_end_the_waiting(served: Served) -> None:
    device, other = served.device(), served.device("other")

    answers: list[httpx.Response] = []
    began = time.monotonic()
    thread = threading.Thread(target=lambda: answers.append(device.get("/events", params={"after": 0, "wait": 1})))
    thread.start()
    other.submit(draft())
    thread.join(10)

    assert answers[0].json()["events"] == []
    assert time.monotonic() - began >= 1


def test_following_the_feed_page_by_page_misses_nothing(served: Served) -> None:
    device = served.device()
    agent = served.agent()
    sent = draft()
    device.submit(sent)
    for number in range(feed.PAGE + 20):
        with served.services.database.write() as session:
            served.services.conversation.agent_reply(session, agent, sent.id, f"reply {number}")

    seen, after = [], 0
    while page := device.get("/events", params={"after": after}).json():
        if not page["events"]:
            break
        seen += [each["seq"] for each in page["events"]]
        after = page["next"]

    assert seen == list(range(1, feed.PAGE + 22))


def test_a_number_from_the_future_starts_again(served: Served) -> None:
    device = served.device()

    answer = device.get("/events", params={"after": 999, "wait": 25})

    assert (answer.status_code, answer.json()["code"]) == (410, "cursor_expired")


def test_announcements_reach_the_devices_they_are_for(served: Served) -> None:
    at_412 = DeviceClient(served.url, served.make_token(TokenTerms(site="Shop 412")))
    elsewhere = served.device()
    with served.services.database.write() as session:
        everywhere = served.services.announcements.announce(session, News("Maintenance tonight"))
        served.services.announcements.announce(session, News("Card terminals are down", site="Shop 412"))

    first = [each["title"] for each in at_412.get("/announcements").json()["announcements"]]
    other = [each["title"] for each in elsewhere.get("/announcements").json()["announcements"]]
    with served.services.database.write() as session:
        assert served.services.announcements.withdraw(session, everywhere)

    assert first == ["Card terminals are down", "Maintenance tonight"]
    assert other == ["Maintenance tonight"]
    assert elsewhere.get("/announcements").json()["announcements"] == []
    assert [each["kind"] for each in elsewhere.get("/events").json()["events"]] == ["announcement"] * 3
    at_412.close()


def test_new_knowledge_is_told_once(served: Served) -> None:
    device = served.device()
    served.teach(article())
    served.teach(article())
    served.teach(article(title="Another title"))

    kinds = [each["kind"] for each in device.get("/events").json()["events"]]

    assert kinds == ["knowledge", "knowledge"]


def test_an_ending_server_lets_every_waiting_client_go(served: Served) -> None:
    devices = [served.device(f"till {number}") for number in range(5)]
    answers: list[httpx.Response] = []
    threads = [
        threading.Thread(target=lambda each=each: answers.append(each.get("/events", params={"wait": 25})))
        for each in devices
    ]
    for each in threads:
        each.start()
    until = time.monotonic() + 10
    while len(served.services.bell._sleepers) < 5 and time.monotonic() < until:
        threading.Event().wait(0.01)

    began = time.monotonic()
    served.services.bell.close()
    for each in threads:
        each.join(10)

    assert [each.status_code for each in answers] == [200] * 5
    assert time.monotonic() - began < 9  # not the 25 seconds they asked for
