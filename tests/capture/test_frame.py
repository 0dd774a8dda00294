"""Where things are: twelve layouts of monitors, to the pixel."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime

import pytest
from PIL import Image, PngImagePlugin

from app.capture.frame import Frame, png
from app.capture.monitors import Monitor, display_of, guessed
from app.capture.screen import default_frame
from app.system.base import Display, Rect, Window

NOON = datetime(2026, 3, 1, 12, tzinfo=UTC)


@dataclass(frozen=True)
class Screen:
    """A monitor of a layout: physical rectangle and Qt's scale."""

    desktop: Rect
    scale: float = 1.0
    primary: bool = False

    @property
    def display(self) -> Display:
        """What Qt would say about it."""
        width, height = round(self.desktop.width / self.scale), round(self.desktop.height / self.scale)
        return Display(str(self.desktop), Rect(self.desktop.x, self.desktop.y, width, height), self.scale)


MAIN = Screen(Rect(0, 0, 1920, 1080), primary=True)
LAYOUTS = {
    "one at 100 %": (MAIN,),
    "one at 150 %": (Screen(Rect(0, 0, 1920, 1080), 1.5, True),),
    "one at 200 %": (Screen(Rect(0, 0, 3840, 2160), 2.0, True),),
    "one at 125 %": (Screen(Rect(0, 0, 1366, 768), 1.25, True),),
    "side by side": (MAIN, Screen(Rect(1920, 0, 1920, 1080))),
    "left of the origin": (MAIN, Screen(Rect(-1280, 0, 1280, 1024))),
    "above the origin": (MAIN, Screen(Rect(0, -1200, 1920, 1200))),
    "stacked 100 % and 200 %": (MAIN, Screen(Rect(0, 1080, 3840, 2160), 2.0)),
    "150 % laptop beside 100 %": (Screen(Rect(0, 0, 2560, 1600), 1.5, True), Screen(Rect(2560, 200, 1920, 1080))),
    "portrait": (MAIN, Screen(Rect(1920, -420, 1080, 1920))),
    "staggered three": (MAIN, Screen(Rect(1920, 300, 1600, 900), 1.25), Screen(Rect(-2560, -360, 2560, 1440), 1.75)),
    "till with a customer display": (Screen(Rect(0, 0, 1024, 768), primary=True), Screen(Rect(1024, 0, 640, 480))),
}


def coordinates(rect: Rect) -> Image.Image:
    """A picture in which every pixel's colour says where on the desktop it is."""
    across = Image.new("L", (rect.width, rect.height))
    across.putdata([(rect.x + x) % 251 for x in range(rect.width)] * rect.height)
    down = Image.new("L", (1, rect.height))
    down.putdata([(rect.y + y) % 251 for y in range(rect.height)])
    return Image.merge("RGB", (across, down.resize(across.size), Image.new("L", across.size)))


def frames(layout: tuple[Screen, ...], *, drawn: bool = False) -> list[Frame]:
    displays = tuple(screen.display for screen in layout)
    made = []
    for screen in layout:
        monitor = Monitor(screen.desktop, "", screen.primary)
        display = display_of(monitor, displays)
        assert display is not None
        size = (screen.desktop.width, screen.desktop.height)
        image = coordinates(screen.desktop) if drawn else Image.new("RGB", size)
        made.append(
            Frame(
                image, display.logical, screen.desktop, display.scale, display.screen_id, NOON, "test", screen.primary
            )
        )
    return made


@pytest.mark.parametrize("name", LAYOUTS)
def test_a_region_maps_to_its_exact_physical_pixels(name: str) -> None:
    for frame in frames(LAYOUTS[name], drawn=True):
        assert frame.scale == next(s.scale for s in LAYOUTS[name] if s.desktop == frame.desktop)
        region = Rect(37, 53, 211, 97)

        part = frame.crop(region)

        corner = (frame.desktop.x + 37) % 251, (frame.desktop.y + 53) % 251
        assert part.image.size == (211, 97)
        assert part.image.getpixel((0, 0))[:2] == corner
        assert part.image.getpixel((210, 96))[:2] == (
            (frame.desktop.x + 247) % 251,
            (frame.desktop.y + 149) % 251,
        )
        assert part.desktop == region.moved(frame.desktop.x, frame.desktop.y)


