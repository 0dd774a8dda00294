"""Two real servers on one PostgreSQL: a session's ends may come to either, and outlive the one that relayed them."""

from __future__ import annotations

import json
import shutil
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import httpx
import psycopg
import pytest
from websockets.exceptions import ConnectionClosed, InvalidStatus
from websockets.sync.client import ClientConnection, connect

from server_stub.__main__ import main
from tests.browser import Tabs, browser, tabs
from tests.postgres import Cluster
from tests.server_process import ServerProcess, WarmParent
from tests.server_stub.assist_desk import PATIENCE, Browser, allowed, greeting, host_link
from tests.server_stub.served import DeviceClient, draft
from tests.server_stub.soundness import complaints
from tests.server_stub.test_assist_link import kernel_holds
from tests.server_stub.test_assist_restart import Remote, RemoteMachine
from tests.server_stub.test_assist_viewer import HEIGHT, WIDTH, Watching
from tests.server_stub.workbench_visitor import Visitor

__all__ = ["browser", "tabs"]

AGAIN, OVER = 4001, 4000


@dataclass
class Site:
    """Two servers on one database and one folder, an employee's computer at the first, an agent at the second."""

    address: str
    data: Path
    one: ServerProcess
    other: ServerProcess
    machine: RemoteMachine
    browser: Browser

    def host(self, at: ServerProcess, token: str) -> ClientConnection:
        return host_link(Remote(at), self.browser.session, token)

    def viewer(self, at: ServerProcess) -> ClientConnection:
        self.browser.visitor.desk = Remote(at)
        self.browser.visitor.client.base_url = at.url
        return self.browser.link()

    def ask(self, query: str) -> list[tuple[object, ...]]:
        with psycopg.connect(self.address) as connection:
            return connection.execute(query).fetchall()

    def pin(self, at: ServerProcess) -> None:
        """Decide which server relays, as whichever end comes first does."""
        query = "UPDATE assist_sessions SET server_id = (SELECT id FROM servers WHERE address = %s)"
        with psycopg.connect(self.address) as connection:
            connection.execute(query, (at.url,))


@pytest.fixture(scope="module")
def warm() -> Iterator[WarmParent]:
    parent = WarmParent()
    yield parent
    parent.close()


@pytest.fixture(scope="module")
def first(cluster: Cluster, tmp_path_factory: pytest.TempPathFactory, warm: WarmParent) -> ServerProcess:
    """A server that has been started once and knows its articles, for copies of its folder and database."""
    data = tmp_path_factory.mktemp("first") / "data"
    data.mkdir()
    (data / "database.address").write_text(cluster.database())
    process = ServerProcess(data, warm=warm).start()
    process.stop()
    return process


@pytest.fixture
def site(cluster: Cluster, tmp_path: Path, warm: WarmParent, first: ServerProcess) -> Iterator[Site]:
    data = tmp_path / "data"
    shutil.copytree(first.data, data)
    address = cluster.database(template=cluster.name_of((data / "database.address").read_text()))
    (data / "database.address").write_text(address)
    with ServerProcess(data, warm=warm) as one, ServerProcess(data, warm=warm) as other:
        one.token, one.login, one.password = first.token, first.login, first.password
        machine = RemoteMachine(Remote(one))
        there = Remote(other)
        visitor = Visitor(there)
        visitor.sign_in(one.login, one.password)
        yield Site(address, data, one, other, machine, Browser(visitor, machine.send_ticket()))
        machine.close()
        for each in there.visitors:
            each.close()


def linked_again(link, *arguments: object) -> tuple[ClientConnection, dict[str, object]]:
    """Link as often as it takes; what the server greeted with."""
    until = time.monotonic() + PATIENCE
    while True:
        opened = link(*arguments)
        try:
            return opened, greeting(opened)
        except ConnectionClosed:
            if opened.close_code != AGAIN or time.monotonic() > until:
                raise
            threading.Event().wait(0.1)


