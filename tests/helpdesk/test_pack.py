"""The knowledge pack arrives over lines that break, and the old one stays until the new one opens."""

from __future__ import annotations

import base64
import hashlib
import os
import random
import threading
from collections.abc import Iterator
from pathlib import Path

import pytest

from app.errors import HelpdeskError, Unreachable
from app.helpdesk.pack import Pack
from app.helpdesk.server import Server
from app.knowledge.build import build
from app.protocol.knowledge import Article
from helpdesk.small_helpdesk import Handler, SmallHelpdesk, say


@pytest.fixture(scope="module")
def editions(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, Path]:
    folder = tmp_path_factory.mktemp("editions")
    dice = random.Random(3)
    made = []
    for version in ("one", "two"):
        articles = [
            Article(id=f"{version}/{n}", title=f"Title {n}", body=dice.randbytes(2000).hex()) for n in range(60)
        ]
        build(articles, folder / version, version)
        made.append(folder / version)
    return made[0], made[1]


@pytest.fixture
def pack(tmp_path: Path, server: Server) -> Iterator[Pack]:
    made = Pack(tmp_path / "knowledge", server)
    yield made
    made.close()


def version(pack: Pack) -> str:
    base = pack.base()
    assert base is not None
    return base.version


def publish(helpdesk: SmallHelpdesk, path: Path) -> None:
    helpdesk.pack = path.read_bytes()
    helpdesk.pack_etag = f'"{path.name}"'


def test_the_pack_is_fetched_once_and_again_when_it_changed(
    helpdesk: SmallHelpdesk, pack: Pack, editions: tuple[Path, Path]
) -> None:
    assert pack.base() is None
    publish(helpdesk, editions[0])

    assert pack.refresh()
    assert version(pack) == "one"
    assert not pack.refresh()
    publish(helpdesk, editions[1])
    held = pack.base()
    assert pack.refresh()
    assert version(pack) == "two"
    assert held is not None
    assert held.article("one/3").title == "Title 3"  # somebody may still be reading


def cut_after(size: int) -> object:
    def fault(handler: Handler) -> bool:
        def write(content: bytes, *, plain: object = handler.wfile.write) -> None:
            handler.sent += len(content)  # type: ignore[attr-defined]
            if handler.sent > size:  # type: ignore[attr-defined]
                plain(content[: max(0, len(content) - (handler.sent - size))])  # type: ignore[operator,attr-defined]
                handler.hang_up()
                raise OSError("cut")
            plain(content)  # type: ignore[operator]

        handler.sent = 0  # type: ignore[attr-defined]
        handler.wfile.write = write  # type: ignore[method-assign,assignment]
        return False

    return fault


def test_a_download_that_breaks_goes_on_where_it_was(
    helpdesk: SmallHelpdesk, pack: Pack, editions: tuple[Path, Path], tmp_path: Path
) -> None:
    publish(helpdesk, editions[0])
    third = len(helpdesk.pack) // 3
    helpdesk.spoil("GET", "/pack", cut_after(third), cut_after(third))  # type: ignore[arg-type]

    for _ in range(2):
        with pytest.raises(Unreachable):
            pack.refresh()
        assert pack.base() is None
    assert pack.refresh()

    starts = [each.headers.get("Range") for each in helpdesk.asked("GET", "/pack")]
    assert starts[0] is None
    assert all(starts[1:])
    assert version(pack) == "one"
    assert sorted(path.suffix for path in (tmp_path / "knowledge").iterdir()) == [".json", ".sqlite"]


def test_a_pack_that_changed_meanwhile_is_fetched_from_the_beginning(
    helpdesk: SmallHelpdesk, pack: Pack, editions: tuple[Path, Path]
) -> None:
    publish(helpdesk, editions[0])
    helpdesk.spoil("GET", "/pack", cut_after(50_000))  # type: ignore[arg-type]
    with pytest.raises(Unreachable):
        pack.refresh()
    publish(helpdesk, editions[1])

    assert pack.refresh()
    assert version(pack) == "two"


def test_a_complete_part_whose_swap_was_interrupted_is_taken_into_use(
    helpdesk: SmallHelpdesk, pack: Pack, editions: tuple[Path, Path], monkeypatch: pytest.MonkeyPatch
) -> None:
    publish(helpdesk, editions[0])
    with monkeypatch.context() as patch:

        def stop(*_: object) -> None:
            raise KeyboardInterrupt

        patch.setattr(pack, "_install", stop)
        with pytest.raises(KeyboardInterrupt):
            pack.refresh()

    assert pack.refresh()
    assert version(pack) == "one"
    assert len(helpdesk.asked("GET", "/pack")) == 1


