"""The link between host and viewer: who gets in, what passes, and when it ends."""

from __future__ import annotations

import json
import resource
import threading
import time
from contextlib import suppress
from datetime import timedelta
from pathlib import Path
from uuid import UUID

import pytest
from sqlalchemy import select
from websockets.exceptions import ConnectionClosed, InvalidStatus

from app.protocol.assist import Ledger, LedgerLine
from app.protocol.ledger import chained
from app.protocol.session import Reason
from server_stub.agents.tables import Role
from server_stub.assist.courses import lines_of
from server_stub.assist.tables import AssistLine, AssistRecord
from server_stub.assist.verification import verify
from server_stub.control.carrying_out import carry_out
from server_stub.control.orders import DisableAgent, RevokeDevice
from server_stub.events.tables import ActorKind, EventRecord, Happening
from tests.server_stub.assist_desk import PATIENCE, Browser, Machine, allowed, closing, greeting, host_link
from tests.server_stub.assist_fixtures import browser, desk, machine
from tests.server_stub.workbench_desk import Desk
from tests.server_stub.workbench_visitor import Visitor

__all__ = ["browser", "desk", "machine"]


def test_bytes_pass_between_both_ends_once_both_are_there(desk: Desk, machine: Machine, browser: Browser):
    token = allowed(desk, machine, browser)
    host = host_link(desk, browser.session, token)
    viewer = browser.link()
    with closing(host, viewer):
        first = greeting(host)
        assert (first["link"], greeting(viewer)["link"]) == (1, 1)
        assert greeting(host) == greeting(viewer) == {"peer": "here"}

        host.send(b"sealed picture")
        viewer.send(b"sealed click")

        assert viewer.recv(timeout=PATIENCE) == b"sealed picture"
        assert host.recv(timeout=PATIENCE) == b"sealed click"
        assert browser.standing()["state"] == "active"


def test_both_ends_are_told_and_closed_when_it_is_stopped(desk: Desk, machine: Machine, browser: Browser):
    token = allowed(desk, machine, browser)
    host = host_link(desk, browser.session, token)
    viewer = browser.link()
    with closing(host, viewer):
        for link in (host, viewer):
            greeting(link)
            greeting(link)

        assert (
            machine.post(f"/assist/{browser.session}/stop", json={"reason": "stopped_by_employee"}).status_code == 204
        )

        for link in (host, viewer):
            assert greeting(link) == {"ended": "stopped_by_employee"}
            with pytest.raises(ConnectionClosed) as closed:
                link.recv(timeout=PATIENCE)
            assert closed.value.rcvd is not None
            assert closed.value.rcvd.code == 4000
    with pytest.raises(InvalidStatus):
        host_link(desk, browser.session, token)


def linked(desk: Desk, machine: Machine, browser: Browser):
    """Both ends, linked and told of each other, and the host's next token."""
    token = allowed(desk, machine, browser)
    host = host_link(desk, browser.session, token)
    following = str(greeting(host)["token"])
    viewer = browser.link()
    greeting(viewer)
    assert greeting(host) == greeting(viewer) == {"peer": "here"}
    return host, viewer, following


def closed_with(link) -> int:
    """Read until a socket is closed; its code."""
    code = None
    while code is None:
        try:
            link.recv(timeout=PATIENCE)
        except ConnectionClosed as closed:
            code = closed.rcvd.code if closed.rcvd else 1006
    return code


def lines(desk: Desk, browser: Browser) -> list[tuple[str, str, str]]:
    with desk.services.database.read() as session:
        return [(line.party, line.event, line.detail) for line in lines_of(session, UUID(browser.session))]


def test_nobody_gets_in_before_the_employee_has_allowed_it(desk: Desk, machine: Machine, browser: Browser):
    browser.invite()
    machine.show(browser.session)
    browser.reveal()

    for guess in ("x" * 43, ""):
        with pytest.raises(InvalidStatus):
            host_link(desk, browser.session, guess)
        with pytest.raises(InvalidStatus):
            browser.link(guess or "y")
    assert browser.post(f"assist/{browser.session}/ticket").status_code == 409
    assert machine.post(f"/assist/{browser.session}/link").status_code == 409


def test_tokens_open_once_and_for_a_minute(desk: Desk, machine: Machine, browser: Browser):
    first = allowed(desk, machine, browser)
    token = browser.token()
    with closing(host_link(desk, browser.session, first), browser.link(token)):
        for attempt in (lambda: host_link(desk, browser.session, first), lambda: browser.link(token)):
            with pytest.raises(InvalidStatus):
                attempt()
        late_host = machine.post(f"/assist/{browser.session}/link").json()["token"]
        late_viewer = browser.token()
        desk.clock.ahead += timedelta(seconds=61)
        with pytest.raises(InvalidStatus):
            host_link(desk, browser.session, late_host)
        with pytest.raises(InvalidStatus):
            browser.link(late_viewer)


