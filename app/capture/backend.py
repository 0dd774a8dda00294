"""What every way of taking a picture of the screen can do."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from typing import Protocol

from app.capture.frame import Frame
from app.system.base import Display

Clock = Callable[[], datetime]
DisplayProvider = Callable[[], tuple[Display, ...]]


class CaptureBackend(Protocol):
    """One way to take a picture of every monitor. `name` is stable; `install_hint` is a sentence for people."""

    name: str
    install_hint: str

    def is_compatible(self) -> bool:
        """Whether it can work on this desktop at all."""
        ...

    def is_installed(self) -> bool:
        """Whether its parts are there."""
        ...

    def sees_windows(self) -> bool:
        """Whether pictures show windows, as far as the system says; False: perhaps nothing but the background."""
        ...

    def must_ask(self) -> bool:
        """Whether the desktop asks the employee before the first picture, which it does for a window in front only."""
        ...

    def ask(self) -> None:
        """Let it ask now, while a window of ours is in front. Raises NotAvailable when the answer is no."""
        ...

    def prepare(self) -> None:
        """Open now what the next `capture` needs, while the desktop repaints itself. Takes no picture, asks nobody.

        On the same thread as `capture`. What goes wrong here is for `capture` to say.
        """
        ...

    def release(self) -> None:
        """Let go of what `prepare` opened; on the same thread."""
        ...

    def capture(self) -> tuple[Frame, ...]:
        """One frame per monitor. Raises NotAvailable (permission, no screen) or HelpdeskError (it failed)."""
        ...


def no_displays() -> tuple[Display, ...]:
    """For callers without Qt: scales are then guessed."""
    return ()
