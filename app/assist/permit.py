"""What the desktop itself has to allow before an agent may act, beside the employee's word: nothing on most systems."""

from __future__ import annotations

from collections.abc import Callable

from app.assist.orders import Monitor
from app.protocol.session import Grade, Reason


class Permit:
    """Here the employee's word is enough, and every grade can be kept within its limits."""

    highest = Grade.CONTROL
    """The grade beyond which nothing is possible."""

    def connect(
        self,
        refused: Callable[[], None],
        lost: Callable[[Reason], object],
        untyped: Callable[[], None],
    ) -> None:
        """What to call, from any thread: when the desktop said no to acting, when it has taken everything back, and
        when text could not be typed.
        """

    def arm(self, monitor: Monitor | None) -> None:
        """The agent may act on that monitor from now on, or no more; returns at once."""

    def close(self) -> None:
        """Give everything back."""