def test_another_page_and_another_agent_get_no_link(desk: Desk, machine: Machine, browser: Browser):
    allowed(desk, machine, browser)
    desk.agent("li", "Li Na")
    other = Visitor(desk)
    other.sign_in("li")

    for origin in ("https://elsewhere.example", desk.url + ".example", desk.url.replace("http:", "https:"), ""):
        with pytest.raises(InvalidStatus):
            browser.link(browser.token(), Origin=origin)
    with pytest.raises(InvalidStatus):
        Browser(other, browser.ticket, session=browser.session).link(browser.token())
    with pytest.raises(InvalidStatus):
        Browser(Visitor(desk), browser.ticket, session=browser.session).link(browser.token())


def test_a_picture_sent_before_anybody_is_there_to_see_it_ends_the_session(
    desk: Desk, machine: Machine, browser: Browser
):
    token = allowed(desk, machine, browser)
    host = host_link(desk, browser.session, token)
    with closing(host):
        greeting(host)
        host.send(b"a picture")

        assert closed_with(host) == 4000
    assert browser.standing()["ended"] == "violation"


def test_what_is_not_of_the_protocol_ends_the_session(desk: Desk, machine: Machine, browser: Browser):
    host, viewer, _ = linked(desk, machine, browser)
    with closing(host, viewer):
        viewer.send("words")

        assert {closed_with(host), closed_with(viewer)} == {4000}
    assert browser.standing()["ended"] == "violation"


def test_more_than_a_mebibyte_at_once_is_not_relayed(desk: Desk, machine: Machine, browser: Browser):
    host, viewer, _ = linked(desk, machine, browser)
    with closing(host, viewer):
        host.send(bytes(1024 * 1024 + 32))
        assert len(viewer.recv(timeout=PATIENCE)) == 1024 * 1024 + 32

        host.send(bytes(1024 * 1024 + 200))

        assert closed_with(viewer) == 4000
    assert browser.standing()["ended"] == "violation"


def kernel_holds(limits: str) -> int:
    """The most bytes the kernel lets one socket's buffer grow to."""
    return int(Path(f"/proc/sys/net/ipv4/{limits}").read_text().split()[2])


def resident() -> int:
    """Bytes of memory this process, and so the relay, holds now."""
    return int(Path("/proc/self/statm").read_text().split()[1]) * resource.getpagesize()


def test_a_viewer_who_takes_nothing_slows_the_host_down(desk: Desk, machine: Machine, browser: Browser):
    host, viewer, _ = linked(desk, machine, browser)
    message = bytes(512 * 1024)
    # Each of the four sockets on the way may hold what the kernel allows. So much more is offered that a relay which
    # kept it would be seen to.
    kept = 200 * 1024 * 1024
    offered = kept + 2 * kernel_holds("tcp_rmem") + 2 * kernel_holds("tcp_wmem")
    taken = 0

    def pour() -> None:
        nonlocal taken
        with suppress(ConnectionClosed):
            while taken < offered:
                host.send(message)
                taken += len(message)

    pouring = threading.Thread(target=pour)
    before = resident()
    with closing(host, viewer):
        pouring.start()
        try:
            looked, seen = -1, 0
            while pouring.is_alive() and (seen == 0 or looked != seen):
                looked = seen
                pouring.join(0.5)
                seen = taken
            grown = resident() - before

            assert seen < offered
            assert grown < kept / 2
        finally:
            machine.post(f"/assist/{browser.session}/stop", json={"reason": "stopped_by_employee"})
            assert closed_with(host) == 4000
            pouring.join()
            closed_with(viewer)


def test_after_a_cut_the_same_two_go_on_with_new_keys(desk: Desk, machine: Machine, browser: Browser):
    host, viewer, following = linked(desk, machine, browser)
    with closing(host, viewer):
        viewer.close()
        assert closed_with(host) == 4001
        assert browser.standing()["state"] == "paused"

        again = host_link(desk, browser.session, following)
        seen = browser.link()
        with closing(again, seen):
            assert greeting(again)["link"] == greeting(seen)["link"] == 2
            assert greeting(again) == greeting(seen) == {"peer": "here"}
            again.send(b"on")
            assert seen.recv(timeout=PATIENCE) == b"on"
            assert browser.standing()["state"] == "active"
    assert [event for _, event, _ in lines(desk, browser)][3:6] == ["start", "lose_link", "regain_link"]


