"""The outbox keeps what it was given, through full disks, damage and other programs."""

from __future__ import annotations

import json
import os
import resource
import signal
import sqlite3
import stat
import subprocess
import sys
import threading
from collections.abc import Iterator
from pathlib import Path

import pytest

from app.errors import StorageError
from app.helpdesk.dispatch import Dispatch
from app.helpdesk.outbox import Outbox
from app.helpdesk.outbox_items import ItemKind, SendState, Trouble
from app.protocol.identity import uuid7
from app.protocol.knowledge import ErrorSignature, Outcome, OutcomeReport
from app.protocol.tickets import NewEntry, TicketReceipt
from helpdesk.conftest import Clock
from helpdesk.drafts import AT, declare, report


def test_a_draft_is_there_for_the_next_program(outbox: Outbox, clock: Clock) -> None:
    draft, files = report(b"one", b"two")

    outbox.put(draft, files)

    other = Outbox(outbox.path, clock)
    [item] = other.waiting()
    assert (item.id, item.kind, item.state) == (draft.id, ItemKind.TICKET, SendState.WAITING)
    assert item.subject == "The till does not print"
    assert [other.content(file.id) for file in item.files] == [b"one", b"two"]
    assert json.loads(item.message) == json.loads(draft.model_dump_json())
    other.close()


def test_the_file_is_the_owners_only_and_every_commit_is_synced(outbox: Outbox) -> None:
    outbox.put(*report())

    assert stat.S_IMODE(outbox.path.stat().st_mode) == 0o600
    with outbox.reading() as connection:
        for pragma, value in (("journal_mode", "truncate"), ("synchronous", 3), ("secure_delete", 1)):
            assert connection.execute(f"PRAGMA {pragma}").fetchone()[0] == value


def test_putting_the_same_draft_twice_is_putting_it_once(outbox: Outbox) -> None:
    draft, files = report(b"one")

    outbox.put(draft, files)
    outbox.put(draft, files)

    assert len(outbox.items()) == 1
    with pytest.raises(ValueError, match="another content"):
        outbox.put(draft.model_copy(update={"fields": ()}), files)


def test_bytes_that_were_not_declared_are_our_own_mistake(outbox: Outbox) -> None:
    draft, files = report(b"one")

    with pytest.raises(ValueError, match="not those that were declared"):
        outbox.put(draft, dict.fromkeys(files, b"two"))

    assert outbox.items() == ()


def test_delivered_bytes_are_gone_from_the_disk(outbox: Outbox, clock: Clock) -> None:
    secret = b"a very private picture " * 5000
    draft, files = report(secret, subject="a very private subject")
    outbox.put(draft, files)
    dispatch = Dispatch(outbox)

    dispatch.ticket_delivered(draft.id, TicketReceipt(id=draft.id, number="INC-1", received_at=AT))
    dispatch.file_delivered(outbox.get(draft.id).files[0])

    outbox.close()
    assert b"very private picture" not in outbox.path.read_bytes()
    assert outbox.get(draft.id).number == "INC-1"
    assert outbox.get(draft.id).delivered_at == AT


def test_discarding_overwrites_the_bytes(outbox: Outbox) -> None:
    draft, files = report(b"a very private picture")
    outbox.put(draft, files)

    outbox.discard(draft.id)

    outbox.close()
    assert b"very private" not in outbox.path.read_bytes()
    with pytest.raises(KeyError):
        outbox.discard(draft.id)


def test_an_outcome_carries_no_private_data_even_on_our_own_disk(outbox: Outbox) -> None:
    signature = ErrorSignature(title="Welcome zhang.san@example.com")
    outbox.put_outcome(OutcomeReport(id=uuid7(AT), article_id="a", outcome=Outcome.SOLVED, signature=signature))

    [item] = outbox.waiting()

    assert "zhang" not in item.message


def test_what_is_refused_can_be_retried(outbox: Outbox, clock: Clock) -> None:
    draft, files = report(b"one")
    outbox.put(draft, files)
    trouble = Trouble("No {reason}.", "Ask.", (("reason", "paper"),), "malformed", 422)
    Dispatch(outbox).refused("item", draft.id, trouble)

    [refused] = outbox.waiting()
    assert refused.state is SendState.REFUSED
    assert refused.trouble == trouble
    assert Dispatch(outbox).next_item(early=True, tried=()) is None
    outbox.retry(draft.id)
    assert Dispatch(outbox).next_item(early=False, tried=()) is not None
    with pytest.raises(KeyError):
        outbox.retry(uuid7(AT))


