"""Everything this computer still has to tell the helpdesk, durable before the employee reads "saved"."""

from __future__ import annotations

import hashlib
import os
import sqlite3
import threading
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager, suppress
from dataclasses import replace
from datetime import datetime
from pathlib import Path
from uuid import UUID

from app.helpdesk import outbox_database as database
from app.helpdesk.outbox_export import write_items
from app.helpdesk.outbox_items import ItemKind, OutboxFile, OutboxItem, SendState
from app.helpdesk.outbox_rows import read_file, read_item, stamp
from app.helpdesk.outbox_salvage import salvage
from app.helpdesk.scrubbing import scrub_signature
from app.protocol.identity import uuid7
from app.protocol.knowledge import OutcomeReport
from app.protocol.tickets import DeclaredAttachment, FieldName, NewEntry, TicketDraft

WIPED_AT_ONCE = 16 * 1024


class Outbox:
    """The outbox at `path`; threads and programs may share it. Methods raise StorageError, and nothing is half done.

    A damaged file is renamed, never deleted: `moved_aside` then says where it is and `salvaged` how many items
    could be carried over into the new one.
    """

    def __init__(self, path: Path, now: Callable[[], datetime]) -> None:
        self.path = path
        self.now = now
        self.moved_aside: Path | None = None
        self.salvaged = 0
        self._lock = threading.RLock()
        self._open: sqlite3.Connection | None = None
        self._under_way: dict[UUID, int] = {}
        self._inode = 0

    def close(self) -> None:
        """Close the file; the next use opens it again."""
        with self._lock:
            if self._open is not None:
                self._open.close()
                self._open = None

    def put(self, draft: TicketDraft, files: Mapping[UUID, bytes]) -> None:
        """Keep a ticket and the bytes of all its attachments; once this returns, no crash loses them.

        Putting the same draft again changes nothing. Raises ValueError when bytes and declarations differ.
        """
        subject = draft.value(FieldName.SUBJECT)
        self._put(draft.id, ItemKind.TICKET, None, subject, draft.model_dump_json(), draft.attachments, files)

    def put_reply(self, ticket_id: UUID, entry: NewEntry, files: Mapping[UUID, bytes]) -> None:
        """Keep an answer to a ticket, and its pictures."""
        body, attachments = entry.body, entry.attachments
        self._put(entry.id, ItemKind.REPLY, ticket_id, body[:300], entry.model_dump_json(), attachments, files)

    def put_action(self, ticket_id: UUID, kind: ItemKind) -> UUID:
        """Keep an urge, a confirmation or a reopening; returns its id. An unsent one of the same kind is reused."""
        for item in self.items():
            waits = item.state in (SendState.WAITING, SendState.SENDING)
            if item.kind is kind and item.ticket_id == ticket_id and waits:
                return item.id
        made = uuid7(self.now())
        self._put(made, kind, ticket_id, "", "", (), {})
        return made

    def put_outcome(self, report: OutcomeReport) -> None:
        """Keep what became of a suggestion; private data in its signature is masked before it is stored."""
        clean = report.model_copy(update={"signature": scrub_signature(report.signature)})
        self._put(report.id, ItemKind.OUTCOME, None, "", clean.model_dump_json(), (), {})

    def items(self) -> tuple[OutboxItem, ...]:
        """Everything in the outbox, delivered tickets included, oldest first."""
        with self.reading() as connection:
            files: dict[str, list[OutboxFile]] = {}
            for row in connection.execute("SELECT * FROM file ORDER BY seq"):
                files.setdefault(row["item_id"], []).append(self._live_file(row))
            rows = connection.execute("SELECT * FROM item ORDER BY seq").fetchall()
            return tuple(self._live_item(row, tuple(files.get(row["id"], ()))) for row in rows)

    def waiting(self) -> tuple[OutboxItem, ...]:
        """What is not done: unsent or refused items, and delivered ones with files still on their way."""
        done = SendState.DELIVERED
        return tuple(
            item for item in self.items() if item.state is not done or any(f.state is not done for f in item.files)
        )

    def get(self, item_id: UUID) -> OutboxItem:
        """One item. Raises KeyError."""
        with self.reading() as connection:
            row = connection.execute("SELECT * FROM item WHERE id=?", (str(item_id),)).fetchone()
            if row is None:
                raise KeyError(item_id)
            files = connection.execute("SELECT * FROM file WHERE item_id=? ORDER BY seq", (str(item_id),))
            return self._live_item(row, tuple(map(self._live_file, files)))

    @contextmanager
    def under_way(self, row_id: UUID) -> Iterator[None]:
        """Show an item or a file as being sent until the block ends. Of interest now only, so it is not stored."""
        with self._lock:
            self._under_way[row_id] = 0
        try:
            yield
        finally:
            with self._lock:
                del self._under_way[row_id]

    def sent_so_far(self, file_id: UUID, sent: int) -> None:
        """Show how many bytes of a file that is under way the server has."""
        with self._lock:
            self._under_way[file_id] = sent

    def retry(self, item_id: UUID) -> None:
        """Send an item, and files of it that were refused, as soon as possible. Raises KeyError."""
        now = stamp(self.now())
        again = "state='waiting', attempts=0, next_attempt_at=?, not_before='', trouble=''"
        unsent = "state IN ('waiting', 'refused')"
        with self.writing() as connection:
            connection.execute(f"UPDATE item SET {again} WHERE id=? AND {unsent}", (now, str(item_id)))  # noqa: S608
            connection.execute(f"UPDATE file SET {again} WHERE item_id=? AND {unsent}", (now, str(item_id)))  # noqa: S608
            if connection.execute("SELECT 1 FROM item WHERE id=?", (str(item_id),)).fetchone() is None:
                raise KeyError(item_id)

    def discard(self, item_id: UUID) -> None:
        """Remove an item and overwrite its bytes. Raises KeyError."""
        files = self.get(item_id).files
        try:
            self._delete(item_id)
        except database.DiskFullError:
            with self.writing() as connection:  # should this be interrupted, it must not be sent any more
                connection.execute("UPDATE item SET state='refused' WHERE id=?", (str(item_id),))
            for file in files:
                self.wipe(file)
            self._delete(item_id)

    def wipe(self, file: OutboxFile) -> None:
        """Overwrite the bytes of a file and give their room back, also when the disk has hardly any room left.

        Overwriting goes through the journal, so on a full disk it is done in small steps.
        """
        condition = "file_seq=(SELECT seq FROM file WHERE id=?)"
        try:
            with self.writing() as connection:
                connection.execute(f"DELETE FROM content WHERE {condition}", (str(file.id),))  # noqa: S608
        except database.DiskFullError:
            for start in range(0, file.size, WIPED_AT_ONCE):
                with self.writing() as connection:
                    row = connection.execute("SELECT seq FROM file WHERE id=?", (str(file.id),)).fetchone()
                    with connection.blobopen("content", "bytes", row["seq"]) as blob:
                        blob.seek(start)
                        blob.write(bytes(min(WIPED_AT_ONCE, file.size - start)))
            with self.reading() as connection:
                connection.execute("PRAGMA secure_delete=OFF")  # nothing is left that would need it
                connection.execute(f"DELETE FROM content WHERE {condition}", (str(file.id),))  # noqa: S608
                connection.execute("PRAGMA secure_delete=ON")

    def _delete(self, item_id: UUID) -> None:
        with self.writing() as connection:
            connection.execute("DELETE FROM item WHERE id=?", (str(item_id),))

    def export(self, folder: Path) -> tuple[Path, ...]:
        """Write each unfinished item into a folder of its own: `draft.json` and its files. Raises StorageError."""
        return write_items(folder, self.waiting(), self.content)

    def content(self, file_id: UUID, start: int = 0, size: int = -1) -> bytes:
        """Bytes of a file from `start` on, at most `size` of them. Raises KeyError when they are gone."""
        with self.reading() as connection:
            row = connection.execute("SELECT seq FROM file WHERE id=?", (str(file_id),)).fetchone()
            held = "SELECT 1 FROM content WHERE file_seq=?"
            if row is None or connection.execute(held, (row["seq"],)).fetchone() is None:
                raise KeyError(file_id)
            with connection.blobopen("content", "bytes", row["seq"], readonly=True) as blob:
                blob.seek(start)
                return blob.read(size)

    def _put(
        self,
        item_id: UUID,
        kind: ItemKind,
        ticket_id: UUID | None,
        subject: str,
        message: str,
        declared: tuple[DeclaredAttachment, ...],
        files: Mapping[UUID, bytes],
    ) -> None:
        for each in declared:
            content = files.get(each.id, b"")
            if len(content) != each.size or hashlib.sha256(content).hexdigest() != each.sha256:
                raise ValueError(f"the bytes of {each.id} are not those that were declared")
        now, digest = stamp(self.now()), hashlib.sha256(message.encode()).hexdigest()
        with self.writing() as connection:
            known = connection.execute("SELECT digest FROM item WHERE id=?", (str(item_id),)).fetchone()
            if known is not None:
                if known["digest"] != digest:
                    raise ValueError(f"{item_id} is in the outbox with another content")
                return
            connection.execute(
                "INSERT INTO item(id, kind, state, subject, message, digest, ticket_id, created_at, next_attempt_at)"
                " VALUES (?, ?, 'waiting', ?, ?, ?, ?, ?, ?)",
                (str(item_id), kind, subject, message, digest, str(ticket_id or ""), now, now),
            )
            for each in declared:
                seq = connection.execute(
                    "INSERT INTO file(id, item_id, kind, name, size, sha256, state, next_attempt_at)"
                    " VALUES (?, ?, ?, ?, ?, ?, 'waiting', ?)",
                    (str(each.id), str(item_id), each.kind, each.name, each.size, each.sha256, now),
                ).lastrowid
                connection.execute("INSERT INTO content VALUES (?, ?)", (seq, files[each.id]))

    @contextmanager
    def writing(self) -> Iterator[sqlite3.Connection]:
        """One transaction, durable when the block ends, undone when it raises."""
        with self.reading() as connection:
            connection.execute("BEGIN IMMEDIATE")
            try:
                yield connection
                connection.execute("COMMIT")
            except BaseException:
                with suppress(sqlite3.Error):
                    connection.execute("ROLLBACK")
                raise

    @contextmanager
    def reading(self) -> Iterator[sqlite3.Connection]:
        """The connection for one thread at a time; after an error of SQLite's the file is opened anew."""
        with self._lock, database.told(self.path):
            try:
                yield self._connection()
            except sqlite3.Error:
                # What SQLite holds in memory after a failed write is not to be trusted; the journal on disk is.
                self.close()
                raise

    def _live_item(self, row: sqlite3.Row, files: tuple[OutboxFile, ...]) -> OutboxItem:
        item = read_item(row, files)
        return replace(item, state=SendState.SENDING) if item.id in self._under_way else item

    def _live_file(self, row: sqlite3.Row) -> OutboxFile:
        file = read_file(row)
        sent = self._under_way.get(file.id)
        return file if sent is None else replace(file, state=SendState.SENDING, sent=sent)

    def _connection(self) -> sqlite3.Connection:
        if self._open is not None and inode(self.path) != self._inode:
            self.close()  # another program moved a damaged file aside
        if self._open is None:
            try:
                self._open = self._checked()
            except sqlite3.Error as error:
                if not database.is_damage(error):
                    raise
                self.moved_aside = database.move_aside(self.path, self.now())
                self._open = self._checked()
                self.salvaged = salvage(self.moved_aside, self._open)
            self._inode = inode(self.path)
        return self._open

    def _checked(self) -> sqlite3.Connection:
        connection = database.connect(self.path)
        try:
            database.check(connection)
        except sqlite3.Error:
            connection.close()
            raise
        return connection


def inode(path: Path) -> int:
    """What tells a file from another one of the same name; 0 when there is none."""
    try:
        return os.stat(path).st_ino  # noqa: PTH116 - called before every statement, and pathlib is slower
    except OSError:
        return 0
