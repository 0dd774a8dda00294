"""A pack is taken into use only when the helpdesk signed it; a newer one is made of the old one where it can be."""

from __future__ import annotations

import hashlib
import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest

from app.errors import HelpdeskError
from app.helpdesk.pack import Pack
from app.helpdesk.server import Server
from app.knowledge import feedback, seal
from app.knowledge.base import KnowledgeBase
from app.knowledge.build import build
from app.knowledge.seal import NotSigned
from app.protocol.knowledge import Article
from helpdesk.small_helpdesk import SmallHelpdesk
from server_stub.knowledge.deltas import between

KEY, OTHER_KEY = bytes(range(32)), bytes(range(1, 33))


@pytest.fixture
def sealed(tmp_path: Path) -> Path:
    articles = [Article(id=f"{n}", title=f"Title {n}", body=f"Body {n} " * 300) for n in range(80)]
    build(articles, tmp_path / "one", "one")
    seal.seal(tmp_path / "one", KEY)
    return tmp_path / "one"


@pytest.fixture
def pack(tmp_path: Path, server: Server, helpdesk: SmallHelpdesk) -> Iterator[Pack]:
    helpdesk.pack_key = seal.public_key(KEY).hex()
    made = Pack(tmp_path / "knowledge", server)
    yield made
    made.close()


def renewed(sealed: Path, version: str, key: bytes = KEY) -> Path:
    """The same articles with other evidence in them."""
    path = sealed.with_name(version)
    shutil.copyfile(sealed, path)
    seal.remove(path)
    feedback.relearn(path, version, [feedback.Experience("7", "f" * 16, feedback.Said(3))])
    seal.seal(path, key)
    return path


def publish(helpdesk: SmallHelpdesk, path: Path, before: Path | None = None) -> None:
    helpdesk.pack = path.read_bytes()
    helpdesk.pack_etag = f'"{path.name}"'
    if before is not None:
        digest = hashlib.sha256(before.read_bytes()).hexdigest()
        helpdesk.deltas[digest] = between(before.read_bytes(), helpdesk.pack)


def version(pack: Pack) -> str:
    base = pack.base()
    return base.version if base is not None else ""


def test_a_signed_file_opens_like_any_other_and_sealing_again_replaces_the_signature(sealed: Path) -> None:
    size = sealed.stat().st_size

    seal.seal(sealed, OTHER_KEY)

    assert sealed.stat().st_size == size
    seal.check(sealed, seal.public_key(OTHER_KEY))
    base = KnowledgeBase.open(sealed)
    assert base.article("7").title == "Title 7"
    base.close()


@pytest.mark.parametrize("place", [100, 40_000, -1, -80])
def test_one_changed_byte_anywhere_is_noticed(sealed: Path, place: int) -> None:
    content = bytearray(sealed.read_bytes())
    content[place] ^= 1
    sealed.write_bytes(content)

    with pytest.raises(NotSigned):
        seal.check(sealed, seal.public_key(KEY))


@pytest.mark.parametrize("content", [b"", b"short", bytes(500)])
def test_a_file_without_a_signature_is_not_signed(tmp_path: Path, content: bytes) -> None:
    (tmp_path / "bare").write_bytes(content)

    with pytest.raises(NotSigned):
        seal.check(tmp_path / "bare", seal.public_key(KEY))
    seal.remove(tmp_path / "bare")
    assert (tmp_path / "bare").read_bytes() == content


def test_the_helpdesks_own_pack_is_used_and_its_key_asked_for_once(
    helpdesk: SmallHelpdesk, pack: Pack, sealed: Path
) -> None:
    publish(helpdesk, sealed)
    assert pack.refresh()
    publish(helpdesk, renewed(sealed, "two"))
    assert pack.refresh()

    assert version(pack) == "two"
    assert len(helpdesk.asked("GET", "/knowledge/key")) == 1


def test_a_pack_signed_by_somebody_else_leaves_the_old_one_in_use(
    helpdesk: SmallHelpdesk, pack: Pack, sealed: Path
) -> None:
    publish(helpdesk, sealed)
    pack.refresh()
    forged = renewed(sealed, "two", OTHER_KEY)
    publish(helpdesk, forged)

    with pytest.raises(NotSigned, match="does not come from your helpdesk"):
        pack.refresh()
    with pytest.raises(NotSigned):
        pack.from_file(forged)

    assert version(pack) == "one"


def test_a_newer_pack_is_made_of_the_old_one(helpdesk: SmallHelpdesk, pack: Pack, sealed: Path) -> None:
    publish(helpdesk, sealed)
    pack.refresh()
    two = renewed(sealed, "two")
    publish(helpdesk, two, before=sealed)
    fetched = len(helpdesk.asked("GET", "/knowledge/pack$"))

    assert pack.refresh()

    assert version(pack) == "two"
    assert len(helpdesk.asked("GET", "/knowledge/pack$")) == fetched
    [delta] = helpdesk.deltas.values()
    assert len(delta) < two.stat().st_size / 10
    [kept] = [path for path in (sealed.parent / "knowledge").glob("pack-*") if path.read_bytes() == two.read_bytes()]
    assert kept.is_file()


@pytest.mark.parametrize("fault", ["garbage", "cut", "other", "bomb"])
def test_a_delta_that_does_not_fit_costs_only_the_whole_download(
    helpdesk: SmallHelpdesk, pack: Pack, sealed: Path, fault: str
) -> None:
    publish(helpdesk, sealed)
    pack.refresh()
    two = renewed(sealed, "two")
    publish(helpdesk, two, before=sealed)
    [digest] = helpdesk.deltas
    spoilt = {
        "garbage": b"no delta at all",
        "cut": helpdesk.deltas[digest][:-20],
        "other": between(sealed.read_bytes(), renewed(sealed, "three", OTHER_KEY).read_bytes()),
        "bomb": b"\x28\xb5\x2f\xfd\xe0" + (1 << 40).to_bytes(8, "little") + b"\x00" * 20,
    }
    helpdesk.deltas[digest] = spoilt[fault]

    assert pack.refresh()

    assert version(pack) == "two"
    assert len(helpdesk.asked("GET", "/knowledge/pack$")) == 2


def test_where_the_key_cannot_be_asked_for_nothing_is_lost(helpdesk: SmallHelpdesk, pack: Pack, sealed: Path) -> None:
    publish(helpdesk, sealed)
    helpdesk.spoil("GET", "/knowledge/key", lambda handler: handler.hang_up() or True)  # type: ignore[func-returns-value]

    with pytest.raises(HelpdeskError):
        pack.refresh()
    assert pack.base() is None
    assert pack.refresh()

    assert version(pack) == "one"
    assert len(helpdesk.asked("GET", "/knowledge/pack$")) == 1
