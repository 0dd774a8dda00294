"""Marks as pixels: the one renderer, for the screen and for what is sent.

A mark becomes patches, tiles of at most 256 x 256 pixels that hold ink, so that a long arrow over a large frame costs
little memory and moving a mark means moving its patches. Lines are drawn four times as large and reduced,
which is what smooths them.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from math import atan2, ceil, cos, floor, hypot, sin
from pathlib import Path

from PIL import Image, ImageChops, ImageDraw, ImageFont

from app.capture.annotation.document import Area, Arrow, Box, Document, Ellipse, Highlight, Mark, Point, Step, Text
from app.capture.annotation.stroke import DARK, DOTS, LETTERS, WHITE, Layer, head_length, layers, reach, rgb
from app.system.base import Rect

TILE = 256
FINER = 4
Font = ImageFont.FreeTypeFont | ImageFont.ImageFont


@dataclass(frozen=True, slots=True)
class Patch:
    """Ink at a place: RGBA to lay over the picture, or RGB to multiply with it (a marker)."""

    x: int
    y: int
    image: Image.Image
    multiplies: bool = False


Ink = Callable[[ImageDraw.ImageDraw, Callable[[Point], tuple[float, float]], float], None]


def patches(mark: Mark, document: Document, font: Path | None) -> tuple[Patch, ...]:
    """The pixels of one mark in frame coordinates; none for hidden areas, which are burnt in, and unknown marks.

    `font` is a file with the letters wanted; without one Pillow's own Latin letters are used.
    """
    scale = document.scale
    match mark:
        case Arrow():
            return inked(mark, arrow_box(mark, scale), lambda layer: arrow_ink(mark, layer, scale), scale)
        case Box():
            return inked(mark, grown(mark.area, reach(mark.weight, scale)), lambda layer: box_ink(mark, layer), scale)
        case Ellipse():
            area = grown(mark.area, reach(mark.weight, scale))
            return inked(mark, area, lambda layer: ellipse_ink(mark, layer), scale)
        case Highlight():
            rect = mark.area.pixels()
            light = tuple(255 - (255 - channel) * 2 // 5 for channel in rgb(mark.colour))
            size = (max(rect.width, 1), max(rect.height, 1))
            return (Patch(rect.x, rect.y, Image.new("RGB", size, light), multiplies=True),)
        case Step():
            return (step_patch(mark, document, font),)
        case Text():
            return (text_patch(mark, scale, font),)
        case _:
            return ()


def laid_over(picture: Image.Image, patch: Patch, origin: Rect) -> None:
    """Draw a patch onto an RGB picture whose top left pixel is `origin`'s in the frame. Changes `picture`."""
    x, y = patch.x - origin.x, patch.y - origin.y
    where = Rect(x, y, patch.image.width, patch.image.height).intersection(Rect(0, 0, picture.width, picture.height))
    if where.is_empty:
        return
    part = patch.image.crop((where.x - x, where.y - y, where.right - x, where.bottom - y))
    if patch.multiplies:
        below = picture.crop((where.x, where.y, where.right, where.bottom))
        picture.paste(ImageChops.multiply(below, part), (where.x, where.y))
    else:
        picture.paste(part, (where.x, where.y), part)


def grown(area: Area, margin: float) -> Area:
    return Area(area.x - margin, area.y - margin, area.width + 2 * margin, area.height + 2 * margin)


def tiles(area: Area) -> Iterator[Rect]:
    """Tiles on a fixed grid that cover an area."""
    for top in range(floor(area.y / TILE) * TILE, ceil(area.y + area.height), TILE):
        for left in range(floor(area.x / TILE) * TILE, ceil(area.x + area.width), TILE):
            yield Rect(left, top, TILE, TILE)


def inked(mark: Arrow | Box | Ellipse, area: Area, ink: Callable[[Layer], Ink], scale: float) -> tuple[Patch, ...]:
    """The tiles of an outline that hold ink, trimmed to it."""
    passes = layers(mark.colour, mark.weight, scale)
    found = []
    for tile in tiles(area):
        if not may_touch(mark, tile, reach(mark.weight, scale) + head_length(mark.weight, scale)):
            continue
        tile = tile.intersection(area.pixels())
        patch = Image.new("RGBA", (tile.width, tile.height))
        for layer in passes:
            patch.paste((*layer.colour, 255), (0, 0), mask(tile, ink(layer)))
        box = patch.getbbox()
        if box:
            found.append(Patch(tile.x + box[0], tile.y + box[1], patch.crop(box)))
    return tuple(found)


