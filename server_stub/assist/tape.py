"""The file of a recording: sealed messages with their moment and link, one after the other, only ever appended to."""

from __future__ import annotations

import struct
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from threading import Lock
from typing import BinaryIO

from server_stub.clock import Clock

HEAD = struct.Struct(">QHI")
"""Milliseconds since 1970, the number of the link, bytes that follow."""
MOST = 512 * 1024 * 1024
"""Bytes of one recording."""


class Full(OSError):
    """A recording has become as long as one may."""

    def __init__(self) -> None:
        super().__init__("the recording is as long as one may be")


@dataclass(frozen=True, slots=True)
class Recorded:
    """One message, sealed."""

    at: int
    link: int
    sealed: bytes


class Tape:
    """What comes over one link, appended to a session's file. Methods raise OSError."""

    def __init__(self, path: Path, link: int, now: Clock) -> None:
        path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        self._file: BinaryIO = path.open("ab", buffering=0)
        path.chmod(0o600)
        self._link = link
        self._now = now
        self._lock = Lock()
        # A server that was killed may have left a torn message at the end; nothing may follow it.
        whole = whole_length(path)
        self._file.truncate(whole)
        self._size = whole

    def append(self, sealed: bytes) -> None:
        """Keep one message; after `close` none is kept."""
        with self._lock:
            if not self._file.closed:
                self._append(sealed)

    def close(self) -> None:
        """Give the file back."""
        with self._lock:
            self._file.close()

    def _append(self, sealed: bytes) -> None:
        if self._size + HEAD.size + len(sealed) > MOST:
            raise Full
        at = int(self._now().timestamp() * 1000)
        written = HEAD.pack(at, self._link, len(sealed)) + sealed
        left = memoryview(written)
        while left:
            left = left[self._file.write(left) :]
        self._size += len(written)


def read_tape(path: Path) -> Iterator[Recorded]:
    """The messages of a recording; a torn one at the end is left out. Raises OSError."""
    with path.open("rb") as file:
        while len(head := file.read(HEAD.size)) == HEAD.size:
            at, link, length = HEAD.unpack(head)
            sealed = file.read(length)
            if len(sealed) < length:
                return
            yield Recorded(at, link, sealed)


def whole_length(path: Path) -> int:
    """How many bytes of the file are whole messages."""
    return sum(HEAD.size + len(each.sealed) for each in read_tape(path))