@pytest.mark.parametrize("whom", ["device", "agent"])
def test_who_is_shut_out_has_no_open_session_either(desk: Desk, machine: Machine, browser: Browser, whom: str):
    host, viewer, following = linked(desk, machine, browser)
    desk.agent("boss", role=Role.ADMINISTRATOR)

    with closing(host, viewer):
        order = RevokeDevice(device_id=machine.device_id) if whom == "device" else DisableAgent(login="wang")
        carry_out(order, desk.services)

        assert greeting(host) == greeting(viewer) == {"ended": "shut_out"}
        assert closed_with(host) == closed_with(viewer) == 4000
    with pytest.raises(InvalidStatus):
        host_link(desk, browser.session, following)
    with desk.services.database.read() as session:
        assert lines_of(session, UUID(browser.session))[-1].event == "ended"
        told = session.scalars(select(EventRecord).order_by(EventRecord.seq.desc()).limit(1)).one()
    assert (told.kind, told.actor_kind, told.details.reason) == (Happening.ASSIST, ActorKind.SYSTEM, Reason.SHUT_OUT)


def test_two_minutes_without_a_link_are_the_end(desk: Desk, machine: Machine, browser: Browser):
    host, viewer, following = linked(desk, machine, browser)
    host.close()
    assert closed_with(viewer) == 4001
    desk.clock.ahead += timedelta(seconds=121)

    with pytest.raises(InvalidStatus):
        host_link(desk, browser.session, following)
    assert browser.standing()["ended"] == "link_lost"


@pytest.mark.parametrize(("minutes", "reason"), [(11, "idle"), (31, "expired")])
def test_a_session_ends_within_a_second_of_its_time(
    desk: Desk, machine: Machine, browser: Browser, minutes: int, reason: str
):
    host, viewer, _ = linked(desk, machine, browser)
    with closing(host, viewer):
        desk.clock.ahead += timedelta(minutes=minutes)
        began = time.monotonic()

        assert closed_with(viewer) == 4000
        assert closed_with(host) == 4000
        assert time.monotonic() - began < 5
    assert browser.standing()["ended"] == reason


def test_what_the_machine_decides_is_in_both_ledgers(desk: Desk, machine: Machine, browser: Browser):
    host, viewer, _ = linked(desk, machine, browser)
    told = [
        ("agent", "chat", None),
        ("agent", "ask_grade", 3),
        ("employee", "grant_grade", 3),
        ("agent", "input", None),
        ("employee", "pause", None),
        ("employee", "resume", None),
        ("employee", "confirm", None),
        ("employee", "lower_grade", 1),
    ]
    with closing(host, viewer):
        for party, event, grade in told:
            host.send(json.dumps({"event": event, "party": party, "grade": grade}))
        host.send(json.dumps({"ended": "stopped_by_employee"}))
        assert closed_with(viewer) == 4000

    ours = lines(desk, browser)
    assert [(event, detail) for _, event, detail in ours] == [
        ("invited", ""),
        ("show", ""),
        ("allow", "1"),
        ("start", ""),
        ("ask_grade", "3"),
        ("grant_grade", "3"),
        ("pause", ""),
        ("resume", ""),
        ("confirm", ""),
        ("lower_grade", "1"),
        ("ended", "stopped_by_employee"),
    ]
    session_id = UUID(browser.session)
    now = desk.clock()
    account = chained(
        LedgerLine(session_id=session_id, number=0, at=now, party=party, event=event, detail=detail)
        for party, event, detail in ours[1:]
    )
    body = Ledger(lines=account).model_dump_json()
    headers = {"Content-Type": "application/json"}
    assert machine.post(f"/assist/{browser.session}/ledger", content=body, headers=headers).status_code == 204
    with desk.services.database.read() as session:
        agreed = verify(session)
    assert (agreed.sessions, agreed.differences, agreed.notes) == (1, (), ())

    forged = Ledger(lines=(*account[:-1], account[-1].model_copy(update={"detail": "locked"})))
    answer = machine.post(f"/assist/{browser.session}/ledger", content=forged.model_dump_json(), headers=headers)
    assert answer.status_code == 422
    with desk.services.database.write() as session:
        record = session.get_one(AssistRecord, session_id)
        record.device_ledger = chained([*account[:-3], account[-1]])
    with desk.services.database.read() as session:
        found = verify(session)
    assert len(found.differences) == 1
    assert "only the server knows of confirm, lower_grade (1)" in found.differences[0]
    with desk.services.database.write() as session:
        line = session.get_one(AssistLine, (session_id, 2))
        line.detail = "3"
    with desk.services.database.read() as session:
        assert "the server's ledger does not hold from line 2" in verify(session).differences[0]