def test_ends_at_different_servers_see_each_other_and_outlive_the_one_that_relayed(site: Site) -> None:
    token = allowed(Remote(site.one), site.machine, site.browser)
    host = site.host(site.one, token)
    first = greeting(host)
    viewer = site.viewer(site.other)
    assert greeting(viewer)["link"] == first["link"] == 1
    assert greeting(host) == greeting(viewer) == {"peer": "here"}
    pictures = [bytes([number]) * (1 + number * 40_000) for number in range(20)]
    for each in pictures:
        host.send(each)
    assert [viewer.recv(timeout=PATIENCE) for _ in pictures] == pictures
    viewer.send(b"a click")
    assert host.recv(timeout=PATIENCE) == b"a click"

    site.one.kill()
    with pytest.raises(ConnectionClosed) as cut:
        viewer.recv(timeout=PATIENCE)
    host_again, greeted = linked_again(site.host, site.other, str(first["token"]))
    viewer_again, _ = linked_again(site.viewer, site.other)
    assert greeting(host_again) == greeting(viewer_again) == {"peer": "here"}
    host_again.send(b"on")
    assert viewer_again.recv(timeout=PATIENCE) == b"on"

    # It comes back, and what it is asked for goes to the server that relays by now.
    site.one.start()
    viewer_again.close()
    with pytest.raises(ConnectionClosed):
        host_again.recv(timeout=PATIENCE)
    host_back = site.host(site.one, str(greeted["token"]))
    assert greeting(host_back)["link"] == 3
    viewer_back = site.viewer(site.other)
    greeting(viewer_back)
    assert greeting(host_back) == greeting(viewer_back) == {"peer": "here"}
    host_back.send(json.dumps({"ended": "stopped_by_employee"}))
    assert greeting(viewer_back) == greeting(host_back) == {"ended": "stopped_by_employee"}
    with pytest.raises(ConnectionClosed) as over:
        host_back.recv(timeout=PATIENCE)
    for each in (host, viewer, host_again, host_back, viewer_back):
        each.close()

    assert cut.value.rcvd is not None
    assert cut.value.rcvd.code == AGAIN
    assert over.value.rcvd is not None
    assert over.value.rcvd.code == OVER
    told = [row[0] for row in site.ask("SELECT event FROM assist_lines ORDER BY number")]
    lost = ["lose_link", "regain_link"]
    assert told == ["invited", "show", "allow", "start", *lost, *lost, "ended"]
    command = [sys.executable, "-m", "server_stub", "verify", "--data", str(site.data)]
    done = subprocess.run(command, capture_output=True, text=True, check=False, timeout=60)
    assert (done.returncode, done.stderr) == (0, "")
    assert "1 sessions compared, 0 differences" in done.stdout
    assert complaints(site.data, site.address) == []


class Across(Watching):
    """A viewer's page that is served by one server, while the computer talks to the other."""

    def __init__(self, site: Site, tabs: Tabs) -> None:
        self.desk = Remote(site.one)  # type: ignore[assignment]
        self.size = (WIDTH, HEIGHT)
        self.machine = site.machine
        self.ticket = site.browser.ticket
        self.page = tabs.open()
        self.page.goto(f"{site.other.url}/workbench/tickets/{self.ticket}/assist")
        self.page.fill("[name=login]", site.one.login)
        self.page.fill("[name=password]", site.one.password)
        self.page.press("[name=password]", "Enter")


@pytest.mark.browser
def test_a_real_viewer_goes_on_at_its_server_when_the_one_that_relayed_is_killed(site: Site, tabs: Tabs) -> None:
    watching = Across(site, tabs)
    watching.invite()
    watching.show()
    site.pin(site.one)
    watching.allow()
    watching.begin()
    host = watching.host
    assert watching.pixels() == watching.image

    site.one.kill()
    assert host.gone.wait(PATIENCE)
    host.desk = Remote(site.other)  # type: ignore[assignment]
    end = time.monotonic() + PATIENCE
    host.complete.clear()
    while not host.complete.wait(0.1):
        assert time.monotonic() < end
        try:
            host.open()
        except ConnectionClosed:
            continue
        host.complete.wait(PATIENCE)
    watching.begin()

    assert watching.pixels() == watching.image
    host.close()


def test_a_server_that_ends_gives_its_sessions_away_at_once(site: Site) -> None:
    token = allowed(Remote(site.one), site.machine, site.browser)
    host = site.host(site.one, token)
    following = str(greeting(host)["token"])
    viewer = site.viewer(site.other)
    greeting(viewer)
    assert greeting(host) == greeting(viewer) == {"peer": "here"}

    site.one.stop()
    for link in (host, viewer):
        with pytest.raises(ConnectionClosed):
            link.recv(timeout=PATIENCE)
    servers = site.ask("SELECT address FROM servers")
    pinned = site.ask("SELECT server_id, state FROM assist_sessions")
    again = site.host(site.other, following)
    assert greeting(again)["link"] == 2
    again.close()

    assert servers == [(site.other.url,)]
    assert pinned == [(None, "paused")]


