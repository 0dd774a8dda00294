"""Hidden areas: burnt into new pixels before anything leaves memory, and proven gone in the encoded bytes.

Nothing here looks at what is below an area: colour, size and position follow from the drawn rectangle alone, so
two different secrets below the same area give the same bytes.
"""

from __future__ import annotations

import io
import struct
import zlib
from collections.abc import Iterator, Sequence
from dataclasses import replace
from math import ceil

from PIL import Image

from app.capture.frame import encoded
from app.capture.reading import Line, Reading
from app.errors import HelpdeskError
from app.system.base import Rect

FILL = (0, 0, 0)
"""One opaque colour for every hidden area, whatever the theme and the picture."""
GRID = 32
"""Widths are rounded up to this many pixels, so that they tell less about the length of what was there."""
SIGNATURE = b"\x89PNG\r\n\x1a\n"
PLAIN_CHUNKS = frozenset({b"IHDR", b"IDAT", b"IEND"})


def covered(area: Rect, bounds: Rect, scale: float = 1.0) -> Rect:
    """The pixels really filled for a drawn area: dilated, widened to the grid, kept inside `bounds`.

    `scale` is physical pixels per logical one. The text's height is taken to be the area's, up to 48 logical
    pixels: measuring the text itself would let what is hidden decide how much is hidden.
    """
    text_height = min(area.height, 48 * scale)
    margin = ceil(max(4 * scale, text_height / 4))
    wide = area.grown(margin)
    missing = -wide.width % GRID
    snapped = Rect(wide.x - missing // 2, wide.y, wide.width + missing, wide.height)
    return snapped.intersection(bounds)


def burn(image: Image.Image, hidden: Sequence[Rect], *, crop: Rect | None = None, scale: float = 1.0) -> Image.Image:
    """A new RGB image: cropped to `crop` (pixels of `image`), every hidden area filled. `image` stays as it is."""
    bounds = Rect(0, 0, image.width, image.height)
    part = bounds if crop is None else crop.intersection(bounds)
    if part.is_empty:
        raise ValueError("the crop lies outside the picture")
    fresh = Image.new("RGB", (part.width, part.height))
    fresh.paste(image.convert("RGB").crop((part.x, part.y, part.right, part.bottom)))
    for area in filled_areas(hidden, bounds, part, scale):
        fresh.paste(FILL, (area.x, area.y, area.right, area.bottom))
    return fresh


def filled_areas(hidden: Sequence[Rect], bounds: Rect, part: Rect, scale: float) -> tuple[Rect, ...]:
    """The filled rectangles in pixels of the cropped picture; areas outside the crop are left out."""
    inside = (covered(area, bounds, scale).intersection(part).moved(-part.x, -part.y) for area in hidden)
    return tuple(area for area in inside if not area.is_empty)


def sealed(image: Image.Image, hidden: Sequence[Rect], *, crop: Rect | None = None, scale: float = 1.0) -> bytes:
    """The PNG that may leave: burnt, encoded in memory, decoded again and checked.

    Raises HelpdeskError when the check fails; there are no bytes to send then.
    """
    bounds = Rect(0, 0, image.width, image.height)
    part = bounds if crop is None else crop.intersection(bounds)
    picture = burn(image, hidden, crop=crop, scale=scale)
    data = encoded(picture)
    if not is_sealed(data, filled_areas(hidden, bounds, part, scale), (part.width, part.height)):
        raise HelpdeskError(
            "The hidden areas could not be removed for certain, so the picture is not sent.",
            "Take the picture again, or send without it.",
        )
    return data


def is_sealed(data: bytes, filled: Sequence[Rect], size: tuple[int, int]) -> bool:
    """Whether PNG bytes hold nothing but pixels, are of this size, and every filled area is one colour."""
    try:
        names = list(chunk_names(data))
    except (struct.error, ValueError, zlib.error):
        return False
    if not names or names[-1] != b"IEND" or not PLAIN_CHUNKS.issuperset(names):
        return False
    with Image.open(io.BytesIO(data)) as picture:
        picture.load()
        if picture.mode != "RGB" or picture.size != size or picture.info:
            return False
        return all(is_one_colour(picture, area) for area in filled)


def is_one_colour(picture: Image.Image, area: Rect) -> bool:
    part = picture.crop((area.x, area.y, area.right, area.bottom))
    return part.getextrema() == tuple((level, level) for level in FILL)


def chunk_names(data: bytes) -> Iterator[bytes]:
    """Names of a PNG's chunks in order. Raises ValueError for bytes before, between or after chunks."""
    if not data.startswith(SIGNATURE):
        raise ValueError("no PNG signature")
    offset = len(SIGNATURE)
    name = b""
    while offset < len(data):
        if name == b"IEND":
            raise ValueError("bytes after the end")
        length, name = struct.unpack_from(">I4s", data, offset)
        body = data[offset + 4 : offset + 8 + length]
        (checksum,) = struct.unpack_from(">I", data, offset + 8 + length)
        if zlib.crc32(body) != checksum:
            raise ValueError("a chunk is damaged")
        yield name
        offset += 12 + length


def visible(reading: Reading, hidden: Sequence[Rect], bounds: Rect, scale: float = 1.0) -> Reading:
    """What was read, without any word that touches a hidden area of the picture (`bounds` is the whole picture).

    Words' boxes are estimated within their line, so an area counts half a line wider than it is filled.
    """
    if not hidden:
        return reading
    areas = [covered(area, bounds, scale) for area in hidden]
    kept = (line_left(line, areas) for line in reading.lines)
    return replace(reading, lines=tuple(line for line in kept if line is not None))


def line_left(line: Line, areas: Sequence[Rect]) -> Line | None:
    """What is left of a line; None when nothing is, or when its words are not known one by one."""
    near = [area.grown(line.box.height // 2) for area in areas]
    if not any(touches(area, line.box) for area in near):
        return line
    words = tuple(word for word in line.words if not any(touches(area, word.box) for area in near))
    if not words:
        return None
    left, top = min(word.box.x for word in words), min(word.box.y for word in words)
    right, bottom = max(word.box.right for word in words), max(word.box.bottom for word in words)
    text = " ".join(word.text for word in words)
    return replace(line, text=text, box=Rect(left, top, right - left, bottom - top), words=words)


def touches(one: Rect, other: Rect) -> bool:
    return not one.intersection(other).is_empty
