"""Capturing a real X11 screen."""

from __future__ import annotations

import time
from datetime import UTC, datetime

import pytest

from app.capture.desktop import DesktopBackend
from app.capture.screen import system_screen
from app.errors import NotAvailable
from app.system.base import Display, Rect
from app.system.linux import LinuxSystem
from tests.x_client import XClient
from tests.xvfb import Xvfb

NOON = datetime(2026, 3, 1, 12, tzinfo=UTC)


def test_a_screen_is_captured_pixel_by_pixel(on_x11: Xvfb) -> None:
    with XClient(on_x11.display) as client:
        client.fill(Rect(100, 50, 300, 200), 0xCC3311)

        frames = system_screen(LinuxSystem(), lambda: NOON).capture()

    assert [frame.size for frame in frames] == [Rect(0, 0, 1280, 800)]
    image = frames[0].image
    assert image.getpixel((100, 50)) == (0xCC, 0x33, 0x11)
    assert image.getpixel((399, 249)) == (0xCC, 0x33, 0x11)
    assert image.getpixel((99, 50)) != (0xCC, 0x33, 0x11)
    assert image.getpixel((400, 249)) != (0xCC, 0x33, 0x11)
    assert frames[0].taken_at == NOON
    assert frames[0].is_primary


def test_a_prepared_picture_shows_the_screen_of_the_capture_and_not_of_the_preparation(on_x11: Xvfb) -> None:
    screen = system_screen(LinuxSystem(), lambda: NOON)
    with XClient(on_x11.display) as client:
        client.fill(Rect(100, 50, 300, 200), 0x101010)
        screen.prepare()
        client.fill(Rect(100, 50, 300, 200), 0xCC3311)

        (frame,) = screen.capture()
        screen.release()

    assert frame.image.getpixel((200, 100)) == (0xCC, 0x33, 0x11)
    assert frame.bgrx is not None
    at = (100 * frame.image.width + 200) * 4
    assert bytes(frame.bgrx[at : at + 3]) == bytes((0x11, 0x33, 0xCC))


def test_what_was_prepared_may_be_lost_until_the_capture(on_x11: Xvfb) -> None:
    screen = system_screen(LinuxSystem(), lambda: NOON)
    screen.prepare()
    screen.release()

    assert len(screen.capture()) == 1


def test_the_scale_comes_from_qt_when_it_is_known(on_x11: Xvfb) -> None:
    displays = (Display("HDMI-1", Rect(0, 0, 640, 400), 2.0, True),)

    (frame,) = system_screen(LinuxSystem(), lambda: NOON, lambda: displays).capture()

    assert frame.screen_id == "HDMI-1"
    assert frame.scale == 2.0
    assert frame.logical == Rect(0, 0, 640, 400)


def test_the_scale_comes_from_the_desktops_resources_without_qt(on_x11: Xvfb) -> None:
    with XClient(on_x11.display) as client:
        client.set_resources("Xft.dpi:\t144\n")
        try:
            (frame,) = system_screen(LinuxSystem(), lambda: NOON).capture()
        finally:
            client.set_resources("")

    assert frame.scale == 1.5
    assert frame.logical == Rect(0, 0, 853, 533)


def test_without_any_screen_the_employee_is_told_what_to_do(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("DISPLAY", "WAYLAND_DISPLAY", "XDG_SESSION_TYPE"):
        monkeypatch.delenv(name, raising=False)

    with pytest.raises(NotAvailable) as raised:
        system_screen(LinuxSystem(), lambda: NOON).capture()

    assert "file" in raised.value.hint


def test_a_server_that_is_gone_is_a_sentence_and_not_a_traceback(monkeypatch: pytest.MonkeyPatch) -> None:
    from app.errors import HelpdeskError

    monkeypatch.setenv("DISPLAY", ":9876")
    monkeypatch.setenv("XDG_SESSION_TYPE", "x11")

    with pytest.raises(HelpdeskError):
        system_screen(LinuxSystem(), lambda: NOON).capture()


def test_a_grab_takes_no_longer_than_a_blink(on_x11: Xvfb) -> None:
    screen = system_screen(LinuxSystem(), lambda: NOON)
    screen.capture()

    started = time.perf_counter()
    screen.capture()

    assert time.perf_counter() - started < 0.5


class Mac(LinuxSystem):
    name = "macos"


def test_a_mac_without_the_permission_is_told_once_and_then_pictured_all_the_same(
    on_x11: Xvfb, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Some versions of macOS deny a permission they have given."""
    asked = []
    monkeypatch.setattr("app.system.coregraphics.may_record_screen", lambda: False)
    monkeypatch.setattr("app.system.coregraphics.ask_to_record_screen", lambda: asked.append(True))
    backend = DesktopBackend(Mac(), lambda: NOON)
    with pytest.raises(NotAvailable, match="does not let"):
        backend.capture()

    (frame,) = backend.capture()

    assert asked == [True]
    assert frame.image.size == (1280, 800)
    assert not backend.sees_windows()
