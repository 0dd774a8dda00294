"""PostgreSQL as the store: the same meaning as the one SQLite file, and clear words when it is not there."""

from __future__ import annotations

import subprocess
import sys
import threading
from collections.abc import Iterator
from contextlib import ExitStack
from pathlib import Path

import httpx
import psycopg
import pytest
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from sqlalchemy import select, text
from sqlalchemy.exc import DBAPIError

from app.errors import HelpdeskError, NotAvailable, Unreachable
from app.protocol.problems import ProblemCode
from server_stub import postgres
from server_stub.__main__ import main
from server_stub.agents.tables import Agent
from server_stub.database import after_commit
from server_stub.folder import DataFolder, FolderInUse
from server_stub.migrations.steps import migrate, newest
from server_stub.postgres import PostgresDatabase, check_release, parsed
from server_stub.problems import refusal_for
from server_stub.storage import address_of, open_database, open_storage
from server_stub.tables import metadata
from tests.postgres import Cluster, programs
from tests.server_stub.served import Served, declare, draft, picture, serving
from tests.server_stub.soundness import complaints_of


@pytest.fixture
def database(cluster: Cluster) -> Iterator[PostgresDatabase]:
    opened = PostgresDatabase(cluster.database())
    yield opened
    opened.close()


@pytest.fixture
def own_cluster() -> Iterator[Cluster]:
    """One that may be stopped."""
    made = Cluster()
    yield made
    made.close()


def clear(caplog: pytest.LogCaptureFixture) -> list[str]:
    said = [record.getMessage() for record in caplog.records if record.levelname == "ERROR"]
    caplog.clear()
    return said


def test_migrations_and_models_agree(database: PostgresDatabase) -> None:
    with database.writing_connection() as connection:
        context = MigrationContext.configure(connection, opts={"compare_type": True, "compare_server_default": True})
        assert compare_metadata(context, metadata) == []
        assert context.get_current_revision() == newest()


def test_processes_that_start_together_migrate_once(cluster: Cluster) -> None:
    address = cluster.database(template="template0")
    started = [PostgresDatabase(address) for _ in range(4)]
    threads = [threading.Thread(target=migrate, args=(each,)) for each in started]
    for each in threads:
        each.start()
    for each in threads:
        each.join()

    with started[0].read() as session:
        assert session.execute(text("SELECT version_num FROM alembic_version")).all() == [(newest(),)]
    for each in started:
        each.close()


def test_readers_cannot_write_and_see_one_moment(database: PostgresDatabase) -> None:
    with pytest.raises(DBAPIError, match="read-only"), database.read() as session:
        session.execute(text("DELETE FROM tickets"))
    with database.read() as session:
        before = session.execute(text("SELECT count(*) FROM counters")).scalar()
        with database.write() as other:
            other.execute(text("INSERT INTO counters VALUES ('x', 1)"))
        assert session.execute(text("SELECT count(*) FROM counters")).scalar() == before == 0


def test_a_failed_transaction_leaves_nothing_and_calls_nobody(database: PostgresDatabase) -> None:
    called: list[str] = []

    def fail() -> None:
        with database.write() as session:
            after_commit(session, lambda: called.append("rolled back"))
            session.execute(text("INSERT INTO counters VALUES ('x', 1)"))
            raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        fail()
    with database.write() as session:
        after_commit(session, lambda: called.append("committed"))
        assert session.execute(text("SELECT count(*) FROM counters")).scalar() == 0
    assert called == ["committed"]


def test_writers_of_all_processes_take_turns(database: PostgresDatabase) -> None:
    others = [database, *(PostgresDatabase(database.address) for _ in range(3))]
    with database.write() as session:
        session.execute(text("INSERT INTO counters VALUES ('x', 0)"))

    def add(through: PostgresDatabase) -> None:
        for _ in range(25):
            with through.write() as session:
                value = session.execute(text("SELECT value FROM counters")).scalar() or 0
                session.execute(text("UPDATE counters SET value = :value"), {"value": value + 1})

    threads = [threading.Thread(target=add, args=(each,)) for each in others]
    for each in threads:
        each.start()
    for each in threads:
        each.join()

    with database.read() as session:
        assert session.execute(text("SELECT value FROM counters")).scalar() == 100
    for each in others[1:]:
        each.close()


def test_what_is_acknowledged_is_on_the_disk_whatever_the_owner_chose(database: PostgresDatabase) -> None:
    with database.write() as session:
        # The tests' own cluster is quick and forgetful.
        assert session.execute(text("SHOW synchronous_commit")).scalar() == "on"
        assert session.execute(text("SHOW timezone")).scalar() == "UTC"


def test_one_process_at_a_time_is_in_what_a_name_stands_for(database: PostgresDatabase) -> None:
    other = PostgresDatabase(database.address)
    with database.holding("publication"):
        with other.holding_if_free("publication") as is_mine:
            assert not is_mine
        with other.holding_if_free("housekeeping") as is_mine:
            assert is_mine
    with other.holding_if_free("publication") as is_mine:
        assert is_mine
    other.close()


