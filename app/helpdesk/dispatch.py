"""What the courier reads from and writes into the outbox, and the lock that lets one courier work at a time."""

from __future__ import annotations

import sqlite3
from collections.abc import Collection, Iterator
from contextlib import contextmanager
from datetime import datetime, timedelta
from pathlib import Path
from uuid import UUID

from app.helpdesk.backoff import LONGEST, Pause, later
from app.helpdesk.durable import make_folder
from app.helpdesk.failures import LONGEST_WAIT
from app.helpdesk.outbox import Outbox
from app.helpdesk.outbox_database import DiskFullError, cannot_store
from app.helpdesk.outbox_items import ItemKind, OutboxFile, OutboxItem, Trouble
from app.helpdesk.outbox_rows import read_file, read_item, stamp
from app.protocol.tickets import TicketReceipt

WORTH_RETURNING = 4 * 1024 * 1024
"""Bytes of empty pages that the outbox keeps for the next report."""

_DUE = """
    state='waiting'
    AND (not_before <= :now OR not_before > :tomorrow)
    AND (:early OR next_attempt_at <= :now OR next_attempt_at > :soon)
"""
# Replies and actions keep their order within a ticket, and wait for a ticket that is itself still unsent.
# A moment later than any pause was written by a clock that has been set back since, and is not waited for.
_NEXT_ITEM = f"""
    SELECT * FROM item WHERE {_DUE}
    AND NOT EXISTS (
        SELECT 1 FROM item earlier WHERE earlier.seq < item.seq AND earlier.state='waiting'
        AND item.ticket_id != '' AND (earlier.id = item.ticket_id OR earlier.ticket_id = item.ticket_id)
    )
    ORDER BY attempts, seq
"""  # noqa: S608 - our own words only
_NEXT_FILE = f"""
    SELECT * FROM file WHERE {_DUE}
    AND EXISTS (SELECT 1 FROM item WHERE item.id = file.item_id AND item.state = 'delivered')
    ORDER BY attempts, seq
"""  # noqa: S608 - our own words only


