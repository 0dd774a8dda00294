"""A phone's photo of a screen, from the stripes of its panel on: moire comes from sampling them, as it really does."""

from __future__ import annotations

import random

import numpy as np
from PIL import Image, ImageFilter

from tests.benchmarks.elsewhere.worn import Place, Point, homography, jpeg

BEZEL = 0.02
STRIPES = 3
"""A panel has a red, a green and a blue stripe side by side in every pixel."""


def photographed(image: Image.Image, dice: random.Random) -> tuple[Image.Image, Place]:
    """The screen with its frame before a wall, held askew, a little unsharp, unevenly lit, sometimes with a reflection.

    `Place` maps points of the screen into the photo.
    """
    panel, offset = _panel(image)
    width = dice.choice((1600, 2016, 2400, 3024))
    ratio = dice.choice((4 / 3, 16 / 9))
    size = width, round(width / ratio)
    plain: list[Point] = [(0, 0), (panel.width, 0), (panel.width, panel.height), (0, panel.height)]
    corners = _corners(panel.width / STRIPES / panel.height, size, dice)
    sharp = panel.filter(ImageFilter.GaussianBlur(dice.uniform(0.8, 1.6)))
    photo = sharp.transform(
        size,
        Image.Transform.PERSPECTIVE,
        tuple(homography(corners, plain)),
        Image.Resampling.BILINEAR,
        fillcolor=tuple(dice.randrange(90, 200) for _ in range(3)),
    )
    worn = jpeg(_lit(photo.filter(ImageFilter.GaussianBlur(dice.uniform(0.5, 1.1))), dice), dice)
    a, b, c, d, e, f, g, h = homography(plain, corners)

    def place(point: Point) -> Point:
        x, y = point[0] * STRIPES + offset * STRIPES, point[1] + offset
        below = g * x + h * y + 1
        return (a * x + b * y + c) / below, (d * x + e * y + f) / below

    return worn, place


def _panel(image: Image.Image) -> tuple[Image.Image, int]:
    """Every pixel as three stripes in a black frame, and the frame's width in pixels of the screen."""
    pixels = np.asarray(image)
    height, width, _ = pixels.shape
    border = round(BEZEL * width)
    stripes = np.full((height + 2 * border, (width + 2 * border) * STRIPES, 3), 18, dtype=np.uint8)
    inside = stripes[border : border + height, border * STRIPES : (border + width) * STRIPES]
    for colour in range(STRIPES):
        dim = (pixels * 0.75).astype(np.uint8)  # light spreads over the neighbours
        dim[..., colour] = pixels[..., colour]
        inside[:, colour::STRIPES] = dim
    return Image.fromarray(stripes), border


def _corners(shape: float, size: tuple[int, int], dice: random.Random) -> list[Point]:
    """Where the four corners of the panel come to lie: it fills most of the photo, turned and seen from the side."""
    wide = size[0] * dice.uniform(0.8, 0.96)
    high = min(wide / shape, size[1] * 0.94)
    wide = high * shape
    left, top = (size[0] - wide) / 2, (size[1] - high) / 2
    turn = dice.uniform(-0.05, 0.05)
    found = []
    for right, down in ((0, 0), (1, 0), (1, 1), (0, 1)):
        x = left + wide * right + dice.uniform(-0.03, 0.03) * wide - turn * high * (down - 0.5)
        y = top + high * down + dice.uniform(-0.03, 0.03) * high + turn * wide * (right - 0.5)
        found.append((x, y))
    return found


def _lit(photo: Image.Image, dice: random.Random) -> Image.Image:
    """Darker towards one side, a reflection now and then, grain."""
    pixels = np.asarray(photo).astype(np.float32)
    rows, columns = np.mgrid[: photo.height, : photo.width].astype(np.float32)
    x, y = dice.random() * photo.width, dice.random() * photo.height
    distance = np.hypot(columns - x, rows - y) / photo.width
    pixels *= (dice.uniform(0.9, 1.15) - dice.uniform(0.1, 0.4) * distance)[..., None]
    if dice.random() < 0.3:
        pixels += (dice.uniform(20, 60) * np.exp(-((distance * dice.uniform(4, 9)) ** 2)))[..., None]
    pixels *= np.float32([1.0, dice.uniform(0.94, 1.0), dice.uniform(0.85, 1.05)])
    pixels += np.random.default_rng(dice.randrange(1 << 30)).normal(0, dice.uniform(2, 6), pixels.shape)
    return Image.fromarray(pixels.clip(0, 255).astype(np.uint8))
