"""What every request passes: limits of its own kind, trusted names, headers, and the last resort."""

from __future__ import annotations

import errno
import logging
from pathlib import Path

import pytest

from server_stub.problems import Refusal
from server_stub.rates import LIMITS, RateClass, Rates
from tests.server_stub.served import API, Served, draft, serving


def test_one_kind_of_request_used_up_leaves_all_the_others(served: Served) -> None:
    device = served.device()
    neighbour = served.device("till 2")
    query = {"lines": ["x"]}
    for _ in range(120):
        device.post("/suggestions", json=query)

    refused = device.post("/suggestions", json=query)

    assert (refused.status_code, refused.json()["code"]) == (429, "too_many_requests")
    assert 1 <= int(refused.headers["Retry-After"]) <= 61
    assert device.submit(draft()).status_code == 201
    assert neighbour.post("/suggestions", json=query).status_code != 429


def test_every_kind_has_its_limits() -> None:
    rates = Rates(0.0001)

    assert set(LIMITS) == set(RateClass)
    for kind in RateClass:
        rates.spend(kind, "somebody")
        with pytest.raises(Refusal, match="too_many_requests"):
            rates.spend(kind, "somebody")
        rates.check(kind, "somebody else")


def test_only_configured_names_are_answered_to(tmp_path: Path) -> None:
    with (
        serving(tmp_path / "data", allowed_hosts=["help.example.com", "*.shops.example.com"]) as served,
        served.anybody() as client,
    ):
        answers = [
            client.get(f"{API}/health", headers={"Host": host})
            for host in ("help.example.com", "HELP.example.com:8440", "a.shops.example.com", *WRONG_NAMES)
        ]

    assert [each.status_code for each in answers] == [200, 200, 200] + [403] * len(WRONG_NAMES)
    assert answers[-1].json()["code"] == "not_allowed"


WRONG_NAMES = (
    "evil.example.com",
    "help.example.com.evil.com",
    "help.example.com/evil?",
    "help.example.com@evil.com",
    "shops.example.com.evil",
    "",
)


def test_headers_of_every_answer(served: Served) -> None:
    with served.anybody() as client:
        answers = [client.get(path) for path in (f"{API}/health", f"{API}/openapi.json", "/nothing")]

    for answer in answers:
        assert answer.headers["X-Content-Type-Options"] == "nosniff"
        assert answer.headers["X-Frame-Options"] == "DENY"
        assert answer.headers["Referrer-Policy"] == "no-referrer"
        assert answer.headers["Cache-Control"] == "no-store"
        assert "default-src 'none'" in answer.headers["Content-Security-Policy"]
        assert "server" not in answer.headers or "uvicorn" in answer.headers["server"]


@pytest.mark.parametrize(
    ("failure", "status", "code"),
    [
        (RuntimeError("secret inside"), 500, "internal"),
        (KeyError("secret inside"), 500, "internal"),
        (OSError(errno.ENOSPC, "secret inside"), 507, "storage_full"),
        (OSError(errno.EIO, "secret inside"), 500, "internal"),
    ],
)
def test_mistakes_of_our_own_are_logged_and_told_without_their_words(
    served: Served,
    failure: Exception,
    status: int,
    code: str,
    caplog: pytest.LogCaptureFixture,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    device = served.device()

    def fail(*_: object) -> None:
        raise failure

    monkeypatch.setattr("server_stub.tickets.requester_view.page", fail)
    with caplog.at_level(logging.ERROR):
        answer = device.get("/tickets")

    assert (answer.status_code, answer.json()["code"]) == (status, code)
    assert "secret" not in answer.text
    assert [record.levelname for record in caplog.records] == ["ERROR"]
    caplog.clear()


def test_the_description_is_published_and_names_every_route(served: Served) -> None:
    with served.anybody() as client:
        answer = client.get(f"{API}/openapi.json")
    published = answer.json()

    assert answer.status_code == 200
    assert published["openapi"].startswith("3.1")
    assert {path.removeprefix(API) for path in published["paths"]} >= {
        "/announcements",
        "/attachments/{attachment_id}",
        "/enroll",
        "/events",
        "/health",
        "/knowledge/articles/{article_id}",
        "/knowledge/pack",
        "/knowledge/search",
        "/suggestions",
        "/suggestions/outcomes",
        "/tickets",
        "/tickets/{ticket_id}",
        "/tickets/{ticket_id}/confirm",
        "/tickets/{ticket_id}/entries",
        "/tickets/{ticket_id}/reopen",
        "/tickets/{ticket_id}/urge",
        "/uploads",
        "/uploads/{upload_id}",
    }
    for methods in published["paths"].values():
        for about in methods.values():
            assert about["responses"].keys() - {"200", "201", "204"} or about["tags"] == ["health"]


def test_a_caller_who_hangs_up_in_the_middle_leaves_nothing(served: Served) -> None:
    device = served.device()
    sent = draft()

    def half() -> object:
        yield sent.model_dump_json().encode()[:50]
        raise ConnectionAbortedError

    with pytest.raises(ConnectionAbortedError):
        device.post("/tickets", content=half(), headers={"Idempotency-Key": str(sent.id)})

    assert device.get("/tickets").json()["tickets"] == []
