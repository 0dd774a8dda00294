"""The knowledge base's file: its tables, opening it read-only, and telling a damaged file from a good one."""

from __future__ import annotations

import sqlite3
import threading
from collections.abc import Sequence
from pathlib import Path
from typing import TypeAlias

from app.errors import HelpdeskError, StorageError

APPLICATION_ID = 0x4442_4B42  # "DBKB"
FORMAT = 7
DICTIONARY = -1  # the block of `bodies` that holds what the compressed texts share

TABLES = """
CREATE TABLE meta(key TEXT PRIMARY KEY, value TEXT NOT NULL) WITHOUT ROWID;
CREATE TABLE articles(
    doc INTEGER PRIMARY KEY, id TEXT NOT NULL UNIQUE, title TEXT NOT NULL, locale TEXT NOT NULL,
    applications TEXT NOT NULL, signatures TEXT NOT NULL, tags TEXT NOT NULL, visibility TEXT NOT NULL,
    block INTEGER NOT NULL, first INTEGER NOT NULL, length INTEGER NOT NULL);
CREATE TABLE bodies(block INTEGER PRIMARY KEY, data BLOB NOT NULL);
CREATE TABLE texts(
    doc INTEGER PRIMARY KEY, chinese INTEGER NOT NULL, scope TEXT NOT NULL, data BLOB NOT NULL);
CREATE TABLE terms(
    term TEXT PRIMARY KEY, spread INTEGER NOT NULL, titled INTEGER NOT NULL, postings BLOB NOT NULL) WITHOUT ROWID;
CREATE TABLE forms(form TEXT PRIMARY KEY, spread INTEGER NOT NULL, postings BLOB NOT NULL) WITHOUT ROWID;
CREATE TABLE spelt(chunk INTEGER PRIMARY KEY, data TEXT NOT NULL);
CREATE TABLE experiences(
    fingerprint TEXT NOT NULL, doc INTEGER NOT NULL, solved REAL NOT NULL, failed REAL NOT NULL,
    PRIMARY KEY(fingerprint, doc)) WITHOUT ROWID;
CREATE TABLE helpful(doc INTEGER PRIMARY KEY, solved REAL NOT NULL, failed REAL NOT NULL);
CREATE TABLE codes(
    key TEXT NOT NULL, doc INTEGER NOT NULL, weight INTEGER NOT NULL, PRIMARY KEY(key, doc)) WITHOUT ROWID;
CREATE TABLE synonyms(
    form TEXT NOT NULL, other TEXT NOT NULL, articles INTEGER NOT NULL, PRIMARY KEY(form, other)) WITHOUT ROWID;
"""

Value: TypeAlias = str | int | float | bytes | None
Row: TypeAlias = tuple[Value, ...]


def damaged(path: Path, cause: Exception | None = None) -> HelpdeskError:
    """The error for a file that is not, or no longer, a knowledge base."""
    return StorageError(
        "The knowledge base {path} is damaged or not a knowledge base.",
        "Fetch it again from the server, or build it again from its articles.",
        path=str(path),
        cause=str(cause or ""),
    )


class _Own:
    """One thread's connection; held while it reads, because closing it under a query ends the process."""

    def __init__(self, connection: sqlite3.Connection) -> None:
        self.connection = connection
        self.held = threading.Lock()


class Store:
    """Read-only access to one file from any thread; every thread has its own connection."""

    def __init__(self, path: Path) -> None:
        """Opens the file. Raises HelpdeskError when it is missing, damaged or of another format."""
        self.path = path
        self._own = threading.local()
        self._lock = threading.Lock()
        self._connections: list[_Own] = []
        self._closed = False
        if not path.is_file():
            raise StorageError("There is no knowledge base at {path}.", "Fetch it from the server.", path=str(path))
        self.dictionary = b""
        try:
            self._check()
        except BaseException:
            self.close()
            raise

    def _check(self) -> None:
        found = self.rows("PRAGMA application_id")
        made = self.rows("PRAGMA user_version")
        if found != [(APPLICATION_ID,)]:
            raise damaged(self.path)
        if made != [(FORMAT,)]:
            raise StorageError(
                "The knowledge base {path} was made for another version of this program.",
                "Fetch it again from the server.",
                path=str(self.path),
            )
        pages = self.rows("PRAGMA page_count")[0][0]
        size = self.rows("PRAGMA page_size")[0][0]
        if not isinstance(pages, int) or not isinstance(size, int) or self.path.stat().st_size < pages * size:
            raise damaged(self.path)
        dictionary = self.rows("SELECT data FROM bodies WHERE block = ?", (DICTIONARY,))
        if not dictionary or not isinstance(dictionary[0][0], bytes):
            raise damaged(self.path)
        self.dictionary = dictionary[0][0]

    def _connected(self) -> _Own:
        own: _Own | None = getattr(self._own, "own", None)
        if own is None:
            with self._lock:
                if self._closed:
                    raise ValueError("the knowledge base is closed")
                # The file never changes once written (it is replaced as a whole), so no locks are taken on it.
                uri = f"{self.path.resolve().as_uri()}?mode=ro&immutable=1"
                own = _Own(sqlite3.connect(uri, uri=True, check_same_thread=False))
                self._connections.append(own)
            self._own.own = own
        return own

    def rows(self, query: str, values: Sequence[Value] = ()) -> list[Row]:
        """All rows of a query. Raises HelpdeskError when the file turns out to be damaged, ValueError once closed."""
        try:
            own = self._connected()
            with own.held:
                if self._closed:
                    raise ValueError("the knowledge base is closed")
                return own.connection.execute(query, values).fetchall()
        except sqlite3.DatabaseError as error:
            raise damaged(self.path, error) from error

    def text(self, key: str) -> str:
        """One value of the file's description, empty when it has none of that name."""
        found = self.rows("SELECT value FROM meta WHERE key = ?", (key,))
        return str(found[0][0]) if found else ""

    def close(self) -> None:
        """Ends every thread's connection once its query is done; the file may be replaced afterwards."""
        with self._lock:
            self._closed = True
            for own in self._connections:
                with own.held:
                    own.connection.close()
            self._connections.clear()
