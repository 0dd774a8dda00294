"""What an agent never sees by default: notifications, password fields, and prompts that ask for secrets."""

from __future__ import annotations

import sys
from dataclasses import dataclass
from enum import Enum
from typing import Protocol

from app.system.base import Rect

EVERYTHING = Rect(-(2**15), -(2**15), 2**16, 2**16)
"""Every desktop lies in it."""


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


class Everywhere:
    """Where nobody tells where on the screen something lies: while a secret is asked for, all of it is covered."""

    def __init__(self, curtain: Curtain) -> None:
        self._curtain = curtain

    def areas(self) -> tuple[Concealed, ...]:
        is_secret = any(area.kind is Kind.SECRET for area in self._curtain.areas())
        return (Concealed(Kind.SECRET, EVERYTHING),) if is_secret else ()

    def leave(self) -> None:
        self._curtain.leave()

    def close(self) -> None:
        self._curtain.close()


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


def choose(*, is_wayland: bool = False) -> Curtain:
    """This system's own."""
    if sys.platform == "win32":
        from app.system.curtain_windows import WindowsCurtain

        return WindowsCurtain()
    if sys.platform == "darwin":
        from app.system.curtain_macos import MacCurtain

        return MacCurtain()
    from app.system.atspi import PasswordFields
    from app.system.curtain_x11 import X11Curtain

    fields = PasswordFields(only_focused=is_wayland)
    fields.start()
    if is_wayland:
        return Everywhere(fields)
    try:
        return Both(X11Curtain(), fields)
    except OSError:
        return fields
