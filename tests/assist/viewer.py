"""A viewer for tests: draws frames as the browser does and keeps the picture."""

from __future__ import annotations

import io

import av
import numpy as np
import zstandard
from PIL import Image

from app.assist.motion import Copy, apply
from app.assist.tiles import TILE
from app.protocol.stream import Part, PartKind
from app.system.base import Rect


class Viewer:
    """`picture` is (height, width, 4), blue, green, red, unused."""

    def __init__(self, width: int, height: int) -> None:
        self.picture = np.zeros((height, width, 4), np.uint8)
        self.cursor: tuple[int, int] | None = None
        self._stream = zstandard.ZstdDecompressor(max_window_size=1 << 23).decompressobj()
        self._film: av.CodecContext | None = None
        self._mask: np.ndarray | None = None

    def draw(self, parts: tuple[Part, ...]) -> None:
        for part in parts:
            area = (slice(part.y, part.y + part.height), slice(part.x, part.x + part.width))
            match part.kind:
                case PartKind.COPY:
                    x, y = int.from_bytes(part.data[:2], "big"), int.from_bytes(part.data[2:4], "big")
                    target = Rect(part.x, part.y, part.width, part.height)
                    apply(self.picture, Copy(Rect(x, y, part.width, part.height), target))
                case PartKind.ZSTD:
                    raw = np.frombuffer(self._stream.decompress(part.data), np.uint8)
                    self.picture[area][..., :3] = raw.reshape(part.height, part.width, 3)[..., ::-1]
                case PartKind.COARSE:
                    image = Image.open(io.BytesIO(part.data)).convert("RGB").resize((part.width, part.height))
                    self.picture[area][..., :3] = np.asarray(image)[..., ::-1]
                case PartKind.JPEG:
                    image = np.asarray(Image.open(io.BytesIO(part.data)).convert("RGB"))
                    self.picture[area][..., :3] = image[..., ::-1]
                case PartKind.VIDEO_MASK:
                    shape = -(-part.height // TILE), -(-part.width // TILE)
                    bits = np.unpackbits(np.frombuffer(part.data, np.uint8), count=shape[0] * shape[1])
                    tiles = bits.reshape(shape).astype(bool).repeat(TILE, axis=0).repeat(TILE, axis=1)
                    self._mask = tiles[: part.height, : part.width]
                case PartKind.VIDEO_KEY | PartKind.VIDEO_DELTA:
                    if part.kind is PartKind.VIDEO_KEY:
                        self._film = av.CodecContext.create("h264", "r")
                        self._film.flags |= av.codec.context.Flags.low_delay
                        self._film.thread_count = 1
                    (frame,) = self._film.decode(av.Packet(part.data))
                    pixels = frame.to_ndarray(format="bgra")[: part.height, : part.width]
                    self.picture[area][self._mask] = pixels[self._mask]
                    self._mask = None
                case PartKind.RESET:
                    self._stream = zstandard.ZstdDecompressor(max_window_size=1 << 23).decompressobj()
                case PartKind.CURSOR_PLACE:
                    self.cursor = (part.x, part.y) if part.width else None

    def shows(self, now: np.ndarray) -> bool:
        return bool(np.array_equal(self.picture[..., :3], now[..., :3]))
