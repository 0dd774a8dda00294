"""Notifications and secret prompts of an X11 desktop, told by the windows' own events.

Every window on the root is classified when it appears; a round trip before each answer makes sure that what is on the
screen by then has been heard of. What went away since the answer before may be in a picture that was taken meanwhile,
so it is told once more; of one that came and went in between nobody knows any more what it was. Desktops that draw
notifications inside their shell (GNOME) have no such window.
"""

from __future__ import annotations

import struct
import time
from typing import Any

from app.system.base import Rect
from app.system.curtain import Concealed, Kind

TYPES = (
    "_NET_WM_WINDOW_TYPE_NOTIFICATION",
    "_KDE_NET_WM_WINDOW_TYPE_CRITICAL_NOTIFICATION",
)
NOTIFIERS = ("notify-osd", "xfce4-notifyd", "dunst", "mate-notification-daemon", "notification-daemon", "deadd")
SECRETS = (
    *("pinentry", "gcr-prompter", "polkit-", "lxpolkit", "lxqt-policykit", "xfce-polkit", "org.kde.polkit"),
    *("ssh-askpass", "x11-ssh-askpass", "ksshaskpass", "gnome-ssh-askpass", "kdesu", "gksu", "lxqt-openssh-askpass"),
    *("kwalletd", "kcheckpass", "i3lock", "xscreensaver"),
)
"""WM_CLASS in lower case begins with one of these."""
YOUNG = 2.0
"""Seconds in which a window may still say what it is: some do so only after they have appeared."""
DEPTH, MOST = 3, 40
"""How far below a window manager's frame the program's own window is looked for."""
LONGEST = 256


class X11Curtain:
    """One connection. Raises OSError when there is no X server."""

    def __init__(self, display: str | None = None) -> None:
        import xcffib
        import xcffib.xproto

        self._library: Any = xcffib  # its generated modules are untyped
        self._x: Any = xcffib.xproto
        self._errors = (xcffib.XcffibException, self._x.BadWindow, self._x.BadDrawable, struct.error)
        try:
            self._connection: Any = self._library.connect(display)
        except xcffib.ConnectionException as error:
            raise OSError("no X server") from error
        self._root: int = self._connection.get_setup().roots[self._connection.pref_screen].root
        self._wanted = {self._atom(name) for name in TYPES}
        self._type, self._class = self._atom("_NET_WM_WINDOW_TYPE"), self._atom("WM_CLASS")
        self._known: dict[int, Concealed] = {}
        self._young: dict[int, float] = {}
        self._places: dict[int, Rect] = {}
        mask = self._x.EventMask.SubstructureNotify
        self._connection.core.ChangeWindowAttributesChecked(self._root, self._x.CW.EventMask, [mask]).check()
        for window in self._connection.core.QueryTree(self._root).reply().children:
            self._look_at(int(window))

    def areas(self) -> tuple[Concealed, ...]:
        gone: list[Concealed] = []
        try:
            self._connection.core.GetInputFocus().reply()
            self._read(gone)
            now = time.monotonic()
            for window, until in list(self._young.items()):
                self._look_at(window)
                if now > until:
                    self._young.pop(window, None)
        except self._errors:
            pass  # the server is gone, and the picture with it
        return (*self._known.values(), *gone)

    def leave(self) -> None:
        pass

    def close(self) -> None:
        self._connection.disconnect()

    def _read(self, gone: list[Concealed]) -> None:
        came: set[int] = set()
        while (event := self._connection.poll_for_event()) is not None:
            name = type(event).__name__
            window = int(getattr(event, "window", 0))
            if name in ("CreateNotifyEvent", "ConfigureNotifyEvent"):
                self._places[window] = _place_of(event)
            if name == "MapNotifyEvent":
                came.add(window)
                self._young[window] = time.monotonic() + YOUNG
            elif name == "ConfigureNotifyEvent" and window in self._known:
                self._look_at(window)
            elif name in ("UnmapNotifyEvent", "DestroyNotifyEvent") or (
                name == "ReparentNotifyEvent" and int(event.parent) != self._root
            ):
                known = self._known.pop(window, None)
                if known is None and window in came and window in self._places:
                    known = Concealed(Kind.NOTIFICATION, self._places[window])
                came.discard(window)
                if known is not None:
                    gone.append(known)
                self._young.pop(window, None)
                if name != "UnmapNotifyEvent":
                    self._places.pop(window, None)

    def _look_at(self, window: int) -> None:
        """Classify a window of the root, and note where it is now."""
        try:
            kind = self._kind(window, [MOST], 0)
            core = self._connection.core
            is_seen = kind is not None and core.GetWindowAttributes(window).reply().map_state == 2
            if kind is None or not is_seen:
                self._known.pop(window, None)
                return
            place = core.GetGeometry(window).reply()
        except self._errors:
            self._known.pop(window, None)  # it was closed meanwhile
            return
        self._known[window] = Concealed(kind, _place_of(place))

    def _kind(self, window: int, left: list[int], depth: int) -> Kind | None:
        """What a window or the one inside its frame is."""
        types = self._property(window, self._type)
        if self._wanted & set(struct.unpack(f"={len(types) // 4}I", types[: len(types) // 4 * 4])):
            return Kind.NOTIFICATION
        names = [name for name in self._property(window, self._class).decode("latin-1").lower().split("\0") if name]
        if any(name.startswith(NOTIFIERS) for name in names):
            return Kind.NOTIFICATION
        if any(name.startswith(SECRETS) for name in names):
            return Kind.SECRET
        if names or depth >= DEPTH:
            return None
        for child in self._connection.core.QueryTree(window).reply().children:
            left[0] -= 1
            if left[0] < 0:
                return None
            kind = self._kind(int(child), left, depth + 1)
            if kind is not None:
                return kind
        return None

    def _property(self, window: int, atom: int) -> bytes:
        any_type = 0
        return b"".join(self._connection.core.GetProperty(False, window, atom, any_type, 0, LONGEST).reply().value)

    def _atom(self, name: str) -> int:
        return int(self._connection.core.InternAtom(False, len(name), name).reply().atom)


def _place_of(told: Any) -> Rect:
    """The rectangle of a window with its border, from an event or a reply."""
    border = 2 * int(told.border_width)
    return Rect(int(told.x), int(told.y), int(told.width) + border, int(told.height) + border)
