"""The database away during remote assistance: help goes on for a while, and nothing is left open afterwards."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from websockets.exceptions import ConnectionClosed

from server_stub.agents import passwords
from server_stub.assist import relay
from tests.postgres import Cluster
from tests.server_stub.assist_desk import PATIENCE, Browser, Machine, allowed, greeting, host_link
from tests.server_stub.assist_fixtures import browser, machine
from tests.server_stub.workbench_desk import Desk, open_desk
from tests.server_stub.workbench_fixtures import QUICK

__all__ = ["browser", "machine"]


@pytest.fixture
def own_cluster() -> Iterator[Cluster]:
    """One that may be stopped."""
    made = Cluster()
    yield made
    made.close()


@pytest.fixture
def desk(own_cluster: Cluster, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Desk]:
    monkeypatch.setattr(passwords, "_hasher", QUICK)
    monkeypatch.setattr(passwords, "_NOBODY", passwords._nobodys())
    with open_desk(tmp_path / "data", address=own_cluster.database()) as opened:
        opened.agent()
        yield opened


def until(is_so: Callable[[], bool]) -> None:
    end = time.monotonic() + PATIENCE
    while not is_so():
        assert time.monotonic() < end
        threading.Event().wait(0.05)


def test_a_session_outlives_a_moment_without_the_database(
    own_cluster: Cluster, desk: Desk, machine: Machine, browser: Browser, caplog: pytest.LogCaptureFixture
) -> None:
    token = allowed(desk, machine, browser)
    host = host_link(desk, browser.session, token)
    viewer = browser.link()
    for link in (host, viewer):
        greeting(link)
    assert greeting(host) == greeting(viewer) == {"peer": "here"}

    own_cluster.stop("immediate")
    host.send(b"a picture")
    seen = viewer.recv(timeout=PATIENCE)
    own_cluster.start()
    until(lambda: browser.visitor.get("/api/v1/health").status_code == 200)
    host.send(b"another")

    assert (seen, viewer.recv(timeout=PATIENCE)) == (b"a picture", b"another")
    assert browser.post(f"assist/{browser.session}/stop").status_code == 204
    assert greeting(host) == greeting(viewer) == {"ended": "stopped_by_agent"}
    for link in (host, viewer):
        link.close()
    caplog.clear()


def test_a_session_is_cut_when_the_database_stays_away_and_goes_on_when_it_is_back(
    own_cluster: Cluster,
    desk: Desk,
    machine: Machine,
    browser: Browser,
    monkeypatch: pytest.MonkeyPatch,
    caplog: pytest.LogCaptureFixture,
) -> None:
    monkeypatch.setattr(relay, "BLIND", 0.2)
    token = allowed(desk, machine, browser)
    host = host_link(desk, browser.session, token)
    following = str(greeting(host)["token"])
    viewer = browser.link()
    greeting(viewer)
    assert greeting(host) == greeting(viewer) == {"peer": "here"}

    own_cluster.stop("immediate")
    for link in (host, viewer):
        with pytest.raises(ConnectionClosed) as cut:
            link.recv(timeout=PATIENCE)
        assert cut.value.rcvd is not None
        assert cut.value.rcvd.code == relay.AGAIN
    own_cluster.start()
    until(lambda: browser.visitor.get("/api/v1/health").status_code == 200)
    # That the line was lost is noted as soon as it can be, whether or not anybody comes back.
    until(lambda: browser.standing()["state"] == "paused")
    host_again = host_link(desk, browser.session, following)
    viewer_again = browser.link()
    for link in (host_again, viewer_again):
        assert greeting(link)["link"] == 2
    assert greeting(host_again) == greeting(viewer_again) == {"peer": "here"}
    assert browser.standing()["state"] == "active"
    for link in (host_again, viewer_again):
        link.close()
    caplog.clear()
