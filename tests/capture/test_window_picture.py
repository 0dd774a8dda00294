"""One window as a picture, also when another covers it."""

from __future__ import annotations

import time
from collections.abc import Iterator
from datetime import UTC, datetime

import pytest
from PIL import Image

from app.capture.desktop import DesktopBackend
from app.capture.frame import Frame
from app.capture.window_picture import Composite, PrintWindow, WindowPictures
from app.errors import HelpdeskError
from app.system.base import Rect, Window
from app.system.linux import LinuxSystem
from tests.window_manager import has_window_manager, window_manager
from tests.x_client import XClient
from tests.xvfb import Xvfb

NOON = datetime(2026, 11, 22, 12, tzinfo=UTC)
RED, GREEN = (255, 0, 0), (0, 255, 0)


@pytest.fixture
def server(monkeypatch: pytest.MonkeyPatch) -> Iterator[Xvfb]:
    with Xvfb(800, 600) as server:
        monkeypatch.setenv("DISPLAY", server.display)
        monkeypatch.setenv("XDG_SESSION_TYPE", "x11")
        monkeypatch.delenv("WAYLAND_DISPLAY", raising=False)
        yield server


@pytest.fixture
def compositor(server: Xvfb) -> Iterator[None]:
    """A window manager that composites, as most desktops have."""
    with window_manager(server.environment(), composites=True) as process:
        deadline = time.monotonic() + 20
        while not has_compositor(server.display):
            assert time.monotonic() < deadline, "the window manager does not composite"
            assert process.poll() is None, "the window manager ended"
        yield


def has_compositor(display: str) -> bool:
    import xcffib
    import xcffib.xproto

    connection = xcffib.connect(display)
    try:
        atom = connection.core.InternAtom(False, 13, "_NET_WM_CM_S0").reply().atom
        return bool(connection.core.GetSelectionOwner(atom).reply().owner)
    finally:
        connection.disconnect()


def pictures() -> WindowPictures:
    system = LinuxSystem()
    return WindowPictures(system, DesktopBackend(system, lambda: NOON).capture, lambda: NOON)


def colours(image: Image.Image) -> set[tuple[int, int, int]]:
    return {colour for _, colour in image.getcolors(100_000)}


def test_without_a_compositor_the_window_is_cut_from_the_screen(server: Xvfb) -> None:
    with XClient(server.display) as client:
        rect = Rect(100, 80, 300, 200)
        handle = client.window(rect, "Till", "Pos", 0xFF0000)

        frame = pictures().take(Window("Till", "Pos", rect, False, handle))

    assert frame.image.size == (300, 200)
    assert colours(frame.image) == {RED}
    assert frame.desktop == rect


def test_with_a_compositor_a_covered_window_shows_itself(server: Xvfb, compositor: None) -> None:
    with XClient(server.display) as client:
        below, above = Rect(100, 80, 300, 200), Rect(50, 40, 500, 400)
        handle = client.window(below, "Till", "Pos", 0xFF0000)
        client.fill(above, 0x00FF00)
        deadline = time.monotonic() + 20
        image = None
        while image is None or colours(image) != {RED}:
            assert time.monotonic() < deadline, "the window's own pixels never came"
            inner = LinuxSystem().windows()
            window = next((each for each in inner if each.handle == handle), None)
            # The window manager may have moved it into its frame; the client area is asked for.
            rect = Rect(below.x, below.y, 100, 100) if window is None else window.rect.grown(-40)
            image = Composite(server.display).pixels(Window("Till", "Pos", rect, False, handle))


def test_without_a_compositor_a_covered_window_is_brought_to_the_front_first(server: Xvfb) -> None:
    with window_manager(server.environment()), XClient(server.display) as client:
        wait_for(lambda: has_window_manager(server.display))
        for title, colour in (("Till", 0xFF0000), ("Above", 0x00FF00)):
            client.window(Rect(100, 80, 300, 200), title, title, colour, managed=True)
        till = wait_for(lambda: next((each for each in LinuxSystem().windows() if each.title == "Till"), None))

        def is_red() -> bool:
            pictures().uncover(till)
            image = pictures().take(till).image
            return image.getpixel((image.width // 2, image.height // 2)) == RED

        wait_for(is_red)


def wait_for(condition):
    deadline = time.monotonic() + 20
    while not (found := condition()):
        assert time.monotonic() < deadline
        time.sleep(0.05)
    return found


def test_a_window_that_is_gone_is_said_so(server: Xvfb) -> None:
    with pytest.raises(HelpdeskError, match="Till is not on the screen"):
        pictures().take(Window("Till", "Pos", Rect(5000, 5000, 10, 10), False, 99))


def test_the_windows_of_other_programs_are_listed_with_small_pictures(server: Xvfb) -> None:
    with XClient(server.display) as client:
        handle = client.window(Rect(100, 80, 480, 300), "Till", "Pos", 0xFF0000)
        client.numbers(client.root, "_NET_CLIENT_LIST_STACKING", handle)

        (window,) = pictures().listed()
        (thumbnail,) = pictures().thumbnails([window])

    assert (window.title, window.application) == ("Till", "Pos")
    assert thumbnail is not None
    assert thumbnail.width <= 240
    assert thumbnail.height <= 150
    assert RED in colours(thumbnail)


def test_on_an_empty_screen_list_nothing_can_be_pictured() -> None:
    def no_frames() -> tuple[Frame, ...]:
        return ()

    nothing = WindowPictures(LinuxSystem(), no_frames, lambda: NOON, ())

    assert nothing.thumbnails([Window("a", "b", Rect(0, 0, 5, 5), False, 1)]) == (None,)
    with pytest.raises(HelpdeskError):
        nothing.take(Window("a", "b", Rect(0, 0, 5, 5), False, 1))


class Gdi:
    """user32 and gdi32 as one library that draws a grey window with a red corner."""

    def __init__(self, works: bool = True, black: bool = False) -> None:
        self.works = works
        self.black = black
        self.freed: list[str] = []

    def __getattr__(self, name: str) -> object:
        def call(*_: object) -> int:
            if name in ("DeleteObject", "DeleteDC", "ReleaseDC"):
                self.freed.append(name)
            return 7

        call.restype = None
        self.__dict__[name] = call
        return call

    def GetWindowRect(self, _: object, rect: object) -> int:
        rect._obj.left, rect._obj.top, rect._obj.right, rect._obj.bottom = 92, 80, 208, 188
        return 1

    def PrintWindow(self, *_: object) -> int:
        return int(self.works)

    def GetDIBits(self, _dc: object, _bitmap: object, _start: int, rows: int, buffer: object, *_: object) -> int:
        if not self.black:
            buffer.raw = bytes([40, 50, 60, 0]) * (116 * rows)
        return rows


WINDOW = Window("Till", "Pos", Rect(100, 80, 100, 100), False, 1)


def test_on_windows_the_invisible_border_is_cut_off() -> None:
    library = Gdi()

    image = PrintWindow(library, library).pixels(WINDOW)

    assert image is not None
    assert image.size == (100, 100)
    assert colours(image) == {(60, 50, 40)}


@pytest.mark.parametrize("library", [Gdi(works=False), Gdi(black=True)])
def test_on_windows_a_protected_window_gives_nothing_and_everything_is_freed(library: Gdi) -> None:
    assert PrintWindow(library, library).pixels(WINDOW) is None
    assert sorted(library.freed) == ["DeleteDC", "DeleteObject", "ReleaseDC"]