def test_export_writes_plain_files_under_names_of_our_own(outbox: Outbox, tmp_path: Path) -> None:
    draft, files = report(b"one")
    outbox.put(draft, files)
    odd = declare(b"two").model_copy(update={"name": "../../evil.png/../x.sh"})
    outbox.put_reply(draft.id, NewEntry(id=uuid7(AT), body="后续", attachments=(odd,)), {odd.id: b"two"})

    first, second = outbox.export(tmp_path / "stick")

    told = json.loads((first / "draft.json").read_text())
    assert told["message"]["fields"][0]["value"] == "The till does not print"
    assert (first / told["files"][0]["path"]).read_bytes() == b"one"
    assert sorted(each.name for each in second.iterdir()) == ["01-file.sh", "draft.json"]
    assert "后续" in (second / "draft.json").read_text(encoding="utf-8")


def test_export_to_where_nothing_can_be_written_says_so(outbox: Outbox, tmp_path: Path) -> None:
    outbox.put(*report())
    (tmp_path / "file").touch()

    with pytest.raises(StorageError):
        outbox.export(tmp_path / "file" / "stick")


@pytest.fixture
def tiny_disk(tmp_path: Path) -> Iterator[Path]:
    """A file system of one megabyte."""
    folder = tmp_path / "disk"
    folder.mkdir()
    mounted = hasattr(os, "geteuid") and os.geteuid() == 0
    if mounted:
        made = subprocess.run(
            ["mount", "-t", "tmpfs", "-o", "size=1m", "tmpfs", folder], check=False, capture_output=True
        )
        mounted = made.returncode == 0
    if not mounted:
        pytest.skip("a small file system can only be mounted by root")
    yield folder
    subprocess.run(["umount", folder], check=True)


def test_a_full_disk_is_said_and_loses_nothing(tiny_disk: Path, clock: Clock) -> None:
    outbox = Outbox(tiny_disk / "outbox.sqlite", clock)
    kept = []
    refused = None
    while refused is None:
        draft, files = report(os.urandom(150_000))
        try:
            outbox.put(draft, files)
            kept.append((draft, files))
        except StorageError as error:
            refused = error
            lost = draft

    assert len(kept) >= 3
    assert "full" in refused.summary
    assert "Free some space" in refused.hint
    outbox.close()
    again = Outbox(tiny_disk / "outbox.sqlite", clock)
    assert again.moved_aside is None
    assert [item.id for item in again.waiting()] == [draft.id for draft, _ in kept]
    for draft, files in kept:
        assert {file.id: again.content(file.id) for file in again.get(draft.id).files} == dict(files)
    again.discard(kept[0][0].id)
    again.put(*report(b"small"))
    with pytest.raises(KeyError):
        again.get(lost.id)
    again.close()


def test_a_disk_full_to_the_last_byte_still_lets_what_was_saved_be_read(tiny_disk: Path, clock: Clock) -> None:
    outbox = Outbox(tiny_disk / "outbox.sqlite", clock)
    draft, files = report(b"saved")
    outbox.put(draft, files)
    outbox.close()
    with (tiny_disk / "filler").open("wb", buffering=0) as filler, pytest.raises(OSError):  # noqa: PT012
        while True:
            filler.write(bytes(4096))

    with pytest.raises(StorageError):
        outbox.put(*report(b"more" * 10_000))

    assert outbox.content(draft.attachments[0].id) == b"saved"
    outbox.close()


def test_a_full_disk_on_the_first_start_says_so(tiny_disk: Path, clock: Clock) -> None:
    with (tiny_disk / "filler").open("wb", buffering=0) as filler, pytest.raises(OSError):  # noqa: PT012
        while True:
            filler.write(bytes(4096))
    outbox = Outbox(tiny_disk / "outbox.sqlite", clock)

    with pytest.raises(StorageError):
        outbox.put(*report())

    (tiny_disk / "filler").unlink()
    outbox.put(*report())
    assert len(outbox.items()) == 1
    outbox.close()


def test_a_file_that_may_not_grow_loses_nothing(tmp_path: Path, clock: Clock) -> None:
    outbox = Outbox(tmp_path / "outbox.sqlite", clock)
    draft, files = report(b"saved")
    outbox.put(draft, files)
    before = resource.getrlimit(resource.RLIMIT_FSIZE)
    ignored = signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
    try:
        resource.setrlimit(resource.RLIMIT_FSIZE, (outbox.path.stat().st_size + 8192, before[1]))
        with pytest.raises(StorageError):
            outbox.put(*report(os.urandom(100_000)))
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, before)
        signal.signal(signal.SIGXFSZ, ignored)

    assert [item.id for item in outbox.waiting()] == [draft.id]
    assert outbox.content(draft.attachments[0].id) == b"saved"
    outbox.put(*report(os.urandom(100_000)))
    outbox.close()