class Dispatch:
    """The courier's side of an outbox. Methods raise StorageError."""

    def __init__(self, outbox: Outbox) -> None:
        self._outbox = outbox
        path = outbox.path
        self._lock_path = path.with_name(f"{path.stem}.courier{path.suffix}")

    @contextmanager
    def alone(self) -> Iterator[bool]:
        """Whether no other courier, in this program or another, works on this outbox until the block ends.

        The lock is SQLite's own on an empty file beside the outbox: the system drops it with the process, at
        whatever instruction that dies, so there is no lease to run out and no clock to trust.
        """
        connection = lock_file(self._lock_path)
        try:
            try:
                connection.execute("BEGIN EXCLUSIVE")
            except sqlite3.OperationalError as error:
                if error.sqlite_errorcode & 0xFF not in (sqlite3.SQLITE_BUSY, sqlite3.SQLITE_LOCKED):
                    raise cannot_store(self._lock_path, str(error)) from error
                yield False
                return
            yield True
        finally:
            connection.close()

    def recover(self) -> None:
        """Wipe what a courier that died had delivered and not yet wiped. Call when `alone`."""
        with self._outbox.reading() as connection:
            kept = "SELECT file.* FROM file JOIN content ON file_seq = file.seq WHERE state='delivered'"
            delivered = [read_file(row) for row in connection.execute(kept)]
        for file in delivered:
            self._outbox.wipe(file)

    def tidy(self) -> None:
        """Give the room of delivered files back to the disk, once it is worth the writing."""
        with self._outbox.reading() as connection:
            [pages] = connection.execute("PRAGMA freelist_count").fetchone()
            [size] = connection.execute("PRAGMA page_size").fetchone()
            if pages * size > WORTH_RETURNING:
                # A plain execute() would return one page only: the statement yields a row without columns for each.
                connection.executescript("PRAGMA incremental_vacuum")

    def next_item(self, *, early: bool, tried: Collection[UUID]) -> OutboxItem | None:
        """The next item to send: fewest attempts first, then oldest. `early` ignores our own back-off."""
        with self._outbox.reading() as connection:
            for row in connection.execute(_NEXT_ITEM, self._moments(early)):
                if UUID(row["id"]) not in tried:
                    return read_item(row, ())
        return None

    def next_file(self, *, early: bool, tried: Collection[UUID]) -> OutboxFile | None:
        """The next file to upload, of items that were delivered."""
        with self._outbox.reading() as connection:
            for row in connection.execute(_NEXT_FILE, self._moments(early)):
                if UUID(row["id"]) not in tried:
                    return read_file(row)
        return None

    def server_ticket(self, ticket_id: UUID) -> UUID:
        """The server's id of a ticket, given that or the id of a draft that was delivered."""
        with self._outbox.reading() as connection:
            query = "SELECT ticket_id FROM item WHERE id=? AND kind='ticket' AND state='delivered'"
            row = connection.execute(query, (str(ticket_id),)).fetchone()
            return UUID(row["ticket_id"]) if row is not None else ticket_id

    def ticket_delivered(self, item_id: UUID, receipt: TicketReceipt) -> None:
        """The server has the ticket for good: keep number and time, wipe the text."""
        done = "state='delivered', message='', trouble='', ticket_id=?, number=?, delivered_at=?"
        self._set("item", item_id, done, str(receipt.id), receipt.number, stamp(receipt.received_at))

    def delivered(self, item: OutboxItem) -> None:
        """The server has a reply or an action. Outcomes leave no trace."""
        if item.kind is ItemKind.OUTCOME:
            self._outbox.discard(item.id)
        else:
            done = "state='delivered', message='', trouble='', delivered_at=?"
            self._set("item", item.id, done, stamp(self._outbox.now()))

    def file_delivered(self, file: OutboxFile) -> None:
        """The server stored the file: note it and wipe the bytes."""
        done = "UPDATE file SET state='delivered', sent=size, trouble='' WHERE id=?"
        try:
            with self._outbox.writing() as connection:
                connection.execute(done, (str(file.id),))
                connection.execute(
                    "DELETE FROM content WHERE file_seq=(SELECT seq FROM file WHERE id=?)", (str(file.id),)
                )
        except DiskFullError:
            self._set("file", file.id, "state='delivered', sent=size, trouble=''")
            self._outbox.wipe(file)

    def refused(self, table: str, row_id: UUID, trouble: Trouble) -> None:
        """The server said no for good; it stays here with the reason until the employee decides."""
        self._set(table, row_id, "state='refused', attempts=attempts+1, trouble=?", trouble.to_json())

    def put_off(self, table: str, row_id: UUID, trouble: Trouble, pause: Pause) -> None:
        """An attempt failed; the next one is due after the pause."""
        again = "state='waiting', attempts=attempts+1, trouble=?, next_attempt_at=?, not_before=?"
        until, not_before = stamp(pause.until), moment_or_empty(pause.not_before)
        self._set(table, row_id, again, trouble.to_json(), until, not_before)

    def put_off_all(self, pause: Pause, *tables: str) -> None:
        """Nobody answers such requests: no others of the kind need to be tried before the pause is over either."""
        again = "next_attempt_at=max(next_attempt_at, ?), not_before=max(not_before, ?)"
        moments = (stamp(pause.until), moment_or_empty(pause.not_before))
        with self._outbox.writing() as connection:
            for table in tables:
                unsent = "state='waiting'"
                connection.execute(f"UPDATE {table} SET {again} WHERE {unsent}", moments)  # noqa: S608

    def next_attempt_at(self) -> datetime | None:
        """When something is due next; None when nothing waits."""
        now = self._outbox.now()
        unsent = "SELECT max(next_attempt_at, not_before) AS due FROM {} WHERE state='waiting'"
        delivered = " AND item_id IN (SELECT id FROM item WHERE state='delivered')"
        with self._outbox.reading() as connection:
            both = f"{unsent.format('item')} UNION ALL {unsent.format('file')}{delivered}"
            row = connection.execute(f"SELECT min(due) AS due FROM ({both})").fetchone()  # noqa: S608
        if row["due"] is None:
            return None
        due = datetime.fromisoformat(row["due"])
        return due if due <= now + timedelta(seconds=LONGEST_WAIT) else now

    def _moments(self, early: bool) -> dict[str, str | bool]:
        now = self._outbox.now()
        return {
            "now": stamp(now),
            "soon": stamp(later(now, LONGEST + 60)),
            "tomorrow": stamp(later(now, LONGEST_WAIT + 60)),
            "early": early,
        }

    def _set(self, table: str, row_id: UUID, assignments: str, *values: object) -> None:
        with self._outbox.writing() as connection:
            statement = f"UPDATE {table} SET {assignments} WHERE id=?"  # noqa: S608 - our own words only
            connection.execute(statement, (*values, str(row_id)))


def lock_file(path: Path) -> sqlite3.Connection:
    """A connection to an empty database, which never gets a journal. Raises StorageError."""
    try:
        make_folder(path.parent)
        return sqlite3.connect(path, timeout=0, isolation_level=None, check_same_thread=False)
    except (OSError, sqlite3.Error) as error:
        raise cannot_store(path, str(error)) from error


def moment_or_empty(moment: datetime | None) -> str:
    """A moment as text, "" for none, which sorts before every moment."""
    return stamp(moment) if moment is not None else ""
