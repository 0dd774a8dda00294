"""Receiving files in chunks: what was acknowledged is on the disk, what is complete is checked and kept."""

from __future__ import annotations

import threading
from dataclasses import dataclass
from datetime import timedelta
from uuid import UUID

from sqlalchemy import Select, select
from sqlalchemy.orm import Session

from app.protocol.identity import uuid7
from app.protocol.problems import ProblemCode
from app.protocol.uploads import UploadRequest, UploadState
from server_stub.clock import Clock
from server_stub.database import Database
from server_stub.devices.tables import Device
from server_stub.events.log import Actor, EventLog
from server_stub.events.tables import ActorKind, Details, Happening
from server_stub.problems import Refusal
from server_stub.uploads import media
from server_stub.uploads.storage import BlobFiles, PartFiles, digest_of
from server_stub.uploads.tables import AttachmentRecord, Blob, Upload

LARGEST_CHUNK = 1024 * 1024
"""Bytes in one PUT; clients send a quarter of that."""

STALE = timedelta(days=1)
"""What another server has been writing for so long it is not writing any more."""
ABANDONED = timedelta(days=60)
"""After this long without a byte, an incomplete upload is forgotten; the device may start it again."""


@dataclass(frozen=True, slots=True)
class _Kept:
    sha256: str
    size: int
    finding: media.Finding


