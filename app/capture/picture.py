"""Pictures that come from a file or the clipboard instead of the screen."""

from __future__ import annotations

import io
import warnings
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING

from app.capture.frame import Frame
from app.errors import HelpdeskError
from app.system.base import Rect

if TYPE_CHECKING:
    from PIL import Image

FORMATS = ("PNG", "JPEG", "BMP", "GIF", "WEBP", "TIFF")  # Pillow opens MPO, phones' JPEG, as JPEG
MAX_BYTES = 50 * 1024 * 1024
MAX_PIXELS = 64_000_000
PHOTO_PIXELS = 24_000_000  # a larger photo is decoded at half or a quarter of its size
SMALLEST_SIDE = 8
TRY_ANOTHER = "Save the picture as PNG or JPEG and try again."


def read_picture(path: Path, taken_at: datetime) -> Frame:
    """A picture file as a frame, upright, flattened to RGB.

    Raises HelpdeskError when it is missing, too large, damaged or not a picture.
    """
    try:
        with path.open("rb") as file:
            data = file.read(MAX_BYTES + 1)
    except OSError as error:
        raise HelpdeskError(
            "The picture {name} cannot be read: {reason}",
            "Choose another file.",
            name=path.name,
            reason=error.strerror or type(error).__name__,
        ) from error
    return picture_frame(data, path.name, taken_at, "file")


def picture_frame(data: bytes, name: str, taken_at: datetime, source: str) -> Frame:
    """Encoded picture bytes as a frame; the same errors as `read_picture`."""
    image = decoded(data, name)
    rect = Rect(0, 0, image.width, image.height)
    return Frame(image, rect, rect, 1.0, name, taken_at, source, is_primary=True)


def decoded(data: bytes, name: str) -> Image.Image:
    """Encoded picture bytes as an upright RGB image without metadata. Raises HelpdeskError."""
    from PIL import Image, ImageOps, UnidentifiedImageError

    if len(data) > MAX_BYTES:
        raise _too_large(name)
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("error", Image.DecompressionBombWarning)
            warnings.filterwarnings("ignore", category=UserWarning, module="PIL")
            image: Image.Image = Image.open(io.BytesIO(data), formats=FORMATS)
            _limit(image, name)
            image.load()
            image = ImageOps.exif_transpose(image)
    except (Image.DecompressionBombWarning, Image.DecompressionBombError) as error:
        raise _too_large(name) from error
    except UnidentifiedImageError as error:
        raise HelpdeskError("{name} is not a picture that can be shown.", TRY_ANOTHER, name=name) from error
    except (OSError, ValueError, SyntaxError, IndexError, TypeError, EOFError, MemoryError) as error:
        # Pillow's decoders raise all of these for damaged files.
        raise HelpdeskError("The picture {name} is damaged or incomplete.", TRY_ANOTHER, name=name) from error
    if min(image.size) < SMALLEST_SIDE:
        raise HelpdeskError("The picture {name} is too small to show anything.", TRY_ANOTHER, name=name)
    return _flattened(image)


def _limit(image: Image.Image, name: str) -> None:
    if image.format in {"JPEG", "MPO"} and image.width * image.height > PHOTO_PIXELS:
        image.draft("RGB", (image.width // 2, image.height // 2))
    if image.width * image.height > MAX_PIXELS:
        raise _too_large(name)


def _too_large(name: str) -> HelpdeskError:
    return HelpdeskError(
        "The picture {name} is too large.",
        "Pictures may have {megabytes} MB and {megapixels} million pixels. Cut out the part that matters.",
        name=name,
        megabytes=MAX_BYTES // (1024 * 1024),
        megapixels=MAX_PIXELS // 1_000_000,
    )


def _flattened(image: Image.Image) -> Image.Image:
    """RGB; transparency is laid over the colour of the picture's edge, so that no false box appears."""
    from PIL import Image

    if image.mode.startswith("I;16"):
        image = image.point(lambda value: value / 256).convert("L")
    if image.mode in {"I", "F"}:
        image = image.point(lambda value: value / 256 if image.mode == "I" else value * 255).convert("L")
    if image.mode == "P" or "transparency" in image.info:
        image = image.convert("RGBA")
    if image.mode in {"RGBA", "LA", "PA", "La", "RGBa"}:
        image = image.convert("RGBA")
        ground = Image.new("RGBA", image.size, _edge_colour(image))
        image = Image.alpha_composite(ground, image)
    rgb = image.convert("RGB")
    return Image.frombytes("RGB", rgb.size, rgb.tobytes())


def _edge_colour(image: Image.Image) -> tuple[int, int, int, int]:
    """The most frequent opaque colour along the edge; white when the whole edge is transparent."""
    width, height = image.size
    edge = [image.crop(box) for box in ((0, 0, width, 1), (0, height - 1, width, height), (0, 0, 1, height))]
    counts: dict[tuple[int, int, int, int], int] = {}
    for strip in edge:
        for count, colour in strip.getcolors(strip.width * strip.height) or ():
            if isinstance(colour, tuple) and colour[3] == 255:
                key = (colour[0], colour[1], colour[2], 255)
                counts[key] = counts.get(key, 0) + count
    return max(counts, key=lambda key: counts[key], default=(255, 255, 255, 255))
