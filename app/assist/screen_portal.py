"""A monitor of a Wayland desktop: chosen in the portal's own dialog, its pictures by PipeWire.

A compositor gives a frame when something changed and not where; the place is found by comparing it with the one
before. While nobody looks the stream is closed, and the compositor has nothing to record.
"""

from __future__ import annotations

import os
import time
from collections.abc import Callable
from typing import TYPE_CHECKING, Any, Protocol

from app.assist.portal import PortalSession
from app.assist.source import Cursor, Gone, Moved, TakenBack
from app.assist.tiles import around, as_words
from app.system.base import Rect

if TYPE_CHECKING:
    from app.assist.source import Pixels

FIRST_FRAME = 5.0
"""Seconds until the first frame has to be there."""
ENDING = 1.0
"""Seconds between the end of the stream and the desktop's word of it."""
STEP = 0.25
"""Seconds between looks at whether the desktop has ended it while a frame is awaited."""


class Frames(Protocol):
    """A running stream (app.assist.gstreamer.Pipeline)."""

    @property
    def has_ended(self) -> bool: ...

    def newest(self, seconds: float) -> Pixels | None: ...

    def close(self) -> None: ...


Opened = Callable[[str, int, int], Frames]


class PortalScreen:
    """`monitor` is what the employee chose in our question; the desktop's question has to say the same."""

    def __init__(self, monitor: Rect, session: PortalSession | None = None, opened: Opened | None = None) -> None:
        """Asks the employee, by the desktop's dialog. Raises Denied or NotAvailable."""
        self.width, self.height = monitor.width, monitor.height
        self._opened = opened or pipeline
        self._frames: Frames | None = None
        self._descriptor = -1
        self._now: Any = None
        self._change: Rect | None = None
        self._session = session or PortalSession()
        self._node = self._session.start(monitor).node

    def wait(self, seconds: float) -> bool:
        until = time.monotonic() + seconds
        while self._change is None:
            left = until - time.monotonic()
            self._take(max(0.0, min(left, STEP)))
            if left <= 0:
                break
        return self._change is not None

    def changed(self) -> Rect | None:
        self._take(0)
        found, self._change = self._change, None
        return found

    def grab(self, area: Rect) -> Pixels:
        until = time.monotonic() + FIRST_FRAME
        while self._now is None:
            if time.monotonic() > until:
                raise Gone("the desktop gives no picture")
            self._take(STEP)
        part: Pixels = self._now[area.y : area.bottom, area.x : area.right]
        return part

    def moved(self) -> tuple[Moved, ...]:
        return ()  # the encoder finds shifts in the pixels

    def cursor(self) -> Cursor | None:
        return None  # it is part of the picture

    def pointer(self) -> tuple[int, int]:
        return -1, -1

    def rest(self) -> None:
        frames, self._frames = self._frames, None
        self._now = self._change = None  # what is shown next is what is there then
        if frames is not None:
            frames.close()
            os.close(self._descriptor)  # GStreamer works on a copy

    def close(self) -> None:
        self.rest()
        self._session.close()

    def _take(self, seconds: float) -> None:
        """Look at the newest frame, if there is one, and at where it differs. Raises TakenBack or Gone."""
        self._check()
        if self._frames is None:
            self._descriptor = self._session.pipewire()
            source = f"pipewiresrc fd={self._descriptor} path={self._node} do-timestamp=true"
            self._frames = self._opened(source, self.width, self.height)
        frame = self._frames.newest(seconds)
        if frame is None:
            if self._frames.has_ended:
                self._check(ENDING)
                raise Gone("the desktop's stream has ended")
            return
        found = Rect(0, 0, self.width, self.height) if self._now is None else difference(self._now, frame)
        self._now = frame
        if found is not None:
            self._change = found if self._change is None else around(self._change, found)

    def _check(self, seconds: float = 0) -> None:
        if self._session.ends_within(seconds):
            raise TakenBack("the desktop has ended it")


def pipeline(source: str, width: int, height: int) -> Frames:
    """The real one. Raises NotAvailable."""
    from app.assist.gstreamer import Pipeline

    return Pipeline(source, width, height)


def difference(before: Pixels, after: Pixels) -> Rect | None:
    """The rectangle around every pixel that differs; None when none does."""
    import numpy as np

    differs = as_words(before) != as_words(after)
    rows = np.flatnonzero(differs.any(axis=1))
    if not rows.size:
        return None
    top, bottom = int(rows[0]), int(rows[-1]) + 1
    columns = np.flatnonzero(differs[top:bottom].any(axis=0))
    left, right = int(columns[0]), int(columns[-1]) + 1
    return Rect(left, top, right - left, bottom - top)
