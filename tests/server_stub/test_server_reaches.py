"""Where all articles are too many for one pack, each computer gets those of its own site and everybody's."""

from __future__ import annotations

import hashlib
import os
import random
from collections.abc import Iterator
from pathlib import Path

import httpx
import pytest

from app.helpdesk.pack import patched
from app.knowledge import seal
from app.knowledge.base import KnowledgeBase
from app.protocol.knowledge import Article
from server_stub.devices.enrolment import TokenTerms
from server_stub.knowledge import scoped
from server_stub.knowledge.reach import Entry, Reaches
from tests.server_stub.served import DeviceClient, Served, article, serving

EVERYBODYS, LOCAL = 24, 4
LARGEST = 196_000


def written(number: int, name: str = "a", **more: object) -> Article:
    """An article of about 4 KB that does not compress well."""
    body = random.Random(f"{name}{number}").randbytes(2000).hex()
    return article(f"{name}{number}.md", title=f"Title {name} {number}", body=body, signatures=(), **more)


def local(number: int, *sites: str) -> Article:
    return written(number, sites[0].lower(), sites=sites)


@pytest.fixture
def large(tmp_path: Path) -> Iterator[Served]:
    """A server whose clients' packs may have about three quarters of what there is."""
    with serving(tmp_path / "data") as served:
        fill(served)
        yield served


def fill(served: Served) -> None:
    served.services.publication._editions.largest = LARGEST
    served.teach(*(written(n) for n in range(EVERYBODYS)), *(local(n, site) for site in "NS" for n in range(LOCAL)))


def wait(served: Served) -> None:
    """Until all packs that were asked for are made."""
    worker = served.services.publication._worker
    if worker is not None:
        worker.join(60)
        assert not worker.is_alive()


def get(device: DeviceClient, site: str = "", etag: str = "", language: str = "") -> httpx.Response:
    headers = {"If-None-Match": etag} if etag else {}
    if language:
        headers["Accept-Language"] = language
    return device.get("/knowledge/pack", params={"site": site} if site else {}, headers=headers)


def settled(served: Served, device: DeviceClient, site: str, language: str = "") -> httpx.Response:
    """The pack of a site once it is made."""
    get(device, site, language=language)
    wait(served)
    return get(device, site, language=language)


def ids(answer: httpx.Response, folder: Path) -> set[str]:
    path = folder / f"{hashlib.sha256(answer.content).hexdigest()}.sqlite"
    path.write_bytes(answer.content)
    base = KnowledgeBase.open(path)
    found = {str(row[0]) for row in base._store.rows("SELECT id FROM articles")}
    assert base.count == len(found)
    base.close()
    return found


def files(served: Served) -> set[str]:
    return {path.name for path in (served.services.folder.knowledge / scoped.FOLDER).glob("*.sqlite3")}


def test_a_site_gets_its_own_articles_and_everybodys_and_no_other_sites(large: Served, tmp_path: Path) -> None:
    device = large.device()
    shared = get(device)

    north, south, west = (settled(large, device, site) for site in ("n", "S ", "west"))

    packs = [ids(each, tmp_path) for each in (north, south, west)]
    assert [{each[0] for each in pack} for pack in packs] == [{"a", "n"}, {"a", "s"}, {"a"}]
    assert all(len([each for each in pack if each[0] != "a"]) == LOCAL for pack in packs[:2])
    assert get(device).content == shared.content
    assert len({each.headers["ETag"] for each in (north, south, west, shared)}) == 4
    for each in (north, south, west):
        assert len(each.content) <= LARGEST
        (tmp_path / "signed").write_bytes(each.content)
        seal.check(tmp_path / "signed", large.services.publication.key)


def test_a_pack_is_made_when_it_is_asked_for_and_devices_are_told_of_it(large: Served) -> None:
    device = large.device()
    after = device.get("/events", params={"after": 0, "wait": 0}).json()["next"]
    assert files(large) == set()

    first = get(device, "N")
    wait(large)
    told = device.get("/events", params={"after": after, "wait": 0}).json()["events"]
    second = get(device, "N", first.headers["ETag"])

    assert first.content == large.services.publication.clients.path.read_bytes()
    assert [each["kind"] for each in told] == ["knowledge"]
    assert second.status_code == 200
    assert get(device, "N", second.headers["ETag"]).status_code == 304
    assert len(files(large)) == 1
    large.services.publication.refresh()
    assert device.get("/events", params={"after": after, "wait": 0}).json()["events"] == told


