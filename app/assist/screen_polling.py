"""Any monitor mss can grab, looked at ten times a second: the way where the system does not tell what changed."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING, Any

from app.assist.source import Cursor, Gone, Moved
from app.system.base import Rect

if TYPE_CHECKING:
    from app.assist.source import Pixels

INTERVAL = 0.1


class PollingScreen:
    """Every look is a whole grab; the encoder finds out what differs."""

    def __init__(self, monitor: Rect) -> None:
        """Raises Gone when the screen cannot be grabbed."""
        import mss

        self._errors: tuple[type[Exception], ...] = (mss.ScreenShotError, OSError)
        try:
            self._grabber: Any = mss.MSS()
        except self._errors as error:
            raise Gone("the screen cannot be grabbed") from error
        self._monitor = monitor
        self._last: Any = None
        self._due = 0.0
        shot = self._shot(Rect(0, 0, monitor.width, monitor.height))
        self.height, self.width = shot.shape[:2]

    def wait(self, seconds: float) -> bool:
        rest = self._due - time.monotonic()
        if rest > 0:
            time.sleep(min(rest, seconds))
        return time.monotonic() >= self._due

    def changed(self) -> Rect | None:
        if time.monotonic() < self._due:
            return None
        self._due = time.monotonic() + INTERVAL
        self._last = self._shot(Rect(0, 0, self._monitor.width, self._monitor.height))
        return Rect(0, 0, self.width, self.height)

    def grab(self, area: Rect) -> Pixels:
        if self._last is None:
            self._last = self._shot(Rect(0, 0, self._monitor.width, self._monitor.height))
        part: Pixels = self._last[area.y : area.bottom, area.x : area.right]
        return part

    def moved(self) -> tuple[Moved, ...]:
        return ()

    def cursor(self) -> Cursor | None:
        return None

    def pointer(self) -> tuple[int, int]:
        from app.errors import NotAvailable
        from app.system.pointer import source

        try:
            asked = source()
            found = asked.pointer()
            asked.close()
        except NotAvailable:
            return -1, -1
        scale = self.width / self._monitor.width
        return int((found.x - self._monitor.x) * scale), int((found.y - self._monitor.y) * scale)

    def rest(self) -> None:
        pass  # nothing is captured between two grabs

    def close(self) -> None:
        self._grabber.close()

    def _shot(self, area: Rect) -> Pixels:
        import numpy as np

        place = {
            "left": self._monitor.x + area.x,
            "top": self._monitor.y + area.y,
            "width": area.width,
            "height": area.height,
        }
        try:
            shot = self._grabber.grab(place)
        except self._errors as error:
            raise Gone("the screen cannot be grabbed") from error
        return np.frombuffer(shot.bgra, np.uint8).reshape(shot.height, shot.width, 4)
