"""What a file really is, whatever it was declared to be, and pictures made harmless."""

from __future__ import annotations

import codecs
import struct
import threading
import warnings
import zlib
from dataclasses import dataclass
from pathlib import Path

from PIL import Image, ImageOps

from app.protocol.problems import ProblemCode
from server_stub.problems import Refusal

LARGEST_PICTURE = 50_000_000
"""Pixels: an 8K monitor has 33 million."""

REFUSED_TYPES = frozenset({"image/svg+xml", "text/html", "application/xhtml+xml"})
REFUSED_ENDINGS = (".svg", ".svgz", ".htm", ".html", ".xhtml", ".mht", ".mhtml")
FORMATS = ("PNG", "JPEG", "WEBP", "BMP", "GIF")
_MAGIC = (b"\x89PNG\r\n\x1a\n", b"\xff\xd8\xff", b"BM", b"GIF87a", b"GIF89a")
_MARKUP = ("<svg", "<html", "<!doctype html", "<script", "<body", "<head")
_BROKEN = (
    OSError,
    SyntaxError,
    ValueError,
    LookupError,
    ArithmeticError,
    EOFError,
    TypeError,
    AttributeError,
    RuntimeError,
    AssertionError,
    MemoryError,
    struct.error,
    zlib.error,
    Image.DecompressionBombWarning,
    Image.DecompressionBombError,
)
"""All that Pillow's decoders have been seen to raise for broken files."""

# Pillow warns of very large pictures before we can ask for the size; here that is a refusal.
warnings.simplefilter("error", Image.DecompressionBombWarning)

_turn = threading.Semaphore(2)
"""Pictures decoded at the same time; each may need 200 MB."""


@dataclass(frozen=True, slots=True)
class Finding:
    """What was found and, for pictures, their size in pixels. `path` holds the bytes to keep."""

    media_type: str
    width: int | None = None
    height: int | None = None


def refuse_declared(name: str, media_type: str) -> None:
    """Raises Refusal(unsupported_media) for what a browser would run, before any byte is sent."""
    if media_type in REFUSED_TYPES or name.lower().rstrip(". ").endswith(REFUSED_ENDINGS):
        raise Refusal(ProblemCode.UNSUPPORTED_MEDIA, "pages and vector graphics are not accepted")


def prepare(source: Path, target: Path, declared: str) -> Finding:
    """Write to `target` what may be kept of `source`: a picture as a PNG without metadata, anything else as it is.

    Raises Refusal(unsupported_media) for markup, for what was declared a picture and is none, and for pictures of
    more than LARGEST_PICTURE pixels; OSError when the disk is full.
    """
    with source.open("rb") as handle:
        head = handle.read(2048)
    if _is_markup(head):
        raise Refusal(ProblemCode.UNSUPPORTED_MEDIA, "pages and vector graphics are not accepted")
    if declared.startswith("image/") or _is_picture(head):
        with _turn:
            picture = _decoded(source)
            picture.save(target, "PNG", compress_level=4)
        return Finding("image/png", picture.width, picture.height)
    with source.open("rb") as incoming, target.open("wb") as outgoing:
        while piece := incoming.read(1024 * 1024):
            outgoing.write(piece)
    return Finding("application/octet-stream")


def _decoded(source: Path) -> Image.Image:
    try:
        with Image.open(source, formats=FORMATS) as opened:
            if opened.width * opened.height > LARGEST_PICTURE:
                raise Refusal(ProblemCode.UNSUPPORTED_MEDIA, f"pictures may have {LARGEST_PICTURE} pixels")
            picture = ImageOps.exif_transpose(opened)
            transparent = picture.mode in ("RGBA", "LA", "PA") or "transparency" in picture.info
            clean = picture.convert("RGBA" if transparent else "RGB")
    except _BROKEN as problem:
        raise Refusal(ProblemCode.UNSUPPORTED_MEDIA, "this is not a picture that can be read") from problem
    # Colour profiles, comments and positions of cameras live here.
    clean.info.clear()
    return clean


def _is_picture(head: bytes) -> bool:
    return head.startswith(_MAGIC) or (head[:4] == b"RIFF" and head[8:12] == b"WEBP")


def _is_markup(head: bytes) -> bool:
    if head.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)):
        text = head.decode("utf-16", "replace")
    else:
        text = head.decode("utf-8-sig", "replace")
    text = text.lstrip("\ufeff \t\r\n\f\0").lower()
    return text.startswith("<") and any(tag in text for tag in _MARKUP)