def test_sites_that_need_the_same_share_a_pack_and_invented_names_make_no_other(large: Served) -> None:
    device = large.device()
    large.teach(local(1, "Region", "Shop 1", "shop-2", "SHOP 3"))
    hostile = ["'; DROP TABLE articles", "../../etc/passwd", "\u0000", "💣" * 300, "北京", "%2e%2e", "shop 4", "shop1x"]

    shops = {settled(large, device, site).headers["ETag"] for site in ("shop 1", "Shop2", "shop_3", "REGION")}
    others = {settled(large, device, site).headers["ETag"] for site in hostile}

    assert len(shops) == 1
    # A name without a letter is no name.
    assert others - shops == {settled(large, device, "elsewhere").headers["ETag"], get(device).headers["ETag"]}
    assert len(files(large)) == 2
    assert device.get("/knowledge/pack", params={"site": "x" * 301}).status_code == 422


def test_another_sites_article_changes_nothing_and_an_own_one_is_a_delta(large: Served, tmp_path: Path) -> None:
    device = large.device()
    north, south = settled(large, device, "N"), settled(large, device, "S")
    before = files(large)

    large.teach(local(3, "S").model_copy(update={"body": written(3, "another").body}))

    assert get(device, "N", north.headers["ETag"]).status_code == 304
    assert get(device, "S", south.headers["ETag"]).status_code == 304  # the one it has stands until there is another
    wait(large)
    assert len(files(large) - before) == 1
    digest = hashlib.sha256(south.content).hexdigest()
    delta = device.get(f"/knowledge/pack/delta/{digest}", params={"site": "S"})
    whole = get(device, "S")
    assert delta.headers["ETag"] == whole.headers["ETag"] != south.headers["ETag"]
    assert patched(south.content, delta.content) == whole.content
    assert len(delta.content) < len(whole.content) * 0.7
    assert ids(whole, tmp_path) == ids(south, tmp_path)
    assert device.get(f"/knowledge/pack/delta/{digest}", params={"site": "N"}).status_code == 404
    now = hashlib.sha256(whole.content).hexdigest()
    assert device.get(f"/knowledge/pack/delta/{now}", params={"site": "S"}).status_code == 304


def test_what_a_computer_got_meanwhile_becomes_its_own_pack_by_a_delta(large: Served) -> None:
    device = large.device()
    meanwhile = get(device, "N").content
    wait(large)

    answer = device.get(f"/knowledge/pack/delta/{hashlib.sha256(meanwhile).hexdigest()}", params={"site": "N"})

    if answer.status_code == 200:
        assert patched(meanwhile, answer.content) == get(device, "N").content
    else:  # the two have too little in common for it
        assert answer.json()["code"] == "not_found"


def test_the_readers_language_comes_first_where_not_all_fits(tmp_path: Path) -> None:
    with serving(tmp_path / "data") as served:
        chinese = [written(n, "z", locale="zh-CN") for n in range(16)]
        served.services.publication._editions.largest = LARGEST + 30_000
        served.teach(*(written(n) for n in range(16)), *chinese)
        device = served.device()

        packs = [ids(settled(served, device, "N", each), tmp_path) for each in ("zh-CN,en;q=0.5", "en-GB", "xx")]

        counts = [sum(each[0] == "z" for each in pack) for pack in packs]
        assert counts[0] == 16 > counts[1] == counts[2] > 0
        assert sum(each[0] == "a" for each in packs[1]) == 16


def test_the_site_that_a_token_gave_counts_more_than_what_a_device_says(large: Served) -> None:
    large.token = large.make_token(TokenTerms(site="N"))
    given = large.device()
    large.token = large.make_token(TokenTerms())
    telling = large.device()
    north, south = settled(large, telling, "N"), settled(large, telling, "S")

    assert get(given, "S").headers["ETag"] == north.headers["ETag"] == get(given).headers["ETag"]
    # A computer that moved is enrolled again, or says so.
    assert get(telling, "S").headers["ETag"] == south.headers["ETag"]
    given.enrol(large.make_token(TokenTerms(site="S")))
    assert get(given).headers["ETag"] == south.headers["ETag"]


