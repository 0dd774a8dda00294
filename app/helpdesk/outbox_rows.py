"""Rows of the outbox's tables as items and files."""

from __future__ import annotations

import sqlite3
from datetime import UTC, datetime
from uuid import UUID

from app.errors import StorageError
from app.helpdesk.outbox_items import ItemKind, OutboxFile, OutboxItem, SendState, Trouble
from app.protocol.tickets import AttachmentKind


def stamp(moment: datetime) -> str:
    """A moment as text that sorts by time."""
    return moment.astimezone(UTC).isoformat(timespec="microseconds")


def read_item(row: sqlite3.Row, files: tuple[OutboxFile, ...]) -> OutboxItem:
    """An item as the database has it. Raises StorageError when the row holds what nobody wrote."""
    try:
        return OutboxItem(
            id=UUID(row["id"]),
            kind=ItemKind(row["kind"]),
            state=SendState(row["state"]),
            subject=row["subject"],
            message=row["message"],
            created_at=datetime.fromisoformat(row["created_at"]),
            attempts=row["attempts"],
            next_attempt_at=datetime.fromisoformat(row["next_attempt_at"]),
            ticket_id=UUID(row["ticket_id"]) if row["ticket_id"] else None,
            number=row["number"],
            delivered_at=datetime.fromisoformat(row["delivered_at"]) if row["delivered_at"] else None,
            trouble=Trouble.from_json(row["trouble"]),
            files=files,
        )
    except (ValueError, TypeError) as error:
        raise StorageError("An entry of the outbox cannot be read.", "Tell IT about it.") from error


def read_file(row: sqlite3.Row) -> OutboxFile:
    """A file as the database has it. Raises StorageError when the row holds what nobody wrote."""
    try:
        return OutboxFile(
            id=UUID(row["id"]),
            item_id=UUID(row["item_id"]),
            kind=AttachmentKind(row["kind"]),
            name=row["name"],
            size=row["size"],
            sha256=row["sha256"],
            state=SendState(row["state"]),
            sent=row["sent"],
            attempts=row["attempts"],
            trouble=Trouble.from_json(row["trouble"]),
        )
    except (ValueError, TypeError) as error:
        raise StorageError("A file in the outbox cannot be read.", "Tell IT about it.") from error
