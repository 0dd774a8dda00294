"""Takes the picture with the first backend that can, and knows which monitor matters."""

from __future__ import annotations

import contextlib
from collections.abc import Sequence
from pathlib import Path

from app.capture.backend import CaptureBackend, Clock, DisplayProvider, no_displays
from app.capture.frame import Frame
from app.errors import NotAvailable
from app.system.base import System, Window

# A pole display or signature pad beside a till: low, and clearly smaller than the screen people work at.
CUSTOMER_DISPLAY_HEIGHT = 640
CUSTOMER_DISPLAY_SHARE = 0.65


class NoScreen:
    """The last resort: explains that there is nothing to capture."""

    name = "none"
    install_hint = ""

    def is_compatible(self) -> bool:
        """Always."""
        return True

    def is_installed(self) -> bool:
        """Always."""
        return True

    def sees_windows(self) -> bool:
        """There are none."""
        return True

    def must_ask(self) -> bool:
        """Nobody would answer."""
        return False

    def ask(self) -> None:
        """There is nobody to ask."""

    def prepare(self) -> None:
        """Nothing to open."""

    def release(self) -> None:
        """Nothing was opened."""

    def capture(self) -> tuple[Frame, ...]:
        """Raises NotAvailable."""
        raise NotAvailable(
            "There is no screen that Deskbell can capture.",
            "Add a picture from a file, or a photo of the screen.",
        )


class Screen:
    """Asks its backends in order."""

    def __init__(self, backends: Sequence[CaptureBackend]) -> None:
        self._backends = tuple(backends)

    def backend(self) -> CaptureBackend:
        """The one that will be used. Raises NotAvailable with the way to install the missing part."""
        compatible = [backend for backend in self._backends if backend.is_compatible()]
        for backend in compatible:
            if backend.is_installed():
                return backend
        hint = next((backend.install_hint for backend in compatible if backend.install_hint), "")
        raise NotAvailable(
            "There is no screen that Deskbell can capture.",
            hint or "Add a picture from a file, or a photo of the screen.",
        )

    def sees_windows(self) -> bool:
        """Whether pictures show windows, as far as the system says."""
        try:
            return self.backend().sees_windows()
        except NotAvailable:
            return True

    def must_ask(self) -> bool:
        """Whether the employee has to be asked by the desktop first; False where there is no way at all."""
        try:
            return self.backend().must_ask()
        except NotAvailable:
            return False

    def ask(self) -> None:
        """Let the desktop ask, with a window of ours in front. Raises NotAvailable when the answer is no."""
        self.backend().ask()

    def prepare(self) -> None:
        """Open what the next `capture` needs; never raises for what `capture` will say itself."""
        with contextlib.suppress(NotAvailable):
            self.backend().prepare()

    def release(self) -> None:
        """Let go of what `prepare` opened."""
        for backend in self._backends:
            backend.release()

    def capture(self) -> tuple[Frame, ...]:
        """One frame per monitor. Raises NotAvailable or HelpdeskError."""
        frames = self.backend().capture()
        if not frames:
            return NoScreen().capture()
        return frames


def system_screen(
    system: System, now: Clock, displays: DisplayProvider = no_displays, asked: Path | None = None
) -> Screen:
    """The backends of this system, best first. `asked` is the file that remembers the desktop's permission."""
    from app.capture.desktop import DesktopBackend
    from app.capture.portal import PortalBackend

    installed_or_hint: list[CaptureBackend] = [
        DesktopBackend(system, now, displays),
        PortalBackend(system, now, displays, asked=asked),
    ]
    if not any(backend.is_compatible() for backend in installed_or_hint):
        installed_or_hint.append(NoScreen())
    return Screen(installed_or_hint)


def default_frame(frames: Sequence[Frame], foreground: Window | None) -> Frame:
    """The monitor the employee works at: the foreground window's, never the customer display.

    Raises ValueError without frames.
    """
    if not frames:
        raise ValueError("no frames")
    candidates = [frame for frame in frames if not _is_customer_display(frame, frames)] or list(frames)
    if foreground is not None:
        rect = foreground.rect
        best = max(candidates, key=lambda frame: frame.desktop.intersection(rect).area)
        if not best.desktop.intersection(rect).is_empty:
            return best
    primary = [frame for frame in candidates if frame.is_primary]
    return (primary or candidates)[0]


def _is_customer_display(frame: Frame, frames: Sequence[Frame]) -> bool:
    if frame.is_primary:
        return False
    largest = max(other.size.area for other in frames)
    return (
        min(frame.size.height, frame.size.width) <= CUSTOMER_DISPLAY_HEIGHT
        and frame.size.area <= CUSTOMER_DISPLAY_SHARE * largest
    )
