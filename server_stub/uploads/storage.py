"""Bytes on the disk: parts that grow, blobs that never change, both under names of our own making."""

from __future__ import annotations

import hashlib
import os
import secrets
from datetime import timedelta
from pathlib import Path
from time import time
from uuid import UUID

from server_stub.folder import sync_folder

_PIECE = 1024 * 1024


class PartFiles:
    """Uploads on their way, one file each, named by the upload's id."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder

    def path(self, upload_id: UUID) -> Path:
        """Where the part of an upload lies, whether or not it is there."""
        return self._folder / upload_id.hex

    def append(self, upload_id: UUID, offset: int, chunk: bytes) -> bool:
        """Put a chunk at `offset` and on the disk; false when less than `offset` bytes are there.

        Bytes beyond `offset`, left by a crash before they were acknowledged, are dropped.
        """
        path = self.path(upload_id)
        fresh = not path.exists()
        with path.open("w+b" if fresh else "r+b") as part:
            if part.seek(0, os.SEEK_END) < offset:
                return False
            part.truncate(offset)
            part.seek(offset)
            part.write(chunk)
            part.flush()
            os.fsync(part.fileno())
        if fresh:
            sync_folder(self._folder)
        return True

    def drop(self, upload_id: UUID) -> None:
        """Forget the part of an upload."""
        self.path(upload_id).unlink(missing_ok=True)

    def ids(self) -> tuple[UUID, ...]:
        """The uploads that have a part."""
        return tuple(UUID(hex=path.name) for path in self._folder.iterdir() if len(path.name) == 32)


class BlobFiles:
    """Kept bytes, named by their own SHA-256, in 256 folders."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder

    def path(self, sha256: str) -> Path:
        """Where the bytes of that digest lie. `sha256` comes from our tables, never from a caller."""
        return self._folder / sha256[:2] / sha256

    def workplace(self) -> Path:
        """A new name in the same file system for bytes that are still being written."""
        return self._folder / f"{secrets.token_hex(16)}.tmp"

    def keep(self, written: Path) -> tuple[str, int]:
        """Give finished bytes their name for ever; the file is moved. Returns SHA-256 (hexadecimal) and size."""
        sha256 = digest_of(written)
        size = written.stat().st_size
        target = self.path(sha256)
        if not target.parent.exists():
            target.parent.mkdir(mode=0o700, exist_ok=True)
            sync_folder(self._folder)
        with written.open("rb+") as handle:
            os.fsync(handle.fileno())
        written.replace(target)
        sync_folder(target.parent)
        return sha256, size

    def sweep(self, unchanged_for: timedelta = timedelta()) -> None:
        """Remove what was being written when a former process ended, and has not changed for so long."""
        latest = time() - unchanged_for.total_seconds()
        for path in self._folder.glob("*.tmp"):
            try:
                if not unchanged_for or path.stat().st_mtime <= latest:
                    path.unlink(missing_ok=True)
            except FileNotFoundError:
                # It has got its name meanwhile.
                continue


def digest_of(path: Path) -> str:
    """The SHA-256 (hexadecimal) of a file."""
    found = hashlib.sha256()
    with path.open("rb") as handle:
        while piece := handle.read(_PIECE):
            found.update(piece)
    return found.hexdigest()
