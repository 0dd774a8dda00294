"""One window as a picture, also where another lies above it when the system can tell its pixels."""

from __future__ import annotations

import ctypes
from collections.abc import Callable, Sequence
from datetime import datetime
from typing import TYPE_CHECKING, Any, Protocol

from app.capture.frame import Frame
from app.errors import HelpdeskError
from app.system.base import Rect, System, Window
from app.system.bitmap import BitmapHeader

if TYPE_CHECKING:
    from PIL import Image

THUMBNAIL = (240, 150)
"""Pixels a thumbnail fits into."""


class WindowBackend(Protocol):
    """One way to get at a window's own pixels."""

    def pixels(self, window: Window) -> Image.Image | None:
        """RGB pixels of the window's visible frame, or None when this way does not work for this window."""
        ...

    def uncover(self, window: Window) -> None:
        """Bring the window to the front where `pixels` cannot tell what lies below another one."""
        ...


class WindowPictures:
    """Pictures of single windows: the system's way first, a crop of the screen where that gives nothing."""

    def __init__(
        self,
        system: System,
        capture: Callable[[], tuple[Frame, ...]],
        now: Callable[[], datetime],
        backends: Sequence[WindowBackend] | None = None,
    ) -> None:
        self._system = system
        self._capture = capture
        self._now = now
        self._backends = window_backends(system) if backends is None else tuple(backends)

    def listed(self) -> tuple[Window, ...]:
        """Windows of other programs, topmost first; empty where no program may know (Wayland)."""
        return self._system.windows()

    def uncover(self, window: Window) -> None:
        """Bring the window to the front if it has to be seen to be pictured; some time before `take`."""
        for each in self._backends:
            each.uncover(window)

    def take(self, window: Window) -> Frame:
        """The window as a frame. Raises HelpdeskError when it is gone or cannot be pictured."""
        frames = self._capture()
        home = max(frames, key=lambda frame: frame.desktop.intersection(window.rect).area, default=None)
        if home is None or home.desktop.intersection(window.rect).is_empty:
            raise HelpdeskError(
                "The window {title} is not on the screen any more.",
                "Bring it back, or take the whole screen.",
                title=window.title or window.application,
            )
        cropped = home.crop(home.local(window.rect) or home.size)
        image = next((found for found in (each.pixels(window) for each in self._backends) if found), None)
        if image is None:
            return cropped
        return Frame(
            image=image,
            logical=cropped.logical,
            desktop=window.rect,
            scale=home.scale,
            screen_id=home.screen_id,
            taken_at=self._now(),
            source="window",
            is_primary=home.is_primary,
        )

    def thumbnails(self, windows: Sequence[Window]) -> tuple[Image.Image | None, ...]:
        """A small picture of each window; None for one that cannot be pictured. One capture serves all."""
        frames = self._capture()
        found = []
        for window in windows:
            image = next((pixels for pixels in (each.pixels(window) for each in self._backends) if pixels), None)
            if image is None:
                image = cut_from(frames, window)
            if image is not None:
                image.thumbnail(THUMBNAIL)
            found.append(image)
        return tuple(found)


def cut_from(frames: Sequence[Frame], window: Window) -> Image.Image | None:
    """The window's part of the monitor that shows most of it."""
    home = max(frames, key=lambda frame: frame.desktop.intersection(window.rect).area, default=None)
    area = home.local(window.rect) if home else None
    return home.crop(area).image if home and area else None


def window_backends(system: System) -> tuple[WindowBackend, ...]:
    """The ways of this system; none means a crop of the screen."""
    if system.name == "windows":
        return (PrintWindow(),)
    if system.name == "macos":
        return (ScreenCaptureTool(),)
    if system.name == "linux" and not system.is_wayland():
        return (Composite(),)
    return ()


class Composite:
    """X11: the off-screen pixmap a compositing manager keeps of every window (Composite extension 0.2)."""

    def __init__(self, display: str | None = None) -> None:
        self._display = display

    def pixels(self, window: Window) -> Image.Image | None:
        """None without a compositing manager: then there is no pixmap, and the window's own is what is on screen."""
        import xcffib
        import xcffib.composite
        import xcffib.xproto

        library: Any = xcffib
        try:
            connection: Any = library.connect(self._display)
        except library.ConnectionException:
            return None
        try:
            return self._pixmap(connection, window)
        except (library.XcffibException, library.xproto.BadWindow, library.xproto.BadMatch, library.xproto.BadDrawable):
            return None
        finally:
            connection.disconnect()

    def uncover(self, window: Window) -> None:
        """Ask the window manager to activate it, as a task bar does (EWMH), where nothing composites."""
        import xcffib
        import xcffib.xproto

        library: Any = xcffib
        try:
            connection: Any = library.connect(self._display)
        except library.ConnectionException:
            return
        try:
            core = connection.core
            if not core.GetSelectionOwner(atom(core, "_NET_WM_CM_S0")).reply().owner:
                activate(connection, window.handle)
        except library.XcffibException:
            pass  # the window is gone; taking it will say so
        finally:
            connection.disconnect()

    def _pixmap(self, connection: Any, window: Window) -> Image.Image | None:
        import xcffib.composite
        import xcffib.xproto
        from PIL import Image

        core = connection.core
        if not core.GetSelectionOwner(atom(core, "_NET_WM_CM_S0")).reply().owner:
            return None
        top = self._top_level(core, window.handle)
        origin = core.GetGeometry(top).reply()
        composite: Any = connection(xcffib.composite.key)
        composite.QueryVersion(0, 4).reply()
        pixmap = connection.generate_id()
        composite.NameWindowPixmapChecked(top, pixmap).check()
        try:
            size = core.GetGeometry(pixmap).reply()
            area = window.rect.moved(-origin.x, -origin.y).intersection(Rect(0, 0, size.width, size.height))
            if area.is_empty:
                return None
            z_pixmap = 2
            reply = core.GetImage(z_pixmap, pixmap, area.x, area.y, area.width, area.height, 0xFFFFFFFF).reply()
            data = bytes(reply.data)
            if len(data) != area.area * 4:
                return None
            return Image.frombytes("RGB", (area.width, area.height), data, "raw", "BGRX")
        finally:
            core.FreePixmap(pixmap)

    @staticmethod
    def _top_level(core: Any, handle: int) -> int:
        """The child of the root that holds a client window: the window manager's frame, or the window itself."""
        while True:
            tree = core.QueryTree(handle).reply()
            if tree.parent == tree.root:
                return handle
            handle = int(tree.parent)


