"""The knowledge kept on this computer: fetched when it changed, resumed when the line broke, swapped when it opens.

Where the pack in use is known to the server, only what differs is fetched. Nothing is taken into use that the
server has not signed.
"""

from __future__ import annotations

import base64
import hashlib
import logging
import os
import re
import shutil
import threading
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path

from pydantic import ValidationError

from app.errors import HelpdeskError, Refused, StorageError, Unreachable
from app.helpdesk.durable import cannot_write, make_folder, sync_folder, write_file
from app.helpdesk.failures import nonsense, too_big
from app.helpdesk.server import NOWHERE, Server, Whereabouts
from app.knowledge import seal
from app.knowledge.base import KnowledgeBase
from app.protocol.message import Reply

RANGE_REFUSED = 416
LARGEST_PACK = 512 * 1024 * 1024
_CONTENT_RANGE = re.compile(r"bytes (\d{1,15})-(\d{1,15})/(\d{1,15})")
_ETAG_DIGEST = re.compile(r"sha-?256[-:=]([0-9a-f]{64})")

log = logging.getLogger(__name__)


class Pointer(Reply):
    """Which file is the pack, which version of it that is and its SHA-256; or what the part file is a part of, and
    of what size."""

    file: str = ""
    etag: str = ""
    size: int = 0
    digest: str = ""


