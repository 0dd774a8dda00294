"""The link between host and viewer: who gets in, what passes, and when it ends."""

from __future__ import annotations

import pytest
from websockets.exceptions import ConnectionClosed, InvalidStatus

from tests.server_stub.assist_desk import Browser, Machine, allowed, closing, greeting, host_link
from tests.server_stub.assist_fixtures import browser, desk, machine
from tests.server_stub.workbench_desk import Desk

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

        assert viewer.recv(timeout=5) == b"sealed picture"
        assert host.recv(timeout=5) == b"sealed click"
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
                link.recv(timeout=5)
            assert closed.value.rcvd is not None
            assert closed.value.rcvd.code == 4000
    with pytest.raises(InvalidStatus):
        host_link(desk, browser.session, token)
