"""`deskbell suggest`: from a picture to the right article, and what it makes of pictures that are none."""

from __future__ import annotations

import os
import shutil
import signal
import struct
import subprocess
import time
import zlib
from pathlib import Path

import pytest
from PIL import Image

from app.knowledge.build import build
from app.knowledge.intake import read_folder
from commands.pictures import dialog, needs_chinese_font
from commands.program import ROOT, Deskbell

POS_ERROR = ROOT / "app" / "samples" / "pos-error.png"


@pytest.fixture(scope="module")
def pack(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("pack") / "pack.sqlite"
    build(read_folder(ROOT / "server_stub" / "starter"), path, "test")
    return path


def signatures(pack: Path, article_id: str) -> tuple[str, ...]:
    from app.knowledge.base import KnowledgeBase

    base = KnowledgeBase.open(pack)
    found = base.article(article_id).signatures
    base.close()
    return found


def test_the_bundled_till_error_finds_its_article(deskbell: Deskbell, pack: Path) -> None:
    ended = deskbell("suggest", POS_ERROR, "--pack", pack, "--json")

    told = ended.json
    assert ended.code == 0, ended.err
    assert told["file"] == str(POS_ERROR)
    assert "E1023" in told["signature"]["codes"]
    assert "E1023" in told["text"].replace(" ", "")
    assert any("e1023" in text.lower() for text in signatures(pack, told["articles"][0]["id"]))
    assert told["articles"][0]["reason"]["kind"] == "code"
    assert "E1023" in told["articles"][0]["reason"]["evidence"]
    assert told["articles"][0].keys() == {"id", "title", "score", "fit", "reason"}
    assert told["milliseconds"].keys() == {"ocr", "rank", "total"}
    assert told["engine"]
    left, top, width, height = told["region"]
    assert 200 <= left <= 240
    assert 200 <= top <= 240
    assert 540 <= width <= 610
    assert 270 <= height <= 330


def test_nothing_is_needed_but_the_pack(deskbell: Deskbell, pack: Path) -> None:
    ended = deskbell("suggest", POS_ERROR, "--pack", pack, "--json")

    assert ended.code == 0
    assert not deskbell.home.exists()


@needs_chinese_font
def test_dialogs_in_both_languages_find_their_articles_in_order(deskbell: Deskbell, pack: Path, tmp_path: Path) -> None:
    english = tmp_path / "no-space.png"
    chinese = tmp_path / "打印机.png"
    dialog(
        english,
        "Microsoft Outlook",
        ("Cannot connect to the server.", "Error code: 0x800CCC0E", "Check your network connection."),
    )
    dialog(chinese, "Windows 无法连接到打印机", ("操作失败，错误为 0x0000011b。", "请联系管理员。"))

    ended = deskbell("suggest", english, chinese, POS_ERROR, "--pack", pack, "--jsonl", "--top", "5")

    assert ended.code == 0, ended.err
    assert [line["file"] for line in ended.lines] == [str(english), str(chinese), str(POS_ERROR)]
    assert "0x800ccc0e" in " ".join(ended.lines[0]["signature"]["codes"]).lower()
    assert "0x0000011b" in " ".join(ended.lines[1]["signature"]["codes"]).lower()
    assert "无法连接到打印机" in ended.lines[1]["text"].replace(" ", "")
    assert all(line["articles"] for line in ended.lines), [line["articles"] for line in ended.lines]
    assert all(len(line["articles"]) <= 5 for line in ended.lines)


def test_people_read_titles_and_reasons(deskbell: Deskbell, pack: Path) -> None:
    ended = deskbell("suggest", POS_ERROR, "--pack", pack)

    assert ended.code == 0
    assert "E1023" in ended.out
    assert "1. " in ended.out


def hostile(folder: Path) -> dict[str, Path]:
    """Files that are no pictures, each in its own way."""
    whole = POS_ERROR.read_bytes()
    made = {name: folder / name for name in ("empty.png", "cut.png", "bomb.png", "noise.png", "text.png", "文件.png")}
    made["empty.png"].write_bytes(b"")
    made["cut.png"].write_bytes(whole[: len(whole) // 3])
    made["bomb.png"].write_bytes(bomb())
    made["noise.png"].write_bytes(os.urandom(4096))
    made["text.png"].write_text("#!/bin/sh\necho hello\n")
    made["文件.png"].write_bytes(b"\x89PNG\r\n\x1a\n" + b"\x00" * 64)
    return made


def bomb() -> bytes:
    """A small PNG that unfolds to 100 megapixels."""
    side = 10_000

    def chunk(name: bytes, body: bytes) -> bytes:
        return struct.pack(">I", len(body)) + name + body + struct.pack(">I", zlib.crc32(name + body))

    head = struct.pack(">IIBBBBB", side, side, 1, 0, 0, 0, 0)
    pixels = zlib.compress(b"\x00" * (side // 8 + 1) * side, 9)
    return b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", head) + chunk(b"IDAT", pixels) + chunk(b"IEND", b"")


def test_bad_files_cost_only_their_own_line(deskbell: Deskbell, pack: Path, tmp_path: Path) -> None:
    bad = [*hostile(tmp_path).values(), tmp_path, tmp_path / "missing.png"]
    good = tmp_path / "拷贝 copy.png"
    shutil.copy(POS_ERROR, good)

    ended = deskbell("suggest", *bad, good, "--pack", pack, "--jsonl")

    assert ended.code == 1
    assert [line["file"] for line in ended.lines] == [str(path) for path in (*bad, good)]
    assert all(line["error"]["summary"] for line in ended.lines[:-1])
    assert not any("articles" in line for line in ended.lines[:-1])
    assert "E1023" in ended.lines[-1]["signature"]["codes"]


def test_a_bad_file_alone_is_told_on_stderr(deskbell: Deskbell, pack: Path, tmp_path: Path) -> None:
    for path in [*hostile(tmp_path).values(), tmp_path]:
        ended = deskbell("suggest", path, "--pack", pack, "--json")

        assert ended.code == 1
        assert ended.out == ""
        assert ended.err.startswith("deskbell: ")
        assert ended.err.count("\n") == 1


def test_a_name_that_is_not_utf8_is_still_json(deskbell: Deskbell, pack: Path, tmp_path: Path) -> None:
    name = os.fsencode(tmp_path) + b"/bad\xff.png"
    try:
        Path(os.fsdecode(name)).write_bytes(b"")
    except OSError:
        pytest.skip("this file system takes only Unicode names")

    ended = deskbell("suggest", os.fsdecode(name), "--pack", pack, "--jsonl")

    assert ended.code == 1
    assert ended.lines[0]["error"]["summary"]


def test_a_picture_without_text_is_an_answer_too(deskbell: Deskbell, pack: Path, tmp_path: Path) -> None:
    blank = tmp_path / "blank.png"
    Image.new("RGB", (640, 480), "navy").save(blank)

    ended = deskbell("suggest", blank, "--pack", pack, "--json")

    assert ended.code == 0, ended.err
    assert ended.json["text"] == ""
    assert ended.json["articles"] == []


def test_only_the_part_that_was_named_is_read(deskbell: Deskbell, pack: Path) -> None:
    ended = deskbell("suggest", POS_ERROR, "--pack", pack, "--region", "16,68,480,180", "--json")

    assert ended.code == 0, ended.err
    assert "纯牛奶" in ended.json["text"]
    assert "E1023" not in ended.json["text"]
    assert ended.json["region"] == [16, 68, 480, 180]


@pytest.mark.parametrize("content", [b"", b"not a pack at all", b"SQLite format 3\x00" + b"\x00" * 4096])
def test_a_broken_pack_is_named(deskbell: Deskbell, tmp_path: Path, content: bytes) -> None:
    pack = tmp_path / "pack.sqlite"
    pack.write_bytes(content)

    ended = deskbell("suggest", POS_ERROR, "--pack", pack)

    assert ended.code == 1
    assert "pack.sqlite" in ended.err


def test_without_pack_and_server_it_says_what_is_missing(deskbell: Deskbell) -> None:
    ended = deskbell("suggest", POS_ERROR, "--json")

    assert ended.code == 1
    assert "--pack" in ended.err


def test_a_server_that_does_not_answer_is_an_error(deskbell: Deskbell) -> None:
    ended = deskbell("suggest", POS_ERROR, "--server", "http://127.0.0.1:9", "--token", "x", "--json")

    assert ended.code == 1
    assert "127.0.0.1:9" in ended.err


def test_an_interrupt_ends_it_and_the_engine(deskbell: Deskbell, pack: Path) -> None:
    process = subprocess.Popen(
        deskbell.command("suggest", *[POS_ERROR] * 200, "--pack", pack, "--jsonl"),
        cwd=ROOT,
        env=deskbell.environment,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        start_new_session=True,
    )
    assert process.stdout is not None
    process.stdout.readline()
    process.send_signal(signal.SIGINT)
    _, errors = process.communicate(timeout=30)

    assert process.returncode == 130
    assert b"Traceback" not in errors
    until = time.monotonic() + 10
    while time.monotonic() < until:
        try:
            os.killpg(process.pid, 0)
        except ProcessLookupError:
            break
        time.sleep(0.05)
    else:
        pytest.fail("the engine is still running")
