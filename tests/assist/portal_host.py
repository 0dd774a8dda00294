"""The host process with one part played: GStreamer's `pipewiresrc`, in whose place a pipe of raw pictures is read.

Everything else is real: the bus, the descriptor that comes over it, the host.
"""

from __future__ import annotations

import os
import re
import select
import sys
import time

import numpy as np

from app.assist import screen_portal


class PipeFrames:
    """Raw pictures out of a pipe, the newest wins."""

    def __init__(self, source: str, width: int, height: int) -> None:
        [(descriptor, node)] = re.findall(r"^pipewiresrc fd=(\d+) path=(\d+) ", source)
        assert node == "42"
        self._pipe, self._shape = int(descriptor), (height, width, 4)
        self._left = b""
        self.has_ended = False
        self.is_closed = False

    def newest(self, seconds: float) -> np.ndarray | None:
        size, until = int(np.prod(self._shape)), time.monotonic() + seconds
        while not self.has_ended and self._has_more(0 if len(self._left) >= size else until - time.monotonic()):
            data = os.read(self._pipe, 2**20)
            self.has_ended = not data
            self._left += data
        whole = len(self._left) // size
        if not whole:
            return None
        newest, self._left = self._left[(whole - 1) * size : whole * size], self._left[whole * size :]
        return np.frombuffer(newest, np.uint8).reshape(self._shape)

    def close(self) -> None:
        self.is_closed = True

    def _has_more(self, seconds: float) -> bool:
        return bool(select.select([self._pipe], [], [], max(0, seconds))[0])


if __name__ == "__main__":
    from app.assist.start import main

    screen_portal.pipeline = PipeFrames
    sys.exit(main())
