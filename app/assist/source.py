"""Where the host's pixels come from: a screen that says when it changed, and hands out parts of itself."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Protocol

from app.protocol.session import Reason
from app.system.base import Rect

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    Pixels = NDArray[np.uint8]
    """(height, width, 4): blue, green, red, and a byte without meaning."""


@dataclass(frozen=True, slots=True)
class Cursor:
    """The shape of the pointer: RGBA bytes of `width` x `height` pixels, and which of them points."""

    serial: int
    width: int
    height: int
    hot_x: int
    hot_y: int
    rgba: bytes


@dataclass(frozen=True, slots=True)
class Moved:
    """A window that went from one place to another since the last look, with what is visible of it."""

    before: Rect
    after: Rect


class Gone(OSError):
    """The screen is not there any more: switched off, locked away, or its server ended."""

    reason = Reason.HOST_ENDED
    """What a session that ends by it ends for."""


class Denied(Gone):
    """The desktop asked the employee itself, and the answer was no, or none, or another screen."""

    reason = Reason.DESKTOP_DENIED


class TakenBack(Gone):
    """The desktop shares no more, most often because its own sign for it was pressed."""

    reason = Reason.DESKTOP_STOPPED


class ScreenSource(Protocol):
    """One monitor. Coordinates are its own pixels, origin 0. Every method raises Gone when the screen went away."""

    width: int
    height: int

    def wait(self, seconds: float) -> bool:
        """Sleep until something changed or the time is over; whether something changed. Costs nothing meanwhile."""
        ...

    def changed(self) -> Rect | None:
        """The rectangle around everything that changed since the last call; None when nothing did."""
        ...

    def grab(self, area: Rect) -> Pixels:
        """The pixels of an area; valid until the next grab."""
        ...

    def moved(self) -> tuple[Moved, ...]:
        """Windows that moved since the last call, where the system tells."""
        ...

    def cursor(self) -> Cursor | None:
        """The pointer's shape when it changed since the last call."""
        ...

    def pointer(self) -> tuple[int, int]:
        """Where the pointer is; may lie outside of the monitor."""
        ...

    def rest(self) -> None:
        """Nobody looks for now: have nothing captured until the next call of another method."""
        ...

    def close(self) -> None:
        """Give back everything."""
        ...