class Receiving:
    """Uploads of all devices. The same bytes from the same device are one upload, whatever they are attached to."""

    def __init__(self, database: Database, events: EventLog, parts: PartFiles, blobs: BlobFiles, now: Clock) -> None:
        self._database = database
        self._events = events
        self._parts = parts
        self._blobs = blobs
        self._now = now
        self._locks = tuple(threading.Lock() for _ in range(64))

    def start(self, device: Device, request: UploadRequest) -> UploadState:
        """Where to go on with the bytes of a declared attachment; complete at once when we have them already.

        Raises Refusal(not_found), Refusal(digest_mismatch) for other bytes than declared, Refusal(unsupported_media).
        """
        with self._database.write() as session:
            attachment = session.get(AttachmentRecord, request.attachment_id)
            if attachment is None or attachment.device_id != device.id:
                raise Refusal(ProblemCode.NOT_FOUND)
            if attachment.sha256 != request.sha256 or attachment.size != request.size:
                raise Refusal(ProblemCode.DIGEST_MISMATCH, "the attachment was declared with other bytes")
            refusal = self._refused(session, attachment)
            upload = self._upload_for(session, device, request) if refusal is None else None
            if upload is not None and upload.blob_sha256 is not None:
                self._link(session, upload)
        if upload is None:
            raise refusal or Refusal(ProblemCode.UNSUPPORTED_MEDIA)
        return state(upload)

    def state(self, device: Device, upload_id: UUID) -> UploadState:
        """How far an upload of this device is. Raises Refusal(not_found)."""
        return state(self._mine(device, upload_id))

    def append(self, device: Device, upload_id: UUID, offset: int, chunk: bytes) -> UploadState:
        """Take the bytes from `offset` on; with the last of them the file is checked and kept.

        Raises Refusal: not_found, offset_mismatch, too_large, malformed, digest_mismatch (start again from 0),
        unsupported_media (do not send it again); OSError when the disk is full, nothing lost.
        """
        # Another server may still be at work on a chunk that the device gave up and sent here again.
        with self._locks[upload_id.int % len(self._locks)], self._database.holding(f"upload {upload_id}"):
            upload = self._mine(device, upload_id)
            if upload.blob_sha256 is not None:
                return state(upload)
            if offset != upload.offset:
                raise Refusal(ProblemCode.OFFSET_MISMATCH, f"go on at {upload.offset}")
            if not chunk:
                raise Refusal(ProblemCode.MALFORMED, "the chunk is empty")
            if len(chunk) > LARGEST_CHUNK or offset + len(chunk) > upload.size:
                raise Refusal(ProblemCode.TOO_LARGE, "more bytes than declared or than one chunk may have")
            if not self._parts.append(upload_id, offset, chunk):
                self._reached(upload_id, 0)
                raise Refusal(ProblemCode.OFFSET_MISMATCH, "go on at 0")
            if offset + len(chunk) < upload.size:
                return state(self._reached(upload_id, offset + len(chunk)))
            return state(self._complete(upload))

    def forget_abandoned(self) -> None:
        """Drop uploads that got no byte for long."""
        with self._database.write() as session:
            old = session.scalars(
                select(Upload).where(Upload.blob_sha256.is_(None), Upload.updated_at < self._now() - ABANDONED)
            ).all()
            for upload in old:
                session.delete(upload)
        for upload in old:
            self._parts.drop(upload.id)

    def sweep_strays(self) -> None:
        """Remove parts and work files that belong to nothing, left by a crash. Only before anything is received here;
        other servers may be receiving."""
        # A part is made after its row is there: what has none by now had one once and is done with.
        found = self._parts.ids()
        with self._database.read() as session:
            wanted = set(session.scalars(select(Upload.id).where(Upload.blob_sha256.is_(None))))
        for upload_id in found:
            if upload_id not in wanted:
                self._parts.drop(upload_id)
        self._blobs.sweep(STALE if self._database.is_shared else timedelta())

    def _mine(self, device: Device, upload_id: UUID) -> Upload:
        with self._database.read() as session:
            upload = session.get(Upload, upload_id)
        if upload is None or upload.device_id != device.id:
            raise Refusal(ProblemCode.NOT_FOUND)
        return upload

    def _refused(self, session: Session, attachment: AttachmentRecord) -> Refusal | None:
        """Why these bytes are not wanted, noted on the attachment; None when they are."""
        if attachment.refusal is not None:
            return Refusal(attachment.refusal)
        try:
            media.refuse_declared(attachment.name, attachment.media_type)
        except Refusal as refusal:
            self._note_refusal(session, attachment, refusal.code)
            return refusal
        return None

    def _note_refusal(self, session: Session, attachment: AttachmentRecord, code: ProblemCode) -> None:
        attachment.refusal = code
        self._tell(session, Happening.ATTACHMENT_REFUSED, attachment, code)

    def _upload_for(self, session: Session, device: Device, request: UploadRequest) -> Upload:
        upload = session.scalar(_same_bytes(device, request.sha256, request.size))
        if upload is None:
            now = self._now()
            upload = Upload(
                id=uuid7(now),
                device_id=device.id,
                sha256=request.sha256,
                size=request.size,
                offset=0,
                created_at=now,
                updated_at=now,
            )
            session.add(upload)
            session.flush()
        return upload

    def _reached(self, upload_id: UUID, offset: int) -> Upload:
        with self._database.write() as session:
            upload = session.get_one(Upload, upload_id)
            upload.offset = offset
            upload.updated_at = self._now()
        return upload

    def _complete(self, upload: Upload) -> Upload:
        # The last offset is recorded together with the result: after a crash in between, the last chunk comes again.
        part = self._parts.path(upload.id)
        if digest_of(part) != upload.sha256:
            self._reached(upload.id, 0)
            self._parts.drop(upload.id)
            raise Refusal(ProblemCode.DIGEST_MISMATCH, "send the file again from its beginning")
        try:
            kept = self._keep(upload)
        except Refusal as refusal:
            self._refuse_bytes(upload, refusal.code)
            raise
        with self._database.write() as session:
            if session.get(Blob, kept.sha256) is None:
                session.add(
                    Blob(
                        sha256=kept.sha256,
                        size=kept.size,
                        media_type=kept.finding.media_type,
                        width=kept.finding.width,
                        height=kept.finding.height,
                        created_at=self._now(),
                    )
                )
                session.flush()
            finished = session.get_one(Upload, upload.id)
            finished.offset = finished.size
            finished.blob_sha256 = kept.sha256
            finished.updated_at = self._now()
            self._link(session, finished)
        self._parts.drop(upload.id)
        return finished

    def _keep(self, upload: Upload) -> _Kept:
        with self._database.read() as session:
            declared = session.scalars(_waiting(upload)).first()
        target = self._blobs.workplace()
        try:
            finding = media.prepare(
                self._parts.path(upload.id), target, declared.media_type if declared else "application/octet-stream"
            )
            sha256, size = self._blobs.keep(target)
        finally:
            target.unlink(missing_ok=True)
        return _Kept(sha256, size, finding)

    def _refuse_bytes(self, upload: Upload, code: ProblemCode) -> None:
        with self._database.write() as session:
            for attachment in session.scalars(_waiting(upload)).all():
                self._note_refusal(session, attachment, code)
            session.delete(session.get_one(Upload, upload.id))
        self._parts.drop(upload.id)

    def _link(self, session: Session, upload: Upload) -> None:
        """Hang the kept bytes on every attachment of the device that was waiting for them."""
        for attachment in session.scalars(_waiting(upload)).all():
            attachment.blob_sha256 = upload.blob_sha256
            attachment.stored_at = self._now()
            self._tell(session, Happening.ATTACHMENT_STORED, attachment, None)

    def _tell(
        self, session: Session, happening: Happening, attachment: AttachmentRecord, code: ProblemCode | None
    ) -> None:
        self._events.append(
            session,
            happening,
            Actor(ActorKind.DEVICE, attachment.device_id),
            ticket_id=attachment.ticket_id,
            device_id=attachment.device_id,
            details=Details(attachment_id=attachment.id, code=code),
        )


def state(upload: Upload) -> UploadState:
    """An upload as its device may see it."""
    return UploadState(id=upload.id, offset=upload.offset, size=upload.size, complete=upload.blob_sha256 is not None)


def _same_bytes(device: Device, sha256: str, size: int) -> Select[Upload]:
    return select(Upload).where(Upload.device_id == device.id, Upload.sha256 == sha256, Upload.size == size)


def _waiting(upload: Upload) -> Select[AttachmentRecord]:
    return select(AttachmentRecord).where(
        AttachmentRecord.device_id == upload.device_id,
        AttachmentRecord.sha256 == upload.sha256,
        AttachmentRecord.size == upload.size,
        AttachmentRecord.blob_sha256.is_(None),
        AttachmentRecord.refusal.is_(None),
    )
