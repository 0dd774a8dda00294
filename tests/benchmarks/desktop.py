"""A desktop that does the same things every time: a blinking cursor, typing, scrolling, a dragged window, a film.

`DISPLAY=:7 python -m tests.benchmarks.desktop WORKLOAD SECONDS [CHANGES A SECOND]` draws, says `ready`, begins at a
line on standard input, and prints at the end when each change was made. Every change also writes its number as bright
and dark squares, last of all, so that whoever sees the number sees the change.
"""

from __future__ import annotations

import json
import random
import sys
import time
from typing import Any

import xcffib
import xcffib.xproto as x
from PIL import Image, ImageDraw, ImageFont

WIDTH, HEIGHT = 1920, 1080
STAMP_X, STAMP_Y, SQUARE, SQUARES = 320, 160, 10, 14
TEXT_X, TEXT_Y, TEXT_WIDTH, TEXT_HEIGHT = 300, 200, 1200, 760
DRAG_WIDTH, DRAG_HEIGHT = 760, 480
STEP = 18
"""Pixels a line of text is high, and a wheel's notch scrolls."""
TEXT = (
    "error printer 0x00000709 could not be opened because the spooler service has stopped on this till please "
    "restart the queue receipt payment terminal connection refused code E1023 access denied to share invoice 4711"
)
WORDS = TEXT.split()
RATES = {"static": 1.0, "typing": 8.0, "scroll": 30.0, "drag": 30.0, "film": 30.0}
FILM_WIDTH, FILM_HEIGHT = 640, 360


