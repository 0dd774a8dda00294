"""This system's ways to see, to act and to reach the viewer."""

from __future__ import annotations

import ssl
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress

from app import system as systems
from app.assist.able import why_not
from app.assist.hands import Hands
from app.assist.link import Link, WebSocketLink
from app.assist.orders import Setup
from app.assist.source import Gone, ScreenSource
from app.errors import NotAvailable
from app.system import curtain
from app.system.base import Rect, System
from app.system.curtain import Curtain, Kind
from app.system.desktop_sharing import IdleMonitor


def screen(monitor: Rect, *, by_portal: bool = False) -> ScreenSource:
    """The best way to look at a monitor; under Wayland it asks the employee, and only where IT lets it.

    Raises Gone or NotAvailable.
    """
    system = systems.current()
    hindrance = why_not(system, by_portal=by_portal)
    if hindrance is not None:
        raise hindrance
    if system.is_wayland():
        from app.assist.screen_portal import PortalScreen

        return PortalScreen(monitor)
    if system.name == "linux":
        from app.assist.screen_x11 import X11Screen

        try:
            return X11Screen(monitor)
        except Gone:
            pass  # a server without the extensions: look often instead
    if system.name == "windows":
        from app.assist.screen_windows import WindowsScreen

        try:
            return WindowsScreen(monitor)
        except Gone:
            pass  # a remote desktop or a virtual adapter that cannot be duplicated
    if system.name == "macos":
        from app.assist.screen_macos import MacScreen

        try:
            return MacScreen(monitor)
        except Gone:
            pass  # before macOS 12.3
    from app.assist.screen_polling import PollingScreen

    return PollingScreen(monitor)


def warm() -> None:
    """Load what a session on this system needs, so that Allow does not have to wait for it. Looks at nothing."""
    import websockets.sync.client  # noqa: F401
    from PIL import JpegImagePlugin, PngImagePlugin  # noqa: F401

    system = systems.current()
    if system.name == "linux" and not system.is_wayland():
        import xcffib.damage
        import xcffib.shm
        import xcffib.xfixes
        import xcffib.xinput
        import xcffib.xproto
        import xcffib.xtest  # noqa: F401
    elif system.is_wayland():
        from app.assist import gstreamer

        with suppress(NotAvailable):  # of which the session tells when it begins
            gstreamer.warm()


def hands(*, by_portal: bool = False) -> Hands:
    """The best way to act; one that refuses where there is none."""
    system = systems.current()
    if system.is_wayland() and by_portal:
        from app.assist.hands_portal import PortalHands

        return PortalHands(idle())
    if system.name == "linux" and not system.is_wayland():
        from app.assist.hands_x11 import X11Hands

        return X11Hands()
    if system.name == "windows":
        from app.assist.hands_windows import WindowsHands

        return WindowsHands()
    if system.name == "macos":
        from app.assist.hands_macos import MacHands

        return MacHands()
    from app.assist.hands_none import NoHands

    return NoHands()


def idle() -> IdleMonitor | None:
    """What tells when the employee's own hand is at work on Wayland; None where nothing does."""
    try:
        return IdleMonitor()
    except NotAvailable:
        return None


def connection(setup: Setup) -> Callable[[], Link]:
    """Makes a line to the viewer each time it is called: each line brings the token that opens the next one."""
    is_secure = setup.server.startswith("https:")
    context = ssl.create_default_context(cafile=setup.ca_file or None) if is_secure else None
    token = setup.token

    def connect() -> Link:
        nonlocal token
        link = WebSocketLink(setup.server, setup.session, token, setup.shared, context=context)
        token = link.next_token or token
        return link

    return connect


def early(connect: Callable[[], Link]) -> Callable[[], Link]:
    """The same, with the first line under way already; whatever became of that is told when it is asked for."""
    runner = ThreadPoolExecutor(1, "line")
    first = [runner.submit(connect)]
    runner.shutdown(wait=False)
    return lambda: first.pop().result() if first else connect()


class Covers:
    """What must not be seen of a monitor, in its pixels: windows the employee ticked, notifications, and secrets."""

    def __init__(self, monitor: Rect, system: System, hidden: Curtain) -> None:
        self._monitor = monitor
        self._system = system
        self._curtain = hidden
        self.is_secret = False
        """Whether a secret was being asked for at the last look: nothing is typed for the employee then."""

    def turn_to(self, monitor: Rect) -> None:
        """Another monitor is shown from now on."""
        self._monitor = monitor

    def leave(self) -> None:
        """The session is over: begin to give back what takes time."""
        self._curtain.leave()

    def close(self) -> None:
        """Give back what looking needed."""
        self._curtain.close()

    def __call__(self, windows: tuple[int, ...]) -> tuple[Rect, ...]:
        concealed = self._curtain.areas()
        self.is_secret = any(each.kind is Kind.SECRET for each in concealed)
        found = [each.rect for each in concealed]
        if windows:
            found += [window.rect for window in self._system.windows() if window.handle in windows]
        return tuple(rect.moved(-self._monitor.x, -self._monitor.y) for rect in found)


def covers_of(monitor: Rect) -> Covers:
    """What must not be seen of a monitor on this system."""
    system = systems.current()
    return Covers(monitor, system, curtain.choose(is_wayland=system.is_wayland()))
