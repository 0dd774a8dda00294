"""A file from the agent on the employee's disk: whole, as promised, under a safe name, or not at all."""

from __future__ import annotations

import errno
import hashlib
import os
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.assist import parcel as parcels
from app.assist.parcel import LONGEST_NAME, Parcel, Spoilt, is_program, safe_name
from app.protocol.handover import FileOffer, Step
from app.system import scanner
from app.system.scanner import Finding

CONTENT = b"settings = 1\n" * 1000


def offered(name: str = "reader.conf", content: bytes = CONTENT) -> FileOffer:
    return FileOffer(name=name, size=len(content), sha256=hashlib.sha256(content).hexdigest())


def written(folder: Path, offer: FileOffer, content: bytes = CONTENT) -> Parcel:
    made = Parcel(folder, offer)
    made.open()
    assert made.add(0, content[:100]) == 100
    assert made.add(0, content[:100]) == 100
    made.add(100, content[100:])
    return made


def clean(_path: Path) -> Finding:
    return Finding.CLEAN


def unmarked(_path: Path) -> None:
    pass


def test_a_whole_file_gets_its_name_only_at_the_end(tmp_path: Path) -> None:
    made = written(tmp_path, offered())
    assert [path.suffix for path in tmp_path.iterdir()] == [".part"]

    place = made.finish(clean, scanner.mark_foreign)

    assert place == tmp_path / "reader.conf"
    assert place.read_bytes() == CONTENT
    assert list(tmp_path.iterdir()) == [place]


@pytest.mark.skipif(not hasattr(os, "getxattr"), reason="only Linux has attributes of this kind")
def test_a_file_lies_there_as_one_from_elsewhere_that_cannot_be_run(tmp_path: Path) -> None:
    place = written(tmp_path, offered("fix.sh")).finish(clean, scanner.mark_foreign)

    assert place.stat().st_mode & 0o777 == 0o600
    assert os.getxattr(place, "user.xdg.origin.url") == b"deskbell:remote-assistance"


def test_a_piece_that_comes_before_anybody_made_room_is_written(tmp_path: Path) -> None:
    made = Parcel(tmp_path, offered())

    assert made.add(0, CONTENT) == len(CONTENT)
    made.open()

    assert made.finish(clean, unmarked).read_bytes() == CONTENT


def test_nothing_is_written_after_it_was_given_up(tmp_path: Path) -> None:
    made = Parcel(tmp_path, offered())
    made.discard()

    assert made.add(0, CONTENT) == 0
    assert list(tmp_path.iterdir()) == []


def test_nothing_that_lies_there_is_overwritten(tmp_path: Path) -> None:
    (tmp_path / "reader.conf").write_text("mine")

    place = written(tmp_path, offered()).finish(clean, unmarked)

    assert place.name == "reader (2).conf"
    assert (tmp_path / "reader.conf").read_text() == "mine"


def test_other_bytes_than_promised_are_deleted(tmp_path: Path) -> None:
    made = written(tmp_path, offered(), CONTENT[:-1] + b"x")

    with pytest.raises(Spoilt) as spoilt:
        made.finish(clean, unmarked)

    assert spoilt.value.step is Step.CHANGED
    assert list(tmp_path.iterdir()) == []


def test_what_the_scanner_objects_to_is_deleted(
    tmp_path: Path, tmp_path_factory: pytest.TempPathFactory, monkeypatch: pytest.MonkeyPatch
) -> None:
    programs = tmp_path_factory.mktemp("programs")
    stand_in = programs / "clamdscan"
    stand_in.write_text('#!/bin/sh\nfor last; do :; done\ngrep -q EICAR "$last" && exit 1\nexit 0\n')
    stand_in.chmod(0o755)
    monkeypatch.setenv("PATH", f"{programs}{os.pathsep}{os.environ['PATH']}")
    bad = b"X5O!P%@AP EICAR test " * 20

    assert written(tmp_path, offered()).finish(scanner.scan, unmarked).exists()
    with pytest.raises(Spoilt) as spoilt:
        written(tmp_path, offered("bad.com", bad), bad).finish(scanner.scan, unmarked)

    assert spoilt.value.step is Step.INFECTED
    assert [path.name for path in tmp_path.iterdir()] == ["reader.conf"]


def test_without_a_scanner_nothing_is_claimed(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("PATH", str(tmp_path))

    assert scanner.scan(tmp_path / "any") is Finding.UNKNOWN


def test_windows_has_its_own_scanner(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("PROGRAMFILES", str(tmp_path))
    assert scanner.scanner(tmp_path / "any", "win32") == ((), 2)

    program = tmp_path / "Windows Defender" / "MpCmdRun.exe"
    program.parent.mkdir()
    program.touch()

    command, infected = scanner.scanner(tmp_path / "any", "win32")
    assert command[:3] == (str(program), "-Scan", "-ScanType")
    assert infected == 2


def test_a_full_disk_is_told_and_leaves_nothing(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    made = Parcel(tmp_path, offered())
    made.open()

    def full(_file: int, _data: object) -> int:
        raise OSError(errno.ENOSPC, "No space left on device")

    monkeypatch.setattr(parcels.os, "write", full)
    with pytest.raises(Spoilt) as spoilt:
        made.add(0, CONTENT)

    assert spoilt.value.step is Step.NO_SPACE
    assert list(tmp_path.iterdir()) == []


def test_a_folder_that_cannot_be_made_is_told(tmp_path: Path) -> None:
    (tmp_path / "taken").write_text("a file where the folder should be")

    with pytest.raises(Spoilt):
        Parcel(tmp_path / "taken" / "Deskbell", offered()).open()


@pytest.mark.parametrize(
    ("proposed", "safe"),
    [
        ("../../etc/passwd", "passwd"),
        ("C:\\Windows\\System32\\evil.dll", "evil.dll"),
        ("..", "file"),
        (".bashrc", "bashrc"),
        ("CON.txt", "_CON.txt"),
        ("com1", "_com1"),
        ("invoice\u202efdp.exe", "invoicefdp.exe"),
        ("a\x00b\n.txt", "ab.txt"),
        ("report.pdf    .exe. ", "report.pdf.exe"),
        ("收银机 设置.xlsx", "收银机 设置.xlsx"),
        ("what?*.txt", "what__.txt"),
        ("report.txt:stream", "report.txt_stream"),
    ],
)
def test_a_proposed_name_stays_in_its_folder_and_hides_nothing(proposed: str, safe: str) -> None:
    assert safe_name(proposed) == safe


@given(st.text(max_size=300))
def test_every_name_is_one_plain_part_of_bounded_length(proposed: str) -> None:
    name = safe_name(proposed)

    assert 0 < len(name) <= LONGEST_NAME + 1
    assert Path(name).name == name
    assert not set(name) & set('<>:"/\\|?*\0')
    assert not name.startswith(".")


def test_programs_are_told_from_papers() -> None:
    assert is_program("setup.EXE")
    assert is_program("macro.docm")
    assert not is_program("reader.conf")