def atom(core: Any, name: str) -> int:
    """The number of a name on an X server."""
    return int(core.InternAtom(False, len(name), name).reply().atom)


def activate(connection: Any, handle: int) -> None:
    """Send `_NET_ACTIVE_WINDOW` to the root window, as a pager."""
    import xcffib.xproto

    module: Any = xcffib.xproto
    root = connection.get_setup().roots[connection.pref_screen].root
    pager, now, none = 2, 0, 0
    data = module.ClientMessageData.synthetic([pager, now, none, 0, 0], "IIIII")
    event = module.ClientMessageEvent.synthetic(32, handle, atom(connection.core, "_NET_ACTIVE_WINDOW"), data)
    mask = module.EventMask.SubstructureNotify | module.EventMask.SubstructureRedirect
    connection.core.SendEvent(False, root, mask, event.pack(), is_checked=True).check()


class PrintWindow:
    """Windows: the window draws itself, with the content of hardware surfaces (8.1 and later)."""

    FULL_CONTENT = 2

    def __init__(self, user32: Any = None, gdi32: Any = None) -> None:
        self._user32 = user32
        self._gdi32 = gdi32

    def uncover(self, window: Window) -> None:
        """A covered window draws itself as well."""

    def pixels(self, window: Window) -> Image.Image | None:
        """None when the window refuses or draws nothing: DRM, a secure desktop, a program of a higher level."""
        from PIL import Image

        from app.system.user32 import CRect
        from app.system.windows import library

        user32: Any = self._user32 or library("user32")
        gdi32: Any = self._gdi32 or library("gdi32")
        for owner, names in ((user32, ("GetDC",)), (gdi32, ("CreateCompatibleDC", "CreateCompatibleBitmap"))):
            for name in names:
                getattr(owner, name).restype = ctypes.c_void_p
        handle, whole = ctypes.c_void_p(window.handle), CRect()
        if not user32.GetWindowRect(handle, ctypes.byref(whole)):
            return None
        size = whole.rect()
        screen = ctypes.c_void_p(user32.GetDC(None))
        memory = ctypes.c_void_p(gdi32.CreateCompatibleDC(screen))
        bitmap = ctypes.c_void_p(gdi32.CreateCompatibleBitmap(screen, size.width, size.height))
        try:
            gdi32.SelectObject(memory, bitmap)
            if not user32.PrintWindow(handle, memory, self.FULL_CONTENT):
                return None
            header = BitmapHeader(ctypes.sizeof(BitmapHeader), size.width, -size.height, 1, 32)
            buffer = ctypes.create_string_buffer(size.area * 4)
            if not gdi32.GetDIBits(memory, bitmap, 0, size.height, buffer, ctypes.byref(header), 0):
                return None
            image = Image.frombuffer("RGB", (size.width, size.height), buffer.raw, "raw", "BGRX", 0, 1)
        finally:
            gdi32.DeleteObject(bitmap)
            gdi32.DeleteDC(memory)
            user32.ReleaseDC(None, screen)
        if not image.getbbox():
            return None
        # The window's rectangle includes an invisible border; the visible frame is what `window.rect` says.
        inside = window.rect.moved(-size.x, -size.y).intersection(Rect(0, 0, size.width, size.height))
        return None if inside.is_empty else image.crop((inside.x, inside.y, inside.right, inside.bottom))


class ScreenCaptureTool:
    """macOS: the system's own tool knows windows by number and leaves out the shadow."""

    def uncover(self, window: Window) -> None:
        """The tool pictures covered windows, too."""

    def pixels(self, window: Window) -> Image.Image | None:
        """None when the tool fails; the permission was asked for before."""
        import subprocess
        import tempfile
        from pathlib import Path

        from PIL import Image

        with tempfile.TemporaryDirectory() as folder:
            path = Path(folder) / "window.png"
            command = ["/usr/sbin/screencapture", "-x", "-o", "-l", str(window.handle), str(path)]
            try:
                subprocess.run(command, check=True, timeout=10, capture_output=True)
                with Image.open(path) as image:
                    return image.convert("RGB")
            except (OSError, subprocess.SubprocessError):
                return None
