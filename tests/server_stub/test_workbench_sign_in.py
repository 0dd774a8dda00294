"""Signing in: who gets in, for how long, from where, and how often somebody may guess."""

from __future__ import annotations

import hashlib
from datetime import timedelta

import pytest
from argon2 import PasswordHasher
from limits import RateLimitItemPerMinute
from sqlalchemy import select

from server_stub.agents import passwords
from server_stub.agents.tables import AgentSession
from server_stub.agents.throttle import Throttle, network
from server_stub.workbench.sign_in import inside
from tests.server_stub.workbench_desk import PASSWORD, Desk, open_desk
from tests.server_stub.workbench_fixtures import desk
from tests.server_stub.workbench_visitor import Visitor

__all__ = ["desk"]


def is_in(visitor: Visitor) -> bool:
    return visitor.get("/workbench/").status_code == 200


def test_an_agent_signs_in_and_comes_where_they_wanted_to_go(desk: Desk):
    visitor = Visitor(desk)

    asked = visitor.get("/workbench/?filter=mine")
    answer = visitor.sign_in(to="/workbench/?filter=mine")

    assert asked.status_code == 303
    assert asked.headers["location"] == "/workbench/sign-in?to=%2Fworkbench%2F%3Ffilter%3Dmine"
    assert answer.status_code == 303
    assert answer.headers["location"] == "/workbench/?filter=mine"
    assert is_in(visitor)


def test_the_cookie_is_for_this_browser_alone_and_the_store_does_not_know_it(desk: Desk):
    visitor = Visitor(desk)

    cookie = visitor.sign_in().headers["set-cookie"]

    token = visitor.client.cookies["deskbell_agent"]
    assert "HttpOnly" in cookie
    assert "SameSite=lax" in cookie
    assert "Path=/" in cookie
    assert len(token) >= 43
    with desk.services.database.read() as session:
        kept = session.scalars(select(AgentSession)).one()
    assert kept.id == hashlib.sha256(token.encode()).hexdigest()
    assert all(token.encode() not in path.read_bytes() for path in desk.services.folder.root.glob("deskbell.sqlite3*"))


@pytest.mark.parametrize(("login", "password"), [("wang", "wrong"), ("nobody", PASSWORD), ("", ""), ("\x00", "\x00")])
def test_what_was_wrong_is_not_told(desk: Desk, login: str, password: str):
    visitor = Visitor(desk)

    answer = visitor.sign_in(login, password)

    assert answer.status_code == 401
    assert "Login and password do not belong together." in answer.text
    assert not is_in(visitor)


def test_an_unknown_login_costs_the_same_work(desk: Desk, monkeypatch: pytest.MonkeyPatch):
    checked: list[str] = []
    verify = PasswordHasher.verify

    def counted(self, known, given):
        checked.append(known)
        return verify(self, known, given)

    monkeypatch.setattr(PasswordHasher, "verify", counted)

    Visitor(desk).sign_in("wang", "wrong")
    Visitor(desk).sign_in("nobody", "wrong")

    known, unknown = checked
    assert known != unknown
    assert known.split("$")[:4] == unknown.split("$")[:4]
    assert len(known) == len(unknown)


def test_an_endless_password_costs_no_work(desk: Desk):
    assert not passwords.check("x" * 100_000, None).is_right


def test_signing_out_ends_it(desk: Desk):
    visitor = Visitor(desk)
    visitor.sign_in()
    old = visitor.client.cookies["deskbell_agent"]

    visitor.post("/workbench/sign-out", {"csrf": visitor.token()})
    visitor.client.cookies.set("deskbell_agent", old)

    assert not is_in(visitor)


def test_a_browser_that_does_nothing_is_signed_out(desk: Desk):
    visitor = Visitor(desk)
    visitor.sign_in()

    desk.clock.ahead += timedelta(hours=3)
    used = is_in(visitor)
    desk.clock.ahead += timedelta(hours=3, minutes=59)
    still = is_in(visitor)
    desk.clock.ahead += timedelta(hours=4, minutes=1)

    assert used
    assert still
    assert not is_in(visitor)