def mask(tile: Rect, ink: Ink) -> Image.Image:
    """How much of each pixel of a tile an ink covers (L, 0 to 255)."""
    large = Image.new("L", (tile.width * FINER, tile.height * FINER))

    def place(point: Point) -> tuple[float, float]:
        return (point.x - tile.x) * FINER, (point.y - tile.y) * FINER

    ink(ImageDraw.Draw(large), place, FINER)
    return large.reduce(FINER)


def may_touch(mark: Arrow | Box | Ellipse, tile: Rect, margin: float) -> bool:
    """Whether an outline can leave ink in a tile; quick, and wrong only by saying yes."""
    left, top = tile.x - margin, tile.y - margin
    right, bottom = tile.right + margin, tile.bottom + margin
    if isinstance(mark, Arrow):
        return crosses(mark.start, mark.tip, left, top, right, bottom)
    corners = ((left, top), (right, top), (left, bottom), (right, bottom))
    return not all(is_inside(mark, x, y) for x, y in corners)


def crosses(start: Point, end: Point, left: float, top: float, right: float, bottom: float) -> bool:
    """Whether a segment meets a rectangle (Liang and Barsky, 1984)."""
    dx, dy = end.x - start.x, end.y - start.y
    first, last = 0.0, 1.0
    for step, distance in ((-dx, start.x - left), (dx, right - start.x), (-dy, start.y - top), (dy, bottom - start.y)):
        if step == 0:
            if distance < 0:
                return False
        elif step < 0:
            first = max(first, distance / step)
        else:
            last = min(last, distance / step)
    return first <= last


def is_inside(mark: Box | Ellipse, x: float, y: float) -> bool:
    """Whether a point lies inside the outlined shape."""
    area = mark.area
    if isinstance(mark, Box):
        return area.x <= x <= area.x + area.width and area.y <= y <= area.y + area.height
    if not area.width or not area.height:
        return False
    horizontal = (x - area.x - area.width / 2) / (area.width / 2)
    vertical = (y - area.y - area.height / 2) / (area.height / 2)
    return horizontal**2 + vertical**2 <= 1


def arrow_box(mark: Arrow, scale: float) -> Area:
    margin = reach(mark.weight, scale) + head_length(mark.weight, scale)
    return grown(Area.between(mark.start, mark.tip), margin)


def arrow_ink(mark: Arrow, layer: Layer, scale: float) -> Ink:
    """A shaft and a filled head; the head is fattened by as much as the layer is wider than the core."""
    core = layers(mark.colour, mark.weight, scale)[-1].width
    extra = (layer.width - core) / 2
    angle = atan2(mark.tip.y - mark.start.y, mark.tip.x - mark.start.x)
    length = min(head_length(mark.weight, scale), hypot(mark.tip.x - mark.start.x, mark.tip.y - mark.start.y))
    neck = Point(mark.tip.x - cos(angle) * length * 0.8, mark.tip.y - sin(angle) * length * 0.8)
    wings = [
        Point(mark.tip.x - cos(angle + turn) * length, mark.tip.y - sin(angle + turn) * length)
        for turn in (0.45, -0.45)
    ]

    def draw(canvas: ImageDraw.ImageDraw, place: Callable[[Point], tuple[float, float]], finer: float) -> None:
        width = layer.width * finer
        canvas.line([place(mark.start), place(neck)], fill=255, width=round(width))
        dot(canvas, place(mark.start), width / 2)
        head = [place(mark.tip), place(wings[0]), place(wings[1])]
        canvas.polygon(head, fill=255)
        if extra:
            canvas.line([*head, head[0]], fill=255, width=round(2 * extra * finer))
            for corner in head:
                dot(canvas, corner, extra * finer)

    return draw


def dot(canvas: ImageDraw.ImageDraw, centre: tuple[float, float], radius: float) -> None:
    x, y = centre
    canvas.ellipse((x - radius, y - radius, x + radius, y + radius), fill=255)


def outline_of(area: Area, layer: Layer, place: Callable[[Point], tuple[float, float]]) -> tuple[float, ...]:
    """The outer edge of a stroke centred on an area's edge, in canvas coordinates."""
    half = layer.width / 2
    left, top = place(Point(area.x - half, area.y - half))
    right, bottom = place(Point(area.x + area.width + half, area.y + area.height + half))
    return left, top, max(right - 1, left), max(bottom - 1, top)


