"""Codes in a picture that could be scanned from it: payment codes, tickets, links that sign somebody in."""

from __future__ import annotations

from typing import TYPE_CHECKING

from app.capture.private_areas import PrivateArea
from app.private import Kind
from app.system.base import Rect

if TYPE_CHECKING:
    from PIL import Image

LARGEST = 1600
"""Pixels along the longer side of what is searched: a code that a phone can scan is still whole then."""


def codes(image: Image.Image) -> tuple[PrivateArea, ...]:
    """Every two-dimensional code, whatever it says: who can scan it, can use it. Takes some tens of milliseconds.

    Plain bar codes on goods and forms are no secret and stay.
    """
    import zxingcpp

    factor = max(max(image.width, image.height) / LARGEST, 1.0)
    small = image.convert("L")
    if factor > 1:
        small = small.resize((round(image.width / factor), round(image.height / factor)))
    formats = zxingcpp.BarcodeFormat
    kinds = [formats.QRCode, formats.MicroQRCode, formats.DataMatrix, formats.Aztec, formats.PDF417]
    wanted = zxingcpp.BarcodeFormats(kinds)
    found = zxingcpp.read_barcodes(small, formats=wanted)
    bounds = Rect(0, 0, image.width, image.height)
    return tuple(PrivateArea(Kind.PAYMENT_CODE, place(each.position, factor, bounds)) for each in found if each.valid)


def place(position: object, factor: float, bounds: Rect) -> Rect:
    """The upright rectangle around a code, a little generous, in pixels of the whole picture."""
    names = ("top_left", "top_right", "bottom_left", "bottom_right")
    corners = [getattr(position, name) for name in names]
    left, top = (min(getattr(each, axis) for each in corners) * factor for axis in "xy")
    right, bottom = (max(getattr(each, axis) for each in corners) * factor for axis in "xy")
    margin = max(round((right - left) * 0.04), 3)
    area = Rect(round(left), round(top), round(right - left), round(bottom - top)).grown(margin)
    return area.intersection(bounds)
