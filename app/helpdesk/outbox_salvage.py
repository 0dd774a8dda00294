"""Carries over from a damaged outbox whatever can still be read and proves to be whole."""

from __future__ import annotations

import hashlib
import logging
import sqlite3
from contextlib import closing
from pathlib import Path

log = logging.getLogger(__name__)
ITEM = "id, kind, state, subject, message, digest, ticket_id, number, created_at, delivered_at, next_attempt_at"
FILE = "id, item_id, kind, name, size, sha256, state, next_attempt_at"


def salvage(damaged: Path, into: sqlite3.Connection) -> int:
    """Copy whole items, and the files among them whose digest is right; returns how many items. Reads `damaged` only.

    Raises sqlite3.Error when the new outbox cannot be written.
    """
    saved = 0
    try:
        source = sqlite3.connect(f"{damaged.absolute().as_uri()}?mode=ro", uri=True, timeout=1)
    except sqlite3.Error:
        return 0
    with closing(source):
        for seq in _numbers(source, "item", ""):
            try:
                row = source.execute(f"SELECT {ITEM} FROM item WHERE seq=?", (seq,)).fetchone()  # noqa: S608
            except sqlite3.Error:
                continue
            if row is not None and hashlib.sha256(str(row[4]).encode()).hexdigest() in (row[5], _EMPTY):
                into.execute("BEGIN IMMEDIATE")
                marks = ", ".join("?" * len(row))
                into.execute(f"INSERT OR IGNORE INTO item({ITEM}) VALUES ({marks})", row)  # noqa: S608
                _files(source, str(row[0]), into)
                into.execute("COMMIT")
                saved += 1
    log.info("%d items were read from the damaged outbox", saved)
    return saved


_EMPTY = hashlib.sha256(b"").hexdigest()  # a delivered item's message was wiped


def _files(source: sqlite3.Connection, item_id: str, into: sqlite3.Connection) -> None:
    for seq in _numbers(source, "file", item_id):
        try:
            row = source.execute(f"SELECT {FILE} FROM file WHERE seq=?", (seq,)).fetchone()  # noqa: S608
            held = source.execute("SELECT bytes FROM content WHERE file_seq=?", (seq,)).fetchone()
        except sqlite3.Error:
            continue
        if row is None or held is None or hashlib.sha256(held[0]).hexdigest() != row[5]:
            continue
        marks = ", ".join("?" * len(row))
        done = into.execute(f"INSERT OR IGNORE INTO file({FILE}) VALUES ({marks})", row)  # noqa: S608
        into.execute("INSERT OR IGNORE INTO content VALUES (?, ?)", (done.lastrowid, held[0]))


def _numbers(source: sqlite3.Connection, table: str, item_id: str) -> tuple[int, ...]:
    """The row numbers that can be listed, read from both ends so that one bad page hides as little as possible."""
    found: set[int] = set()
    condition = "WHERE item_id=?" if item_id else ""
    for direction in ("ASC", "DESC"):
        query = f"SELECT seq FROM {table} NOT INDEXED {condition} ORDER BY seq {direction}"  # noqa: S608
        try:
            for (seq,) in source.execute(query, (item_id,) if item_id else ()):
                found.add(int(seq))
        except sqlite3.Error:
            continue
    return tuple(sorted(found))