def damaged(outbox: Outbox, start: int, size: int) -> None:
    outbox.close()
    with outbox.path.open("r+b") as file:
        file.seek(start)
        file.write(os.urandom(size))


def test_a_file_that_is_no_database_is_moved_aside_and_kept(outbox: Outbox, caplog: pytest.LogCaptureFixture) -> None:
    outbox.path.parent.mkdir()
    outbox.path.write_bytes(b"no database at all" * 500)

    outbox.put(*report())

    assert outbox.moved_aside is not None
    assert outbox.moved_aside.read_bytes() == b"no database at all" * 500
    assert len(outbox.items()) == 1
    assert "damaged" in caplog.text
    caplog.clear()


def test_what_can_be_read_in_a_damaged_outbox_is_carried_over(
    outbox: Outbox, clock: Clock, caplog: pytest.LogCaptureFixture
) -> None:
    drafts = [report(os.urandom(50_000)) for _ in range(8)]
    for draft, files in drafts:
        outbox.put(draft, files)
    middle = outbox.path.stat().st_size // 2
    damaged(outbox, middle, 3 * 4096)

    again = Outbox(outbox.path, clock)
    items = {item.id: item for item in again.waiting()}

    assert again.moved_aside is not None
    assert again.salvaged == len(items) >= 6
    for draft, files in drafts:
        for file in items[draft.id].files if draft.id in items else ():
            assert again.content(file.id) == files[file.id]
    assert sum(len(item.files) for item in items.values()) >= 6
    again.close()
    caplog.clear()


def test_damage_met_while_running_is_said_and_mended_at_the_next_start(
    outbox: Outbox, clock: Clock, caplog: pytest.LogCaptureFixture
) -> None:
    outbox.put(*report(os.urandom(50_000)))
    damaged(outbox, 0, 100)

    outbox.put(*report())

    assert outbox.moved_aside is not None
    assert outbox.moved_aside.stat().st_size > 50_000
    assert len(outbox.items()) >= 1
    caplog.clear()


def test_a_program_that_holds_a_file_moved_aside_writes_into_the_new_one(
    outbox: Outbox, clock: Clock, caplog: pytest.LogCaptureFixture
) -> None:
    outbox.put(*report())
    outbox.path.replace(outbox.path.with_name("moved"))
    late, files = report()

    outbox.put(late, files)

    other = Outbox(outbox.path, clock)
    assert [item.id for item in other.items()] == [late.id]
    other.close()


def test_an_outbox_of_a_newer_program_is_left_alone(outbox: Outbox) -> None:
    outbox.path.parent.mkdir()
    with sqlite3.connect(outbox.path) as newer:
        newer.execute("PRAGMA user_version=99")
    newer.close()

    with pytest.raises(StorageError, match="newer"):
        outbox.items()


def test_another_program_that_writes_for_long_is_waited_for_and_then_named(
    outbox: Outbox, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("app.helpdesk.outbox_database.BUSY_SECONDS", 0.1)
    outbox.items()
    with sqlite3.connect(outbox.path, isolation_level=None) as other:
        other.execute("BEGIN EXCLUSIVE")

        with pytest.raises(StorageError, match="another program") as caught:
            outbox.put(*report())
        other.execute("ROLLBACK")
    other.close()

    assert caught.value.retry
    outbox.put(*report())


def test_many_threads_and_two_programs_lose_nothing(outbox: Outbox, clock: Clock) -> None:
    others = [outbox, Outbox(outbox.path, clock)]

    def put(which: Outbox) -> None:
        for _ in range(10):
            which.put(*report(os.urandom(5000)))

    threads = [threading.Thread(target=put, args=(others[n % 2],)) for n in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert len(outbox.items()) == 40
    others[1].close()


def test_the_couriers_lock_is_dropped_when_its_program_is_killed(outbox: Outbox) -> None:
    outbox.items()
    hold = (
        "import sys, time\nfrom pathlib import Path\nfrom datetime import datetime, UTC\n"
        "from app.helpdesk.outbox import Outbox\nfrom app.helpdesk.dispatch import Dispatch\n"
        "with Dispatch(Outbox(Path(sys.argv[1]), lambda: datetime.now(UTC))).alone() as alone:\n"
        "    print(alone, flush=True)\n    time.sleep(60)\n"
    )
    with subprocess.Popen([sys.executable, "-c", hold, str(outbox.path)], stdout=subprocess.PIPE) as other:
        assert other.stdout is not None
        assert other.stdout.readline() == b"True\n"
        with Dispatch(outbox).alone() as alone:
            assert not alone
        other.kill()

    with Dispatch(outbox).alone() as alone:
        assert alone
