"""Wayland: one picture of all screens from the desktop portal, split into monitors."""

from __future__ import annotations

import contextlib
import importlib.util
import secrets
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Any
from urllib.parse import unquote, urlsplit

from app.capture.backend import Clock, DisplayProvider, no_displays
from app.capture.frame import Frame
from app.capture.picture import MAX_BYTES, decoded
from app.errors import HelpdeskError, NotAvailable
from app.system.base import Display, Rect, System

if TYPE_CHECKING:
    from PIL import Image

SERVICE = "org.freedesktop.portal.Desktop"
DESKTOP = "/org/freedesktop/portal/desktop"
SCREENSHOT = "org.freedesktop.portal.Screenshot"
REQUEST = "org.freedesktop.portal.Request"
SILENT_SECONDS = 12.0  # some denials are never answered
DIALOG_SECONDS = 120.0  # here a person is asked
GRANTED = 0
ASPECT_TOLERANCE = 0.01


class PortalBackend:
    """Asks `org.freedesktop.portal.Screenshot`, first silently, then with the desktop's own dialog."""

    name = "portal"
    install_hint = "Install xdg-desktop-portal with the part for your desktop, and the Python package jeepney."

    def __init__(
        self,
        system: System,
        now: Clock,
        displays: DisplayProvider = no_displays,
        parent_window: Callable[[], str] = lambda: "wayland:",
        silent_seconds: float = SILENT_SECONDS,
        dialog_seconds: float = DIALOG_SECONDS,
        asked: Path | None = None,
    ) -> None:
        """`asked` exists when the desktop's question was answered with yes.

        `parent_window` names the window that asks; GNOME 46 and later refuse an empty one.
        """
        self._system = system
        self._now = now
        self._displays = displays
        self._parent_window = parent_window
        self._silent_seconds = silent_seconds
        self._dialog_seconds = dialog_seconds
        self._asked = asked

    def is_compatible(self) -> bool:
        """A Wayland session."""
        return self._system.is_wayland()

    def is_installed(self) -> bool:
        """Whether jeepney can be imported and a portal owns or can be started under its name."""
        return importlib.util.find_spec("jeepney") is not None and self._portal_exists()

    def sees_windows(self) -> bool:
        """What the portal gives is the whole screen."""
        return True

    def must_ask(self) -> bool:
        """Until the question was answered with yes once: GNOME shows it to nobody whose window is not in front."""
        return self._asked is not None and not self._asked.exists()

    def ask(self) -> None:
        """Take a picture for the question's sake and throw it away. Raises NotAvailable."""
        try:
            self._picture(interactive=False, seconds=self._dialog_seconds)
        except _Denied:
            self._picture_by_dialog()
        self._allowed()

    def _allowed(self) -> None:
        if self.must_ask() and self._asked is not None:
            with contextlib.suppress(OSError):  # it is asked once more then
                self._asked.parent.mkdir(parents=True, exist_ok=True)
                self._asked.touch()

    def prepare(self) -> None:
        """Nothing to open: every question to the portal is a connection of its own."""

    def release(self) -> None:
        """Nothing was opened."""

    def capture(self) -> tuple[Frame, ...]:
        """The monitors, cut from one picture; one frame when Qt's layout is not known or does not fit."""
        try:
            image = self._picture(interactive=False, seconds=self._silent_seconds)
            whole = True
        except _Denied:
            image = self._picture_by_dialog()
            whole = False  # the employee may have chosen a window or an area
        self._allowed()
        return split(image, self._displays(), self._now, self.name, whole=whole)

    def _picture_by_dialog(self) -> Image.Image:
        try:
            return self._picture(interactive=True, seconds=self._dialog_seconds)
        except _Denied as error:
            raise NotAvailable(
                "The desktop did not let Deskbell take a picture.",
                "Allow it when the desktop asks, or add a picture from a file.",
            ) from error

    def _picture(self, *, interactive: bool, seconds: float) -> Image.Image:
        from jeepney import AuthenticationError
        from jeepney.wrappers import DBusErrorResponse

        try:
            path = self._ask(interactive=interactive, seconds=seconds)
            return _taken(path)
        except (TimeoutError, DBusErrorResponse) as error:
            raise _Denied from error
        except (OSError, AuthenticationError, KeyError) as error:
            raise NotAvailable("The desktop portal cannot be reached.", self.install_hint) from error

    def _ask(self, *, interactive: bool, seconds: float) -> Path:
        """The file the portal wrote. Raises _Denied, TimeoutError and jeepney's errors."""
        from jeepney import DBusAddress, MatchRule, message_bus, new_method_call
        from jeepney.io.blocking import Proxy, open_dbus_connection
        from jeepney.wrappers import unwrap_msg

        with open_dbus_connection() as bus:
            token = f"deskbell{secrets.token_hex(8)}"
            sender = bus.unique_name.removeprefix(":").replace(".", "_")
            rule = MatchRule(
                type="signal",
                interface=REQUEST,
                member="Response",
                path=f"{DESKTOP}/request/{sender}/{token}",
            )
            # Listening starts before the call: a quick portal answers before its own reply is read.
            Proxy(message_bus, bus, timeout=seconds).AddMatch(rule)
            with bus.filter(rule) as answers:
                options: dict[str, Any] = {
                    "handle_token": ("s", token),
                    "interactive": ("b", interactive),
                    "modal": ("b", interactive),
                }
                portal = DBusAddress(DESKTOP, bus_name=SERVICE, interface=SCREENSHOT)
                call = new_method_call(portal, "Screenshot", "sa{sv}", (self._parent_window(), options))
                unwrap_msg(bus.send_and_get_reply(call, timeout=seconds))
                answer = bus.recv_until_filtered(answers, timeout=seconds)
            code, results = answer.body
            if code != GRANTED or "uri" not in results:
                raise _Denied
            return Path(unquote(urlsplit(results["uri"][1]).path))

    @staticmethod
    def _portal_exists() -> bool:
        from jeepney import message_bus
        from jeepney.io.blocking import Proxy, open_dbus_connection
        from jeepney.wrappers import DBusErrorResponse

        try:
            with open_dbus_connection() as connection:
                bus = Proxy(message_bus, connection, timeout=2.0)
                return bool(bus.NameHasOwner(SERVICE)[0]) or SERVICE in bus.ListActivatableNames()[0]
        except (OSError, KeyError, DBusErrorResponse):
            return False


