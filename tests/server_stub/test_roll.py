"""Which servers there are: who signs in and out, who is taken for gone, and where others reach them."""

from __future__ import annotations

from collections.abc import Iterator
from uuid import UUID

import pytest
from sqlalchemy import select, text
from sqlalchemy.orm import Session

from app.errors import HelpdeskError
from server_stub.bell import Bell
from server_stub.postgres import PostgresDatabase
from server_stub.servers.roll import Roll, announced, is_loopback, shared_secret
from server_stub.servers.tables import ServerRecord
from tests.postgres import Cluster


@pytest.fixture
def database(cluster: Cluster) -> Iterator[PostgresDatabase]:
    opened = PostgresDatabase(cluster.database())
    yield opened
    opened.close()


class Site:
    """Servers of one database that beat only when told to."""

    def __init__(self, database: PostgresDatabase, monkeypatch: pytest.MonkeyPatch) -> None:
        self.database = database
        self.bell = Bell()
        self.gone: list[UUID] = []
        monkeypatch.setattr(Roll, "_live", lambda _roll: None)

    def server(self, address: str, machine: str = "a") -> Roll:
        made = Roll(self.database, self.bell, self._left)
        made._machine = machine
        made.join(address)
        return made

    def there(self) -> list[str]:
        with self.database.read() as session:
            return sorted(session.scalars(select(ServerRecord.address)))

    def silence(self, roll: Roll, seconds: float) -> None:
        with self.database.write() as session:
            statement = text("UPDATE servers SET seen_at = seen_at - make_interval(secs => :seconds) WHERE id = :id")
            session.execute(statement, {"seconds": seconds, "id": roll.id})

    def _left(self, _session: Session, server_id: UUID) -> None:
        self.gone.append(server_id)


@pytest.fixture
def site(database: PostgresDatabase, monkeypatch: pytest.MonkeyPatch) -> Site:
    return Site(database, monkeypatch)


def test_a_silent_server_is_struck_by_the_others_and_signs_in_again_when_it_lives(
    site: Site, caplog: pytest.LogCaptureFixture
) -> None:
    one, other = site.server("http://10.0.0.1:1"), site.server("http://10.0.0.2:1")
    other._steady_since = 0
    other.beat()
    assert site.gone == []

    site.silence(one, 10)
    other.beat()
    assert site.gone == [one.id]
    assert site.there() == ["http://10.0.0.2:1"]

    one.beat()
    assert site.there() == ["http://10.0.0.1:1", "http://10.0.0.2:1"]
    assert "taken for gone" in caplog.text
    caplog.clear()


def test_after_the_database_was_away_nobody_is_struck_before_everybody_had_the_time_to_come_back(site: Site) -> None:
    one, other = site.server("http://10.0.0.1:1"), site.server("http://10.0.0.2:1")
    site.silence(one, 60)

    other.beat()

    assert site.gone == []


def test_a_server_that_cannot_be_connected_to_is_struck_only_when_it_is_silent_too(site: Site) -> None:
    one, other = site.server("http://10.0.0.1:1"), site.server("http://10.0.0.2:1")
    other.suspect(one.id)
    assert site.gone == []
    site.silence(one, 4)
    other.suspect(one.id)
    assert site.gone == [one.id]


def test_who_starts_at_an_address_takes_the_place_of_who_was_there(site: Site) -> None:
    former = site.server("http://10.0.0.1:1")
    site.server("http://10.0.0.1:1")
    assert site.gone == [former.id]
    assert site.there() == ["http://10.0.0.1:1"]


def test_who_leaves_is_gone_at_once(site: Site) -> None:
    one = site.server("http://10.0.0.1:1")
    one.leave()
    one.leave()
    assert site.gone == [one.id]
    assert site.there() == []


@pytest.mark.parametrize(
    ("first", "second"),
    [("http://127.0.0.1:8440", "http://10.0.0.2:8440"), ("http://10.0.0.1:8440", "http://localhost:8440")],
)
def test_an_address_that_means_another_machine_on_each_is_refused(site: Site, first: str, second: str) -> None:
    site.server(first, "a")
    with pytest.raises(HelpdeskError, match="cannot reach each other") as found:
        site.server(second, "b")
    assert "--announce" in found.value.hint
    site.server("http://127.0.0.1:8441", "a") if is_loopback(first) else site.server("http://10.0.0.3:1", "b")


def test_where_others_reach_a_server_is_where_it_listens_unless_that_is_everywhere() -> None:
    assert announced("", "10.0.0.5", 8440) == "http://10.0.0.5:8440"
    assert announced("", "fd00::5", 8440) == "http://[fd00::5]:8440"
    assert announced("https://one.example:443/", "0.0.0.0", 1) == "https://one.example:443"  # noqa: S104  # a name only
    with pytest.raises(HelpdeskError, match="listens everywhere") as found:
        announced("", "0.0.0.0", 8440)  # noqa: S104  # a name only
    assert "8440" in found.value.hint
    for wrong in ("10.0.0.5:8440", "ftp://x", "http://", "http://x/path", "http://x?y"):
        with pytest.raises(HelpdeskError, match="is not an address"):
            announced(wrong, "10.0.0.5", 1)


def test_every_server_of_a_database_knows_the_same_secret(database: PostgresDatabase) -> None:
    other = PostgresDatabase(database.address)
    assert shared_secret(database, "servers") == shared_secret(other, "servers")
    assert shared_secret(database, "servers") != shared_secret(other, "others")
    assert len(shared_secret(database, "servers")) == 32
    other.close()
