"""Files that mean harm: refused, taken apart, or only ever given out as bytes."""

from __future__ import annotations

import hashlib
import random
import struct
import zlib
from pathlib import Path
from uuid import UUID

import pytest
from PIL import Image, PngImagePlugin

from app.protocol.tickets import AttachmentKind, DeclaredAttachment
from server_stub.tickets import agent_view
from server_stub.uploads import media
from tests.server_stub.served import DeviceClient, Served, declare, draft, picture


def ticket_with(device: DeviceClient, *attachments: DeclaredAttachment) -> str:
    sent = draft(attachments=attachments)
    assert device.submit(sent).status_code == 201
    return str(sent.id)


def blobs(served: Served) -> list[Path]:
    return [path for path in served.services.folder.blobs.rglob("*") if path.is_file()]


def parts(served: Served) -> list[Path]:
    return list(served.services.folder.parts.iterdir())


@pytest.mark.parametrize(("form", "media_type"), [("JPEG", "image/jpeg"), ("WEBP", "image/webp"), ("BMP", "image/bmp")])
def test_pictures_of_all_kinds_become_png(served: Served, form: str, media_type: str) -> None:
    device = served.device()
    image = picture(form=form)
    attachment = declare(image, f"photo.{form.lower()}", media_type)
    ticket_with(device, attachment)

    device.upload(attachment, image)

    kept = device.get(f"/attachments/{attachment.id}")
    assert kept.headers["Content-Type"] == "image/png"
    assert kept.content.startswith(b"\x89PNG")
    assert "photo.png" in kept.headers["Content-Disposition"]


def test_what_a_picture_says_besides_its_pixels_is_gone(served: Served) -> None:
    device = served.device()
    exif = Image.Exif()
    exif[0x010E] = "SECRET-EXIF"
    told = PngImagePlugin.PngInfo()
    told.add_text("Comment", "SECRET-TEXT")
    told.add_itxt("XML:com.adobe.xmp", "<x>SECRET-XMP</x>")
    image = picture(exif=exif, pnginfo=told, icc_profile=b"SECRET-ICC" * 20) + b"SECRET-TAIL"
    attachment = declare(image)
    ticket_with(device, attachment)

    device.upload(attachment, image)

    kept = device.get(f"/attachments/{attachment.id}").content
    assert b"SECRET" not in kept
    chunks, at = [], 8
    while at < len(kept):
        (length,) = struct.unpack(">I", kept[at : at + 4])
        chunks.append(kept[at + 4 : at + 8])
        at += 12 + length
    assert set(chunks) == {b"IHDR", b"IDAT", b"IEND"}


HARMFUL = {
    "svg": (b'<svg xmlns="http://www.w3.org/2000/svg" onload="alert(1)"/>', "a.png", "image/png"),
    "svg as text": (b'\xef\xbb\xbf \n<?xml version="1.0"?><SVG onload="x"/>', "a.txt", "text/plain"),
    "html": (b"<!DOCTYPE html><script>alert(1)</script>", "a.log", "text/plain"),
    "html in utf-16": ("\ufeff<html><script>alert(1)</script>".encode("utf-16-le"), "a.log", "text/plain"),
    "declared svg": (b"harmless", "a.svg", "image/svg+xml"),
    "named html": (b"harmless", "a.HTML . ", "text/plain"),
    "declared html": (b"harmless", "a", "text/html"),
    "no picture": (b"MZ\x90\x00" * 100, "a.png", "image/png"),
    "half a picture": (picture()[:200], "a.png", "image/png"),
    "lying size": (
        b"\x89PNG\r\n\x1a\n"
        + struct.pack(">I", 13)
        + b"IHDR"
        + (head := struct.pack(">IIBBBBB", 60_000, 60_000, 8, 6, 0, 0, 0))
        + struct.pack(">I", zlib.crc32(b"IHDR" + head)),
        "bomb.png",
        "image/png",
    ),
}


@pytest.mark.parametrize("name", HARMFUL)
def test_harmful_files_are_refused_and_the_ticket_says_so(served: Served, name: str) -> None:
    content, file_name, media_type = HARMFUL[name]
    device = served.device()
    attachment = declare(content, file_name, media_type)
    ticket_id = ticket_with(device, attachment)

    answers = [device.upload(attachment, content) for _ in range(2)]

    assert [(each.status_code, each.json()["code"]) for each in answers] == [(415, "unsupported_media")] * 2
    assert device.get(f"/attachments/{attachment.id}").status_code == 404
    assert blobs(served) == parts(served) == []
    with served.services.database.read() as session:
        (file,) = agent_view.load(session, UUID(ticket_id)).files
    assert file.refusal == "unsupported_media"


def test_other_files_are_kept_as_they_are_and_only_ever_downloaded(served: Served) -> None:
    device = served.device()
    content = b"PK\x03\x04" + bytes(range(256)) * 40
    attachment = declare(content, '..\\evil/"name".zip', "application/zip", AttachmentKind.DIAGNOSTICS)
    ticket_with(device, attachment)

    device.upload(attachment, content)

    kept = device.get(f"/attachments/{attachment.id}")
    assert kept.content == content
    assert kept.headers["Content-Type"] == "application/octet-stream"
    assert kept.headers["Content-Disposition"].startswith("attachment")
    assert "/" not in kept.headers["Content-Disposition"].split("filename", 1)[1]
    assert kept.headers["X-Content-Type-Options"] == "nosniff"
    assert kept.headers["Content-Security-Policy"] == "sandbox; default-src 'none'"
    part = device.get(f"/attachments/{attachment.id}", headers={"Range": "bytes=0-3"})
    assert (part.status_code, part.content) == (206, b"PK\x03\x04")


def test_storage_names_never_hold_what_a_device_said(served: Served) -> None:
    device = served.device("evil-host")
    image = picture()
    attachment = declare(image, "evil-name.png")
    ticket_with(device, attachment)
    device.upload(attachment, image)

    names = [path.name for path in served.services.folder.root.rglob("*")]

    assert not [name for name in names if "evil" in name]
    assert hashlib.sha256(blobs(served)[0].read_bytes()).hexdigest() == blobs(served)[0].name


def test_no_broken_picture_breaks_the_server(tmp_path: Path) -> None:
    """Every kind of picture with bytes changed, cut and swapped: read or refused, nothing else."""
    chance = random.Random(1023)
    outcomes = {"kept": 0, "refused": 0}
    for form in ("PNG", "JPEG", "WEBP", "BMP", "GIF"):
        whole = picture(64, 48, form=form)
        for number in range(120):
            broken = bytearray(whole)
            for _ in range(chance.choice((1, 3, 20))):
                broken[chance.randrange(len(broken))] = chance.randrange(256)
            if number % 4 == 0:
                del broken[chance.randrange(len(broken)) :]
            source = tmp_path / "in"
            source.write_bytes(broken)
            try:
                media.prepare(source, tmp_path / "out", "image/png")
                outcomes["kept"] += 1
            except media.Refusal:
                outcomes["refused"] += 1

    assert min(outcomes.values()) > 50
