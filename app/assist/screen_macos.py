"""A Mac's display by ScreenCaptureKit, which gives a frame only when something changed, and without the pointer."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable
from typing import TYPE_CHECKING, Any, Protocol

from app.assist.source import Cursor, Gone, Moved
from app.system.base import Rect

if TYPE_CHECKING:
    from app.assist.source import Pixels

FIRST_FRAME = 5.0
"""Seconds until the first frame has to be there."""
POINTER_LOOKS = 0.1
"""Seconds between looks at the pointer's shape: the system tells it only as a whole picture."""


class Stream(Protocol):
    """A running capture of one display; `frame` and `gone` of its maker are called from the system's threads."""

    width: int
    height: int

    def shape(self) -> Cursor | None:
        """The pointer's shape now."""
        ...

    def place(self) -> tuple[int, int]:
        """Where the pointer is, in pixels of the display."""
        ...

    def stop(self) -> None:
        """Capture no more."""
        ...


Opened = Callable[[Rect, Callable[["Pixels"], None], Callable[[], None]], Stream]


class MacScreen:
    """`opened` starts a stream of a display; the real one by default."""

    def __init__(
        self, monitor: Rect, opened: Opened | None = None, clock: Callable[[], float] = time.monotonic
    ) -> None:
        """Raises Gone when the display cannot be captured, or macOS does not allow it."""
        self._news = threading.Condition()
        self._frame: Any = None
        self._is_new = False
        self._is_gone = False
        self._clock = clock
        self._shape_due = clock()
        self._serial: int | None = None
        self._monitor = monitor
        self._opened = opened or real()
        self._is_resting = False
        self._stream = self._opened(monitor, self._came, self._went)
        self.width, self.height = self._stream.width, self._stream.height

    def wait(self, seconds: float) -> bool:
        self._wake()
        with self._news:
            self._news.wait_for(lambda: self._is_new or self._is_gone, seconds)
            self._check()
            return self._is_new

    def changed(self) -> Rect | None:
        self._wake()
        with self._news:
            self._check()
            if not self._is_new:
                return None
            self._is_new = False
            return Rect(0, 0, self.width, self.height)

    def grab(self, area: Rect) -> Pixels:
        self._wake()
        with self._news:
            self._news.wait_for(lambda: self._frame is not None or self._is_gone, FIRST_FRAME)
            self._check()
            if self._frame is None:
                raise Gone("the display gives no picture")
            part: Pixels = self._frame[area.y : area.bottom, area.x : area.right]
            return part

    def moved(self) -> tuple[Moved, ...]:
        return ()  # the encoder finds shifts in the pixels

    def cursor(self) -> Cursor | None:
        if self._clock() < self._shape_due:
            return None
        self._shape_due = self._clock() + POINTER_LOOKS
        shape = self._stream.shape()
        if shape is None or shape.serial == self._serial:
            return None
        self._serial = shape.serial
        return shape

    def pointer(self) -> tuple[int, int]:
        return self._stream.place()

    def rest(self) -> None:
        if not self._is_resting:
            self._is_resting = True
            self._stream.stop()

    def close(self) -> None:
        self.rest()

    def _wake(self) -> None:
        """A stream gives its first frame at once, so that nothing that changed meanwhile is missed. Raises Gone."""
        if self._is_resting:
            self._stream = self._opened(self._monitor, self._came, self._went)
            self._is_resting = False

    def _came(self, frame: Pixels) -> None:
        with self._news:
            # A display that changed its size is another display: the session chose the one before.
            self._is_gone = self._is_gone or (self._frame is not None and frame.shape != self._frame.shape)
            self._frame, self._is_new = frame, True
            self._news.notify_all()

    def _went(self) -> None:
        with self._news:
            self._is_gone = True
            self._news.notify_all()

    def _check(self) -> None:
        if self._is_gone:
            raise Gone("the display cannot be captured any more")


def real() -> Opened:
    """The system's own capture."""
    from app.assist.screencapturekit import open_stream

    return open_stream