def test_no_more_packs_are_kept_than_there_is_room_for(large: Served) -> None:
    device = large.device()
    large.teach(*(local(n, f"Shop{n}") for n in range(6)))
    packs = large.services.publication.scoped
    packs.most = 3

    kept = [settled(large, device, f"Shop{n}") for n in range(6)]

    everybodys = get(device).headers["ETag"]
    assert [each.headers["ETag"] == everybodys for each in kept] == [False] * 3 + [True] * 3
    assert len(files(large)) == 3
    # Who asks for none for a week makes room; what became of its pack is known without it.
    large.clock.forward(days=8)
    for n in (1, 2):
        get(device, f"Shop{n}")
    late = settled(large, device, "Shop5")
    assert late.headers["ETag"] != everybodys
    assert len(files(large)) == 3
    assert get(device, "Shop0", kept[0].headers["ETag"]).status_code == 304
    assert get(device, "Shop0").headers["ETag"] == everybodys
    assert [get(device, f"Shop{n}").headers["ETag"] for n in (1, 2)] == [each.headers["ETag"] for each in kept[1:3]]


def test_packs_are_found_again_after_a_restart_and_a_damaged_one_is_made_again(tmp_path: Path) -> None:
    with serving(tmp_path / "data") as served:
        fill(served)
        before = settled(served, served.device(), "N").content
    (path,) = (tmp_path / "data").rglob(f"{scoped.FOLDER}/*.sqlite3")
    made = path.stat().st_mtime_ns
    with serving(tmp_path / "data") as served:
        served.services.publication._editions.largest = LARGEST
        served.services.publication.refresh()

        assert get(served.device(), "N").content == before
        assert path.stat().st_mtime_ns == made
    path.write_bytes(os.urandom(5000))
    with serving(tmp_path / "data") as served:
        served.services.publication._editions.largest = LARGEST
        served.services.publication.refresh()

        assert settled(served, served.device(), "N").content == before


def test_where_all_fits_everybody_gets_the_same(served: Served) -> None:
    device = served.device()
    served.teach(written(1), local(1, "N"), written(2, locale="zh-CN"))

    tags = {get(device, site, language=each).headers["ETag"] for site in ("", "N", "S") for each in ("", "zh-CN", "en")}

    assert len(tags) == 1
    assert files(served) == set()


def test_packs_of_sites_go_when_everything_fits_again(large: Served) -> None:
    device = large.device()
    settled(large, device, "N")
    assert len(files(large)) == 1
    large.services.publication._editions.largest = LARGEST * 10

    large.teach(written(1, "new"))

    assert files(large) == set()
    assert get(device, "N").headers["ETag"] == get(device).headers["ETag"]


def test_a_server_that_ends_makes_no_more_packs(large: Served) -> None:
    get(large.device(), "N")

    large.services.publication.close()

    wait(large)
    assert not [path for path in large.services.folder.knowledge.rglob("*") if path.suffix in (".new", ".unsigned")]


def test_a_thousand_sites_are_told_apart_in_one_look_at_the_articles() -> None:
    local_ones = [Entry(f"s{n}", f"{n:064}", (f"Shop {n}",), n % 2 == 0, 10) for n in range(1000)]
    shared = [Entry(f"a{n}", f"{n:064}", (), False, 10) for n in range(100)]
    reaches = Reaches([*local_ones, *shared], room=500.0)
    large_room = Reaches([*local_ones, *shared], room=5000.0)

    assert len({reaches.of(f"shop {n}", "zh-CN").slug for n in range(1000)}) == 1000
    assert len({reaches.of(f"unheard of {n}", "zh-CN").slug for n in range(1000)}) == 1
    assert reaches.of("shop 1", "zh-CN") != reaches.of("shop 1", "en")
    # Where all of a site's articles fit, the language leaves nothing out.
    assert large_room.of("shop 1", "zh-CN") == large_room.of("shop 1", "en")
    assert reaches.of("", "").is_everything
