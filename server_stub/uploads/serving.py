"""Giving kept files out, in a way that no browser ever runs them."""

from __future__ import annotations

import logging
from dataclasses import dataclass
from uuid import UUID

from sqlalchemy.orm import Session

from app.protocol.problems import ProblemCode
from server_stub.devices.tables import Device
from server_stub.files import KeptFile
from server_stub.problems import Refusal
from server_stub.uploads.storage import BlobFiles
from server_stub.uploads.tables import AttachmentRecord, Blob

log = logging.getLogger(__name__)

HEADERS = {
    "X-Content-Type-Options": "nosniff",
    "Content-Security-Policy": "sandbox; default-src 'none'",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Cache-Control": "private, max-age=3600",
}
_ENDINGS = {"image/png": ".png"}


@dataclass(frozen=True, slots=True)
class StoredFile:
    """A file that may be given out; `name` is for people and safe as a file name."""

    name: str
    media_type: str
    sha256: str


def for_device(session: Session, device: Device, attachment_id: UUID) -> StoredFile:
    """A file of a ticket of this device. Raises Refusal(not_found), also while its bytes are not here."""
    attachment = session.get(AttachmentRecord, attachment_id)
    if attachment is None or attachment.device_id != device.id:
        raise Refusal(ProblemCode.NOT_FOUND)
    return _stored(session, attachment)


def for_agent(session: Session, attachment_id: UUID) -> StoredFile:
    """Any stored file. Raises Refusal(not_found), also while its bytes are not here."""
    attachment = session.get(AttachmentRecord, attachment_id)
    if attachment is None:
        raise Refusal(ProblemCode.NOT_FOUND)
    return _stored(session, attachment)


def response(blobs: BlobFiles, file: StoredFile, *, inline: bool = False) -> KeptFile:
    """The bytes, with Range and ETag. `inline` shows pictures that we encoded; anything else is a download.

    Raises Refusal(unavailable) when somebody took the bytes away.
    """
    path = blobs.path(file.sha256)
    if not path.is_file():
        log.error("the bytes of %s are missing", file.sha256)
        raise Refusal(ProblemCode.UNAVAILABLE, "the file is missing on the server")
    shown = inline and file.media_type == "image/png"
    return KeptFile(
        path,
        media_type=file.media_type,
        filename=file.name,
        content_disposition_type="inline" if shown else "attachment",
        headers=HEADERS,
    )


def _stored(session: Session, attachment: AttachmentRecord) -> StoredFile:
    blob = session.get(Blob, attachment.blob_sha256) if attachment.blob_sha256 else None
    if blob is None:
        raise Refusal(ProblemCode.NOT_FOUND)
    name = "".join("_" if character in '/\\:*?"<>|' else character for character in attachment.name).strip(". ")
    ending = _ENDINGS.get(blob.media_type, "")
    if ending and not name.lower().endswith(ending):
        name = name.rsplit(".", 1)[0] + ending
    return StoredFile(name or "file", blob.media_type, blob.sha256)
