"""A file the agent sends, on its way to the employee's download folder: written by the tray, never by the host.

It lies beside its place under a name that opens nothing until it is whole, is what was promised, and was looked at by
the computer's own virus scanner; then it gets its name and the mark of a file from elsewhere.
"""

from __future__ import annotations

import errno
import hashlib
import os
import shutil
import unicodedata
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path
from threading import RLock

from app.assist.seal import as_text
from app.errors import HelpdeskError
from app.protocol.handover import FileOffer, Step
from app.system.scanner import Finding

FOLDER = "Deskbell"
"""Below the employee's downloads."""
LONGEST_NAME = 120
SPARE = 64 * 1024 * 1024
"""Bytes that must stay free on the disk."""
FORBIDDEN = frozenset('<>:"/\\|?*')
DEVICES = frozenset({"con", "prn", "aux", "nul", *(f"{port}{n}" for port in ("com", "lpt") for n in range(10))})
PROGRAMS = frozenset(
    (
        *("app", "appimage", "bat", "cmd", "com", "command", "cpl", "deb", "desktop", "dll", "dmg", "docm", "exe"),
        *("hta", "inf", "iso", "jar", "js", "jse", "lnk", "msi", "msix", "msp", "ocx", "pkg", "potm", "pptm", "ps1"),
        *("psm1", "py", "pyw", "reg", "rpm", "run", "scf", "scr", "sh", "sys", "tool", "url", "vb", "vbe", "vbs"),
        *("ws", "wsf", "wsh", "xlam", "xlsm"),
    )
)
"""Endings of files that run something when they are opened."""


class Spoilt(HelpdeskError):
    """The file did not come about; `step` says why."""

    def __init__(self, summary: str, hint: str = "", *, step: Step) -> None:
        super().__init__(summary, hint)
        self.step = step


class Parcel:
    """One file, for several threads. The methods work on the disk and raise Spoilt; none leaves half a file behind."""

    def __init__(self, folder: Path, offer: FileOffer) -> None:
        self.offer = offer
        self.name = safe_name(offer.name)
        self.received = 0
        self._folder = folder
        self._part = folder / f".{as_text(os.urandom(9)).replace('/', '_')}.part"
        self._digest = hashlib.sha256()
        self._file = -1
        self._is_begun = False
        self._lock = RLock()

    def open(self) -> None:
        """Make room for it; done by the first piece where nobody has."""
        with self._lock:
            if self._is_begun:
                return
            self._is_begun = True
            try:
                self._folder.mkdir(parents=True, exist_ok=True, mode=0o700)
                if shutil.disk_usage(self._folder).free < self.offer.size + SPARE:
                    raise no_space()
                flags = os.O_WRONLY | os.O_CREAT | os.O_EXCL | getattr(os, "O_BINARY", 0)
                self._file = os.open(self._part, flags, 0o600)
            except OSError as error:
                raise unwritten(error) from error

    def add(self, offset: int, data: bytes) -> int:
        """Write a piece; how much there is now. A piece that was written before changes nothing."""
        with self._lock:
            self.open()
            if offset != self.received or self._file < 0:
                return self.received
            try:
                left = memoryview(data)
                while left:
                    left = left[os.write(self._file, left) :]
            except OSError as error:
                self.discard()
                raise unwritten(error) from error
            self._digest.update(data)
            self.received += len(data)
            return self.received

    @property
    def is_whole(self) -> bool:
        """Whether every byte is there."""
        return self.received == self.offer.size

    def finish(self, scan: Callable[[Path], Finding], mark: Callable[[Path], None]) -> Path:
        """Check it, have it scanned, and give it its name; where it lies now."""
        try:
            os.fsync(self._file)
            self._close()
            self._check(scan)
            mark(self._part)
            place = free_place(self._folder, self.name)
            self._part.replace(place)
        except OSError as error:
            self.discard()
            raise unwritten(error) from error
        except Spoilt:
            self.discard()
            raise
        return place

    def _check(self, scan: Callable[[Path], Finding]) -> None:
        if not self.is_whole or self._digest.hexdigest() != self.offer.sha256:
            raise Spoilt("The file that arrived is not the one that was offered, so it was deleted.", step=Step.CHANGED)
        if scan(self._part) is Finding.INFECTED:
            raise Spoilt(
                "The virus scanner of this computer objected to the file, so it was deleted.",
                "Tell IT which file it was.",
                step=Step.INFECTED,
            )

    def discard(self) -> None:
        """Nothing of it stays."""
        with self._lock:
            self._is_begun = True
            self._close()
            with suppress(OSError):
                self._part.unlink(missing_ok=True)

    def _close(self) -> None:
        if self._file >= 0:
            with suppress(OSError):
                os.close(self._file)
            self._file = -1


def safe_name(name: str) -> str:
    """A name that stays in its folder on every system, hides no ending and is no device of Windows'.

    Characters that change the direction of writing are how `invoice-fdp.exe` pretends to be a PDF; they go.
    """
    plain = name.replace("\\", "/").rsplit("/", 1)[-1]
    kept = "".join(
        "_" if character in FORBIDDEN else character
        for character in unicodedata.normalize("NFC", plain)
        if unicodedata.category(character)[0] != "C"
    )
    kept = " ".join(kept.split()).strip(". ")
    stem, dot, ending = kept.rpartition(".")
    if not stem:
        stem, dot, ending = kept, "", ""
    if stem.split(".")[0].strip().lower() in DEVICES:
        stem = f"_{stem}"
    ending = ending[:20]
    stem = stem[: LONGEST_NAME - len(dot + ending)].rstrip(". ")
    return f"{stem}{dot}{ending}" if stem else "file"


def is_program(name: str) -> bool:
    """Whether opening such a file may run something."""
    return name.rpartition(".")[2].lower() in PROGRAMS


def free_place(folder: Path, name: str) -> Path:
    """The name in that folder, numbered when it is taken: nothing that lies there is overwritten. Raises OSError."""
    stem, dot, ending = name.rpartition(".")
    if not stem:
        stem, dot, ending = name, "", ""
    for number in range(1, 1000):
        place = folder / (name if number == 1 else f"{stem} ({number}){dot}{ending}")
        try:
            os.close(os.open(place, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600))
        except FileExistsError:
            continue
        return place
    raise FileExistsError(errno.EEXIST, os.strerror(errno.EEXIST), name)


def unwritten(error: OSError) -> Spoilt:
    """For a file the disk did not take."""
    if error.errno in (errno.ENOSPC, errno.EDQUOT):
        return no_space()
    return Spoilt(
        "The file could not be written to the download folder.", "Ask IT about the rights on it.", step=Step.NO_SPACE
    )


def no_space() -> Spoilt:
    """For a full disk."""
    return Spoilt(
        "There is not enough room on the disk for the file.", "Free some space, then ask again.", step=Step.NO_SPACE
    )