def text_picture(width: int, height: int, seed: int) -> Image.Image:
    """Lines of plausible text, smoothed as desktops do."""
    rng = random.Random(seed)
    image = Image.new("RGB", (width, height), "white")
    canvas = ImageDraw.Draw(image)
    font = ImageFont.truetype("DejaVuSans.ttf", 13)
    for row in range(height // STEP):
        line = f"{row + 1:4}  " + " ".join(rng.choice(WORDS) for _ in range(rng.randrange(6, 19)))
        canvas.text((8, row * STEP + 1), line, fill="#202020", font=font)
    return image


def film_picture(number: int) -> Image.Image:
    """One of a film: a detailed picture the camera goes into, with the grain cameras have."""
    near = 1.0 - number * 0.02
    place = (-0.75 - near, 0.1 - near * 0.6, -0.75 + near, 0.1 + near * 0.6)
    shape = Image.effect_mandelbrot((FILM_WIDTH, FILM_HEIGHT), place, 60).convert("RGB")
    grain = Image.effect_noise((FILM_WIDTH, FILM_HEIGHT), 24).convert("RGB")
    return Image.blend(shape, grain, 0.25)


def wallpaper() -> Image.Image:
    """A soft gradient, as desktops have it."""
    column = Image.new("RGB", (1, HEIGHT))
    for y in range(HEIGHT):
        column.putpixel((0, y), (30 + y * 40 // HEIGHT, 70 + y * 60 // HEIGHT, 120 + y * 70 // HEIGHT))
    return column.resize((WIDTH, HEIGHT))


class Desktop:
    """Windows whose contents the X server keeps, so that uncovering costs no drawing."""

    def __init__(self) -> None:
        self._connection: Any = xcffib.connect()
        self._screen = self._connection.get_setup().roots[self._connection.pref_screen]
        self._core = self._connection.core
        self._graphics = self._connection.generate_id()
        self._core.CreateGC(self._graphics, self._screen.root, x.GC.GraphicsExposures, [0])
        background = self.pixmap(wallpaper())
        self._core.ChangeWindowAttributes(self._screen.root, x.CW.BackPixmap, [background])
        self._core.ClearArea(False, self._screen.root, 0, 0, 0, 0)
        self.page = text_picture(TEXT_WIDTH, TEXT_HEIGHT, 1)
        self.text = self.window(TEXT_X, TEXT_Y, TEXT_WIDTH, TEXT_HEIGHT, self.pixmap(self.page))
        self._stamp = self.window(STAMP_X, STAMP_Y, SQUARE * SQUARES, SQUARE, None)

    def pixmap(self, image: Image.Image) -> int:
        """A picture in the X server."""
        found = int(self._connection.generate_id())
        self._core.CreatePixmap(self._screen.root_depth, found, self._screen.root, image.width, image.height)
        self.put(found, image, 0, 0)
        return found

    def put(self, drawable: int, image: Image.Image, left: int, top: int) -> None:
        """Draw a picture, in bands that fit into a request."""
        rows = max(200_000 // (image.width * 4), 1)
        for y in range(0, image.height, rows):
            band = image.crop((0, y, image.width, min(y + rows, image.height)))
            data = band.convert("RGBX").tobytes("raw", "BGRX")
            depth = self._screen.root_depth
            size = (band.width, band.height)
            self._core.PutImage(
                x.ImageFormat.ZPixmap, drawable, self._graphics, *size, left, top + y, 0, depth, len(data), data
            )

    def window(self, left: int, top: int, width: int, height: int, background: int | None) -> int:
        """A window without a frame, shown."""
        found = int(self._connection.generate_id())
        mask, values = x.CW.OverrideRedirect, [1]
        if background is not None:
            mask, values = mask | x.CW.BackPixmap, [background, 1]
        self._core.CreateWindow(
            self._screen.root_depth,
            found,
            self._screen.root,
            *(left, top, width, height),
            0,
            x.WindowClass.InputOutput,
            self._screen.root_visual,
            mask,
            values,
        )
        self._core.MapWindow(found)
        return found

    def copy(
        self, source: int, target: int, from_y: int, width: int, height: int, to_x: int = 0, to_y: int = 0
    ) -> None:
        """Show part of a taller picture."""
        self._core.CopyArea(source, target, self._graphics, 0, from_y, to_x, to_y, width, height)

    def move(self, window: int, left: int, top: int) -> None:
        """Drag a window."""
        self._core.ConfigureWindow(window, x.ConfigWindow.X | x.ConfigWindow.Y, [left, top])

    def stamp(self, number: int) -> float:
        """Write a change's number, and hand everything over; the moment before."""
        bits = [1, *((number >> place) & 1 for place in range(12)), number.bit_count() & 1]
        for bit, colour in ((0, 0x000000), (1, 0xFFFFFF)):
            self._core.ChangeGC(self._graphics, x.GC.Foreground, [colour])
            squares = [
                x.RECTANGLE.synthetic(place * SQUARE, 0, SQUARE, SQUARE)
                for place, each in enumerate(bits)
                if each == bit
            ]
            self._core.PolyFillRectangle(self._stamp, self._graphics, len(squares), squares)
        at = time.time()
        self._connection.flush()
        return at

    def settle(self) -> None:
        """Wait until the X server has done everything."""
        self._core.GetInputFocus().reply()


class Workload:
    """One kind of change, made `step` by `step`."""

    def __init__(self, desktop: Desktop, name: str) -> None:
        self._desktop = desktop
        steps = {"static": self._blink, "typing": self._type, "scroll": self._scroll, "drag": self._drag}
        self.step = (steps | {"film": self._play})[name]
        self._tall = desktop.pixmap(text_picture(TEXT_WIDTH, 6000, 2)) if name == "scroll" else 0
        if name == "drag":
            picture = text_picture(DRAG_WIDTH, DRAG_HEIGHT, 3)
            ImageDraw.Draw(picture).rectangle((0, 0, DRAG_WIDTH, 28), fill="#3a6ea5")
            self._dragged = desktop.window(120, 320, DRAG_WIDTH, DRAG_HEIGHT, desktop.pixmap(picture))
        self._film = [desktop.pixmap(film_picture(number)) for number in range(24)] if name == "film" else []
        self._font = ImageFont.truetype("DejaVuSans.ttf", 13)

    def _blink(self, number: int) -> None:
        colour = "#202020" if number % 2 else "white"
        self._desktop.put(self._desktop.text, Image.new("RGB", (2, 15), colour), 20, 400)

    def _type(self, number: int) -> None:
        letter = Image.new("RGB", (9, 16), "white")
        ImageDraw.Draw(letter).text((0, 0), "deskbell"[number % 8], fill="#202020", font=self._font)
        place = number % 120
        self._desktop.put(self._desktop.text, letter, 8 + place * 9, 20 * STEP + number // 120 * STEP)

    def _scroll(self, number: int) -> None:
        furthest = (6000 - TEXT_HEIGHT) // STEP
        row = number % (2 * furthest)
        row = row if row < furthest else 2 * furthest - row
        self._desktop.copy(self._tall, self._desktop.text, row * STEP, TEXT_WIDTH, TEXT_HEIGHT)

    def _drag(self, number: int) -> None:
        along = abs((number * 14) % 1800 - 900)
        self._desktop.move(self._dragged, 120 + along, 320 + along // 5)

    def _play(self, number: int) -> None:
        along = number % (2 * len(self._film) - 2)
        picture = self._film[min(along, 2 * len(self._film) - 2 - along)]
        self._desktop.copy(picture, self._desktop.text, 0, FILM_WIDTH, FILM_HEIGHT, to_x=500, to_y=100)


def main() -> int:
    name, seconds = sys.argv[1], float(sys.argv[2])
    rate = float(sys.argv[3]) if len(sys.argv) > 3 else RATES[name]
    desktop = Desktop()
    workload = Workload(desktop, name)
    desktop.stamp(0)
    desktop.settle()
    print("ready", flush=True)
    sys.stdin.readline()
    made: list[tuple[int, float]] = []
    began = time.monotonic()
    for number in range(1, int(seconds * rate) + 1):
        rest = began + number / rate - time.monotonic()
        if rest > 0:
            time.sleep(rest)
        workload.step(number)
        made.append((number, desktop.stamp(number) if name != "static" else time.time()))
        desktop.settle()
    print(json.dumps(made), flush=True)
    sys.stdin.readline()
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
