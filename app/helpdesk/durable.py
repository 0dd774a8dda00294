"""Files that are either the old or the new ones, whatever happens in between."""

from __future__ import annotations

import os
import secrets
from contextlib import suppress
from pathlib import Path

from app.errors import StorageError


def write_file(path: Path, content: bytes, *, mode: int = 0o600) -> None:
    """Replace a file atomically and durably; `mode` holds from the first byte on. Raises StorageError."""
    beside = path.with_name(f".{path.name}.{secrets.token_hex(4)}")
    try:
        make_folder(path.parent)
        descriptor = os.open(beside, os.O_WRONLY | os.O_CREAT | os.O_EXCL | getattr(os, "O_BINARY", 0), mode)
        with os.fdopen(descriptor, "wb") as file:
            file.write(content)
            file.flush()
            os.fsync(file.fileno())
        beside.replace(path)
        sync_folder(path.parent)
    except OSError as error:
        with suppress(OSError):
            beside.unlink(missing_ok=True)
        raise cannot_write(path, error) from error


def make_folder(folder: Path) -> None:
    """Make a folder that only its owner may enter, and everything above it, so that it outlives a power cut."""
    missing = [each for each in (folder, *folder.parents) if not each.exists()]
    for each in reversed(missing):
        each.mkdir(mode=0o700, exist_ok=True)
        sync_folder(each.parent)


def sync_folder(folder: Path) -> None:
    """Make the names in a folder durable. Windows has no such call and keeps names by itself."""
    if not hasattr(os, "O_DIRECTORY"):
        return
    descriptor = os.open(folder, os.O_RDONLY | os.O_DIRECTORY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


def cannot_write(path: Path, error: OSError) -> StorageError:
    """What an operating system's refusal to write means for the reader."""
    return StorageError(
        "{path} cannot be written: {reason}.",
        "Free some space on the disk or check the permissions of the folder, then try again.",
        path=path,
        reason=error.strerror or str(error),
    )
