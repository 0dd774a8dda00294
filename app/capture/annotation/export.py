"""The picture as it may leave: cropped, hidden areas burnt in, marks drawn, encoded and checked."""

from __future__ import annotations

import io
from pathlib import Path

from PIL import Image, ImageChops

from app.capture.annotation.document import Document
from app.capture.annotation.render import laid_over, patches
from app.capture.frame import encoded
from app.capture.redaction import FILL, burn, filled_areas, is_sealed
from app.errors import HelpdeskError
from app.system.base import Rect


def drawn(document: Document, base: Image.Image, font: Path | None = None) -> Image.Image:
    """A new RGB image of the visible part: hidden areas first, so that no mark can show what was below."""
    bounds = document.visible()
    hidden = [mark.area.pixels() for mark in document.hidden()]
    picture = burn(base, hidden, crop=bounds, scale=document.scale)
    for mark in document.marks:
        for patch in patches(mark, document, font):
            laid_over(picture, patch, bounds)
    return picture


def sealed(document: Document, base: Image.Image, font: Path | None = None) -> bytes:
    """PNG bytes with nothing but pixels, decoded again and compared before they are handed out.

    Inside every hidden area they must equal the same document drawn over an empty frame: proof that nothing there
    came from the picture. Raises HelpdeskError when they do not, ValueError when `base` is of another size.
    """
    if base.size != (document.width, document.height):
        raise ValueError(f"the document is for {document.width} x {document.height} pixels, not {base.size}")
    picture = drawn(document, base, font)
    data = encoded(picture)
    if not is_sealed(data, (), picture.size) or not is_blank_below(document, data, font):
        raise HelpdeskError(
            "The hidden areas could not be removed for certain, so the picture is not sent.",
            "Take the picture again, or send without it.",
        )
    return data


def is_blank_below(document: Document, data: bytes, font: Path | None) -> bool:
    """Whether encoded pixels inside hidden areas owe nothing to the frame."""
    part = document.visible()
    hidden = [mark.area.pixels() for mark in document.hidden()]
    areas = filled_areas(hidden, Rect(0, 0, document.width, document.height), part, document.scale)
    if not areas:
        return True
    with Image.open(io.BytesIO(data)) as decoded:
        decoded.load()
        for area in areas:
            box = (area.x, area.y, area.right, area.bottom)
            expected = Image.new("RGB", (area.width, area.height), FILL)
            origin = Rect(part.x + area.x, part.y + area.y, area.width, area.height)
            for mark in document.marks:
                for patch in patches(mark, document, font):
                    laid_over(expected, patch, origin)
            if ImageChops.difference(decoded.crop(box), expected).getbbox():
                return False
    return True
