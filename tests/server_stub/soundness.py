"""Whether what a server keeps holds together: nothing stored half, nothing forged, nothing without its event."""

from __future__ import annotations

import contextlib
import hashlib
import sqlite3
from collections.abc import Callable, Iterator
from pathlib import Path

import psycopg

from server_stub.database import Database
from server_stub.events.log import first_broken
from server_stub.postgres import PostgresDatabase
from server_stub.services import Services

Ask = Callable[[str], list[tuple[object, ...]]]


def complaints(data: Path, address: str = "") -> list[str]:
    """What is wrong with a data folder, one sentence each; `address` is that of its PostgreSQL database. The server
    may be running."""
    with _on_postgres(address) if address else _on_sqlite(data) as ask:
        found = [f"{sentence}: {row}" for sentence, query in QUESTIONS.items() for row in ask(query)]
        if not address:
            found += [f"integrity: {row}" for row in ask("PRAGMA integrity_check") if row != ("ok",)]
            found += [f"foreign key: {row}" for row in ask("PRAGMA foreign_key_check")]
        kept = {str(row[0]) for row in ask("SELECT sha256 FROM blobs")}
    files = {path.name: path for path in (data / "blobs").glob("*/*")}
    found += [f"blob without a file: {each}" for each in sorted(kept - files.keys())]
    for name in sorted(kept & files.keys()):
        if hashlib.sha256(files[name].read_bytes()).hexdigest() != name:
            found.append(f"blob with other bytes: {name}")
    return found


def complaints_of(services: Services) -> list[str]:
    """The same of a server that runs in this process."""
    is_postgres = isinstance(services.database, PostgresDatabase)
    return complaints(services.folder.root, services.database.address if is_postgres else "")


@contextlib.contextmanager
def _on_postgres(address: str) -> Iterator[Ask]:
    with psycopg.connect(address.replace("+psycopg", "")) as connection:
        yield lambda query: connection.execute(query.replace("e.details", "CAST(e.details AS json)")).fetchall()


@contextlib.contextmanager
def _on_sqlite(data: Path) -> Iterator[Ask]:
    with contextlib.closing(sqlite3.connect(f"file:{data / 'deskbell.sqlite3'}?mode=ro", uri=True)) as connection:
        connection.execute("PRAGMA wal_autocheckpoint=0").close()
        yield lambda query: connection.execute(query).fetchall()


def forged(database: Database) -> int | None:
    """The first event that does not follow from the one before."""
    with database.read() as session:
        return first_broken(session)


QUESTIONS = {
    "ticket without its event": """
        SELECT id FROM tickets t WHERE 1 != (
            SELECT count(*) FROM events e WHERE e.ticket_id = t.id AND e.kind = 'ticket_received')""",
    "ticket without its record": """
        SELECT id FROM tickets t WHERE NOT EXISTS (
            SELECT 1 FROM idempotency i WHERE i.status = 201
            AND replace(i.key, '-', '') = replace(CAST(t.id AS text), '-', ''))""",
    "entry without its event": """
        SELECT id FROM entries n WHERE 1 != (
            SELECT count(*) FROM events e WHERE e.ticket_id = n.ticket_id
            AND replace(e.details ->> 'entry_id', '-', '') = replace(CAST(n.id AS text), '-', ''))""",
    "numbers with gaps": """
        SELECT count(*), max(sequence) FROM tickets HAVING count(*) != coalesce(max(sequence), 0)""",
    "events with gaps": "SELECT count(*), max(seq) FROM events HAVING count(*) != coalesce(max(seq), 0)",
    "stored attachment without its event": """
        SELECT id FROM attachments a WHERE blob_sha256 IS NOT NULL AND 1 != (
            SELECT count(*) FROM events e WHERE e.kind = 'attachment_stored'
            AND replace(e.details ->> 'attachment_id', '-', '') = replace(CAST(a.id AS text), '-', ''))""",
    "upload beyond its size": 'SELECT id FROM uploads WHERE "offset" > size OR "offset" < 0',
    "complete upload that is not": 'SELECT id FROM uploads WHERE blob_sha256 IS NOT NULL AND "offset" != size',
}
