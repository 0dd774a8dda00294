"""The server killed at any moment: what it acknowledged is there, what it did not can be sent again, once."""

from __future__ import annotations

import os
import random
import threading
import time
from collections.abc import Iterator
from pathlib import Path
from uuid import UUID

import httpx
import pytest

from app.protocol.tickets import DeclaredAttachment, TicketDraft
from server_stub.backup import restore
from server_stub.sqlite import SqliteDatabase
from tests.server_process import ServerProcess, WarmParent
from tests.server_stub.served import DeviceClient, declare, draft, picture
from tests.server_stub.soundness import complaints, forged

ROUNDS = int(os.environ.get("DESKBELL_BENCH_KILLS", "200"))


@pytest.fixture(scope="module")
def warm() -> Iterator[WarmParent]:
    parent = WarmParent()
    yield parent
    parent.close()


def send_all(
    client: DeviceClient, work: list[tuple[TicketDraft, DeclaredAttachment, bytes]], seen: dict[UUID, str]
) -> None:
    """Send drafts with their pictures until the server is gone; `seen` gets the numbers it acknowledged."""
    for sent, attachment, image in work:
        answer = client.submit(sent)
        if answer.status_code == 201:
            seen[sent.id] = answer.json()["number"]
        client.upload(attachment, image, chunk=4000)


def test_no_ticket_is_lost_or_doubled_by_killing_the_server(tmp_path: Path, warm: WarmParent) -> None:
    chance = random.Random(412)
    image = picture(320, 200)
    server = ServerProcess(tmp_path / "data", warm=warm).start()
    client = DeviceClient(server.url, server.token)
    acknowledged: dict[UUID, str] = {}
    drafts: list[TicketDraft] = []
    cut_short, window = 0, 0.07
    for number in range(ROUNDS):
        attachment = declare(image + bytes([number % 256, number // 256]))
        content = image + bytes([number % 256, number // 256])
        sent = draft(f"round {number}", attachments=(attachment,))
        drafts.append(sent)
        # From the first byte of the request to well after the last chunk, however busy the machine is.
        killer = threading.Timer(chance.uniform(0.0, window), server.kill)
        killer.start()
        try:
            send_all(client, [(sent, attachment, content)], acknowledged)
        except httpx.TransportError:
            cut_short += 1
            window *= 1.02
        else:
            window *= 0.98
        killer.join()
        server.start()
        seen: dict[UUID, str] = {}
        send_all(client, [(sent, attachment, content)], seen)
        assert acknowledged.setdefault(sent.id, seen[sent.id]) == seen[sent.id]
        view = client.get(f"/tickets/{sent.id}").json()
        assert view["attachments"][0]["stored"] is True
    server.stop()
    client.close()

    print(f"{ROUNDS} rounds, {cut_short} cut short")
    assert cut_short > ROUNDS // 4
    assert len(acknowledged) == len(set(acknowledged.values())) == ROUNDS
    assert complaints(tmp_path / "data") == []
    database = SqliteDatabase(tmp_path / "data" / "deskbell.sqlite3")
    assert forged(database) is None
    database.close()


def test_several_devices_at_once_survive_a_kill_in_the_middle(tmp_path: Path, warm: WarmParent) -> None:
    image = picture(320, 200)
    server = ServerProcess(tmp_path / "data", warm=warm).start()
    clients = [DeviceClient(server.url, server.token, f"till {number}") for number in range(6)]
    work = [
        [(draft(f"{number}", attachments=(each := declare(image),)), each, image) for number in range(40)]
        for _ in clients
    ]
    seen: list[dict[UUID, str]] = [{} for _ in clients]

    def run(index: int) -> None:
        try:
            send_all(clients[index], work[index], seen[index])
        except httpx.TransportError:
            pass

    threads = [threading.Thread(target=run, args=(index,)) for index in range(len(clients))]
    for each in threads:
        each.start()
    until = time.monotonic() + 20
    while sum(map(len, seen)) < 30 and time.monotonic() < until:
        threading.Event().wait(0.01)
    server.kill()
    for each in threads:
        each.join()
    server.start()

    for index, client in enumerate(clients):
        again: dict[UUID, str] = {}
        send_all(client, work[index], again)
        assert {key: again[key] for key in seen[index]} == seen[index]
        client.close()
    server.stop()
    assert complaints(tmp_path / "data") == []


def test_a_backup_taken_while_tickets_come_in_is_sound_and_serves(
    tmp_path: Path, server_process: ServerProcess, warm: WarmParent
) -> None:
    from server_stub.__main__ import main

    client = DeviceClient(server_process.url, server_process.token)
    image = picture()
    first, attachment = None, declare(image)
    stop = threading.Event()
    sent: list[UUID] = []

    def keep_sending() -> None:
        while not stop.is_set():
            each = draft(f"ticket {len(sent)}")
            client.submit(each)
            sent.append(each.id)

    first = draft(attachments=(attachment,))
    client.submit(first)
    client.upload(attachment, image)
    thread = threading.Thread(target=keep_sending)
    thread.start()
    code = main(["backup", "--data", str(server_process.data), "--out", str(tmp_path / "backup.zip")])
    stop.set()
    thread.join()

    made = restore(tmp_path / "backup.zip", tmp_path / "restored")
    assert code == 0
    assert made.files == 1
    assert complaints(tmp_path / "restored") == []
    with ServerProcess(tmp_path / "restored", warm=warm) as again, httpx.Client(trust_env=False) as other:
        headers = {"Authorization": client.headers["Authorization"]}
        view = other.get(f"{again.url}/api/v1/tickets/{first.id}", headers=headers).json()
        kept = other.get(f"{again.url}/api/v1/attachments/{attachment.id}", headers=headers)
        later = other.get(f"{again.url}/api/v1/events", params={"after": 10**6}, headers=headers)
    assert view["attachments"][0]["stored"] is True
    assert kept.content.startswith(b"\x89PNG")
    assert later.json()["code"] == "cursor_expired"
    client.close()
