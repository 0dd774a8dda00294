"""Whether what a server keeps holds together: nothing stored half, nothing forged, nothing without its event."""

from __future__ import annotations

import contextlib
import hashlib
import sqlite3
from pathlib import Path

from server_stub.database import Database
from server_stub.events.log import first_broken


def complaints(data: Path) -> list[str]:
    """What is wrong with a data folder, one sentence each. The server may be running."""
    found: list[str] = []
    with contextlib.closing(sqlite3.connect(f"file:{data / 'deskbell.sqlite3'}?mode=ro", uri=True)) as connection:
        connection.execute("PRAGMA wal_autocheckpoint=0")
        found += [f"integrity: {row}" for row in connection.execute("PRAGMA integrity_check") if row != ("ok",)]
        found += [f"foreign key: {row}" for row in connection.execute("PRAGMA foreign_key_check")]
        for sentence, query in QUESTIONS.items():
            found += [f"{sentence}: {row}" for row in connection.execute(query)]
        kept = {str(row[0]) for row in connection.execute("SELECT sha256 FROM blobs")}
    files = {path.name: path for path in (data / "blobs").glob("*/*")}
    found += [f"blob without a file: {each}" for each in sorted(kept - files.keys())]
    for name in sorted(kept & files.keys()):
        if hashlib.sha256(files[name].read_bytes()).hexdigest() != name:
            found.append(f"blob with other bytes: {name}")
    return found


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
            SELECT 1 FROM idempotency i WHERE replace(i.key, '-', '') = t.id AND i.status = 201)""",
    "entry without its event": """
        SELECT id FROM entries n WHERE 1 != (
            SELECT count(*) FROM events e WHERE e.ticket_id = n.ticket_id
            AND replace(json_extract(e.details, '$.entry_id'), '-', '') = n.id)""",
    "numbers with gaps": """
        SELECT count(*), max(sequence) FROM tickets HAVING count(*) != coalesce(max(sequence), 0)""",
    "events with gaps": "SELECT count(*), max(seq) FROM events HAVING count(*) != coalesce(max(seq), 0)",
    "stored attachment without its event": """
        SELECT id FROM attachments a WHERE blob_sha256 IS NOT NULL AND 1 != (
            SELECT count(*) FROM events e WHERE e.kind = 'attachment_stored'
            AND replace(json_extract(e.details, '$.attachment_id'), '-', '') = a.id)""",
    "upload beyond its size": 'SELECT id FROM uploads WHERE "offset" > size OR "offset" < 0',
    "complete upload that is not": 'SELECT id FROM uploads WHERE blob_sha256 IS NOT NULL AND "offset" != size',
}