def test_a_database_that_is_away_at_the_start_is_named_without_its_password(tmp_path: Path) -> None:
    address = f"postgresql://deskbell:geheim@/deskbell?host={tmp_path}"
    with pytest.raises(Unreachable) as found:
        open_database(address)

    assert "cannot be reached" in found.value.summary
    assert str(tmp_path) in found.value.summary
    assert "geheim" not in found.value.summary + found.value.hint
    assert found.value.retry


def test_a_wrong_password_and_a_missing_database_are_told_apart(cluster: Cluster) -> None:
    cluster.order("CREATE ROLE guarded LOGIN PASSWORD 'right'")
    right = cluster.address("guarded").replace("deskbell@", "guarded:right@")
    cluster.order("CREATE DATABASE guarded OWNER guarded")

    with pytest.raises(HelpdeskError, match="does not let guarded in") as refused:
        open_database(right.replace("right", "falsch"))
    with pytest.raises(HelpdeskError, match="does not exist") as missing:
        open_database(cluster.address("nowhere"))
    open_database(right).close()

    assert "falsch" not in refused.value.summary
    assert "createdb" in missing.value.hint


def test_releases_that_are_too_old_and_databases_without_every_letter_are_refused(cluster: Cluster) -> None:
    with pytest.raises(HelpdeskError, match=r"it is 12\.22, and 13\.0 is needed"):
        check_release(120022, "UTF8")
    cluster.order("CREATE DATABASE latin TEMPLATE template0 ENCODING 'LATIN1' LC_COLLATE 'C' LC_CTYPE 'C'")
    with pytest.raises(HelpdeskError, match="LATIN1"):
        open_database(cluster.address("latin"))


@pytest.mark.parametrize(
    "given", ["mysql://a/b", "postgresql://host", "postgresql:/geheim", "postgresql://x:geheim@[/"]
)
def test_what_is_no_address_is_not_repeated(given: str) -> None:
    with pytest.raises(HelpdeskError, match="not the address") as found:
        parsed(given)
    assert "geheim" not in found.value.summary + found.value.hint


def test_a_missing_driver_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "psycopg", None)
    with pytest.raises(NotAvailable) as found:
        open_database("postgresql:///deskbell")
    assert "deskbell[postgres]" in found.value.hint


