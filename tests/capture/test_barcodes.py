"""Codes that can be scanned from a picture."""

from __future__ import annotations

import numpy as np
import zxingcpp
from PIL import Image

from app.capture.barcodes import codes
from app.private import Kind
from app.system.base import Rect


def shown(size: tuple[int, int], at: tuple[int, int]) -> tuple[Image.Image, Rect]:
    """A screen with a payment code, and where its modules lie."""
    made = zxingcpp.create_barcode("https://pay.example/7f3a", zxingcpp.BarcodeFormat.QRCode)
    code = Image.fromarray(np.array(made.to_image(scale=5))).convert("RGB")
    screen = Image.new("RGB", size, (230, 232, 236))
    screen.paste(code, at)
    quiet = 20
    return screen, Rect(at[0] + quiet, at[1] + quiet, code.width - 2 * quiet, code.height - 2 * quiet)


def test_a_payment_code_is_found_and_covered_whole() -> None:
    screen, place = shown((1280, 720), (700, 300))

    (found,) = codes(screen)

    assert found.kind is Kind.PAYMENT_CODE
    assert found.area.intersection(place) == place


def test_a_code_on_a_large_screen_is_found_in_the_screens_own_pixels() -> None:
    screen, place = shown((3840, 2160), (3000, 1500))

    (found,) = codes(screen)

    assert found.area.intersection(place).area >= place.area * 0.95


def test_a_screen_without_a_code_has_none() -> None:
    assert codes(Image.new("RGB", (640, 480), "white")) == ()
