"""What an agent never sees by default: notifications, password fields, and prompts that ask for secrets."""

from __future__ import annotations

import sys
from dataclasses import dataclass
from enum import Enum
from typing import Protocol

from app.system.base import Rect


class Kind(Enum):
    """Why something is covered."""

    NOTIFICATION = "notification"
    SECRET = "secret"  # noqa: S105


@dataclass(frozen=True, slots=True)
class Concealed:
    """A rectangle in desktop coordinates that must not be seen."""

    kind: Kind
    rect: Rect


class Curtain(Protocol):
    """Knows what is to be covered now. `areas` costs little and tells everything that was on the screen before it."""

    def areas(self) -> tuple[Concealed, ...]:
        """What must not be seen now; never raises."""
        ...

    def leave(self) -> None:
        """Begin to give back what takes time, from any thread; `areas` may still be asked."""
        ...

    def close(self) -> None:
        """Give back what looking needed."""
        ...


class NoCurtain:
    """Where nobody can tell."""

    def areas(self) -> tuple[Concealed, ...]:
        return ()

    def leave(self) -> None:
        pass

    def close(self) -> None:
        pass


class Both:
    """What any of several curtains covers."""

    def __init__(self, *curtains: Curtain) -> None:
        self._curtains = curtains

    def areas(self) -> tuple[Concealed, ...]:
        return tuple(area for curtain in self._curtains for area in curtain.areas())

    def leave(self) -> None:
        for curtain in self._curtains:
            curtain.leave()

    def close(self) -> None:
        for curtain in self._curtains:
            curtain.close()


def choose() -> Curtain:
    """This system's own."""
    if sys.platform == "win32":
        from app.system.curtain_windows import WindowsCurtain

        return WindowsCurtain()
    if sys.platform == "darwin":
        from app.system.curtain_macos import MacCurtain

        return MacCurtain()
    from app.system.atspi import PasswordFields
    from app.system.curtain_x11 import X11Curtain

    fields = PasswordFields()
    fields.start()
    try:
        return Both(X11Curtain(), fields)
    except OSError:
        return fields
