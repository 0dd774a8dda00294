"""Files: resumed where they stopped, checked, made harmless, and given only to those they belong to."""

from __future__ import annotations

import errno
import io
import os
from pathlib import Path
from uuid import UUID

import httpx
import pytest
from PIL import Image

from app.protocol.tickets import AttachmentKind, DeclaredAttachment
from tests.server_stub.served import DeviceClient, Served, declare, draft, entry, picture

BOTH_DATABASES = True


def ticket_with(device: DeviceClient, *attachments: DeclaredAttachment) -> str:
    sent = draft(attachments=attachments)
    assert device.submit(sent).status_code == 201
    return str(sent.id)


def blobs(served: Served) -> list[Path]:
    return [path for path in served.services.folder.blobs.rglob("*") if path.is_file()]


def parts(served: Served) -> list[Path]:
    return list(served.services.folder.parts.iterdir())


def noise(width: int, height: int) -> bytes:
    out = io.BytesIO()
    Image.effect_noise((width, height), 90).convert("RGB").save(out, "PNG")
    return out.getvalue()


def test_a_screenshot_arrives_in_chunks_and_is_linked_to_its_ticket(served: Served) -> None:
    device = served.device()
    image = noise(500, 400)
    attachment = declare(image, "屏幕.png")
    ticket_id = ticket_with(device, attachment)
    before = device.get(f"/tickets/{ticket_id}").json()["attachments"]

    done = device.upload(attachment, image, chunk=100_000)

    assert done.json() | {"id": ""} == {"id": "", "offset": len(image), "size": len(image), "complete": True}
    after = device.get(f"/tickets/{ticket_id}").json()["attachments"]
    assert [each["stored"] for each in (*before, *after)] == [False, True]
    kept = device.get(f"/attachments/{attachment.id}")
    with Image.open(io.BytesIO(kept.content)) as mine, Image.open(io.BytesIO(image)) as sent:
        assert mine.tobytes() == sent.tobytes()
    assert parts(served) == []


def test_an_upload_goes_on_where_it_stopped(served: Served) -> None:
    device = served.device()
    image = noise(300, 300)
    attachment = declare(image)
    ticket_with(device, attachment)
    upload = device.begin(attachment).json()["id"]
    device.put(upload, 0, image[:1000])

    resumed = device.begin(attachment).json()
    wrong = device.put(upload, 0, image[:1000])
    ahead = device.put(upload, 5000, image[5000:6000])
    state = device.get(f"/uploads/{upload}").json()

    assert (resumed["id"], resumed["offset"]) == (upload, 1000)
    assert [(each.status_code, each.json()["code"]) for each in (wrong, ahead)] == [(409, "offset_mismatch")] * 2
    assert state["offset"] == 1000
    assert device.upload(attachment, image).json()["complete"]


def test_bytes_that_were_written_but_not_acknowledged_are_dropped(served: Served) -> None:
    device = served.device()
    image = noise(200, 200)
    attachment = declare(image)
    ticket_with(device, attachment)
    upload = device.begin(attachment).json()["id"]
    device.put(upload, 0, image[:1000])
    with parts(served)[0].open("ab") as part:
        part.write(b"garbage from before a power cut")

    assert device.upload(attachment, image).json()["complete"]


def test_a_part_that_was_lost_is_sent_again_from_its_beginning(served: Served) -> None:
    device = served.device()
    image = noise(200, 200)
    attachment = declare(image)
    ticket_with(device, attachment)
    upload = device.begin(attachment).json()["id"]
    device.put(upload, 0, image[:1000])
    parts(served)[0].unlink()

    told = device.put(upload, 1000, image[1000:2000])

    assert told.json()["code"] == "offset_mismatch"
    assert device.get(f"/uploads/{upload}").json()["offset"] == 0
    assert device.upload(attachment, image).json()["complete"]


def test_the_same_bytes_are_neither_sent_nor_stored_twice(served: Served) -> None:
    device = served.device()
    image = picture()
    first, second = declare(image), declare(image, "again.png")
    ticket_with(device, first)
    device.upload(first, image)
    ticket_id = ticket_with(device, second)

    answer = device.begin(second)

    assert answer.json()["complete"] is True
    assert device.get(f"/tickets/{ticket_id}").json()["attachments"][0]["stored"] is True
    assert len(blobs(served)) == 1


def test_another_device_has_to_prove_that_it_has_the_bytes(served: Served) -> None:
    mine, theirs = served.device(), served.device("other")
    image = picture()
    first, second = declare(image), declare(image)
    ticket_with(mine, first)
    mine.upload(first, image)
    ticket_with(theirs, second)

    answer = theirs.begin(second)

    assert (answer.json()["complete"], answer.json()["offset"]) == (False, 0)
    assert theirs.upload(second, image).json()["complete"]
    assert len(blobs(served)) == 1


