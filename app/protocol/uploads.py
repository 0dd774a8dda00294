"""Resumable uploads, addressed by content."""

from __future__ import annotations

from uuid import UUID

from pydantic import Field

from app.protocol.message import Message, Reply, Sha256

CHUNK = 256 * 1024
"""Bytes in one `PUT`: a slow line (2 Mbit/s up) sends it in about a second, so little is lost when it breaks."""


class UploadRequest(Message):
    """`POST /api/v1/uploads` for a declared attachment. The same request again answers with where to go on."""

    attachment_id: UUID
    sha256: Sha256
    size: int = Field(ge=1, le=25 * 1024 * 1024)


class UploadState(Reply):
    """How far an upload is. Send the bytes from `offset` on by
    `PUT /api/v1/uploads/{id}` with the header `Upload-Offset: <offset>`; each answer is a new state.
    `complete` means the digest was right, the file is stored and linked to its ticket.
    """

    id: UUID
    offset: int
    size: int
    complete: bool
