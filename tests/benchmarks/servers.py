"""What several servers cost: a session whose ends are at different ones, and tickets on PostgreSQL beside SQLite."""

from __future__ import annotations

import statistics
import tempfile
import threading
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path
from time import perf_counter

from websockets.sync.client import ClientConnection

from tests.postgres import Cluster
from tests.server_process import ServerProcess
from tests.server_stub.assist_desk import Browser, allowed, greeting, host_link
from tests.server_stub.served import DeviceClient, draft
from tests.server_stub.test_assist_restart import Remote, RemoteMachine
from tests.server_stub.workbench_visitor import Visitor

ROUNDS = 3
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
    """A word there and back (1 kB), and pictures of 100 kB one way; each the best of some rounds in turn."""
    ways = {
        "SQLite, one server": (alone, alone),
        "PostgreSQL, both ends at one": (one, one),
        "PostgreSQL, passed on to another": (one, other),
    }
    words: dict[str, float] = {}
    rates: dict[str, float] = {}
    for _ in range(ROUNDS):
        for name, (host_at, viewer_at) in ways.items():
            with session(host_at, viewer_at) as (host, viewer):
                words[name] = min(words.get(name, 1e9), word(host, viewer))
                rates[name] = max(rates.get(name, 0.0), rate_of_pictures(host, viewer))
    print(f"{'session':<34}{'a word there and back, p50':>30}{'pictures, MB/s':>18}")
    first = next(iter(ways))
    for name in ways:
        times, pace = words[name] / words[first], rates[name] / rates[first]
        print(f"{name:<34}{words[name] * 1000:>20.2f} ms {times:>5.2f} x{rates[name]:>10.0f} {pace:>5.2f} x")


def word(host: ClientConnection, viewer: ClientConnection) -> float:
    """Seconds, the median."""
    trips = []
    for _ in range(TRIPS):
        began = perf_counter()
        host.send(bytes(1000))
        viewer.recv(timeout=20)
        viewer.send(bytes(1000))
        host.recv(timeout=20)
        trips.append(perf_counter() - began)
    return statistics.median(trips)


def rate_of_pictures(host: ClientConnection, viewer: ClientConnection) -> float:
    """Megabytes a second."""
    began = perf_counter()
    sending = threading.Thread(target=lambda: [host.send(bytes(100_000)) for _ in range(PICTURES)])
    sending.start()
    for _ in range(PICTURES):
        viewer.recv(timeout=20)
    seconds = perf_counter() - began
    sending.join()
    return PICTURES * 0.1 / seconds


@contextmanager
def session(host_at: ServerProcess, viewer_at: ServerProcess) -> Iterator[tuple[ClientConnection, ClientConnection]]:
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
    """Durable tickets a second from eight tills at once; the best of some rounds in turn."""
    ways = {
        "SQLite, one server": (alone,),
        "PostgreSQL, one server": (one,),
        "PostgreSQL, two servers": (one, other),
    }
    rates: dict[str, float] = {}
    for _ in range(ROUNDS):
        for name, servers in ways.items():
            # New ones each round, for every till has its own limit.
            tills = [DeviceClient(servers[n % len(servers)].url, servers[0].token, f"till {n}") for n in range(CLIENTS)]
            rate = TICKETS / together([lambda till=till: submit(till) for till in tills])
            rates[name] = max(rates.get(name, 0.0), rate)
            for till in tills:
                till.close()
    print(f"\n{'tickets':<34}{'a second':>12}")
    for name in ways:
        print(f"{name:<34}{rates[name]:>12.0f} {rates[name] / rates['SQLite, one server']:>5.2f} x")


def submit(till: DeviceClient) -> None:
    for _ in range(TICKETS // CLIENTS):
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