def test_wrong_bytes_are_noticed_and_may_be_sent_again(served: Served) -> None:
    device = served.device()
    image = picture()
    attachment = declare(image)
    ticket_with(device, attachment)

    refused = device.upload(attachment, bytes(len(image)))

    assert (refused.status_code, refused.json()["code"]) == (422, "digest_mismatch")
    assert blobs(served) == []
    assert device.begin(attachment).json()["offset"] == 0
    assert device.upload(attachment, image).json()["complete"]


def test_more_bytes_than_declared_are_refused(served: Served) -> None:
    device = served.device()
    attachment = declare(b"0123456789", "log.txt", "text/plain", AttachmentKind.DIAGNOSTICS)
    ticket_with(device, attachment)
    upload = device.begin(attachment).json()["id"]

    answers = [device.put(upload, 0, b"0" * 11), device.put(upload, 0, b"")]

    assert [each.json()["code"] for each in answers] == ["too_large", "malformed"]
    assert device.get(f"/uploads/{upload}").json()["offset"] == 0


def test_an_upload_must_be_what_was_declared(served: Served) -> None:
    device = served.device()
    attachment = declare(b"0123456789", "log.txt", "text/plain")
    ticket_with(device, attachment)

    answer = device.begin(attachment.model_copy(update={"sha256": "0" * 64}))

    assert answer.json()["code"] == "digest_mismatch"


def test_a_reply_brings_its_own_picture(served: Served) -> None:
    device = served.device()
    ticket_id = ticket_with(device)
    image = picture()
    attachment = declare(image)
    written = entry("", attachment)

    answer = device.reply(UUID(ticket_id), written)
    device.upload(attachment, image)

    assert answer.status_code == 201
    seen = device.get(f"/tickets/{ticket_id}").json()
    assert seen["attachments"] == []
    assert seen["entries"][0]["attachments"][0]["stored"] is True


def test_a_full_disk_is_told_as_such_and_nothing_acknowledged_is_lost(
    served: Served, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    device = served.device()
    image = picture()
    attachment = declare(image)
    ticket_with(device, attachment)
    upload = device.begin(attachment).json()["id"]
    device.put(upload, 0, image[:100])

    def full(*_: object) -> None:
        raise OSError(errno.ENOSPC, "No space left on device")

    with monkeypatch.context() as broken:
        broken.setattr("server_stub.uploads.storage.os.fsync", full)
        chunk = device.put(upload, 100, image[100:200])
    with monkeypatch.context() as broken:
        broken.setattr("server_stub.uploads.storage.BlobFiles.keep", full)
        last = device.put(upload, 100, image[100:])

    for answer in (chunk, last):
        assert (answer.status_code, answer.json()["code"]) == (507, "storage_full")
        assert answer.headers["Retry-After"] == "60"
    assert device.get(f"/uploads/{upload}").json()["offset"] == 100
    assert device.upload(attachment, image).json()["complete"]
    assert [record.levelname for record in caplog.records] == ["ERROR", "ERROR"]
    caplog.clear()


def test_abandoned_uploads_and_stray_files_are_swept_away(served: Served) -> None:
    device = served.device()
    image = picture()
    attachment = declare(image)
    ticket_with(device, attachment)
    upload = device.begin(attachment).json()["id"]
    device.put(upload, 0, image[:100])
    stray = served.services.folder.blobs / ("0" * 32 + ".tmp")
    stray.write_bytes(b"x")
    # Where another server may be writing, only what is old is nobody's.
    os.utime(stray, (0, 0))
    (served.services.folder.parts / ("0" * 32)).write_bytes(b"x")

    served.services.receiving.sweep_strays()
    served.services.receiving.forget_abandoned()
    kept = device.get(f"/uploads/{upload}").json()["offset"]
    served.clock.forward(days=61)
    served.services.receiving.forget_abandoned()

    assert kept == 100
    assert parts(served) == blobs(served) == []
    assert device.upload(attachment, image).json()["complete"]


def test_a_range_that_cannot_be_met_is_a_problem_like_any_other(served: Served) -> None:
    device = served.device()
    attachment = declare(b"0123456789", "log.txt", "text/plain")
    ticket_with(device, attachment)
    device.upload(attachment, b"0123456789")

    answers: list[httpx.Response] = [
        device.get(f"/attachments/{attachment.id}", headers={"Range": wanted})
        for wanted in ("bytes=50-60", "bytes=x-y", "bytes=5-1", "lines=1-2")
    ]

    for answer in answers:
        assert answer.status_code in (200, 400, 416, 422), answer.text
        if answer.status_code != 200:
            assert answer.headers["Content-Type"] == "application/problem+json"
