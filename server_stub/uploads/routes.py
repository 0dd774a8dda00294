"""Uploads and downloads over the wire."""

from __future__ import annotations

from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Depends, Header, Request

from app.protocol.uploads import UploadRequest, UploadState
from server_stub.asking import PROBLEMS, Found, spends
from server_stub.devices.authentication import AskingDevice
from server_stub.files import KeptFile
from server_stub.rates import RateClass
from server_stub.uploads import serving

router = APIRouter(tags=["uploads"], responses=PROBLEMS)

_BYTES = {"requestBody": {"required": True, "content": {"application/octet-stream": {"schema": {"type": "string"}}}}}


async def _body(request: Request) -> bytes:
    return await request.body()


@router.post("/uploads", dependencies=[spends(RateClass.UPLOADS)])
def start(wanted: UploadRequest, device: AskingDevice, found: Found) -> UploadState:
    """Begin or go on with the bytes of a declared attachment."""
    return found.receiving.start(device, wanted)


@router.get("/uploads/{upload_id}", dependencies=[spends(RateClass.READING)])
def state(upload_id: UUID, device: AskingDevice, found: Found) -> UploadState:
    """How far an upload is."""
    return found.receiving.state(device, upload_id)


@router.put("/uploads/{upload_id}", dependencies=[spends(RateClass.CHUNKS)], openapi_extra=_BYTES)
def append(
    upload_id: UUID,
    offset: Annotated[int, Header(alias="Upload-Offset", ge=0, le=2**40)],
    chunk: Annotated[bytes, Depends(_body)],
    device: AskingDevice,
    found: Found,
) -> UploadState:
    """The next bytes; what this answers is on the disk."""
    return found.receiving.append(device, upload_id, offset, chunk)


@router.get("/attachments/{attachment_id}", response_class=KeptFile, dependencies=[spends(RateClass.READING)])
def download(attachment_id: UUID, device: AskingDevice, found: Found) -> KeptFile:
    """The bytes of a stored file of one of the device's own tickets."""
    with found.database.read() as session:
        file = serving.for_device(session, device, attachment_id)
    return serving.response(found.blobs, file)
