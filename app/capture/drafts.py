"""Unsent pictures with their marks, encrypted, so that a crash costs no work and a lost disk tells nothing.

A draft is a folder: `frame-N` for each picture, written once, and `state`, written after every gesture. Each file is
a 12-byte nonce followed by AES-256-GCM (NIST SP 800-38D) of its contents, bound to the draft's and the file's name, so
that files cannot be exchanged. Nothing here is ever written in clear.
"""

from __future__ import annotations

import io
import json
import os
import secrets
import shutil
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Any
from uuid import UUID

from app.capture.annotation.document import Document
from app.capture.annotation.notation import dump, load
from app.capture.frame import Frame
from app.errors import HelpdeskError, StorageError
from app.system.base import Rect

if TYPE_CHECKING:
    from PIL import Image

KEPT = timedelta(hours=24)
"""How long an unsent draft is offered again; afterwards it is removed."""
UNFINISHED = 60.0
"""Seconds after which a draft that was never finished belongs to a program that was killed."""
NONCE = 12
STATE = "state"


@dataclass(frozen=True, slots=True)
class Note:
    """What is known of a picture besides pixels and marks: whether it is sent, its step's title, and where that is."""

    is_sent: bool = False
    step: str | None = None
    title_bar: Rect | None = None


@dataclass(frozen=True, slots=True)
class Draft:
    """A report being made: frames with the document drawn on each, and the employee's sentence so far."""

    id: UUID
    frames: tuple[Frame, ...]
    documents: tuple[Document, ...]
    sentence: str = ""
    notes: tuple[Note, ...] = ()
    """One for each frame; none in a draft of an older version."""


class Drafts:
    """The drafts in one folder, readable with one key only."""

    def __init__(self, folder: Path, key: bytes, now: Callable[[], datetime]) -> None:
        self._folder = folder
        self._key = key
        self._now = now

    def begin(self, draft: Draft) -> None:
        """Keep a new draft with its pictures. Raises StorageError; then nothing of it is left behind.

        It appears under its name only when it is whole, so that whoever looks meanwhile finds nothing half.
        """
        made = self._folder / f".{draft.id}"
        try:
            shutil.rmtree(made, ignore_errors=True)
            made.mkdir(parents=True, mode=0o700)
            for number, frame in enumerate(draft.frames):
                self._write(made, draft.id, f"frame-{number}", picture_bytes(frame.image))
            self._write(made, draft.id, STATE, self._described(draft))
            made.rename(self._folder / str(draft.id))
        except OSError as error:
            shutil.rmtree(made, ignore_errors=True)
            raise not_kept(error) from error

    def update(self, draft: Draft) -> None:
        """Keep the marks and the sentence as they are now; the pictures are already there. Raises StorageError."""
        try:
            self._write(self._folder / str(draft.id), draft.id, STATE, self._described(draft))
        except OSError as error:
            raise not_kept(error) from error

    def _described(self, draft: Draft) -> bytes:
        """Everything of a draft besides its pixels."""
        state = {
            "saved_at": self._now().isoformat(),
            "sentence": draft.sentence,
            "documents": [dump(document) for document in draft.documents],
            "frames": [described(frame) for frame in draft.frames],
            "notes": [note_out(note) for note in draft.notes],
        }
        return json.dumps(state, ensure_ascii=False).encode()

    def discard(self, draft_id: UUID) -> None:
        """Remove a draft with all its pictures; one that is not there is gone already."""
        shutil.rmtree(self._folder / str(draft_id), ignore_errors=True)

    def found(self) -> tuple[UUID, ...]:
        """Drafts left by a program that ended before sending, newest first. Old and unreadable ones are removed."""
        ids = []
        for folder in self._folder.glob("*-*-*-*-*") if self._folder.is_dir() else ():
            if folder.name.startswith("."):
                self._forget_unfinished(folder)
                continue
            try:
                draft_id = UUID(folder.name)
                saved = datetime.fromisoformat(self._state(draft_id)["saved_at"])
            except (HelpdeskError, ValueError, KeyError, TypeError):
                shutil.rmtree(folder, ignore_errors=True)
                continue
            if abs(self._now() - saved) > KEPT:  # a clock set back must not keep a picture for ever
                self.discard(draft_id)
            else:
                ids.append((saved, draft_id))
        return tuple(draft_id for _, draft_id in sorted(ids, reverse=True))

    def _forget_unfinished(self, folder: Path) -> None:
        """Remove what a program was killed over; one that is being made right now is left alone."""
        try:
            age = self._now().timestamp() - folder.stat().st_mtime
        except OSError:
            return  # it has just been finished
        if abs(age) > UNFINISHED:
            shutil.rmtree(folder, ignore_errors=True)

    def open(self, draft_id: UUID) -> Draft:
        """A draft with its pictures. Raises HelpdeskError when it cannot be read with this key."""
        state = self._state(draft_id)
        try:
            frames = tuple(
                frame_of(raw, self._read(draft_id, f"frame-{number}")) for number, raw in enumerate(state["frames"])
            )
            documents = tuple(load(each) for each in state["documents"])
            notes = tuple(note_in(each) for each in state.get("notes", ()))
            return Draft(draft_id, frames, documents, str(state["sentence"]), notes)
        except (ValueError, KeyError, TypeError, OSError) as error:
            raise unreadable() from error

    def _state(self, draft_id: UUID) -> dict[str, Any]:
        try:
            state = json.loads(self._read(draft_id, STATE))
        except ValueError as error:
            raise unreadable() from error
        if not isinstance(state, dict):
            raise unreadable()
        return state

    def _write(self, folder: Path, draft_id: UUID, name: str, contents: bytes) -> None:
        from cryptography.hazmat.primitives.ciphers.aead import AESGCM

        nonce = secrets.token_bytes(NONCE)
        sealed = AESGCM(self._key).encrypt(nonce, contents, bound(draft_id, name))
        path = folder / name
        fresh = path.with_suffix(".new")
        with fresh.open("wb") as file:
            file.write(nonce + sealed)
            file.flush()
            os.fsync(file.fileno())
        fresh.replace(path)

    def _read(self, draft_id: UUID, name: str) -> bytes:
        from cryptography.exceptions import InvalidTag
        from cryptography.hazmat.primitives.ciphers.aead import AESGCM

        try:
            data = (self._folder / str(draft_id) / name).read_bytes()
            return AESGCM(self._key).decrypt(data[:NONCE], data[NONCE:], bound(draft_id, name))
        except (OSError, InvalidTag, ValueError) as error:
            raise unreadable() from error


