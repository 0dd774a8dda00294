"""What every text recognition engine can do."""

from __future__ import annotations

import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Protocol

from app.capture.reading import Line

if TYPE_CHECKING:
    from PIL import Image

    from app.system.base import Rect

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


class Interest(Protocol):
    """What somebody looks for in a picture full of text, so that an engine reads that first and stops early.

    `is_coarse`: a look at a lower resolution is enough.
    """

    is_coarse: bool

    def order(self, boxes: Sequence[Rect]) -> list[list[int]]:
        """The numbers of the lines in groups, the most interesting first."""
        ...

    def is_enough(self, lines: Sequence[Line]) -> bool:
        """Told of each group's lines once it was read; whether the rest need not be read."""
        ...


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

    def read(self, image: Image.Image, deadline: Deadline, interest: Interest | None = None) -> tuple[Line, ...]:
        """The lines of an RGB picture in reading order; the most prominent ones when time runs out.

        With `interest` an engine may look coarsely and stop when it has what is looked for.
        Raises HelpdeskError when the engine fails.
        """
        ...


def told(interest: Interest | None, lines: tuple[Line, ...]) -> tuple[Line, ...]:
    """For engines that read everything at once: `lines`, after whoever looks for something was told of them."""
    if interest is not None:
        interest.order([line.box for line in lines])
        interest.is_enough(lines)
    return lines
