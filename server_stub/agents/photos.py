"""The photo employees see of an agent: small, square and without anything a camera wrote into it."""

from __future__ import annotations

import io
from pathlib import Path

from PIL import Image, ImageOps, UnidentifiedImageError

from app.errors import HelpdeskError

SIDE = 160
MOST_BYTES = 20 * 1024 * 1024
FORMATS = ("JPEG", "PNG", "WEBP")


def small(path: Path) -> bytes:
    """A JPEG of 160 x 160 pixels of the middle of a picture. Raises HelpdeskError."""
    try:
        if path.stat().st_size > MOST_BYTES:
            raise HelpdeskError("{path} is too large for a photo.", "Take a picture below 20 MB.", path=path)
        with Image.open(path, formats=FORMATS) as opened:
            picture = ImageOps.exif_transpose(opened).convert("RGB")
    except (OSError, ValueError, SyntaxError, UnidentifiedImageError, Image.DecompressionBombError) as problem:
        raise HelpdeskError(
            "{path} is not a picture that can be read.", "Take a JPEG, PNG or WebP file.", path=path
        ) from problem
    fitted = ImageOps.fit(picture, (SIDE, SIDE), Image.Resampling.LANCZOS)
    fitted.info.clear()
    buffer = io.BytesIO()
    fitted.save(buffer, "JPEG", quality=85)
    return buffer.getvalue()
