"""A key combination that calls Deskbell from any program, registered with the system: nothing watches the keyboard."""

from __future__ import annotations

import sys
from dataclasses import dataclass
from enum import StrEnum
from typing import Protocol

from app.errors import HelpdeskError


class Modifier(StrEnum):
    """A key held down, in the order it is written."""

    CTRL = "Ctrl"
    ALT = "Alt"
    SHIFT = "Shift"
    META = "Meta"


NAMED_KEYS = ("Print", "Pause", "Insert", "Home", "End", "PageUp", "PageDown", "Space")
KEYS = (*(f"F{number}" for number in range(1, 25)), *NAMED_KEYS, *"ABCDEFGHIJKLMNOPQRSTUVWXYZ", *"0123456789")


@dataclass(frozen=True, slots=True)
class Combination:
    """Modifiers and one key. Letters and digits need a modifier besides Shift, or typing would be taken away."""

    modifiers: frozenset[Modifier]
    key: str

    @classmethod
    def parse(cls, text: str) -> Combination:
        """Read `Ctrl+Shift+F1`. Raises HelpdeskError when it is no combination that may be registered."""
        *held, key = (part.strip() for part in text.split("+"))
        names = {modifier.value.casefold(): modifier for modifier in Modifier}
        keys = {each.casefold(): each for each in KEYS}
        known = all(part.casefold() in names for part in held) and key.casefold() in keys
        if known:
            found = cls(frozenset(names[part.casefold()] for part in held), keys[key.casefold()])
            strong = found.modifiers - {Modifier.SHIFT}
            if strong or (len(found.key) > 1 and found.key != "Space"):
                return found
        raise HelpdeskError(
            "{text} cannot be a hotkey.",
            "Use Ctrl, Alt or Meta with a letter, or a function key, e.g. Ctrl+Shift+F1.",
            text=text,
        )

    def __str__(self) -> str:
        return "+".join([*(modifier.value for modifier in Modifier if modifier in self.modifiers), self.key])


class HotkeyTaken(HelpdeskError):
    """Another program has the combination already."""

    def __init__(self, combination: Combination) -> None:
        super().__init__(
            "{combination} is already used by another program.",
            "Choose another hotkey in the settings.",
            combination=combination,
        )


class Hotkey(Protocol):
    """One system's way to register a combination. All methods belong to the thread that runs the windows."""

    def is_compatible(self) -> bool:
        """Whether this way exists on this desktop."""
        ...

    def register(self, combination: Combination) -> None:
        """Claim the combination, giving up an earlier one. Raises HotkeyTaken, or HelpdeskError when impossible."""
        ...

    def release(self) -> None:
        """Give the combination back; nothing happens when there is none."""
        ...

    def fileno(self) -> int | None:
        """A descriptor that becomes readable when there may have been a press; None where the windows' own
        message queue carries it."""
        ...

    def presses(self) -> int:
        """How often the combination was pressed since the last call."""
        ...

    def is_press(self, message: int) -> bool:
        """Whether a native message (Windows: the address of a MSG) is our press."""
        ...


class NoHotkey:
    """Where no combination can be registered; starting Deskbell a second time does the same."""

    def is_compatible(self) -> bool:
        return True

    def register(self, combination: Combination) -> None:
        raise HelpdeskError(
            "This desktop does not let Deskbell register {combination}.",
            "Give the command `deskbell open report` a shortcut in the system's keyboard settings.",
            combination=combination,
        )

    def release(self) -> None:
        pass

    def fileno(self) -> int | None:
        return None

    def presses(self) -> int:
        return 0

    def is_press(self, message: int) -> bool:  # noqa: ARG002 - part of the protocol
        return False


def choose(name: str = "report", described: str = "Report a problem") -> Hotkey:
    """The first way that exists here. `name` and `described` are what a desktop that asks the person is told of it."""
    ways: list[Hotkey] = []
    if sys.platform == "win32":
        from app.system.hotkey_windows import WindowsHotkey

        ways.append(WindowsHotkey())
    elif sys.platform == "darwin":
        from app.system.hotkey_macos import MacHotkey

        ways.append(MacHotkey())
    elif sys.platform == "linux":
        from app.system.hotkey_portal import PortalHotkey
        from app.system.hotkey_x11 import X11Hotkey

        ways += [PortalHotkey(name, described), X11Hotkey()]
    return next((way for way in ways if way.is_compatible()), NoHotkey())