@pytest.mark.parametrize("name", LAYOUTS)
def test_a_window_is_found_on_its_monitor(name: str) -> None:
    for frame in frames(LAYOUTS[name]):
        window = Rect(frame.desktop.x + 10, frame.desktop.y + 20, 300, 200)

        assert frame.local(window) == Rect(10, 20, 300, 200)


@pytest.mark.parametrize("name", LAYOUTS)
def test_the_whole_logical_area_is_the_whole_picture(name: str) -> None:
    for frame in frames(LAYOUTS[name]):
        assert frame.pixels(frame.logical) == frame.size


def test_a_window_on_another_monitor_is_not_in_this_picture() -> None:
    first, second = frames(LAYOUTS["side by side"])

    assert first.local(second.desktop) is None


def test_a_crop_outside_of_the_picture_is_a_mistake() -> None:
    (frame,) = frames(LAYOUTS["one at 100 %"])

    with pytest.raises(ValueError, match="outside"):
        frame.crop(Rect(5000, 0, 10, 10))


def window_at(x: int, y: int) -> Window:
    return Window("Orders", "Erp", Rect(x, y, 400, 300), is_modal=False, handle=1)


def test_the_default_frame_is_the_monitor_of_the_foreground_window() -> None:
    shown = frames(LAYOUTS["left of the origin"])

    assert default_frame(shown, window_at(-900, 100)) is shown[1]
    assert default_frame(shown, window_at(100, 100)) is shown[0]
    assert default_frame(shown, None) is shown[0]


def test_the_customer_display_is_never_the_default_frame() -> None:
    shown = frames(LAYOUTS["till with a customer display"])

    assert default_frame(shown, window_at(1100, 50)) is shown[0]
    assert default_frame(list(reversed(shown)), None) is shown[0]


def test_a_single_small_screen_is_still_the_default_frame() -> None:
    shown = frames((Screen(Rect(0, 0, 800, 480)),))

    assert default_frame(shown, None) is shown[0]


def test_a_picture_is_exported_without_metadata() -> None:
    image = Image.new("RGB", (64, 32), "#123456")
    image.info = {"icc_profile": b"profile", "Title": "secret window", "dpi": (96, 96), "exif": b"Exif\0\0"}
    rect = Rect(0, 0, 64, 32)

    data = png(Frame(image, rect, rect, 1.0, "x", NOON, "test"))

    chunks = []
    position = 8
    while position < len(data):
        length = int.from_bytes(data[position : position + 4], "big")
        chunks.append(data[position + 4 : position + 8])
        position += 12 + length
    assert set(chunks) == {b"IHDR", b"IDAT", b"IEND"}
    assert data.endswith(PngImagePlugin.o32(0) + b"IEND\xaeB`\x82")


def test_a_protected_screen_is_blank_and_another_is_not() -> None:
    rect = Rect(0, 0, 64, 32)
    black = Frame(Image.new("RGB", (64, 32)), rect, rect, 1.0, "x", NOON, "test")
    drawn = Frame(coordinates(rect), rect, rect, 1.0, "x", NOON, "test")

    assert black.is_blank()
    assert not drawn.is_blank()


def test_a_monitor_qt_does_not_know_gets_a_guess() -> None:
    monitor = Monitor(Rect(100, 0, 1920, 1080), "HDMI-1", is_primary=False)

    assert display_of(monitor, (MAIN.display,)) is None
    assert guessed(monitor, 1.5).logical == Rect(100, 0, 1280, 720)