def bound(draft_id: UUID, name: str) -> bytes:
    """What a file's contents are tied to."""
    return draft_id.bytes + name.encode()


def not_kept(error: OSError) -> StorageError:
    return StorageError(
        "The draft could not be kept on this computer: {reason}",
        "You can go on and send the report; only a crash before sending would lose it.",
        reason=error.strerror or error,
    )


def unreadable() -> HelpdeskError:
    return HelpdeskError("An unsent report cannot be read any more.", "Take the picture again.")


def picture_bytes(image: Image.Image) -> bytes:
    """Lossless bytes of a picture, quick rather than small."""
    buffer = io.BytesIO()
    image.save(buffer, "PNG", compress_level=1)
    return buffer.getvalue()


def described(frame: Frame) -> dict[str, Any]:
    """What a frame is besides its pixels."""
    return {
        "logical": edges(frame.logical),
        "desktop": edges(frame.desktop),
        "scale": frame.scale,
        "screen_id": frame.screen_id,
        "taken_at": frame.taken_at.isoformat(),
        "source": frame.source,
        "is_primary": frame.is_primary,
    }


def note_out(note: Note) -> dict[str, Any]:
    """A note as JSON."""
    bar = None if note.title_bar is None else edges(note.title_bar)
    return {"is_sent": note.is_sent, "step": note.step, "title_bar": bar}


def note_in(raw: dict[str, Any]) -> Note:
    """A note from its JSON. Raises KeyError, TypeError or ValueError."""
    bar, step = raw["title_bar"], raw["step"]
    title_bar = None if bar is None else Rect(*(int(each) for each in bar))
    return Note(bool(raw["is_sent"]), None if step is None else str(step), title_bar)


def edges(rect: Rect) -> list[int]:
    """The four numbers of a rectangle in the order of its fields."""
    return [rect.x, rect.y, rect.width, rect.height]


def frame_of(raw: dict[str, Any], data: bytes) -> Frame:
    """A frame from its description and its picture's bytes. Raises ValueError, KeyError, TypeError or OSError."""
    from PIL import Image

    with Image.open(io.BytesIO(data)) as image:
        pixels = image.convert("RGB")
    return Frame(
        image=pixels,
        logical=Rect(*(int(each) for each in raw["logical"])),
        desktop=Rect(*(int(each) for each in raw["desktop"])),
        scale=float(raw["scale"]),
        screen_id=str(raw["screen_id"]),
        taken_at=datetime.fromisoformat(raw["taken_at"]).astimezone(UTC),
        source=str(raw["source"]),
        is_primary=bool(raw["is_primary"]),
    )


def documents_for(frames: Sequence[Frame]) -> tuple[Document, ...]:
    """An empty document for each frame."""
    return tuple(Document(frame.image.width, frame.image.height, frame.scale) for frame in frames)
