"""A viewer for tests: draws frames as the browser does and keeps the picture."""

from __future__ import annotations

import io

import numpy as np
import zstandard
from PIL import Image

from app.assist.motion import Copy, apply
from app.protocol.assist import Part, PartKind
from app.system.base import Rect


class Viewer:
    """`picture` is (height, width, 4), blue, green, red, unused."""

    def __init__(self, width: int, height: int) -> None:
        self.picture = np.zeros((height, width, 4), np.uint8)
        self.cursor: tuple[int, int] | None = None
        self._stream = zstandard.ZstdDecompressor(max_window_size=1 << 23).decompressobj()

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
                case PartKind.JPEG:
                    image = np.asarray(Image.open(io.BytesIO(part.data)).convert("RGB"))
                    self.picture[area][..., :3] = image[..., ::-1]
                case PartKind.RESET:
                    self._stream = zstandard.ZstdDecompressor(max_window_size=1 << 23).decompressobj()
                case PartKind.CURSOR_PLACE:
                    self.cursor = (part.x, part.y) if part.width else None

    def shows(self, now: np.ndarray) -> bool:
        return bool(np.array_equal(self.picture[..., :3], now[..., :3]))