def test_the_servers_can_be_named_with_what_they_relay(site: Site, capsys: pytest.CaptureFixture[str]) -> None:
    token = allowed(Remote(site.one), site.machine, site.browser)
    host = site.host(site.other, token)
    greeting(host)

    assert main(["servers", "--data", str(site.data)]) == 0
    host.close()

    lines = {line.split()[0]: line for line in capsys.readouterr().out.splitlines()}
    assert lines.keys() == {site.one.url, site.other.url}
    assert lines[site.one.url].endswith("relays 0")
    assert lines[site.other.url].endswith("relays 1")


def linked_across(site: Site):  # host and viewer, as `site` makes them
    """A session relayed by the server the viewer came to, its host at the other one."""
    token = allowed(Remote(site.one), site.machine, site.browser)
    viewer = site.viewer(site.other)
    greeting(viewer)
    host = site.host(site.one, token)
    greeting(host)
    assert greeting(host) == greeting(viewer) == {"peer": "here"}
    return host, viewer


def test_what_ends_a_session_at_one_server_is_heard_at_the_other(site: Site) -> None:
    host, viewer = linked_across(site)

    assert site.browser.post(f"assist/{site.browser.session}/stop").status_code == 204

    assert greeting(host) == greeting(viewer) == {"ended": "stopped_by_agent"}
    for link in (host, viewer):
        link.close()


def test_a_viewer_that_does_not_read_slows_the_host_down_across_both_servers(site: Site) -> None:
    host, viewer = linked_across(site)
    message = bytes(512 * 1024)
    # Three connections lie between the two, and each may hold what the kernel allows; nothing else holds much.
    most = (64 * 1024 * 1024 + 3 * (kernel_holds("tcp_rmem") + kernel_holds("tcp_wmem"))) // len(message)
    sent = 0

    def send() -> None:
        nonlocal sent
        for number in range(most):
            host.send(number.to_bytes(4) + message)
            sent = number + 1

    sending = threading.Thread(target=send)
    sending.start()
    looked, seen = -1, 0
    while sending.is_alive() and (seen == 0 or looked != seen):
        looked = seen
        sending.join(0.5)
        seen = sent
    got = [int.from_bytes(viewer.recv(timeout=PATIENCE)[:4]) for _ in range(most)]
    sending.join(PATIENCE)
    for link in (host, viewer):
        link.close()

    assert 0 < seen < most
    assert got == list(range(most))


def test_what_no_server_handed_over_is_refused(site: Site) -> None:
    token = allowed(Remote(site.one), site.machine, site.browser)
    address = f"{site.one.url.replace('http', 'ws')}/api/v1/assist/{site.browser.session}/link"
    right = f"Assist {token}"
    for wrong in (
        {"Authorization": "Assist nonsense"},
        {"Authorization": right, "Deskbell-Passed": "00"},
        {"Authorization": right, "Deskbell-Passed": "\xe9", "Deskbell-Host": "x", "Deskbell-Scheme": "wss"},
    ):
        with pytest.raises(InvalidStatus) as refused:
            connect(address, additional_headers=wrong, proxy=None)
        assert refused.value.response.status_code == 403
    assert site.ask("SELECT server_id FROM assist_sessions") == [(None,)]
    foreign = site.viewer(site.other)
    greeting(foreign)
    cookies = "; ".join(f"{name}={value}" for name, value in site.browser.visitor.client.cookies.items())
    theirs = f"{site.one.url.replace('http', 'ws')}/workbench/assist/{site.browser.session}/link"
    with pytest.raises(InvalidStatus):
        # Another site's page is refused by the server that relays, however the socket came there.
        connect(
            f"{theirs}?ticket={site.browser.token()}",
            additional_headers={"Cookie": cookies},
            origin="https://elsewhere.example",  # type: ignore[arg-type]
            proxy=None,
        )
    foreign.close()


def test_tickets_of_many_threads_at_two_servers_have_every_number_once(site: Site) -> None:
    clients = [DeviceClient(each.url, site.one.token, f"till {n}") for n in range(3) for each in (site.one, site.other)]
    numbers: list[str] = []

    def send(client: DeviceClient) -> None:
        for _ in range(10):
            sent = draft()
            numbers.extend(client.submit(sent).json()["number"] for _ in range(2))

    threads = [threading.Thread(target=send, args=(each,)) for each in clients]
    for each in threads:
        each.start()
    for each in threads:
        each.join()
    for each in clients:
        each.close()

    assert sorted(numbers) == sorted(2 * [f"INC-{number:06d}" for number in range(2, 62)])
    assert complaints(site.data, site.address) == []


def test_whoever_signs_in_at_one_server_is_known_at_the_other(site: Site) -> None:
    visitor = site.browser.visitor
    there = httpx.get(f"{site.one.url}/workbench/", cookies=dict(visitor.client.cookies.items()))
    assert there.status_code == 200
    assert "sign-in" not in str(there.url)