@pytest.mark.parametrize(
    "content",
    [b"", b"<html>", b"SQLite format 3\x00" + bytes(5000), os.urandom(50_000)],
)
def test_what_is_no_pack_leaves_the_old_one_in_use(
    helpdesk: SmallHelpdesk, pack: Pack, editions: tuple[Path, Path], content: bytes
) -> None:
    publish(helpdesk, editions[0])
    pack.refresh()
    helpdesk.pack, helpdesk.pack_etag = content, '"broken"'

    with pytest.raises(HelpdeskError):
        pack.refresh()
    assert version(pack) == "one"
    publish(helpdesk, editions[1])
    assert pack.refresh()
    assert version(pack) == "two"


def test_bytes_that_differ_from_their_digest_are_not_used(
    helpdesk: SmallHelpdesk, pack: Pack, editions: tuple[Path, Path]
) -> None:
    content = editions[0].read_bytes()
    wrong = base64.b64encode(hashlib.sha256(b"other").digest()).decode()
    right = base64.b64encode(hashlib.sha256(content).digest()).decode()
    helpdesk.spoil(
        "GET",
        "/pack",
        say(200, content, "application/octet-stream", ETag='"a"', Repr_Digest=f"sha-256=:{wrong}:"),
        say(200, content, "application/octet-stream", ETag=f'"sha256-{"0" * 64}"'),
        say(200, content, "application/octet-stream", ETag='"a"', Repr_Digest=f"sha-256=:{right}:"),
    )

    for _ in range(2):
        with pytest.raises(HelpdeskError, match="makes no sense"):
            pack.refresh()
    assert pack.refresh()
    assert version(pack) == "one"


def test_a_wrong_range_is_not_glued_on(helpdesk: SmallHelpdesk, pack: Pack, editions: tuple[Path, Path]) -> None:
    publish(helpdesk, editions[0])
    helpdesk.spoil("GET", "/pack", cut_after(50_000))  # type: ignore[arg-type]
    with pytest.raises(Unreachable):
        pack.refresh()
    helpdesk.spoil("GET", "/pack", say(206, b"x" * 10, "x/y", ETag=helpdesk.pack_etag, Content_Range="bytes 7-16/20"))

    with pytest.raises(HelpdeskError):
        pack.refresh()
    assert pack.refresh()


def test_a_pack_damaged_on_our_disk_is_fetched_again(
    helpdesk: SmallHelpdesk, server: Server, editions: tuple[Path, Path], tmp_path: Path
) -> None:
    publish(helpdesk, editions[0])
    first = Pack(tmp_path / "knowledge", server)
    first.refresh()
    first.close()
    [path] = (tmp_path / "knowledge").glob("pack-*.sqlite")
    path.write_bytes(b"damaged")

    again = Pack(tmp_path / "knowledge", server)
    assert again.base() is None
    assert again.refresh()
    assert version(again) == "one"
    again.close()


def test_a_pack_from_a_file_is_taken_into_use(
    helpdesk: SmallHelpdesk, pack: Pack, editions: tuple[Path, Path], tmp_path: Path
) -> None:
    assert pack.from_file(editions[0]).version == "one"
    with pytest.raises(HelpdeskError):
        pack.from_file(tmp_path / "missing")
    (tmp_path / "no pack").write_text("no pack")
    with pytest.raises(HelpdeskError):
        pack.from_file(tmp_path / "no pack")

    assert version(pack) == "one"
    publish(helpdesk, editions[1])
    assert pack.refresh()


def test_the_pack_delivered_with_the_program_is_used_until_there_is_another(
    helpdesk: SmallHelpdesk, server: Server, editions: tuple[Path, Path], tmp_path: Path
) -> None:
    pack = Pack(tmp_path / "knowledge", server, starter=editions[0])
    assert version(pack) == "one"
    publish(helpdesk, editions[1])

    assert pack.refresh()

    assert version(pack) == "two"
    pack.close()


def test_another_programs_pack_is_noticed(
    helpdesk: SmallHelpdesk, pack: Pack, server: Server, editions: tuple[Path, Path], tmp_path: Path
) -> None:
    assert pack.base() is None
    publish(helpdesk, editions[0])
    other = Pack(tmp_path / "knowledge", server)
    other.refresh()

    assert version(pack) == "one"
    other.close()


def test_two_threads_refresh_at_once(helpdesk: SmallHelpdesk, pack: Pack, editions: tuple[Path, Path]) -> None:
    publish(helpdesk, editions[0])
    done: list[bool] = []
    threads = [threading.Thread(target=lambda: done.append(pack.refresh())) for _ in range(3)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert sorted(done) == [False, False, True]
