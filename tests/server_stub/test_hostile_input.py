"""Malformed, truncated, oversized and hostile input to every endpoint that the server publishes."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from datetime import UTC, datetime
from typing import Any
from uuid import uuid4

import httpx
import pytest

from app.protocol.identity import uuid7
from app.protocol.problems import ProblemCode
from tests.server_stub.bodies import good_bodies
from tests.server_stub.served import API, DeviceClient, Served, article, draft, invited
from tests.server_stub.soundness import complaints_of, forged

CODES = {each.value for each in ProblemCode}
NASTY: tuple[Any, ...] = (
    None,
    True,
    -1,
    0,
    2**63,
    10**400,
    1.5,
    1e308,
    "",
    " ",
    "\0",
    "\ud800",
    "\u202e\u200b\ufeff",
    "x" * 400,
    "界" * 30_000,
    "../../etc/passwd",
    "<script>alert(1)</script>",
    "'; DROP TABLE tickets; --",
    "{{7*7}}",
    "0001-01-01T00:00:00+14:00",
    "00000000-0000-0000-0000-000000000000",
    [],
    {},
    [[]] * 5,
    [None] * 1000,
    {"$ref": "#"},
    {"__proto__": {"x": 1}},
)
RAW = {
    "nothing": b"",
    "white space": b" \n",
    "no JSON": b"hello",
    "half a string": b'{"id": "',
    "an array": b"[]",
    "null": b"null",
    "a number": b"12",
    "NaN": b'{"id": NaN}',
    "latin-1": b'{"id": "\xe9\xff"}',
    "utf-16": '{"id": 1}'.encode("utf-16"),
    "very deep": b"[" * 100_000,
    "very deep objects": b'{"a":' * 50_000,
    "a huge number": b'{"id": ' + b"9" * 10_000 + b"}",
    "half of a character": b'{"\\ud800": "\\udfff"}',
    "null bytes": b"\0" * 1000,
    "a zip": b"PK\x03\x04" * 50,
    "twice the same key": b'{"id": 1, "id": 2}',
}
SEGMENTS = ("x", "..", "%2e%2e%2f", "%00", "%ff%fe", "-1", "9" * 500, "%F0%9F%94%94", "a" * 3000, "{}", "%3Cscript%3E")


def places(value: Any, path: tuple[Any, ...] = ()) -> Iterator[tuple[Any, ...]]:
    """Every place inside a JSON value."""
    yield path
    if isinstance(value, dict):
        for key, inner in value.items():
            yield from places(inner, (*path, key))
    elif isinstance(value, list):
        for index, inner in enumerate(value[:1]):
            yield from places(inner, (*path, index))


def replaced(value: Any, path: tuple[Any, ...], new: Any) -> Any:
    """The value with another one at that place."""
    if not path:
        return new
    copy = dict(value) if isinstance(value, dict) else list(value)
    copy[path[0]] = replaced(value[path[0]], path[1:], new)
    return copy


def operations(served: Served) -> list[tuple[str, str, dict[str, Any]]]:
    """Method, path below /api/v1 and description of every published operation."""
    with served.anybody() as client:
        published = client.get(f"{API}/openapi.json").json()
    assert published["openapi"].startswith("3.1")
    return [
        (method.upper(), path.removeprefix(API), about)
        for path, methods in published["paths"].items()
        for method, about in methods.items()
    ]


def check(answer: httpx.Response) -> None:
    """Answered, with a known problem where it is none of the good answers."""
    assert answer.status_code < 500, (answer.request.method, answer.request.url, answer.text)
    assert answer.headers["X-Content-Type-Options"] == "nosniff"
    assert answer.headers["Request-Id"]
    if answer.status_code >= 400:
        assert answer.headers["Content-Type"] == "application/problem+json", answer.text
        problem = answer.json()
        assert problem["code"] in CODES
        assert problem["status"] == answer.status_code or answer.status_code == 416
        assert "Traceback" not in answer.text


@pytest.fixture(scope="module")
def device(shared: Served) -> Iterator[DeviceClient]:
    shared.teach(article())
    yield shared.device()

    assert complaints_of(shared.services) == []
    assert forged(shared.services.database) is None


@pytest.fixture(scope="module")
def ids(shared: Served, device: DeviceClient) -> dict[str, str]:
    """The ids of things that are there, by their names in addresses."""
    sent = draft()
    device.submit(sent)
    return {"ticket_id": str(sent.id), "session_id": str(invited(shared, sent.id))}


def filled(path: str, ids: dict[str, str]) -> str:
    """An address with the ids of things that are there, or of nothing."""
    return re.sub(r"\{(\w+)\}", lambda name: ids.get(name[1]) or str(uuid4()), path)


def key_of(body: Any) -> dict[str, str]:
    value = body.get("id") if isinstance(body, dict) else None
    good = isinstance(value, str) and re.fullmatch(r"[0-9a-f-]{36}", value)
    return {"Idempotency-Key": value if good else str(uuid4())}


def test_every_route_has_a_good_body_in_this_test(shared: Served) -> None:
    with_body = {
        path
        for _, path, about in operations(shared)
        if "application/json" in about.get("requestBody", {}).get("content", {})
    }

    assert with_body == set(good_bodies())


def test_nasty_values_at_every_place_of_every_body(shared: Served, device: DeviceClient, ids: dict[str, str]) -> None:
    sent = 0
    for path, body in good_bodies().items():
        headers = {"Authorization": f"Bearer {shared.token}"} if path == "/enroll" else {}
        for place in places(body):
            for nasty in NASTY:
                hurt = replaced(body, place, nasty)
                if isinstance(hurt, dict) and place != ("id",) and "id" in hurt:
                    hurt = {**hurt, "id": str(uuid7(datetime.now(UTC)))}
                content = json.dumps(hurt).encode("utf-8", "surrogatepass")
                answer = device.post(
                    filled(path, ids),
                    content=content,
                    headers={"Content-Type": "application/json", **key_of(hurt), **headers},
                )
                check(answer)
                sent += 1
    assert sent > 1000
    assert device.get("/tickets").status_code == 200
    assert device.get(f"/tickets/{ids['ticket_id']}").status_code == 200


def test_bodies_that_are_no_bodies(shared: Served, device: DeviceClient, ids: dict[str, str]) -> None:
    for method, path, about in operations(shared):
        if "requestBody" not in about:
            continue
        for raw in RAW.values():
            for content_type in ("application/json", "multipart/form-data", ""):
                answer = device.request(
                    method,
                    filled(path, ids),
                    content=raw,
                    headers={"Content-Type": content_type, "Idempotency-Key": str(uuid4()), "Upload-Offset": "0"},
                )
                check(answer)
                assert answer.status_code >= 400


def test_every_truncation_of_a_good_ticket(device: DeviceClient) -> None:
    sent = draft(said="截断")
    whole = sent.model_dump_json().encode()
    headers = {"Content-Type": "application/json", "Idempotency-Key": str(sent.id)}

    answers = [device.post("/tickets", content=whole[:end], headers=headers) for end in range(0, len(whole), 3)]

    for answer in answers:
        check(answer)
        assert answer.status_code == 422
    assert device.get(f"/tickets/{sent.id}").status_code == 404


def test_nasty_paths_queries_and_headers(shared: Served, device: DeviceClient) -> None:
    values = ("", "-1", "x", "\0", "9" * 30, "1e9", "NaN", "界", "x" * 5000, "null", "[]", "2026-13-45")
    for method, path, about in operations(shared):
        for segment in SEGMENTS if "{" in path else ():
            check(device.request(method, re.sub(r"\{[^}]+\}", segment, path)))
        target = filled(path, {})
        for parameter in about.get("parameters", ()):
            for value in values:
                if parameter["in"] == "query":
                    check(device.request(method, target, params={parameter["name"]: value, "wait": 0}))
                elif parameter["in"] == "header":
                    header = value.replace("\0", "\x80").encode("latin-1", "replace")
                    check(device.request(method, target, headers={parameter["name"]: header}))
        for wrong in ("DELETE", "PATCH", "TRACE", "BREW"):
            answer = device.request(wrong, target)
            check(answer)
            assert answer.status_code in (401, 404, 405)


def test_nobody_unknown_gets_further_than_the_door(shared: Served) -> None:
    with shared.anybody() as stranger:
        for method, path, _ in operations(shared):
            if path in ("/health", "/enroll"):
                continue
            answer = stranger.request(method, API + re.sub(r"\{[^}]+\}", str(uuid4()), path), json={})
            check(answer)
            assert (answer.status_code, answer.json()["code"]) == (401, "not_authenticated"), path


def test_bodies_that_are_too_large_are_cut_off_before_they_are_read(shared: Served, device: DeviceClient) -> None:
    chunks_taken = 0

    def endless() -> Iterator[bytes]:
        nonlocal chunks_taken
        for _ in range(20_000):
            chunks_taken += 1
            yield b" " * 65_536

    for method, path, about in operations(shared):
        if "requestBody" not in about:
            continue
        target = re.sub(r"\{[^}]+\}", str(uuid4()), path)
        whole = device.request(method, target, content=b" " * (2 * 1024 * 1024 + 1))
        check(whole)
        assert (whole.status_code, whole.json()["code"]) == (413, "too_large")
        try:
            chunked = device.request(method, target, content=endless())
        except (httpx.WriteError, httpx.RemoteProtocolError, httpx.ReadError):
            # The server hung up while we were still sending, which is as good an answer.
            continue
        check(chunked)
        assert chunked.json()["code"] == "too_large"
    assert chunks_taken < 40_000


def test_strings_that_attack_browsers_are_kept_as_the_words_they_are(device: DeviceClient) -> None:
    attacks = (
        "<img src=x onerror=alert(1)>",
        '"><svg onload=alert(1)>',
        "javascript:alert(1)",
        "{{constructor.constructor('alert(1)')()}}",
        "[x](javascript:alert(1))",
    )
    for attack in attacks:
        sent = draft(attack, said=attack)
        device.submit(sent)

        answer = device.get(f"/tickets/{sent.id}")

        assert answer.headers["Content-Type"] == "application/json"
        assert {field["value"] for field in answer.json()["fields"]} == {attack}
        assert answer.json()["summary"]["subject"] == attack


def test_invisible_and_turning_characters_do_not_get_in(device: DeviceClient) -> None:
    sent = draft("pay\u202egpj.exe\u200b\ufeff", said="a\x1b[31mb")
    body = sent.model_dump(mode="json")
    body["fields"][0]["value"] = "pay\u202egpj.exe\u200b\ufeff"

    device.post("/tickets", json=body, headers={"Idempotency-Key": str(sent.id)})

    seen = device.get(f"/tickets/{sent.id}").json()
    assert [field["value"] for field in seen["fields"]] == ["paygpj.exe", "a[31mb"]


def test_unknown_addresses_are_problems_too(shared: Served) -> None:
    with shared.anybody() as client:
        for path in ("/api/v1/nothing", "/api", "/api/v2/tickets", "/.git/config", "/openapi.json", "/docs"):
            answer = client.get(path)
            check(answer)
            assert answer.status_code == 404, path
