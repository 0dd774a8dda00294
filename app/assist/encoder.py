"""Turns what changed on the screen into frames: copies, lossless rectangles, and pictures for what looks like a photo.

The encoder keeps the viewer's picture and compares with that, never with the last frame, so that dropped states cost
nothing. Text and flat areas go through one streaming zstd context: glyphs repeat, and history makes them cheap. What
was sent with loss is remembered and sent again without, once it has been still for 0.2 s.
"""

from __future__ import annotations

import io
import math
from collections.abc import Sequence
from typing import TYPE_CHECKING

import numpy as np
import zstandard

from app.assist import motion, tiles
from app.assist.film import Film
from app.assist.motion import Copy
from app.assist.pace import SECONDS
from app.assist.source import Cursor, Moved
from app.protocol.stream import Part, PartKind
from app.system.base import Rect

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from app.assist.source import Pixels

LEVEL = 9
"""Finds the glyphs of long ago, which makes text a fifth as large as level 3 does in the same time."""
WINDOW_LOG = 23
TABLE_LOG = 19
"""A quarter of what the level would take: as small a stream on pages of text, in 8 MB less."""
MOVE_SHARE = 0.04
"""Share of the tiles that must differ before movement is looked for."""
PHOTO_NEIGHBOURS = 0.35
"""Below this share of equal horizontal neighbours an area looks like a photograph."""
PHOTO_AREA = 64 * 64
GOOD_QUALITY, POOR_QUALITY = 85, 45
STILL = 0.2
"""Seconds without change after which a lossy tile is refined."""
LARGEST_PART = 256 * 1024
"""Raw bytes of one lossless part: the viewer can draw the first while the next is under way."""
PATIENT = 3
"""How many budgets a lossless change may cost before pictures replace it: pictures of text are no smaller than that."""
TELLING = 64 * 1024
"""Raw bytes a part must have to tell how well large areas compress; a line of new text compresses worse."""
CELL_WIDTH, CELL_HEIGHT = 512, 256
"""Large areas are judged in cells: a photograph beside text must not make the text a photograph."""
FIRST_RATIO = 0.02
"""Lossless bytes for each raw byte, before anything was measured."""
PHOTO_RATIO = 0.15
"""Bytes of a photograph for each raw byte, before anything was measured."""
SHARP_RATIO = 0.8
"""Bytes of what is sharpened for each raw byte, before it was measured: as if it were a photograph."""
COARSE_AREA, COARSE_QUALITY = 640 * 360, 35
"""Pixels of the very first picture, which takes a slow line 0.06 s where the sharp one takes 0.2 s."""
REFINING = 0.25
"""Share of the budget that may sharpen what is still while something else changes."""