def test_what_a_page_fetches_by_itself_keeps_nobody_signed_in(desk: Desk):
    visitor = Visitor(desk)
    visitor.sign_in()

    for _ in range(9):
        desk.clock.ahead += timedelta(minutes=30)
        visitor.get("/workbench/queue", headers={"Deskbell-Fragment": "1"})

    assert not is_in(visitor)


def test_nobody_stays_for_more_than_half_a_day(desk: Desk):
    visitor = Visitor(desk)
    visitor.sign_in()

    for _ in range(7):
        desk.clock.ahead += timedelta(hours=1, minutes=40)
        assert is_in(visitor)
    desk.clock.ahead += timedelta(minutes=21)

    assert not is_in(visitor)


def test_signing_in_again_ends_the_session_before(desk: Desk):
    visitor = Visitor(desk)
    visitor.sign_in()
    old = visitor.client.cookies["deskbell_agent"]

    csrf = visitor.token()
    visitor.client.cookies.set("deskbell_form", csrf)
    visitor.post("/workbench/sign-in", {"login": "wang", "password": PASSWORD, "csrf": csrf})

    other = Visitor(desk)
    other.client.cookies.set("deskbell_agent", old)
    assert is_in(visitor)
    assert not is_in(other)


@pytest.mark.parametrize(
    "headers",
    [
        {"Origin": "https://evil.example"},
        {"Origin": "null"},
        {"Sec-Fetch-Site": "cross-site"},
        {"Sec-Fetch-Site": "same-site"},
        {"Sec-Fetch-Site": "none"},
        {"Origin": "https://evil.example", "Sec-Fetch-Site": ""},
        {"Origin": "", "Sec-Fetch-Site": ""},
    ],
)
def test_what_another_site_made_the_browser_send_is_refused(desk: Desk, headers: dict[str, str]):
    visitor = Visitor(desk)
    visitor.sign_in()
    ticket = desk.ticket(desk.device())

    answer = visitor.post(f"/workbench/tickets/{ticket.id}/take", {"csrf": visitor.token()}, **headers)

    assert answer.status_code == 403


@pytest.mark.parametrize("csrf", ["", "x", "é" * 43])
@pytest.mark.parametrize("path", ["take", "move", "entries"])
def test_a_form_without_its_token_is_refused(desk: Desk, path: str, csrf: str):
    visitor = Visitor(desk)
    visitor.sign_in()
    ticket = desk.ticket(desk.device())
    entry = str(ticket.id)
    data = {"csrf": csrf, "to": "resolved", "version": "1", "entry_id": entry, "kind": "agent_reply", "body": "hi"}

    answer = visitor.post(f"/workbench/tickets/{ticket.id}/{path}", data)

    assert answer.status_code == 403


def test_the_token_of_one_agent_is_worth_nothing_to_another(desk: Desk):
    desk.agent("li", "Li Wei")
    mine, theirs = Visitor(desk), Visitor(desk)
    mine.sign_in()
    theirs.sign_in("li")
    ticket = desk.ticket(desk.device())

    answer = mine.post(f"/workbench/tickets/{ticket.id}/take", {"csrf": theirs.token()})

    assert answer.status_code == 403


def test_signing_in_needs_the_form_of_this_browser(desk: Desk):
    data = {"login": "wang", "password": PASSWORD, "csrf": Visitor(desk).csrf("/workbench/sign-in")}

    answer = Visitor(desk).post("/workbench/sign-in", data)

    assert answer.status_code == 403


def test_guessing_at_one_login_ends_after_a_few_attempts(tmp_path):
    with open_desk(tmp_path / "data", Throttle(per_login=RateLimitItemPerMinute(3, 5))) as desk:
        desk.agent()
        visitor = Visitor(desk)

        answers = [visitor.sign_in("wang", f"guess {number}").status_code for number in range(3)]
        right = visitor.sign_in("wang", PASSWORD)

        assert answers == [401, 401, 401]
        assert right.status_code == 429
        assert 1 <= int(right.headers["retry-after"]) <= 300
        assert "Too many attempts." in right.text


