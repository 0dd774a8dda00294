"""The client's pack where the base is too large for one: its own site's, over lines that break, after a move."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from app.errors import Unreachable
from app.helpdesk.enrolment import Enrolment
from app.helpdesk.pack import Pack
from app.helpdesk.server import Server, Whereabouts
from helpdesk.conftest import describe
from helpdesk.sender import now
from tests.server_stub.served import Served, serving
from tests.server_stub.test_server_reaches import fill, wait


@pytest.fixture
def large(tmp_path: Path) -> Iterator[Served]:
    with serving(tmp_path / "data", unlimited=True) as served:
        fill(served)
        yield served


@pytest.fixture
def real(large: Served, tmp_path: Path) -> Iterator[Server]:
    known = Enrolment(tmp_path / "identity.json", describe=describe, now=now, token=large.token)
    made = Server(large.url, known, now=now)
    yield made
    made.close()


def kinds(pack: Pack) -> set[str]:
    """The first letters of the ids it holds: `a` for everybody's, `n` and `s` for two sites'."""
    base = pack.base()
    assert base is not None
    assert base.is_part
    return {str(row[0])[0] for row in base._store.rows("SELECT id FROM articles")}


def at(site: str, real: Server, folder: Path) -> Pack:
    return Pack(folder, real, where=Whereabouts(site, "zh-CN"))


def test_a_computer_gets_its_sites_pack_and_after_a_move_the_other_sites(
    large: Served, real: Server, tmp_path: Path
) -> None:
    pack = at("N", real, tmp_path / "knowledge")
    assert pack.refresh()
    assert kinds(pack) == {"a"}  # everybody's, until its own is made
    wait(large)
    assert pack.refresh()
    assert kinds(pack) == {"a", "n"}
    assert not pack.refresh()
    pack.close()

    moved = at("S", real, tmp_path / "knowledge")
    moved.refresh()
    wait(large)
    assert moved.refresh()
    assert kinds(moved) == {"a", "s"}
    moved.close()


def test_a_broken_download_goes_on_and_is_not_mixed_with_another_sites(
    large: Served, real: Server, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    for site in ("N", "S"):
        at(site, real, tmp_path / "first").refresh()
        wait(large)
    asked: list[tuple[int, int]] = []
    whole = Server.pack

    def broken(pack: Pack) -> None:
        """Ends a download after its first piece, as a line does."""
        append = pack._append

        def cut(pieces: Iterator[bytes], size: int, length: int) -> None:
            def first() -> Iterator[bytes]:
                yield next(iter(pieces))[:50_000]
                raise Unreachable("The line broke.")

            append(first(), size, length)

        with monkeypatch.context() as patch:
            patch.setattr(pack, "_append", cut)
            with pytest.raises(Unreachable):
                pack.refresh()

    def counted(self: Server, etag: str, start: int, *more: object) -> object:
        asked.append((start, len(more)))
        return whole(self, etag, start, *more)  # type: ignore[arg-type]

    monkeypatch.setattr(Server, "pack", counted)
    same, moved = tmp_path / "same", tmp_path / "moved"
    for folder in (same, moved):
        broken(at("N", real, folder))
    resumed, other = at("N", real, same), at("S", real, moved)

    assert resumed.refresh()
    assert other.refresh()

    assert [start for start, _ in asked[-2:]] == [50_000, 50_000]
    assert kinds(resumed) == {"a", "n"}
    assert kinds(other) == {"a", "s"}
    resumed.close()
    other.close()


def test_strange_names_of_sites_do_no_harm(large: Served, real: Server, tmp_path: Path) -> None:
    for number, site in enumerate(("\ud800", "a\r\nX-Evil: 1", "\x00", "上海 '\"&site=N", "x" * 5000)):
        pack = at(site, real, tmp_path / str(number))
        assert pack.refresh()
        wait(large)
        pack.refresh()
        assert kinds(pack) == {"a"}
        pack.close()
