"""A Windows monitor by DXGI desktop duplication (dxcam): a screen on which nothing changes costs next to nothing.

Duplication answers at once whether there is a new frame, and its frames are without the pointer. Which window moved is
told by the foreground window's place before and after; which pixels changed, the encoder finds out.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING, Any

from app.assist.source import Cursor, Gone, Moved
from app.system.base import Rect, Window

if TYPE_CHECKING:
    from app.assist.source import Pixels

QUICK, SLOW = 1 / 60, 1 / 20
"""Seconds between looks while the screen changes, and after a second without change."""
CALM = 1.0
BLACKOUT = 10.0
"""Seconds a duplication may be lost (the secure desktop, another resolution) before the screen counts as gone."""


class WindowsScreen:
    """`camera` is a dxcam camera of the monitor, `foreground` and `cursor` tell of the window in front and the pointer;
    all by default the real ones."""

    def __init__(
        self,
        monitor: Rect,
        camera: Any = None,
        foreground: Callable[[], Window | None] | None = None,
        cursor: Any = None,
        clock: Callable[[], float] = time.monotonic,
        sleep: Callable[[float], None] = time.sleep,
    ) -> None:
        """Raises Gone when the monitor cannot be duplicated."""
        self._monitor = monitor
        self._camera = camera if camera is not None else camera_of(monitor)
        self._foreground = foreground or foreground_window
        self._cursor = cursor if cursor is not None else windows_cursor()
        self._clock, self._sleep = clock, sleep
        self._errors = errors_of_com()
        self.width, self.height = int(self._camera.width), int(self._camera.height)
        self._frame: Any = None
        self._is_new = False
        self._changed_at = self._looked_at = clock()
        self._lost_at: float | None = None
        self._place: tuple[int, Rect] | None = None
        self._moves: tuple[Moved, ...] = ()

    def wait(self, seconds: float) -> bool:
        until = self._clock() + seconds
        while not self._look():
            left = until - self._clock()
            if left <= 0:
                return False
            is_calm = self._clock() - self._changed_at > CALM
            self._sleep(min(SLOW if is_calm else QUICK, left))
        return True

    def changed(self) -> Rect | None:
        self._look()
        if not self._is_new:
            return None
        self._is_new = False
        return Rect(0, 0, self.width, self.height)

    def grab(self, area: Rect) -> Pixels:
        deadline = self._clock() + BLACKOUT
        while self._frame is None:
            if not self._look() and self._clock() > deadline:
                raise Gone("the screen cannot be read")
            if self._frame is None:
                self._sleep(QUICK)
        part: Pixels = self._frame[area.y : area.bottom, area.x : area.right]
        return part

    def moved(self) -> tuple[Moved, ...]:
        found, self._moves = self._moves, ()
        return found

    def cursor(self) -> Cursor | None:
        found: Cursor | None = self._cursor.shape()
        return found

    def pointer(self) -> tuple[int, int]:
        x, y = self._cursor.place()
        return x - self._monitor.x, y - self._monitor.y

    def rest(self) -> None:
        pass  # nothing is captured between two grabs

    def close(self) -> None:
        self._camera.release()

    def _look(self) -> bool:
        """Take the newest frame when there is one; whether one waits to be looked at. Raises Gone."""
        if self._is_new:
            return True
        try:
            frame = self._camera.grab(new_frame_only=True)
        except self._errors as error:
            self._missed(error)
            return False
        self._lost_at = None
        if frame is None:
            return False
        if frame.shape[:2] != (self.height, self.width):
            raise Gone("the monitor has another size now")
        self._frame, self._is_new = frame, True
        self._changed_at = self._clock()
        self._follow()
        return True

    def _missed(self, error: Exception) -> None:
        """A duplication that is lost comes back by itself, unless the monitor is gone."""
        now = self._clock()
        self._lost_at = now if self._lost_at is None else self._lost_at
        if now - self._lost_at > BLACKOUT:
            raise Gone("the screen cannot be read") from error

    def _follow(self) -> None:
        """Note how far the window in front went since the last frame."""
        window = self._foreground()
        before, self._place = self._place, None if window is None else (window.handle, self._inside(window.rect))
        if before is None or self._place is None or before[0] != self._place[0]:
            return
        was, now = before[1], self._place[1]
        if was != now and (was.width, was.height) == (now.width, now.height):
            earlier = self._moves[0].before if self._moves else was
            self._moves = (Moved(earlier, now),)

    def _inside(self, rect: Rect) -> Rect:
        return rect.moved(-self._monitor.x, -self._monitor.y)


def camera_of(monitor: Rect) -> Any:
    """The dxcam camera of the output that lies where the monitor does. Raises Gone."""
    try:
        import dxcam
    except (ImportError, OSError) as error:
        raise Gone("this Windows does not let its screen be duplicated") from error
    library: Any = dxcam
    device, output = place_of(library.DXFactory().outputs, monitor)
    try:
        return library.create(device_idx=device, output_idx=output, output_color="BGRA", backend="dxgi")
    except errors_of_com() as error:
        raise Gone("the monitor cannot be duplicated") from error


def place_of(outputs: Sequence[Sequence[Any]], monitor: Rect) -> tuple[int, int]:
    """Which adapter's which output shows a monitor. Raises Gone."""
    for device, row in enumerate(outputs):
        for number, output in enumerate(row):
            place = output.desc.DesktopCoordinates
            if (place.left, place.top) == (monitor.x, monitor.y):
                return device, number
    raise Gone("no adapter has that monitor")


def errors_of_com() -> tuple[type[Exception], ...]:
    """What calls into COM may raise; COMError is no OSError."""
    try:
        from comtypes import COMError
    except ImportError:
        return OSError, RuntimeError
    return COMError, OSError, RuntimeError


def foreground_window() -> Window | None:
    """The window in front, by the system's own word."""
    from app import system

    return system.current().foreground()


def windows_cursor() -> Any:
    """The pointer of this Windows."""
    from app.assist.cursor_windows import WindowsCursor

    return WindowsCursor()
