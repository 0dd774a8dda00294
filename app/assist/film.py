"""A region of the screen as H.264 while more changes than the line carries: sharp tiles follow once it is still.

Only tiles that differ are taken from a frame; the region around them is coded with them because it hardly costs
anything and because a region that changes its size needs a new stream.
"""

from __future__ import annotations

from fractions import Fraction
from importlib.util import find_spec
from typing import TYPE_CHECKING, Any

import numpy as np

from app.assist.tiles import TILE, around
from app.protocol.stream import Part, PartKind
from app.system.base import Rect

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from app.assist.source import Pixels

SHARE = 0.8
"""Of the measured line, for the stream: the rest is for everything else."""
FRAMES = 30
"""A second, as the rate control expects them."""
REST = 1.0
"""Seconds without a frame after which a stream is over and its region forgotten."""
SMALLEST = 64 * 64
"""Pixels below which a stream is not worth its first frame."""


class Film:
    """One stream of one viewer. Without a viewer who can play it, `can_play` is false and nothing is coded."""

    def __init__(self) -> None:
        self.can_play = False
        self._codec: Any = None
        self._region = Rect(0, 0, 0, 0)
        self._last = 0.0
        self._began = 0.0

    def reset(self) -> None:
        """The next frame begins a new stream."""
        self._codec = None
        self._region = Rect(0, 0, 0, 0)

    def parts(
        self, now: Pixels, bounds: Rect, dirty: NDArray[np.bool_], rate: float, clock: float
    ) -> tuple[Part, Part]:
        """Which tiles change, and the frame they are in.

        `bounds` is the rectangle in pixels around the dirty tiles, on the tile grid; `rate` is bytes a second of the
        line, `clock` monotonic seconds.
        """
        if clock - self._last > REST:
            self.reset()
        self._last = clock
        if self._codec is None or bounds.intersection(self._region) != bounds:
            self._region = bounds if self._codec is None else around(self._region, bounds)
            self._codec = codec_for(self._region, rate)
            self._began = clock
        region = self._region
        self._codec.bit_rate = bits(rate)
        data, is_key = self._coded(now[region.y : region.bottom, region.x : region.right], clock)
        rows = slice(region.y // TILE, -(-region.bottom // TILE))
        columns = slice(region.x // TILE, -(-region.right // TILE))
        mask = np.packbits(dirty[rows, columns]).tobytes()
        place = (region.x, region.y, region.width, region.height)
        kind = PartKind.VIDEO_KEY if is_key else PartKind.VIDEO_DELTA
        return Part(PartKind.VIDEO_MASK, *place, mask), Part(kind, *place, data)

    def _coded(self, pixels: Pixels, clock: float) -> tuple[bytes, bool]:
        import av

        height, width = pixels.shape[:2]
        # Colours are halved in both directions, which takes an even size; the viewer cuts the edge off again.
        if height % 2 or width % 2:
            pixels = np.pad(pixels, ((0, height % 2), (0, width % 2), (0, 0)), mode="edge")
        frame = av.VideoFrame.from_ndarray(np.ascontiguousarray(pixels), format="bgra")
        frame = frame.reformat(format="yuv420p", dst_colorspace="ITU709", dst_color_range="MPEG")
        frame.pts = int((clock - self._began) * 1000)
        packets = self._codec.encode(frame)
        return b"".join(bytes(packet) for packet in packets), any(packet.is_keyframe for packet in packets)


def codec_for(region: Rect, rate: float) -> Any:
    """An encoder that answers every frame at once and never sends a second key frame by itself."""
    import av

    codec: Any = av.CodecContext.create("libx264", "w")
    codec.width, codec.height = region.width + region.width % 2, region.height + region.height % 2
    codec.pix_fmt = "yuv420p"
    codec.time_base, codec.framerate = Fraction(1, 1000), Fraction(FRAMES)
    codec.bit_rate = bits(rate)
    codec.max_b_frames, codec.gop_size = 0, 1_000_000
    codec.colorspace, codec.color_range = 1, 1  # BT.709, limited, as the frames are converted
    codec.thread_count = 2
    most, buffer = str(bits(rate)), str(bits(rate) // 4)
    codec.options = {"preset": "superfast", "tune": "zerolatency", "maxrate": most, "bufsize": buffer}
    return codec


def has_encoder() -> bool:
    """Whether PyAV is installed, which a company may leave out for its licence; imports nothing yet."""
    return find_spec("av") is not None


def bits(rate: float) -> int:
    """Bits a second a stream may have on a line of so many bytes a second."""
    return max(int(rate * 8 * SHARE), 64_000)