class Encoder:
    """One viewer's picture of one screen."""

    def __init__(self, width: int, height: int) -> None:
        self.width, self.height = width, height
        self.film = Film()
        self._is_new = True
        self.reset()

    def reset(self, *, is_told: bool = False) -> None:
        """Start anew, as for a viewer who has nothing: after a cut line and at the start.

        `is_told` lets a viewer who goes on over the same line know that a new stream begins.
        """
        self._is_told = is_told
        self._shown: Pixels = np.zeros((self.height, self.width, 4), np.uint8)
        rows, columns = -(-self.height // tiles.TILE), -(-self.width // tiles.TILE)
        self._lossy: NDArray[np.float64] = np.full((rows, columns), np.inf)
        self._is_blank = True
        parameters = zstandard.ZstdCompressionParameters.from_level(
            LEVEL, window_log=WINDOW_LOG, hash_log=TABLE_LOG, chain_log=TABLE_LOG, write_content_size=False
        )
        self._stream = zstandard.ZstdCompressor(compression_params=parameters).compressobj()
        self._ratio, self._photo_ratio, self._sharp_ratio = FIRST_RATIO, PHOTO_RATIO, SHARP_RATIO
        self.film.reset()
        self._cursor: tuple[int, int] | None = None

    @property
    def is_exact(self) -> bool:
        """Whether the viewer has nothing lossy left."""
        return not self._is_blank and bool(np.isinf(self._lossy).all())

    @property
    def is_blank(self) -> bool:
        """Whether the viewer has nothing yet, or only a coarse picture."""
        return self._is_blank

    def parts(
        self, now: Pixels, area: Rect | None, moves: Sequence[Moved], budget: int, clock: float
    ) -> tuple[Part, ...]:
        """What brings the viewer's picture to `now`, looking at `area` only; empty when nothing differs.

        `now` is the whole screen. `budget` is what the line takes at once, in bytes; above it pictures replace
        lossless parts. `clock` is monotonic seconds.
        """
        if self._is_blank and self._is_new and self.width * self.height > COARSE_AREA:
            self._is_new = False
            return self._begun([coarse(now)])
        found: list[Part] = []
        dirty = self._differing(now, area)
        if dirty is not None and self._is_large(dirty):
            copies = self._copies(now, dirty, moves)
            found += [self._copied(copy) for copy in copies]
            if copies:
                dirty = self._differing(now, Rect(0, 0, self.width, self.height))
        if dirty is not None:
            found += self._changed(now, dirty, budget, clock)
        left = int(budget * REFINING) - sum(len(part.data) for part in found) if found else budget
        if left > 0:
            found += self._refined(now, left, clock)
        self._is_blank = self._is_blank and not found
        return self._begun(found)

    def _begun(self, found: list[Part]) -> tuple[Part, ...]:
        """The parts, after the word that a new stream begins where it is needed."""
        if found and self._is_told:
            self._is_told = False
            found.insert(0, Part(PartKind.RESET, 0, 0, 0, 0))
        return tuple(found)

    def cursor_parts(self, shape: Cursor | None, place: tuple[int, int]) -> tuple[Part, ...]:
        """The pointer's new shape and place, as far as they changed."""
        found = []
        if shape is not None:
            head = shape.hot_x.to_bytes(2, "big") + shape.hot_y.to_bytes(2, "big")
            found.append(Part(PartKind.CURSOR_SHAPE, 0, 0, shape.width, shape.height, head + png_of(shape)))
        if place != self._cursor:
            self._cursor = place
            inside = 0 <= place[0] < self.width and 0 <= place[1] < self.height
            x, y = (place if inside else (0, 0))[:2]
            found.append(Part(PartKind.CURSOR_PLACE, x, y, int(inside), 1))
        return tuple(found)

    def _differing(self, now: Pixels, area: Rect | None) -> NDArray[np.bool_] | None:
        if self._is_blank:
            return np.ones_like(self._lossy, np.bool_)
        if area is None:
            return None
        dirty = tiles.differing(self._shown, now, area)
        return dirty if dirty.any() else None

    def _is_large(self, dirty: NDArray[np.bool_]) -> bool:
        return not self._is_blank and bool(np.count_nonzero(dirty) > MOVE_SHARE * dirty.size)

    def _copies(self, now: Pixels, dirty: NDArray[np.bool_], moves: Sequence[Moved]) -> list[Copy]:
        """Copies that bring more right than wrong pixels; what the system told first, then what pixels tell."""
        for move in moves:
            told = motion.clipped(Copy(move.before, move.after), self.width, self.height)
            if told and motion.gain(self._shown, now, told) > told.target.area // 4:
                return [told]
        # Trimmed, for whatever surrounds the moving part would make its rows look unlike each other.
        around = tiles.trimmed(self._shown, now, tiles.bounds(dirty, self.width, self.height))
        guess = motion.scrolled(self._shown, now, around)
        if guess and motion.gain(self._shown, now, guess) > guess.target.area // 50:
            return [guess]
        return []

    def _copied(self, copy: Copy) -> Part:
        motion.apply(self._shown, copy)
        if not self.is_exact:
            lossy = self._lossy[self._tiles_of(copy.source)]
            if not np.isinf(lossy).all():
                touched = self._tiles_of(copy.target)
                self._lossy[touched] = np.minimum(self._lossy[touched], lossy.min())
        target = copy.target
        data = copy.source.x.to_bytes(2, "big") + copy.source.y.to_bytes(2, "big")
        return Part(PartKind.COPY, target.x, target.y, target.width, target.height, data)

    def _tiles_of(self, area: Rect) -> tuple[slice, slice]:
        size = tiles.TILE
        return slice(area.y // size, -(-area.bottom // size)), slice(area.x // size, -(-area.right // size))

    def _changed(self, now: Pixels, dirty: NDArray[np.bool_], budget: int, clock: float) -> list[Part]:
        pieces = self._pieces(now, dirty)
        raw = sum(area.area * 3 for area, _ in pieces)
        photos = sum(area.area * 3 for area, is_photo in pieces if is_photo) * self._photo_ratio
        lossless = sum(area.area * 3 for area, is_photo in pieces if not is_photo) * self._ratio
        # Who has nothing yet waits for the whole picture in any case: better a sharp one at once.
        is_full = raw > 16 * 1024 and not self._is_blank
        if is_full and self.film.can_play and (photos > budget or photos + lossless > PATIENT * budget):
            return self._filmed(now, dirty, budget, clock)
        is_full = is_full and photos + lossless > PATIENT * budget
        quality = POOR_QUALITY if is_full else GOOD_QUALITY
        found: list[Part] = []
        for area, is_photo in pieces:
            if is_photo or is_full:
                found += [self._picture(now, cell, quality, clock) for cell in cells(area)]
            else:
                found += self._lossless(now, area)
        return found

    def _pieces(self, now: Pixels, dirty: NDArray[np.bool_]) -> list[tuple[Rect, bool]]:
        """What has to be sent, and whether it looks like a photograph."""
        found = []
        for area in tiles.rectangles(dirty, self.width, self.height):
            exact = area if self._is_blank else tiles.trimmed(self._shown, now, area)
            if exact.area < PHOTO_AREA:
                found.append((exact, False))
                continue
            for cell in cells(exact):
                found.append((cell, cell.area >= PHOTO_AREA and looks_like_photo(now, cell)))
        return found

    def _filmed(self, now: Pixels, dirty: NDArray[np.bool_], budget: int, clock: float) -> list[Part]:
        """The dirty tiles out of one frame of a stream; they are lossy from now on."""
        bounds = tiles.bounds(dirty, self.width, self.height)
        mask, frame = self.film.parts(now, bounds, dirty, budget / SECONDS, clock)
        for area in tiles.rectangles(dirty, self.width, self.height):
            self._shown[area.y : area.bottom, area.x : area.right] = now[area.y : area.bottom, area.x : area.right]
        self._lossy[dirty] = clock
        return [mask, frame]

    def _lossless(self, now: Pixels, area: Rect) -> list[Part]:
        """The area as RGB through the stream, in bands of bounded size."""
        found = []
        rows = max(LARGEST_PART // (area.width * 3), 1)
        for top in range(area.y, area.bottom, rows):
            band = Rect(area.x, top, area.width, min(rows, area.bottom - top))
            pixels = now[band.y : band.bottom, band.x : band.right]
            raw = np.ascontiguousarray(pixels[..., 2::-1]).data
            data = self._stream.compress(raw) + self._stream.flush(zstandard.COMPRESSOBJ_FLUSH_BLOCK)
            if raw.nbytes >= TELLING:
                self._ratio = 0.8 * self._ratio + 0.2 * len(data) / raw.nbytes
            found.append(Part(PartKind.ZSTD, band.x, band.y, band.width, band.height, data))
        self._shown[area.y : area.bottom, area.x : area.right] = now[area.y : area.bottom, area.x : area.right]
        self._mark_exact(area)
        return found

    def _mark_exact(self, area: Rect) -> None:
        """Tiles that the area covers wholly are exact now; ones it only touches stay as they were."""
        size = tiles.TILE
        first_row, first_column = -(-area.y // size), -(-area.x // size)
        last_row = area.bottom // size if area.bottom < self.height else self._lossy.shape[0]
        last_column = area.right // size if area.right < self.width else self._lossy.shape[1]
        self._lossy[first_row:last_row, first_column:last_column] = np.inf

    def _picture(self, now: Pixels, area: Rect, quality: int, clock: float) -> Part:
        """The area as JPEG; its tiles are lossy from now on."""
        from PIL import Image

        pixels = np.ascontiguousarray(now[area.y : area.bottom, area.x : area.right, 2::-1])
        buffer = io.BytesIO()
        subsampling = 0 if quality >= GOOD_QUALITY else 2
        Image.fromarray(pixels, "RGB").save(buffer, "JPEG", quality=quality, subsampling=subsampling)
        self._shown[area.y : area.bottom, area.x : area.right] = now[area.y : area.bottom, area.x : area.right]
        self._lossy[self._tiles_of(area)] = clock
        if quality == GOOD_QUALITY:
            self._photo_ratio = 0.8 * self._photo_ratio + 0.2 * buffer.tell() / pixels.nbytes
        return Part(PartKind.JPEG, area.x, area.y, area.width, area.height, buffer.getvalue())

    def _refined(self, now: Pixels, budget: int, clock: float) -> list[Part]:
        """Lossy tiles that came to rest, without loss, the most recent first, within the budget."""
        ripe = clock - self._lossy >= STILL
        if not ripe.any():
            return []
        found: list[Part] = []
        spent = 0
        areas = tiles.rectangles(ripe, self.width, self.height)
        areas.sort(key=lambda area: -float(self._lossy[self._tiles_of(area)].max()))
        for area in areas:
            x, y = area.x, area.y
            while y < area.bottom:
                if spent >= budget:
                    return found
                # One row of tiles, as far as the budget is expected to reach: a photograph may cost what it likes.
                reach = int((budget - spent) / self._sharp_ratio) // (3 * tiles.TILE * tiles.TILE)
                width = min(max(reach, 1) * tiles.TILE, area.right - x)
                band = Rect(x, y, width, min(tiles.TILE, area.bottom - y))
                parts = self._lossless(now, band)
                cost = sum(len(part.data) for part in parts)
                self._sharp_ratio = max(0.5 * self._sharp_ratio + 0.5 * cost / (band.area * 3), FIRST_RATIO)
                spent += cost
                found += parts
                x, y = (band.right, y) if band.right < area.right else (area.x, y + tiles.TILE)
        return found


def coarse(now: Pixels) -> Part:
    """The whole screen, much smaller."""
    from PIL import Image

    height, width = now.shape[:2]
    step = math.ceil(math.sqrt(width * height / COARSE_AREA))
    blue, green, red, _ = Image.frombuffer("RGBX", (width, height), now, "raw", "RGBX", 0, 1).reduce(step).split()
    buffer = io.BytesIO()
    Image.merge("RGB", (red, green, blue)).save(buffer, "JPEG", quality=COARSE_QUALITY)
    return Part(PartKind.COARSE, 0, 0, width, height, buffer.getvalue())


def cells(area: Rect) -> list[Rect]:
    """An area in pieces of bounded size, row by row."""
    return [
        Rect(x, y, min(CELL_WIDTH, area.right - x), min(CELL_HEIGHT, area.bottom - y))
        for y in range(area.y, area.bottom, CELL_HEIGHT)
        for x in range(area.x, area.right, CELL_WIDTH)
    ]


def looks_like_photo(now: Pixels, area: Rect) -> bool:
    """Few neighbours of the same colour: a photograph, a gradient, a film."""
    words = tiles.as_words(now[area.y : area.bottom : 2, area.x : area.right])
    if words.shape[1] < 2:
        return False
    equal = np.count_nonzero(words[:, 1:] == words[:, :-1])
    return bool(equal < PHOTO_NEIGHBOURS * words[:, 1:].size)


def png_of(shape: Cursor) -> bytes:
    """A pointer's shape as PNG with transparency."""
    from PIL import Image

    buffer = io.BytesIO()
    Image.frombytes("RGBA", (shape.width, shape.height), shape.rgba).save(buffer, "PNG", compress_level=1)
    return buffer.getvalue()
