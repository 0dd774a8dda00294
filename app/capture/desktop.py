"""Every monitor as one frame by mss: Windows, macOS and X11."""

from __future__ import annotations

import contextlib
import importlib.util
import os
from typing import TYPE_CHECKING, Any

from app.capture.backend import Clock, DisplayProvider, no_displays
from app.capture.frame import Frame
from app.capture.monitors import Monitor, display_of, guessed
from app.errors import HelpdeskError, NotAvailable
from app.system.base import Rect, System

if TYPE_CHECKING:
    from mss import MSS


class DesktopBackend:
    """Grabs one monitor after the other, so that mixed scales never meet in one picture."""

    name = "desktop"
    install_hint = "Install the Python package mss."

    def __init__(self, system: System, now: Clock, displays: DisplayProvider = no_displays) -> None:
        self._system = system
        self._now = now
        self._displays = displays
        self._ready: MSS | None = None
        self._was_told = False

    def is_compatible(self) -> bool:
        """Windows, macOS, and Linux under X11."""
        if self._system.name == "linux":
            return bool(os.environ.get("DISPLAY")) and not self._system.is_wayland()
        return self._system.name in {"windows", "macos"}

    def is_installed(self) -> bool:
        """Whether mss can be imported."""
        return importlib.util.find_spec("mss") is not None

    def sees_windows(self) -> bool:
        """False on a Mac that has not given, or has taken back, the permission."""
        if self._system.name != "macos":
            return True
        from app.system import coregraphics

        return coregraphics.may_record_screen()

    def must_ask(self) -> bool:
        """No: macOS asks by itself, the others do not."""
        return False

    def ask(self) -> None:
        """Nothing to ask."""

    def prepare(self) -> None:
        """Connect, and touch the memory a picture of this desktop takes: that is most of the time of a first one.

        Not on macOS, where every picture may raise the system's question.
        """
        if self._system.name == "macos":
            return
        import mss

        self.release()
        try:
            self._ready = grabber = mss.MSS()
            for monitor in self._monitors(grabber):
                grabber.grab(bounds(monitor.desktop))  # looked at by nobody
        except (mss.ScreenShotError, OSError):
            self.release()

    def release(self) -> None:
        """Disconnect."""
        ready, self._ready = self._ready, None
        if ready is not None:
            ready.close()

    def capture(self) -> tuple[Frame, ...]:
        """One frame per monitor. On Windows QApplication has to exist, because mss would fix the DPI awareness."""
        self._require_permission()
        import mss

        try:
            if self._ready is not None:
                with contextlib.suppress(mss.ScreenShotError, OSError):  # it was lost meanwhile: a fresh one will do
                    return self._frames(self._ready)
            with mss.MSS() as grabber:
                return self._frames(grabber)
        except (mss.ScreenShotError, OSError) as error:
            raise HelpdeskError(
                "The screen could not be captured: {reason}",
                "A locked or protected screen cannot be captured. Try again, or add a picture from a file.",
                retry=True,
                reason=error,
            ) from error

    def _frames(self, grabber: MSS) -> tuple[Frame, ...]:
        return tuple(self._frame(grabber, monitor) for monitor in self._monitors(grabber))

    def _require_permission(self) -> None:
        if self._system.name != "macos":
            return
        import mss.darwin

        from app.system import coregraphics

        # Otherwise a Retina screen is delivered at half its resolution, too little for reading.
        mss.darwin.IMAGE_OPTIONS = 0
        # Told once: some versions say no although the permission was given; what is wrong is then seen on the picture.
        if not self._was_told and not coregraphics.may_record_screen():
            self._was_told = True
            coregraphics.ask_to_record_screen()
            raise NotAvailable(
                "macOS does not let Deskbell see the screen yet.",
                "Allow it under Privacy & Security, Screen Recording, then quit Deskbell and open it again.",
            )

    @staticmethod
    def _monitors(grabber: MSS) -> tuple[Monitor, ...]:
        listed = grabber.monitors
        # The first entry is all monitors together; alone when the server has no RandR.
        own: list[dict[str, Any]] = listed[1:] or listed[:1]
        monitors: dict[Rect, Monitor] = {}
        for index, entry in enumerate(own):
            rect = Rect(entry["left"], entry["top"], entry["width"], entry["height"])
            name = str(entry.get("output") or entry.get("name") or f"monitor-{index + 1}")
            # Mirrored outputs show one picture; it is taken once.
            monitors.setdefault(rect, Monitor(rect, name, len(own) == 1 or bool(entry.get("is_primary"))))
        return tuple(monitor for monitor in monitors.values() if not monitor.desktop.is_empty)

    def _frame(self, grabber: MSS, monitor: Monitor) -> Frame:
        from PIL import Image

        rect = monitor.desktop
        shot = grabber.grab(bounds(rect))
        taken_at = self._now()
        points_scale = shot.width / rect.width
        display = display_of(monitor, self._displays()) or guessed(monitor, self._fallback_scale())
        if points_scale > 1:  # macOS: desktop coordinates are points and the picture says how fine it is
            logical, scale = rect, points_scale
        else:
            logical, scale = display.logical, display.scale
        return Frame(
            image=Image.frombuffer("RGB", (shot.width, shot.height), shot.raw, "raw", "BGRX", 0, 1),
            logical=logical,
            desktop=rect,
            scale=scale,
            screen_id=display.screen_id,
            taken_at=taken_at,
            source=self.name,
            is_primary=monitor.is_primary or display.is_primary,
            bgrx=shot.raw,
        )

    def _fallback_scale(self) -> float:
        if self._system.name != "linux":
            return 1.0
        from app.system.x11 import Desktop

        with Desktop() as desktop:
            return desktop.resource_dpi() / 96


def bounds(rect: Rect) -> dict[str, int]:
    """A rectangle as mss takes it."""
    return {"left": rect.x, "top": rect.y, "width": rect.width, "height": rect.height}