def test_the_right_password_forgives_earlier_mistakes(tmp_path):
    with open_desk(tmp_path / "data", Throttle(per_login=RateLimitItemPerMinute(3, 5))) as desk:
        desk.agent()

        for _ in range(3):
            Visitor(desk).sign_in("wang", "mistyped")
            assert Visitor(desk).sign_in("WANG ", PASSWORD).status_code == 303


def test_guessing_from_one_address_ends_whatever_the_login(tmp_path):
    with open_desk(tmp_path / "data", Throttle(per_address=RateLimitItemPerMinute(4, 5))) as desk:
        desk.agent()
        visitor = Visitor(desk)

        answers = [visitor.sign_in(f"somebody{number}", "guess").status_code for number in range(5)]

        assert answers == [401, 401, 401, 401, 429]


@pytest.mark.parametrize(
    ("address", "expected"),
    [
        ("192.0.2.7", "192.0.2.7"),
        ("2001:db8:1:2:3:4:5:6", "2001:db8:1:2::/64"),
        ("::ffff:192.0.2.7", "192.0.2.7"),
        ("testclient", "testclient"),
    ],
)
def test_one_subscriber_of_ipv6_is_one_address(address: str, expected: str):
    assert network(address) == expected


@pytest.mark.parametrize(
    "address",
    [
        "https://evil.example/",
        "//evil.example/workbench/",
        "/workbench//evil.example",
        "/workbench/\\evil.example",
        "/workbench/\r\nSet-Cookie: x=1",
        "/api/v1/health",
        "javascript:alert(1)",
        "/workbench/../api",
        "",
    ],
)
def test_nobody_is_led_out_of_the_workbench_after_signing_in(desk: Desk, address: str):
    assert inside(address) == "/workbench/"

    answer = Visitor(desk).sign_in(to=address)

    assert answer.headers["location"] == "/workbench/"


def test_the_language_is_the_browser_s_until_the_agent_chooses_one(desk: Desk):
    visitor = Visitor(desk, **{"Accept-Language": "zh-CN,zh;q=0.9,en;q=0.5"})
    before = visitor.get("/workbench/sign-in").text
    visitor.sign_in()
    signed_in = visitor.get("/workbench/").text

    visitor.post("/workbench/language", {"language": "en", "back": "/workbench/", "csrf": visitor.token()})
    other = Visitor(desk, **{"Accept-Language": "zh-CN"})
    other.sign_in()

    assert "登录名" in before
    assert "队列" in signed_in
    assert '<html lang="en">' in visitor.get("/workbench/").text
    assert '<html lang="en">' in other.get("/workbench/").text


@pytest.mark.parametrize(
    "path", ["/workbench/", "/workbench/articles", "/workbench/article-editor", "/workbench/queue"]
)
def test_nothing_is_shown_to_who_has_not_signed_in(desk: Desk, path: str):
    stranger = Visitor(desk)

    page = stranger.get(path)
    script = stranger.get(path, headers={"Deskbell-Fragment": "1"})
    machine = stranger.get(path, headers={"Accept": "*/*"})

    assert page.status_code == 303
    assert script.status_code == 401
    assert machine.status_code == 401


def test_pages_come_with_a_policy_that_runs_our_own_files_only(desk: Desk):
    visitor = Visitor(desk)
    visitor.sign_in()

    for path in ("/workbench/", "/workbench/no-such-page", "/workbench/articles", "/workbench/article-editor"):
        policy = visitor.get(path).headers["content-security-policy"]
        assert "default-src 'none'" in policy
        assert "unsafe" not in policy
        assert "frame-ancestors 'none'" in policy
        assert "require-trusted-types-for 'script'" in policy
