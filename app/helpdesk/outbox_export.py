"""Writes what is in the outbox as plain files, for the day when only a memory stick reaches the helpdesk."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable
from pathlib import Path
from uuid import UUID

from app.helpdesk.durable import write_file
from app.helpdesk.outbox_items import OutboxFile, OutboxItem


def write_items(folder: Path, items: Iterable[OutboxItem], content: Callable[[UUID], bytes]) -> tuple[Path, ...]:
    """One folder per item, named by its id, with `draft.json` and the bytes still kept; returns the folders.

    `draft.json` holds `id`, `kind`, `state`, `created_at`, `ticket_id`, `message` (as on the wire) and `files`
    (`id`, `path`, `size`, `sha256`; path null when the bytes were delivered). Raises StorageError.
    """
    written = []
    for item in items:
        home = folder / str(item.id)
        described = []
        for number, file in enumerate(item.files, start=1):
            path = _write_content(home, number, file, content)
            described.append(
                {
                    "id": str(file.id),
                    "path": path.name if path else None,
                    "name": file.name,
                    "size": file.size,
                    "sha256": file.sha256,
                }
            )
        text = {
            "id": str(item.id),
            "kind": item.kind,
            "state": item.state,
            "created_at": item.created_at.isoformat(),
            "ticket_id": str(item.ticket_id) if item.ticket_id else None,
            "message": json.loads(item.message) if item.message else None,
            "files": described,
        }
        write_file(home / "draft.json", json.dumps(text, ensure_ascii=False, indent=2).encode())
        written.append(home)
    return tuple(written)


def _write_content(home: Path, number: int, file: OutboxFile, content: Callable[[UUID], bytes]) -> Path | None:
    """Write a file's bytes under a name of our own; None when they are no longer here."""
    try:
        found = content(file.id)
    except KeyError:
        return None
    suffix = Path(file.name).suffix
    safe = suffix if suffix[1:].isascii() and suffix[1:].isalnum() and len(suffix) < 8 else ""
    path = home / f"{number:02}-{file.kind}{safe}"
    write_file(path, found)
    return path
