"""Where the mouse is and whether a button is down, asked when wanted: no hook, and nothing of the keyboard."""

from __future__ import annotations

import ctypes
import ctypes.util
import os
import sys
from dataclasses import dataclass
from typing import Any, Protocol

from app.errors import NotAvailable


@dataclass(frozen=True, slots=True)
class Pointer:
    """A place in desktop coordinates (as `Window.rect`), and whether any button is held down there.

    A button that went down and up again since it was asked last counts as held: taps on a touch screen are that short.
    """

    x: int
    y: int
    is_pressed: bool


class PointerSource(Protocol):
    """One system's way to ask."""

    def pointer(self) -> Pointer:
        """The pointer now; takes well under a millisecond. Raises NotAvailable when the desktop went away."""
        ...

    def close(self) -> None:
        """Give back what asking needed."""
        ...


class X11Pointer:
    """QueryPointer over a connection of its own, and the raw presses of XInput 2 for clicks shorter than a look."""

    BUTTONS = 0x1F00
    """Button1Mask to Button5Mask; 4 and 5 are the wheel and never stay down."""
    WHEEL = 0x1800
    CLICKS = (1, 2, 3)

    def __init__(self, display: str | None = None) -> None:
        """Raises NotAvailable when there is no X server."""
        import xcffib
        import xcffib.xproto

        self._library: Any = xcffib
        try:
            self._connection: Any = self._library.connect(display)
        except self._library.ConnectionException as error:
            raise not_visible() from error
        self._root: int = self._connection.get_setup().roots[self._connection.pref_screen].root
        self._listens = self._listen()

    def _listen(self) -> bool:
        """Ask for presses of buttons, of nothing else; False where the server is too old for it."""
        import xcffib.xinput as xinput

        module: Any = xinput
        all_masters = 1
        try:
            devices: Any = self._connection(module.key)
            devices.XIQueryVersion(2, 2).reply()
            presses = module.EventMask.synthetic(all_masters, 1, [module.XIEventMask.RawButtonPress])
            devices.XISelectEvents(self._root, 1, [presses], is_checked=True).check()
        except (self._library.XcffibException, self._library.ExtensionException):
            return False
        return True

    def _was_pressed(self) -> bool:
        """Whether a button other than the wheel went down since it was asked last."""
        found = False
        while self._listens and (event := self._connection.poll_for_event()) is not None:
            found = found or getattr(event, "detail", 0) in self.CLICKS
        return found

    def pointer(self) -> Pointer:
        try:
            found = self._connection.core.QueryPointer(self._root).reply()
            tapped = self._was_pressed()
        except self._library.ConnectionException as error:
            raise not_visible() from error
        return Pointer(int(found.root_x), int(found.root_y), tapped or bool(found.mask & self.BUTTONS & ~self.WHEEL))

    def close(self) -> None:
        self._connection.disconnect()


class Place(ctypes.Structure):
    """POINT of windef.h."""

    _fields_ = (("x", ctypes.c_long), ("y", ctypes.c_long))


class WindowsPointer:
    """GetCursorPos and GetAsyncKeyState of the mouse buttons."""

    BUTTONS = (0x01, 0x02, 0x04)
    DOWN, SINCE = 0x8000, 0x0001
    """Held now; went down since it was asked last."""

    def __init__(self, user32: Any = None) -> None:
        self._user32 = user32 or ctypes.WinDLL("user32")  # type: ignore[attr-defined,unused-ignore]
        self._pressed()  # what was clicked before counts no more

    def pointer(self) -> Pointer:
        place = Place()
        if not self._user32.GetCursorPos(ctypes.byref(place)):
            raise not_visible()  # the secure desktop has the screen
        return Pointer(place.x, place.y, self._pressed())

    def _pressed(self) -> bool:
        states = [self._user32.GetAsyncKeyState(button) for button in self.BUTTONS]  # every one, each forgets
        return any(state & (self.DOWN | self.SINCE) for state in states)

    def close(self) -> None:
        pass


class MacPlace(ctypes.Structure):
    """CGPoint of CoreGraphics."""

    _fields_ = (("x", ctypes.c_double), ("y", ctypes.c_double))


class MacPointer:
    """An empty event knows where the pointer is; the session's state knows the buttons."""

    SESSION_STATE = 0
    BUTTONS = (0, 1, 2)
    PRESSES = (1, 3, 25)
    """kCGEventLeftMouseDown, kCGEventRightMouseDown, kCGEventOtherMouseDown: the session counts them."""

    def __init__(self) -> None:
        library: Any = ctypes.CDLL(ctypes.util.find_library("ApplicationServices") or "ApplicationServices")
        library.CGEventCreate.restype = ctypes.c_void_p
        library.CGEventGetLocation.restype = MacPlace
        library.CGEventSourceButtonState.restype = ctypes.c_bool
        library.CGEventSourceCounterForEventType.restype = ctypes.c_uint32
        self._library = library
        self._count = self._presses()

    def _presses(self) -> int:
        counted = self._library.CGEventSourceCounterForEventType
        return sum(int(counted(self.SESSION_STATE, kind)) for kind in self.PRESSES)

    def pointer(self) -> Pointer:
        event = ctypes.c_void_p(self._library.CGEventCreate(None))
        place = self._library.CGEventGetLocation(event)
        self._library.CFRelease(event)
        state = self._library.CGEventSourceButtonState
        before, self._count = self._count, self._presses()
        pressed = before != self._count or any(state(self.SESSION_STATE, button) for button in self.BUTTONS)
        return Pointer(int(place.x), int(place.y), pressed)

    def close(self) -> None:
        pass


def not_visible() -> NotAvailable:
    return NotAvailable(
        "Deskbell cannot see where you click on this desktop.",
        "Take single pictures instead; each can be marked before sending.",
    )


def source() -> PointerSource:
    """The way to ask on this system. Raises NotAvailable where there is none (Wayland tells no program)."""
    if sys.platform == "win32":
        return WindowsPointer()
    if sys.platform == "darwin":
        return MacPointer()
    is_wayland = bool(os.environ.get("WAYLAND_DISPLAY")) or os.environ.get("XDG_SESSION_TYPE") == "wayland"
    if is_wayland or not os.environ.get("DISPLAY"):
        raise not_visible()
    return X11Pointer()