def box_ink(mark: Box, layer: Layer) -> Ink:
    def draw(canvas: ImageDraw.ImageDraw, place: Callable[[Point], tuple[float, float]], finer: float) -> None:
        left, top, right, bottom = outline_of(mark.area, layer, place)
        radius = min(layer.width * finer, (right - left) / 2, (bottom - top) / 2)
        canvas.rounded_rectangle(
            (left, top, right, bottom), radius=radius, outline=255, width=round(layer.width * finer)
        )

    return draw


def ellipse_ink(mark: Ellipse, layer: Layer) -> Ink:
    def draw(canvas: ImageDraw.ImageDraw, place: Callable[[Point], tuple[float, float]], finer: float) -> None:
        left, top, right, bottom = outline_of(mark.area, layer, place)
        canvas.ellipse((left, top, right, bottom), outline=255, width=round(layer.width * finer))

    return draw


def step_patch(mark: Step, document: Document, font: Path | None) -> Patch:
    """A filled dot with its number in white."""
    scale = document.scale
    radius = DOTS[mark.weight] * scale
    passes = layers(mark.colour, mark.weight, scale)
    rims = [(layer.width - passes[-1].width) / 2 for layer in passes]
    side = 2 * ceil(radius + rims[0] + 1)
    corner = Point(floor(mark.centre.x) - side / 2, floor(mark.centre.y) - side / 2)
    tile = Rect(int(corner.x), int(corner.y), side, side)
    patch = Image.new("RGBA", (side, side))
    for layer, rim in zip(passes, rims, strict=True):

        def ink(
            canvas: ImageDraw.ImageDraw,
            place: Callable[[Point], tuple[float, float]],
            finer: float,
            rim: float = rim,
        ) -> None:
            dot(canvas, place(mark.centre), (radius + rim) * finer)

        patch.paste((*layer.colour, 255), (0, 0), mask(tile, ink))
    middle = (mark.centre.x - tile.x, mark.centre.y - tile.y)
    number = str(document.number(mark))
    size = radius * (1.25 if len(number) < 2 else 1.0)
    ImageDraw.Draw(patch).text(middle, number, font=letters(font, size), fill=(*WHITE, 255), anchor="mm")
    return Patch(tile.x, tile.y, patch)


def letters(font: Path | None, size: float) -> Font:
    """A typeface of so many pixels. A file that cannot be read gives Pillow's own letters."""
    if font is not None:
        try:
            return ImageFont.truetype(str(font), max(round(size), 6))
        except OSError:
            pass  # a font removed meanwhile must not cost the employee the picture
    return ImageFont.load_default(max(round(size), 6))


def text_patch(mark: Text, scale: float, font: Path | None) -> Patch:
    """Words in their colour on a white edge with a dark rim, broken to the mark's width."""
    face = letters(font, LETTERS[mark.weight] * scale)
    lines = wrapped(mark.words, face, mark.width)
    white, dark = max(round(2 * scale), 1), max(round(3 * scale), 2)
    _, top, _, bottom = face.getbbox("Ág中", anchor="ls", stroke_width=dark)
    height = ceil(bottom - top)
    width = max(ceil(face.getlength(line)) for line in lines) + 2 * dark
    patch = Image.new("RGBA", (max(width, 1), max(height * len(lines), 1)))
    canvas = ImageDraw.Draw(patch)
    # Line by line: Pillow spaces the lines of a block by its stroke, which would shift one pass against another.
    for stroke, colour in ((dark, DARK), (white, WHITE), (0, rgb(mark.colour))):
        for row, line in enumerate(lines):
            place = (dark, row * height - top)
            canvas.text(place, line, font=face, fill=colour, stroke_width=stroke, stroke_fill=colour, anchor="ls")
    return Patch(floor(mark.corner.x) - dark, floor(mark.corner.y) - dark, patch)


def wrapped(words: str, face: Font, width: float) -> list[str]:
    """Lines no wider than `width` pixels, broken at spaces, or anywhere where there are none (Chinese)."""
    lines = []
    for paragraph in words.split("\n"):
        line = ""
        for piece in pieces(paragraph):
            if line and face.getlength((line + piece).rstrip()) > width:
                lines.append(line.rstrip())
                line = piece.lstrip()
            else:
                line += piece
        lines.append(line.rstrip())
    return lines


def pieces(paragraph: str) -> Iterator[str]:
    """What may stand at a line's end: a word with its space, or a single character of a script without spaces."""
    word = ""
    for character in paragraph:
        if ord(character) >= 0x2E80:
            if word:
                yield word
                word = ""
            yield character
        elif character == " ":
            yield word + " "
            word = ""
        else:
            word += character
    if word:
        yield word
