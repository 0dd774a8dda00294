"""What the rest of the program may ask the operating system, and the shapes of the answers."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path
from typing import Protocol, runtime_checkable

APPLICATION = "deskbell"


@dataclass(frozen=True, slots=True)
class Rect:
    """A rectangle in whole pixels (or points, where said); the right and bottom edges are exclusive."""

    x: int
    y: int
    width: int
    height: int

    @property
    def right(self) -> int:
        """The first column that is no longer inside."""
        return self.x + self.width

    @property
    def bottom(self) -> int:
        """The first row that is no longer inside."""
        return self.y + self.height

    @property
    def area(self) -> int:
        """Number of pixels; 0 for an empty rectangle."""
        return max(self.width, 0) * max(self.height, 0)

    @property
    def is_empty(self) -> bool:
        """Whether no pixel is inside."""
        return self.width <= 0 or self.height <= 0

    def intersection(self, other: Rect) -> Rect:
        """What both cover; empty (width or height 0) when they do not meet."""
        x, y = max(self.x, other.x), max(self.y, other.y)
        width = max(0, min(self.right, other.right) - x)
        height = max(0, min(self.bottom, other.bottom) - y)
        return Rect(x, y, width, height)

    def contains(self, x: float, y: float) -> bool:
        """Whether a point is inside."""
        return self.x <= x < self.right and self.y <= y < self.bottom

    def moved(self, dx: int, dy: int) -> Rect:
        """The same rectangle elsewhere."""
        return Rect(self.x + dx, self.y + dy, self.width, self.height)

    def grown(self, margin: int) -> Rect:
        """The rectangle with `margin` more pixels on every side (fewer when negative)."""
        return Rect(self.x - margin, self.y - margin, self.width + 2 * margin, self.height + 2 * margin)


@dataclass(frozen=True, slots=True)
class Window:
    """A window of another program. `rect` is its visible frame in the system's desktop coordinates.

    Desktop coordinates are physical pixels on Windows and X11 and points on macOS. `application` is the
    program's name as the system knows it (`WINWORD.EXE`, `Firefox`), `handle` the HWND, XID or CGWindowID.
    """

    title: str
    application: str
    rect: Rect
    is_modal: bool
    handle: int
    process_id: int = 0


class ElementRole(StrEnum):
    """What a text in a window is."""

    TITLE = "title"
    TEXT = "text"
    FIELD = "field"
    BUTTON = "button"


@dataclass(frozen=True, slots=True)
class TextElement:
    """A text that a program offers to assistive technology; `rect` is relative to the window's frame."""

    text: str
    rect: Rect
    role: ElementRole


@dataclass(frozen=True, slots=True)
class Display:
    """A monitor as Qt describes it: `logical` in Qt's coordinates, `scale` physical pixels per logical one."""

    screen_id: str
    logical: Rect
    scale: float
    is_primary: bool = False


@dataclass(frozen=True, slots=True)
class ChildOptions:
    """How a background child is started: `creation_flags` for Popen (0 except on Windows), more environment.

    Priority on POSIX is lowered by the child itself (`System.lower_own_priority`), because code between fork
    and exec is unsafe in a program with threads.
    """

    creation_flags: int = 0
    environment: tuple[tuple[str, str], ...] = ()


@dataclass(frozen=True, slots=True)
class PolicyEntry:
    """One value an administrator has fixed, as text; empty on systems whose policy is only files."""

    name: str
    value: str


@runtime_checkable
class System(Protocol):
    """One operating system. Methods never raise for what the desktop lacks: they answer None or empty."""

    name: str

    def os_description(self) -> str:
        """Product, version and build in one line, as an agent would say it."""
        ...

    def foreground(self) -> Window | None:
        """The window the employee works in: never one of ours, the panel or the desktop."""
        ...

    def windows(self) -> tuple[Window, ...]:
        """Visible windows of other programs, topmost first."""
        ...

    def window_texts(self, handle: int) -> tuple[TextElement, ...]:
        """Texts that a window offers to assistive technology, title first; empty when it offers none.

        It may take as long as the other program takes to answer: call it where waiting does no harm.
        """
        ...

    def is_wayland(self) -> bool:
        """Whether pictures and hotkeys have to go through the desktop portal."""
        ...

    def user_name(self) -> str:
        """The account's name, with its domain where there is one."""
        ...

    def session_id(self) -> str:
        """Tells apart two logons of one user on one machine."""
        ...

    def machine_id_hash(self) -> str:
        """A stable pseudonym of this machine, 32 hex digits; the machine id itself never leaves it."""
        ...

    def boot_id(self) -> str:
        """What names this start of the machine; another after a restart, empty where the system does not tell."""
        ...

    def child_options(self) -> ChildOptions:
        """How to start a background child: low priority, no console window."""
        ...

    def lower_own_priority(self) -> None:
        """Called by a background child first: gives way to the till, the phone call and the compiler."""
        ...

    def release_memory(self) -> None:
        """Called by a background child after work: gives back what the allocator keeps for next time."""
        ...

    def policy_folder(self) -> Path:
        """Where administrators put settings that win over everything."""
        ...

    def policy_entries(self) -> tuple[PolicyEntry, ...]:
        """Policy values that are not files: the registry on Windows."""
        ...

    def machine_folder(self) -> Path:
        """Where the installer puts settings for all users of this machine."""
        ...

    def set_autostart(self, enabled: bool, command: Sequence[str] = ()) -> None:
        """Start with the employee's logon, or no longer. An empty command means this program.

        Raises StorageError when the entry cannot be written.
        """
        ...

    def autostart(self) -> bool:
        """Whether the program starts with the employee's logon."""
        ...
