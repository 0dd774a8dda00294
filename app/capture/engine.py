"""What every text recognition engine can do."""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING, Protocol

from app.capture.reading import Line

if TYPE_CHECKING:
    from PIL import Image

Now = Callable[[], float]


@dataclass(frozen=True, slots=True)
class Deadline:
    """A moment on the monotonic clock after which an engine returns what it has."""

    at: float = float("inf")
    clock: Now = time.monotonic

    @classmethod
    def after(cls, seconds: float, clock: Now = time.monotonic) -> Deadline:
        """The moment `seconds` from now."""
        return cls(clock() + seconds, clock)

    @property
    def seconds(self) -> float:
        """How long is left; negative when it is over."""
        return self.at - self.clock()

    @property
    def over(self) -> bool:
        """Whether it is time to return."""
        return self.seconds <= 0


class ReadingEngine(Protocol):
    """One way to read text. `name` is the value of the setting, `install_hint` a sentence for people."""

    name: str
    install_hint: str

    def is_installed(self) -> bool:
        """Whether the program, its models and languages are there; loads nothing."""
        ...

    def load(self) -> None:
        """Get ready to read. Raises NotAvailable."""
        ...

    def read(self, image: Image.Image, deadline: Deadline) -> tuple[Line, ...]:
        """The lines of an RGB picture in reading order; the most prominent ones when time runs out.

        Raises HelpdeskError when the engine fails.
        """
        ...
