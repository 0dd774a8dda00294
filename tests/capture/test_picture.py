"""Pictures from files: upright, flat, and refused with a sentence when they are broken or monstrous."""

from __future__ import annotations

import io
import struct
import zlib
from datetime import UTC, datetime
from pathlib import Path

import pytest
from PIL import Image

from app.capture.picture import MAX_BYTES, decoded, picture_frame, read_picture
from app.errors import HelpdeskError
from app.system.base import Rect

NOON = datetime(2026, 3, 1, 12, tzinfo=UTC)


def encoded(image: Image.Image, kind: str = "PNG", **more: object) -> bytes:
    target = io.BytesIO()
    image.save(target, kind, **more)
    return target.getvalue()


def noise(width: int = 200, height: int = 120) -> Image.Image:
    return Image.effect_noise((width, height), 80).convert("RGB")


def huge_png(width: int, height: int) -> bytes:
    """A small file that claims to be a very large picture."""

    def chunk(name: bytes, content: bytes) -> bytes:
        return struct.pack(">I", len(content)) + name + content + struct.pack(">I", zlib.crc32(name + content))

    header = struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0)
    return (
        b"\x89PNG\r\n\x1a\n"
        + chunk(b"IHDR", header)
        + chunk(b"IDAT", zlib.compress(b"\0" * 1000))
        + chunk(b"IEND", b"")
    )


def test_a_picture_file_is_one_frame(tmp_path: Path) -> None:
    path = tmp_path / "错误 截图.png"
    image = noise()
    image.save(path)

    frame = read_picture(path, NOON)

    assert frame.size == frame.logical == Rect(0, 0, 200, 120)
    assert frame.image.tobytes() == image.tobytes()
    assert frame.source == "file"


@pytest.mark.parametrize("kind", ["PNG", "JPEG", "BMP", "GIF", "WEBP", "TIFF"])
def test_every_usual_format_is_read(kind: str) -> None:
    assert decoded(encoded(noise(), kind), "x").size == (200, 120)


@pytest.mark.parametrize("kind", ["PNG", "JPEG", "WEBP", "TIFF", "GIF"])
@pytest.mark.parametrize("share", [0.03, 0.5, 0.97])
def test_a_truncated_picture_is_refused_with_a_sentence(kind: str, share: float) -> None:
    data = encoded(noise(), kind)

    with pytest.raises(HelpdeskError) as raised:
        decoded(data[: int(len(data) * share)], "photo.png")

    assert "photo.png" in raised.value.summary


@pytest.mark.parametrize("data", [b"", b"hello", b"%PDF-1.7", b"\x89PNG\r\n\x1a\n", b"\0" * 5000, b"GIF89a"])
def test_what_is_no_picture_is_refused(data: bytes) -> None:
    with pytest.raises(HelpdeskError):
        decoded(data, "x")


@pytest.mark.parametrize("size", [(20_000, 20_000), (9_000, 9_000), (2**31 - 1, 2**31 - 1)])
def test_a_bomb_is_refused_before_it_is_unpacked(size: tuple[int, int]) -> None:
    with pytest.raises(HelpdeskError, match="too large"):
        decoded(huge_png(*size), "x")


def test_a_file_that_is_too_large_is_refused() -> None:
    with pytest.raises(HelpdeskError, match="too large"):
        decoded(b"\0" * (MAX_BYTES + 1), "x")


def test_a_missing_file_is_refused(tmp_path: Path) -> None:
    with pytest.raises(HelpdeskError, match=r"no\.png"):
        read_picture(tmp_path / "no.png", NOON)


def test_a_speck_is_refused() -> None:
    with pytest.raises(HelpdeskError, match="too small"):
        decoded(encoded(Image.new("RGB", (3, 40))), "x")


def test_a_photo_taken_sideways_is_turned_upright() -> None:
    image = Image.new("RGB", (200, 100), "white")
    image.paste("red", (0, 0, 20, 100))
    exif = Image.Exif()
    exif[0x0112] = 6  # the camera was turned to the right

    turned = decoded(encoded(image, "JPEG", exif=exif, quality=95), "x")

    assert turned.size == (100, 200)
    red, green, _ = turned.getpixel((50, 5))
    assert red > 200
    assert green < 60
    assert "exif" not in turned.info


def test_a_large_photo_is_reduced_instead_of_refused() -> None:
    image = Image.new("RGB", (8000, 6000), "grey")

    assert decoded(encoded(image, "JPEG"), "x").size == (4000, 3000)


@pytest.mark.parametrize("mode", ["RGBA", "LA", "P", "1", "L", "CMYK", "I;16", "I"])
def test_every_mode_becomes_plain_rgb(mode: str) -> None:
    image = Image.new(mode, (40, 30)) if mode in {"I;16", "I"} else noise(40, 30).convert(mode)
    kind = "TIFF" if mode in {"CMYK", "I;16", "I"} else "PNG"

    plain = decoded(encoded(image, kind), "x")

    assert plain.mode == "RGB"
    assert plain.info == {}


def test_transparency_is_laid_over_the_colour_of_the_edge() -> None:
    image = Image.new("RGBA", (60, 40), (20, 40, 60, 255))
    image.paste((0, 0, 0, 0), (20, 10, 40, 30))

    flat = decoded(encoded(image), "x")

    assert flat.getpixel((30, 20)) == (20, 40, 60)


def test_bytes_from_the_clipboard_are_a_frame_too() -> None:
    frame = picture_frame(encoded(noise()), "clipboard", NOON, "clipboard")

    assert (frame.source, frame.taken_at, frame.scale) == ("clipboard", NOON, 1.0)