class Pack:
    """The knowledge in `folder`, renewed from `server`. Usable from several threads.

    Each version is a file of its own and `current.json` names the one in use, so a base that somebody still reads
    is never written to; older files go when the next one has been taken into use. `starter` is a pack delivered
    with the program, used until there is another. `where` this computer stands decides what the server packs.
    """

    def __init__(self, folder: Path, server: Server, starter: Path | None = None, where: Whereabouts = NOWHERE) -> None:
        self._folder = folder
        self._server = server
        self._starter = starter
        self._where = where
        self._lock = threading.RLock()
        self._renewing = threading.Lock()
        self._base: KnowledgeBase | None = None
        self._base_file = ""
        self._retired: list[KnowledgeBase] = []

    def base(self) -> KnowledgeBase | None:
        """The knowledge in use, None when there is none yet. It stays usable until the one after the next is in use."""
        with self._lock:
            name = self._pointer("current.json").file
            if name and name != self._base_file:
                self._take(name)
            if self._base is None and self._starter is not None:
                with suppress(HelpdeskError):
                    self._base = KnowledgeBase.open(self._starter)
            return self._base

    def close(self) -> None:
        """Let go of the files."""
        with self._lock:
            for base in (*self._retired, self._base):
                if base is not None:
                    base.close()
            self._retired, self._base, self._base_file = [], None, ""

    def refresh(self) -> bool:
        """Fetch the pack if the server has another one than ours; True when it is now in use.

        An interrupted download is continued by the next call. Raises HelpdeskError; the old pack is then kept.
        """
        with self._renewing:
            current = self._pointer("current.json")
            there = bool(current.file) and (self._folder / current.file).is_file()
            have = current.etag if there else ""
            if there and current.digest and not self._pointer("part.json").etag:
                changed = self._refresh_by_delta(current)
                if changed is not None:
                    return changed
            try:
                etag = self._download(have)
            except Refused as refusal:
                if refusal.status != RANGE_REFUSED:
                    raise
                self._forget_part()
                etag = self._download(have)
            if etag is None:
                return False
            self._check(etag)
            self._install(self._part, etag)
            return True

    def _refresh_by_delta(self, current: Pointer) -> bool | None:
        """Make the newest pack of the one in use; False when that is the newest, None when it must be fetched whole."""
        found = self._server.pack_delta(current.digest, self._where)
        if found is None or not found.content:
            return None if found is None else False
        try:
            renewed = patched((self._folder / current.file).read_bytes(), found.content)
            make_folder(self._folder)
            with self._part.open("wb") as file:
                file.write(renewed)
                file.flush()
                os.fsync(file.fileno())
        except OSError as error:
            raise cannot_write(self._part, error) from error
        except ValueError as error:
            log.info("a delta of the knowledge pack does not fit: %s", error)
            return None
        try:
            self._check(found.etag)
        except HelpdeskError as error:
            # Whatever went wrong with the delta, the whole pack is judged by itself.
            log.info("the pack made by a delta is not used: %s", error.summary)
            return None
        self._install(self._part, found.etag)
        return True

    def from_file(self, path: Path) -> KnowledgeBase:
        """Take a pack from a file (a memory stick, a share) into use. Raises HelpdeskError when it is none."""
        KnowledgeBase.open(path).close()
        key = self._server.known_pack_key()
        if key:
            seal.check(path, key)
        with self._renewing:
            try:
                make_folder(self._folder)
                shutil.copyfile(path, self._part)
            except OSError as error:
                raise cannot_write(self._part, error) from error
            self._install(self._part, "")
        found = self.base()
        if found is None:
            raise StorageError("The knowledge in {path} cannot be used.", path=path)
        return found

    @property
    def _part(self) -> Path:
        return self._folder / "download.part"

    def _download(self, have: str) -> str | None:
        """Complete the part file; returns the pack's ETag, None when ours is the newest."""
        part = self._pointer("part.json")
        size = self._part.stat().st_size if part.etag and self._part.is_file() else 0
        if size and size == part.size:
            return part.etag  # complete already; only the swap was interrupted
        with self._server.pack(have, size, part.etag, self._where) as (answer, pieces):
            if answer.status == 304:
                return None
            etag = str(answer.headers.get("etag", ""))
            digest = expected_digest(str(answer.headers.get("repr-digest", "")))
            if answer.status == 206:
                span = _CONTENT_RANGE.fullmatch(str(answer.headers.get("content-range", "")))
                if span is None or int(span[1]) != size or etag != part.etag:
                    self._forget_part()
                    raise nonsense(self._server.base_url)
                whole = int(span[3])
            elif answer.status == 200:
                length = str(answer.headers.get("content-length", ""))
                size, whole = 0, int(length) if length.isascii() and length.isdigit() else 0
                self._begin_part(etag, whole)
            else:
                raise nonsense(self._server.base_url)
            self._append(pieces, size, whole)
        if digest and digest != file_digest(self._part):
            self._forget_part()
            raise nonsense(self._server.base_url)
        return etag

    def _begin_part(self, etag: str, whole: int) -> None:
        """Note what the part file is going to be a part of."""
        self._forget_part()
        # A weak ETag cannot promise the same bytes, so such a download starts from the beginning again.
        strong = etag if not etag.startswith("W/") else ""
        pointer = Pointer(etag=strong, size=whole)
        write_file(self._folder / "part.json", pointer.model_dump_json().encode())

    def _append(self, pieces: Iterator[bytes], size: int, whole: int) -> None:
        try:
            with self._part.open("ab") as file:
                for piece in pieces:
                    size += len(piece)
                    if size > LARGEST_PACK or (whole and size > whole):
                        raise too_big(self._server.base_url, LARGEST_PACK)
                    file.write(piece)
                file.flush()
                os.fsync(file.fileno())
        except HelpdeskError:
            if size > LARGEST_PACK or (whole and size > whole):
                self._forget_part()
            raise
        except OSError as error:
            raise cannot_write(self._part, error) from error

    def _check(self, etag: str) -> None:
        """Raise HelpdeskError, and start from the beginning next time, when what came is no pack."""
        named = _ETAG_DIGEST.search(etag.lower())
        try:
            if named is not None and named[1] != file_digest(self._part):
                raise nonsense(self._server.base_url)
            key = self._server.pack_key()
            if key:
                seal.check(self._part, key)
            base = KnowledgeBase.open(self._part)
            base.close()
        except Unreachable:
            raise  # whose signature it is will be asked again; what was fetched is kept
        except HelpdeskError:
            self._forget_part()
            raise

    def _install(self, part: Path, etag: str) -> None:
        """Make a complete part file the pack in use."""
        digest = file_digest(part)
        name = f"pack-{digest[:16]}.sqlite"
        try:
            part.replace(self._folder / name)
            sync_folder(self._folder)
        except OSError as error:
            if not (self._folder / name).is_file():
                raise cannot_write(self._folder / name, error) from error
        write_file(
            self._folder / "current.json", Pointer(file=name, etag=etag, digest=digest).model_dump_json().encode()
        )
        self._forget_part()
        log.info("a new knowledge pack is in use: %s", name)
        self.base()

    def _take(self, name: str) -> None:
        """Open another pack; the one in use stays when that fails."""
        try:
            opened = KnowledgeBase.open(self._folder / name)
        except HelpdeskError as error:
            # Its ETag is forgotten, so that the next refresh fetches it again.
            log.info("the knowledge pack cannot be opened: %s", error.summary)
            with suppress(OSError):
                (self._folder / "current.json").unlink()
            return
        for old in self._retired:
            old.close()
        self._retired = [self._base] if self._base is not None else []
        kept = {name, self._base_file}
        self._base, self._base_file = opened, name
        for path in self._folder.glob("pack-*.sqlite"):
            if path.name not in kept:
                with suppress(OSError):
                    path.unlink()

    def _pointer(self, name: str) -> Pointer:
        try:
            found = Pointer.model_validate_json((self._folder / name).read_bytes())
        except (OSError, ValidationError):
            return Pointer()
        return found if Path(found.file).name == found.file else Pointer()

    def _forget_part(self) -> None:
        for path in (self._folder / "part.json", self._part):
            with suppress(OSError):
                path.unlink()


def patched(old: bytes, delta: bytes) -> bytes:
    """The file that a delta makes of an old one. Raises ValueError when it does not fit or would be too large."""
    import zstandard

    try:
        size = zstandard.get_frame_parameters(delta).content_size
        if not 0 < size <= LARGEST_PACK:
            raise ValueError(f"it would make {size} bytes")
        dictionary = zstandard.ZstdCompressionDict(old, dict_type=zstandard.DICT_TYPE_RAWCONTENT)
        return zstandard.ZstdDecompressor(dict_data=dictionary, max_window_size=1 << 29).decompress(delta)
    except zstandard.ZstdError as error:
        raise ValueError(str(error)) from error


def expected_digest(header: str) -> str:
    """The hexadecimal SHA-256 in a Repr-Digest header (RFC 9530), "" when it names none."""
    found = re.search(r"sha-256=:([A-Za-z0-9+/=]{44}):", header)
    return base64.b64decode(found[1]).hex() if found else ""


def file_digest(path: Path) -> str:
    """The hexadecimal SHA-256 of a file. Raises StorageError."""
    try:
        with path.open("rb") as file:
            return hashlib.file_digest(file, "sha256").hexdigest()
    except OSError as error:
        raise StorageError("{path} cannot be read: {reason}.", path=path, reason=error.strerror) from error