class _Denied(Exception):
    """The portal said no, or nothing."""


def _taken(path: Path) -> Image.Image:
    """The picture in the portal's file, which is deleted whatever happens."""
    try:
        with path.open("rb") as file:
            return decoded(file.read(MAX_BYTES + 1), path.name)
    except OSError as error:
        raise HelpdeskError(
            "The picture from the desktop portal cannot be read: {reason}",
            "Try again, or add a picture from a file.",
            retry=True,
            reason=error.strerror,
        ) from error
    finally:
        path.unlink(missing_ok=True)


def split(
    image: Image.Image, displays: tuple[Display, ...], now: Clock, source: str, *, whole: bool = True
) -> tuple[Frame, ...]:
    """The part of `image` (all screens side by side) that belongs to each display.

    The compositor draws logical coordinates with one common ratio; the layout's origin may be negative.
    """
    everything = _union(displays)
    aspect = 0.0 if everything.is_empty else (image.width * everything.height) / (image.height * everything.width)
    if not displays or abs(aspect - 1) > ASPECT_TOLERANCE or (not whole and len(displays) > 1 and aspect != 1):
        rect = Rect(0, 0, image.width, image.height)
        return (Frame(image, rect, rect, 1.0, "all", now(), source, is_primary=True),)
    taken_at = now()
    all_screens = Frame(
        image, everything, everything, image.width / everything.width, "all", taken_at, source, is_primary=True
    )
    return tuple(_part(all_screens, display) for display in displays)


def _part(all_screens: Frame, display: Display) -> Frame:
    part = all_screens.crop(all_screens.pixels(display.logical))
    return Frame(
        image=part.image,
        logical=display.logical,
        desktop=display.logical,
        scale=all_screens.scale,
        screen_id=display.screen_id,
        taken_at=all_screens.taken_at,
        source=all_screens.source,
        is_primary=display.is_primary,
    )


def _union(displays: tuple[Display, ...]) -> Rect:
    if not displays:
        return Rect(0, 0, 0, 0)
    left = min(display.logical.x for display in displays)
    top = min(display.logical.y for display in displays)
    right = max(display.logical.right for display in displays)
    bottom = max(display.logical.bottom for display in displays)
    return Rect(left, top, right - left, bottom - top)
