"""The server killed during remote assistance: who was linked links again, and the ledger stays whole."""

from __future__ import annotations

import json
import sqlite3
import subprocess
import sys
from contextlib import closing
from pathlib import Path

import httpx
import pytest
from websockets.exceptions import ConnectionClosed

from app.assist import seal
from tests.server_process import ServerProcess
from tests.server_stub.assist_desk import PATIENCE, Browser, Machine, allowed, greeting, host_link
from tests.server_stub.soundness import complaints
from tests.server_stub.workbench_visitor import Visitor


class Remote:
    """A server in a process of its own, where the tests expect a desk."""

    def __init__(self, process: ServerProcess) -> None:
        self.process = process
        self.url = process.url
        self.visitors: list[httpx.Client] = []


class RemoteMachine(Machine):
    """An employee's computer that is enrolled by the token the server printed."""

    def __init__(self, remote: Remote) -> None:
        super(Machine, self).__init__(remote.url, remote.process.token)
        self.keys = seal.KeyPair.make()


@pytest.fixture
def remote(server_process: ServerProcess):
    made = Remote(server_process)
    yield made
    for each in made.visitors:
        each.close()


def events(data: Path) -> list[str]:
    with closing(sqlite3.connect(f"file:{data / 'deskbell.sqlite3'}?mode=ro", uri=True)) as connection:
        return [row[0] for row in connection.execute("SELECT event FROM assist_lines ORDER BY number")]


def verified(data: Path) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-m", "server_stub", "verify", "--data", str(data)]
    return subprocess.run(command, capture_output=True, text=True, check=False, timeout=60)


def test_a_session_outlives_the_server_and_its_ledger_stays_whole(remote: Remote):
    process = remote.process
    machine = RemoteMachine(remote)
    visitor = Visitor(remote)
    visitor.sign_in(process.login, process.password)
    browser = Browser(visitor, machine.send_ticket())
    token = allowed(remote, machine, browser)
    host = host_link(remote, browser.session, token)
    following = str(greeting(host)["token"])
    viewer = browser.link()
    greeting(viewer)
    assert greeting(host) == greeting(viewer) == {"peer": "here"}

    process.kill()
    for link in (host, viewer):
        with pytest.raises(ConnectionClosed):
            link.recv(timeout=PATIENCE)
    process.start()
    paused = browser.standing()["state"]
    again = host_link(remote, browser.session, following)
    seen = browser.link()
    numbers = [greeting(link)["link"] for link in (again, seen)]
    assert greeting(again) == greeting(seen) == {"peer": "here"}
    again.send(b"on")
    assert seen.recv(timeout=PATIENCE) == b"on"
    again.send(json.dumps({"ended": "stopped_by_employee"}))
    assert greeting(seen) == {"ended": "stopped_by_employee"}
    while_running = verified(process.data)
    process.stop()
    machine.close()

    assert paused == "paused"
    assert numbers == [2, 2]
    told = ["invited", "show", "allow", "start", "lose_link", "regain_link", "ended"]
    assert events(process.data) == told
    assert complaints(process.data) == []
    after = verified(process.data)
    for each in (while_running, after):
        assert (each.returncode, each.stderr) == (0, "")
        assert "1 sessions compared, 0 differences" in each.stdout
        assert "the computer has sent no account of it yet" in each.stdout
    with closing(sqlite3.connect(process.data / "deskbell.sqlite3")) as connection, connection:
        connection.execute("UPDATE assist_lines SET detail = '3' WHERE event = 'allow'")
    assert verified(process.data).returncode == 1
