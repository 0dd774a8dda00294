"""One connection writes, the others cannot; the tables are those of the models; a full disk is told as such."""

from __future__ import annotations

import sqlite3
import threading
from pathlib import Path

import pytest
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from sqlalchemy import text
from sqlalchemy.exc import OperationalError

from app.errors import HelpdeskError
from server_stub.database import after_commit
from server_stub.migrations.steps import migrate, newest
from server_stub.sqlite import SqliteDatabase
from server_stub.tables import metadata
from tests.server_stub.served import Served, draft


@pytest.fixture
def database(tmp_path: Path) -> SqliteDatabase:
    # Names that mean something in addresses are ordinary names here.
    folder = tmp_path / "da?ta #1 %41 数据"
    folder.mkdir()
    return SqliteDatabase(folder / "deskbell.sqlite3")


def test_migrations_and_models_agree(database: SqliteDatabase) -> None:
    migrate(database)

    with database.writing_connection() as connection:
        context = MigrationContext.configure(connection, opts={"compare_type": True, "compare_server_default": True})
        assert compare_metadata(context, metadata) == []
        assert context.get_current_revision() == newest()
    database.close()


def test_a_folder_from_a_newer_program_is_left_alone(database: SqliteDatabase) -> None:
    migrate(database)
    with database.write() as session:
        session.execute(text("UPDATE alembic_version SET version_num = '9999'"))

    with pytest.raises(HelpdeskError, match="newer Deskbell"):
        migrate(database)
    database.close()


def test_readers_cannot_write(database: SqliteDatabase) -> None:
    migrate(database)

    with pytest.raises(OperationalError, match="readonly"), database.read() as session:
        session.execute(text("DELETE FROM tickets"))
    database.close()


def test_the_settings_that_keep_data_safe_are_on(database: SqliteDatabase) -> None:
    migrate(database)

    with database.write() as session:
        writer = {name: session.execute(text(f"PRAGMA {name}")).scalar() for name in PRAGMAS}
    with database.read() as session:
        reader = {name: session.execute(text(f"PRAGMA {name}")).scalar() for name in PRAGMAS}

    assert writer == {
        "journal_mode": "wal",
        "synchronous": 2,
        "foreign_keys": 1,
        "mmap_size": 0,
        "wal_autocheckpoint": 1000,
        "query_only": 0,
        "busy_timeout": 5000,
    }
    assert (reader["query_only"], reader["wal_autocheckpoint"], reader["mmap_size"]) == (1, 0, 0)
    database.close()


PRAGMAS = (
    "journal_mode",
    "synchronous",
    "foreign_keys",
    "mmap_size",
    "wal_autocheckpoint",
    "query_only",
    "busy_timeout",
)


def test_a_failed_transaction_leaves_nothing_and_calls_nobody(database: SqliteDatabase) -> None:
    migrate(database)
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

    with database.read() as session:
        assert session.execute(text("SELECT count(*) FROM counters")).scalar() == 0
    assert called == ["committed"]
    database.close()


def test_writers_take_turns_and_readers_see_one_moment(database: SqliteDatabase) -> None:
    migrate(database)
    with database.write() as session:
        session.execute(text("INSERT INTO counters VALUES ('x', 0)"))

    def add() -> None:
        for _ in range(50):
            with database.write() as session:
                value = session.execute(text("SELECT value FROM counters")).scalar() or 0
                session.execute(text("UPDATE counters SET value = :value"), {"value": value + 1})

    threads = [threading.Thread(target=add) for _ in range(4)]
    with database.read() as session:
        before = session.execute(text("SELECT value FROM counters")).scalar()
        for each in threads:
            each.start()
        for each in threads:
            each.join()
        still = session.execute(text("SELECT value FROM counters")).scalar()
    with database.read() as session:
        after = session.execute(text("SELECT value FROM counters")).scalar()

    assert (before, still, after) == (0, 0, 200)
    database.close()


def test_a_full_disk_refuses_a_ticket_whole_and_takes_it_later(
    served: Served, caplog: pytest.LogCaptureFixture
) -> None:
    device = served.device()
    big = draft(said="满" * 19_000)
    with served.services.database.write() as session:
        pages = session.execute(text("PRAGMA page_count")).scalar()
        session.execute(text(f"PRAGMA max_page_count = {pages}"))

    refused = device.submit(big)
    with served.services.database.write() as session:
        session.execute(text("PRAGMA max_page_count = 1000000"))
        assert session.execute(text("SELECT count(*) FROM tickets")).scalar() == 0
    taken = device.submit(big)

    assert (refused.status_code, refused.json()["code"]) == (507, "storage_full")
    assert refused.json()["retry_after"] == 60
    assert (taken.status_code, taken.json()["number"]) == (201, "INC-000001")
    assert [record.levelname for record in caplog.records] == ["ERROR"]
    caplog.clear()


def test_one_process_at_a_time_writes(database: SqliteDatabase) -> None:
    migrate(database)
    other = sqlite3.connect(database.path, timeout=0, isolation_level=None)

    with database.write() as session:
        session.execute(text("INSERT INTO counters VALUES ('x', 1)"))
        with pytest.raises(sqlite3.OperationalError, match="locked"):
            other.execute("BEGIN IMMEDIATE")

    other.close()
    database.close()
