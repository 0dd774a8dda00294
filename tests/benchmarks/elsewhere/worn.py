"""What happens to a picture on its way: JPEG, remote desktops, scaling, ClearType fringes, and a phone's camera."""

from __future__ import annotations

import io
import math
import random
from collections.abc import Callable

import numpy as np
from PIL import Image, ImageFilter

from app.system.base import Rect

Point = tuple[float, float]
Place = Callable[[Point], Point]


def cleartype(image: Image.Image, _: random.Random) -> Image.Image:
    """Red and blue a third of a pixel to either side, as on a panel of stripes."""
    red, green, blue = image.split()
    wide = (image.width, image.height)

    def shifted(plane: Image.Image, by: float) -> Image.Image:
        return plane.transform(wide, Image.Transform.AFFINE, (1, 0, by, 0, 1, 0), Image.Resampling.BILINEAR)

    return Image.merge("RGB", (shifted(red, -1 / 3), green, shifted(blue, 1 / 3)))


def jpeg(image: Image.Image, dice: random.Random) -> Image.Image:
    """Quality 40 to 80 with colour at half resolution."""
    stored = io.BytesIO()
    image.save(stored, "JPEG", quality=dice.randrange(40, 81))
    return Image.open(stored).convert("RGB")


def few_colours(image: Image.Image, _: random.Random) -> Image.Image:
    """A remote desktop with 15 bits a pixel."""
    return image.point([level & 0xF8 for level in range(256)] * 3)


def shrunk(image: Image.Image, dice: random.Random) -> Image.Image:
    """Scaled to 70 to 95 % and back, as by a viewer's window."""
    factor = dice.uniform(0.72, 0.95)
    small = image.resize((round(image.width * factor), round(image.height * factor)), Image.Resampling.BILINEAR)
    return small.resize(image.size, Image.Resampling.BICUBIC)


WORN = {"cleartype": cleartype, "jpeg": jpeg, "few colours": few_colours, "shrunk": shrunk}


def photographed(image: Image.Image, dice: random.Random) -> tuple[Image.Image, Place]:
    """A phone's photo of a screen: perspective, stripes, blur, noise, uneven light. `Place` maps points into it."""
    width, height = image.size
    size = (round(width * 1.12), round(height * 1.12))
    corners = [
        (size[0] * (0.05 + 0.9 * right) + dice.uniform(-0.025, 0.025) * width,
         size[1] * (0.05 + 0.9 * down) + dice.uniform(-0.025, 0.025) * height)
        for right, down in ((0, 0), (1, 0), (1, 1), (0, 1))
    ]  # fmt: skip
    plain: list[Point] = [(0, 0), (width, 0), (width, height), (0, height)]
    backwards, forwards = homography(corners, plain), homography(plain, corners)
    photo = image.transform(
        size, Image.Transform.PERSPECTIVE, tuple(backwards), Image.Resampling.BICUBIC, fillcolor=(38, 36, 34)
    )
    photo = photo.filter(ImageFilter.GaussianBlur(dice.uniform(0.4, 0.9)))
    pixels = np.asarray(photo).astype(np.float32)
    rows, columns = np.mgrid[: size[1], : size[0]].astype(np.float32)
    angle, period = dice.uniform(0, math.pi), dice.uniform(3, 9)
    stripes = np.sin((columns * math.cos(angle) + rows * math.sin(angle)) * 2 * math.pi / period)
    light = 1 - 0.25 * np.hypot(columns / size[0] - dice.random(), rows / size[1] - dice.random())
    noise = np.random.default_rng(dice.randrange(1 << 30)).normal(0, 5, pixels.shape)
    pixels = (
        pixels * light[..., None] * np.float32([1.0, 0.98, dice.uniform(0.85, 1.0)]) + 4 * stripes[..., None] + noise
    )
    worn = jpeg(Image.fromarray(pixels.clip(0, 255).astype(np.uint8)), dice)

    def place(point: Point) -> Point:
        a, b, c, d, e, f, g, h = forwards
        x, y = point
        below = g * x + h * y + 1
        return (a * x + b * y + c) / below, (d * x + e * y + f) / below

    return worn, place


def moved(rect: Rect, place: Place) -> Rect:
    """The box around a rectangle's corners after the photo."""
    points = [place((x, y)) for x in (rect.x, rect.right) for y in (rect.y, rect.bottom)]
    left, top = (round(min(point[axis] for point in points)) for axis in (0, 1))
    right, bottom = (round(max(point[axis] for point in points)) for axis in (0, 1))
    return Rect(left, top, right - left, bottom - top)


def homography(source: list[Point], target: list[Point]) -> list[float]:
    """The eight numbers of the perspective that takes `source` to `target`."""
    rows, values = [], []
    for (x, y), (u, v) in zip(source, target, strict=True):
        rows += [[x, y, 1, 0, 0, 0, -u * x, -u * y], [0, 0, 0, x, y, 1, -v * x, -v * y]]
        values += [u, v]
    return list(map(float, np.linalg.solve(np.array(rows), np.array(values))))