def test_the_address_comes_from_the_command_line_the_variable_or_the_folder(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert address_of(tmp_path) == ""
    (tmp_path / "database.address").write_text("postgresql:///kept\n")
    assert address_of(tmp_path) == "postgresql:///kept"
    monkeypatch.setenv("DESKBELL_DATABASE", "postgresql:///variable")
    assert address_of(tmp_path) == "postgresql:///variable"
    (tmp_path / "secret").write_text("postgresql:///file\n")
    assert address_of(tmp_path, str(tmp_path / "secret")) == "postgresql:///file"
    with pytest.raises(HelpdeskError, match="cannot be read"):
        address_of(tmp_path, str(tmp_path / "nothing"))


def test_a_folder_belongs_to_one_database(cluster: Cluster, tmp_path: Path) -> None:
    folder, again, file = (DataFolder(tmp_path / name) for name in ("shared", "shared", "file"))
    for each in (folder, file):
        each.prepare()
    address = cluster.database()

    first = open_storage(folder, address)
    with pytest.raises(HelpdeskError, match="belongs to another PostgreSQL database"):
        open_storage(DataFolder(folder.root), cluster.database())
    second = open_storage(again, address)
    with pytest.raises(HelpdeskError, match="belongs to a PostgreSQL database"):
        open_storage(DataFolder(folder.root), "")
    with pytest.raises(FolderInUse):
        DataFolder(folder.root).lock()
    for opened, place in ((first, folder), (second, again)):
        opened.close()
        place.unlock()
    only = open_storage(file, "")
    with pytest.raises(HelpdeskError, match="holds an SQLite database"):
        open_storage(DataFolder(file.root), address)
    only.close()
    file.unlock()


def test_a_database_lost_in_the_middle_is_a_problem_to_retry_and_comes_back_by_itself(
    own_cluster: Cluster, tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    with serving(tmp_path / "data", address=own_cluster.database()) as served:
        device = served.device()
        sent = draft()
        with psycopg.connect(own_cluster.address(), autocommit=True) as superuser:
            # Connections that were cut, as by a firewall, are replaced without anybody noticing.
            superuser.execute("SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname LIKE 'test%'")
        assert device.submit(sent).status_code == 201
        own_cluster.stop("immediate")
        lost = [device.submit(draft()), device.get("/events"), httpx.get(served.url + "/api/v1/health")]
        own_cluster.start()
        again = device.submit(sent)
        found = device.get("/health")

        assert [(each.status_code, each.json()["code"], each.headers["Retry-After"]) for each in lost] == [
            (503, "unavailable", "5")
        ] * 3
        assert "deskbell-pg" not in "".join(each.text for each in lost)
        assert (again.status_code, again.json()["number"]) == (201, "INC-000001")
        assert found.status_code == 200
        assert complaints_of(served.services) == []
    assert clear(caplog)


def test_when_all_connections_are_taken_the_next_is_told_to_come_again(
    cluster: Cluster, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    monkeypatch.setattr(postgres, "READERS", (1, 1))
    monkeypatch.setattr(postgres, "POOL_SECONDS", 0.1)
    with serving(tmp_path / "data", address=cluster.database()) as served, ExitStack() as taken:
        device = served.device()
        for _ in range(2):
            taken.enter_context(served.services.database.read()).execute(text("SELECT 1"))
        answer = device.get("/tickets")
        taken.close()

        assert (answer.status_code, answer.json()["code"]) == (503, "unavailable")
        assert device.get("/tickets").status_code == 200
    assert any("Service Unavailable" in each for each in clear(caplog))


def test_a_writer_in_trouble_does_not_hold_the_others_up_for_ever(
    database: PostgresDatabase, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(postgres, "LOCK_SECONDS", 1)
    other = PostgresDatabase(database.address)
    with database.write() as session:
        session.execute(text("SELECT 1"))
        with pytest.raises(DBAPIError) as found, other.write() as waiting:
            waiting.execute(text("SELECT 1"))
    refusal = refusal_for(found.value)
    with other.write() as session:
        session.execute(text("SELECT 1"))
    other.close()

    assert refusal is not None
    assert refusal.code is ProblemCode.UNAVAILABLE


def test_a_full_disk_and_a_nul_have_their_own_answers(database: PostgresDatabase) -> None:
    with pytest.raises(DBAPIError) as found, database.read() as session:
        session.scalars(select(Agent).where(Agent.login == "a\0b")).all()
    nul = refusal_for(found.value)
    with pytest.raises(DBAPIError) as full, database.write() as session:
        session.execute(text("DO $$ BEGIN RAISE EXCEPTION 'no space left' USING ERRCODE = '53100'; END $$"))
    disk = refusal_for(full.value)

    assert nul is not None
    assert nul.code is ProblemCode.MALFORMED
    assert disk is not None
    assert disk.code is ProblemCode.STORAGE_FULL


def test_numbers_beyond_all_numbers_find_nothing(cluster: Cluster, tmp_path: Path) -> None:
    with serving(tmp_path / "data", address=cluster.database()) as served:
        _check_far_numbers(served)


def _check_far_numbers(served: Served) -> None:
    device = served.device()
    assert device.get("/events", params={"after": 2**62}).json()["code"] == "cursor_expired"
    from server_stub.cursor import encode

    far = device.get("/tickets", params={"cursor": encode("requests", 10**14)})
    assert far.status_code in (200, 422)


def test_a_backup_holds_the_files_and_pg_dump_the_rest(
    cluster: Cluster, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    image = picture()
    attachment = declare(image)
    address = cluster.database()
    name = cluster.name_of(address)
    again = cluster.database(template="template0")
    folders = [["--data", str(tmp_path / each)] for each in ("data", "restored")]
    with serving(tmp_path / "data", address=address) as served:
        device = served.device()
        sent = draft(attachments=(attachment,))
        device.submit(sent)
        device.upload(attachment, image)
        dump = [str(programs() / "pg_dump"), "-Fc", "-h", str(cluster.folder), "-U", "deskbell", "-f"]
        subprocess.run([*dump, str(tmp_path / "dump"), name], check=True, timeout=60)
        # Beside a server that runs, as every command.
        command = ["backup", *folders[0], "--out", str(tmp_path / "files.zip"), "--database", address]
        assert main(command) == 0
        secret = device.headers["Authorization"]

    load = [str(programs() / "pg_restore"), "-h", str(cluster.folder), "-U", "deskbell", "-d"]
    subprocess.run([*load, cluster.name_of(again), str(tmp_path / "dump")], check=True, timeout=60)
    assert main(["restore", str(tmp_path / "files.zip"), *folders[1]]) == 0
    assert main(["agents", "list", *folders[1]]) == 1
    with serving(tmp_path / "restored", address=again) as served, served.anybody() as anybody:
        kept = anybody.get(f"/api/v1/attachments/{attachment.id}", headers={"Authorization": secret})
        assert complaints_of(served.services) == []

    assert kept.content.startswith(b"\x89PNG")
    said = capsys.readouterr()
    assert "1 files of 1 tickets" in said.out
    assert "copy that with pg_dump" in said.out
    assert "Bring the database back with pg_restore" in said.out
    assert "belongs to a PostgreSQL database" in said.err


def test_orders_work_beside_a_running_server_and_never_make_a_database_of_their_own(
    cluster: Cluster, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    with serving(tmp_path / "data", address=cluster.database()) as served:
        data = ["--data", str(tmp_path / "data")]
        (tmp_path / "data" / "database.address").write_text(served.services.database.address)
        served.device("till 7")
        assert main(["devices", "list", *data]) == 0
        assert main(["agents", "add", "mei", *data]) == 0
        assert main(["announce", "The tills are down", *data]) == 0
        assert main(["verify", *data]) == 0
        assert served.device().get("/announcements").json()["announcements"][0]["title"] == "The tills are down"
    assert "till 7" in capsys.readouterr().out
    assert not (tmp_path / "data" / "deskbell.sqlite3").exists()
