"""Unsent pictures survive a crash, and tell nothing to anybody else."""

from __future__ import annotations

import os
import signal
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from uuid import UUID, uuid4

import pytest
from PIL import Image

from app.capture.annotation.document import Area, Box
from app.capture.annotation.operations import add
from app.capture.drafts import Draft, Drafts, documents_for
from app.capture.frame import Frame
from app.errors import HelpdeskError, StorageError
from app.system.base import Rect

KEY = bytes(range(32))
NOON = datetime(2026, 11, 22, 12, tzinfo=UTC)


def draft() -> Draft:
    area = Rect(0, 0, 64, 48)
    image = Image.effect_noise((64, 48), 60).convert("RGB")
    frame = Frame(image, area, area, 1.0, "DP-1", NOON, "test", True)
    return Draft(uuid4(), (frame, frame), documents_for((frame, frame)), "打印机 does not print")


def drafts(folder: Path, key: bytes = KEY, now: datetime = NOON) -> Drafts:
    return Drafts(folder, key, lambda: now)


def same(one: Draft, other: Draft) -> bool:
    pixels = [
        a.image.tobytes() == b.image.tobytes() and replace(a, image=b.image) is not None
        for a, b in zip(one.frames, other.frames, strict=True)
    ]
    return all(pixels) and (one.id, one.documents, one.sentence) == (other.id, other.documents, other.sentence)


def test_a_draft_is_found_and_opened_as_it_was_left(tmp_path: Path) -> None:
    first = draft()
    drafts(tmp_path).begin(first)
    marked = add(first.documents[0], Box(id=uuid4(), area=Area(1, 2, 30, 20)))
    later = replace(first, documents=(marked, first.documents[1]), sentence="better words")
    drafts(tmp_path).update(later)

    again = drafts(tmp_path)

    assert again.found() == (first.id,)
    assert same(again.open(first.id), later)


def test_nothing_of_a_draft_is_on_the_disk_in_clear(tmp_path: Path) -> None:
    kept = draft()
    drafts(tmp_path).begin(kept)

    contents = b"".join(path.read_bytes() for path in tmp_path.rglob("*") if path.is_file())

    assert b"print" not in contents
    assert b"IHDR" not in contents
    assert kept.frames[0].image.tobytes()[:60] not in contents


def test_a_discarded_draft_leaves_nothing_behind(tmp_path: Path) -> None:
    kept = draft()
    drafts(tmp_path).begin(kept)

    drafts(tmp_path).discard(kept.id)
    drafts(tmp_path).discard(kept.id)

    assert list(tmp_path.rglob("*")) == []
    assert drafts(tmp_path).found() == ()


def test_another_key_reads_nothing_and_removes_what_it_cannot_read(tmp_path: Path) -> None:
    kept = draft()
    drafts(tmp_path).begin(kept)
    stranger = drafts(tmp_path, key=bytes(32))

    with pytest.raises(HelpdeskError, match="cannot be read"):
        stranger.open(kept.id)
    assert stranger.found() == ()
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize("name", ["state", "frame-0", "frame-1"])
def test_a_damaged_file_is_noticed(tmp_path: Path, name: str) -> None:
    kept = draft()
    drafts(tmp_path).begin(kept)
    path = tmp_path / str(kept.id) / name
    data = bytearray(path.read_bytes())
    data[len(data) // 2] ^= 1
    path.write_bytes(bytes(data))

    with pytest.raises(HelpdeskError, match="cannot be read"):
        drafts(tmp_path).open(kept.id)


def test_pictures_cannot_be_exchanged_between_drafts(tmp_path: Path) -> None:
    one, other = draft(), draft()
    drafts(tmp_path).begin(one)
    drafts(tmp_path).begin(other)
    (tmp_path / str(one.id) / "frame-0").replace(tmp_path / str(other.id) / "frame-0")

    with pytest.raises(HelpdeskError, match="cannot be read"):
        drafts(tmp_path).open(other.id)


@pytest.mark.parametrize("days", [2, -2])
def test_an_old_draft_is_removed_and_so_is_one_from_the_future(tmp_path: Path, days: int) -> None:
    drafts(tmp_path).begin(draft())

    assert drafts(tmp_path, now=NOON + timedelta(days=days)).found() == ()
    assert list(tmp_path.iterdir()) == []


def test_drafts_come_newest_first(tmp_path: Path) -> None:
    older, newer = draft(), draft()
    drafts(tmp_path, now=NOON).begin(older)
    drafts(tmp_path, now=NOON + timedelta(hours=1)).begin(newer)

    assert drafts(tmp_path, now=NOON + timedelta(hours=2)).found() == (newer.id, older.id)


def test_a_disk_that_cannot_be_written_leaves_no_half_draft(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("no folder")
    kept = draft()

    with pytest.raises(StorageError, match="could not be kept"):
        drafts(tmp_path / "file").begin(kept)


def test_killing_the_program_in_the_middle_loses_at_most_the_last_gesture(tmp_path: Path) -> None:
    kept = draft()
    store = drafts(tmp_path)
    store.begin(kept)
    reading, writing = os.pipe()

    child = os.fork()
    if child == 0:
        for number in range(100_000):
            store.update(replace(kept, sentence=str(number)))
            os.write(writing, b".")
        os._exit(0)
    os.close(writing)
    written = 0
    while written < 20:
        written += len(os.read(reading, 1))
    os.kill(child, signal.SIGKILL)
    os.waitpid(child, 0)
    while more := os.read(reading, 4096):
        written += len(more)
    os.close(reading)

    assert drafts(tmp_path).found() == (kept.id,)
    assert int(drafts(tmp_path).open(kept.id).sentence) in (written - 1, written)


def test_a_folder_with_a_strange_name_is_left_alone(tmp_path: Path) -> None:
    (tmp_path / "notes").mkdir()

    assert drafts(tmp_path).found() == ()
    assert (tmp_path / "notes").is_dir()


def test_an_unknown_draft_cannot_be_opened(tmp_path: Path) -> None:
    with pytest.raises(HelpdeskError):
        drafts(tmp_path).open(UUID(int=1))
