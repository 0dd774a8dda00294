"""What several servers cost: a session whose ends are at different ones, and tickets on PostgreSQL beside SQLite."""

from __future__ import annotations

import statistics
import tempfile
import threading
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path
from time import perf_counter

from tests.postgres import Cluster
from tests.server_process import ServerProcess
from tests.server_stub.assist_desk import Browser, allowed, greeting, host_link
from tests.server_stub.served import DeviceClient, draft
from tests.server_stub.test_assist_restart import Remote, RemoteMachine
from tests.server_stub.workbench_visitor import Visitor

TRIPS = 300
PICTURES = 400
TICKETS = 400
CLIENTS = 8


def main() -> None:
    with tempfile.TemporaryDirectory() as scratch, ExitStack() as stack:
        cluster = Cluster(is_durable=True)
        stack.callback(cluster.close)
        alone = stack.enter_context(ServerProcess(Path(scratch) / "alone"))
        data = Path(scratch) / "shared"
        data.mkdir()
        (data / "database.address").write_text(cluster.database())
        one, other = (stack.enter_context(ServerProcess(data)) for _ in range(2))
        for server in (one, other):
            server.token, server.login, server.password = one.token, one.login, one.password
        relaying(alone, one, other)
        receiving(alone, one, other)


def relaying(alone: ServerProcess, one: ServerProcess, other: ServerProcess) -> None:
    """A word there and back (1 kB), and pictures of 100 kB one way."""
    base: tuple[float, float] | None = None
    print(f"{'session':<34}{'p50 of a word there and back':>30}{'pictures, MB/s':>18}")
    for name, host_at, viewer_at in (
        ("SQLite, one server", alone, alone),
        ("PostgreSQL, both ends at one", one, one),
        ("PostgreSQL, passed on to another", one, other),
    ):
        with session(host_at, viewer_at) as (host, viewer):
            trips = []
            for _ in range(TRIPS):
                began = perf_counter()
                host.send(bytes(1000))
                viewer.recv(timeout=20)
                viewer.send(bytes(1000))
                host.recv(timeout=20)
                trips.append(perf_counter() - began)
            began = perf_counter()
            sending = threading.Thread(target=lambda host=host: [host.send(bytes(100_000)) for _ in range(PICTURES)])
            sending.start()
            for _ in range(PICTURES):
                viewer.recv(timeout=20)
            rate = PICTURES * 0.1 / (perf_counter() - began)
            sending.join()
        median = statistics.median(trips) * 1000
        base = base or (median, rate)
        print(f"{name:<34}{median:>20.2f} ms {median / base[0]:>5.2f} x{rate:>10.0f} {rate / base[1]:>5.2f} x")


@contextmanager
def session(host_at: ServerProcess, viewer_at: ServerProcess) -> Iterator[tuple]:
    """Both ends of a session, linked; the viewer comes first and pins it."""
    machine = RemoteMachine(Remote(host_at))
    visitor = Visitor(Remote(viewer_at))
    visitor.sign_in(host_at.login, host_at.password)
    browser = Browser(visitor, machine.send_ticket())
    token = allowed(Remote(host_at), machine, browser)
    viewer = browser.link()
    host = host_link(Remote(host_at), browser.session, token)
    for link in (viewer, host):
        greeting(link)
        greeting(link)
    yield host, viewer
    machine.post(f"/assist/{browser.session}/stop", json={"reason": "stopped_by_employee"})
    for each in (host, viewer, machine, visitor.client):
        each.close()


def receiving(alone: ServerProcess, one: ServerProcess, other: ServerProcess) -> None:
    """Durable tickets a second from eight tills at once."""
    base = 0.0
    print(f"\n{'tickets':<34}{'a second':>12}")
    for name, servers in (
        ("SQLite, one server", (alone,)),
        ("PostgreSQL, one server", (one,)),
        ("PostgreSQL, two servers", (one, other)),
    ):
        tills = [DeviceClient(servers[n % len(servers)].url, servers[0].token, f"till {n}") for n in range(CLIENTS)]
        rate = TICKETS / together([lambda till=till: submit(till) for till in tills])
        base = base or rate
        print(f"{name:<34}{rate:>12.0f} {rate / base:>5.2f} x")
        for till in tills:
            till.close()


def submit(till: DeviceClient) -> None:
    for _ in range(TICKETS // CLIENTS):
        # Below the limit of one till: its own account would end this otherwise.
        assert till.submit(draft()).status_code == 201


def together(acts: list[Callable[[], None]]) -> float:
    """Seconds that all of them take, each in a thread."""
    threads = [threading.Thread(target=act) for act in acts]
    began = perf_counter()
    for each in threads:
        each.start()
    for each in threads:
        each.join()
    return perf_counter() - began


if __name__ == "__main__":
    main()
