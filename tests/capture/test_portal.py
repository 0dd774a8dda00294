"""Wayland's portal on a private bus: granted, refused, silent, too quick; and how its picture is split."""

from __future__ import annotations

import shutil
import subprocess
import sys
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

import pytest
from PIL import Image

from app.capture.portal import PortalBackend, split
from app.errors import HelpdeskError, NotAvailable
from app.system.base import Display, Rect
from app.system.linux import LinuxSystem

NOON = datetime(2026, 3, 1, 12, tzinfo=UTC)


@dataclass(frozen=True)
class Portal:
    """The running service; `calls` reads what it was asked."""

    folder: Path
    calls: Callable[[], list[str]]

    def backend(self, *displays: Display) -> PortalBackend:
        return PortalBackend(LinuxSystem(), lambda: NOON, lambda: displays, silent_seconds=3.0, dialog_seconds=3.0)

    def leftovers(self) -> list[Path]:
        """Pictures the portal wrote that nobody deleted."""
        return list(self.folder.glob("Screenshot*"))


@pytest.fixture(scope="module")
def bus() -> Iterator[str]:
    program = shutil.which("dbus-daemon")
    if program is None:
        pytest.skip("dbus-daemon is not installed (Debian: apt-get install dbus)")
    daemon = subprocess.Popen(
        [program, "--session", "--nofork", "--print-address"], stdout=subprocess.PIPE, stderr=subprocess.DEVNULL
    )
    assert daemon.stdout is not None
    yield daemon.stdout.readline().decode().strip()
    daemon.terminate()
    daemon.communicate()


@pytest.fixture
def portal(
    bus: str, request: pytest.FixtureRequest, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> Iterator[Portal]:
    monkeypatch.setenv("DBUS_SESSION_BUS_ADDRESS", bus)
    monkeypatch.setenv("XDG_SESSION_TYPE", "wayland")
    picture = tmp_path / "all.png"
    _numbered(300, 100).save(picture)
    service = subprocess.Popen(
        [sys.executable, "-m", "tests.capture.portal_service", request.param, str(picture)],
        stdout=subprocess.PIPE,
        text=True,
    )
    assert service.stdout is not None
    assert service.stdout.readline() == "ready\n"

    def calls() -> list[str]:
        service.terminate()
        return service.communicate()[0].split()

    yield Portal(tmp_path, calls)
    service.terminate()
    service.wait()
    service.stdout.close()


def _numbered(width: int, height: int) -> Image.Image:
    """A picture whose red and green say the column (in hundreds and rest) and whose blue says the row."""
    image = Image.new("RGB", (width, height))
    image.putdata([(x // 100, x % 100, y % 256) for y in range(height) for x in range(width)])
    return image


@pytest.mark.parametrize("portal", ["grant", "quick"], indirect=True)
def test_a_granted_picture_is_split_and_its_file_is_deleted(portal: Portal) -> None:
    displays = (Display("eDP-1", Rect(0, 0, 200, 100), 1.0, True), Display("DP-2", Rect(200, 0, 100, 100), 1.0))

    backend = portal.backend(*displays)
    frames = backend.capture()

    assert backend.is_compatible()
    assert backend.is_installed()
    assert [(frame.screen_id, frame.image.size) for frame in frames] == [("eDP-1", (200, 100)), ("DP-2", (100, 100))]
    assert frames[1].image.getpixel((0, 7)) == (2, 0, 7)
    assert portal.leftovers() == []
    assert portal.calls() == ["interactive=False"]


@pytest.mark.parametrize("portal", ["interactive"], indirect=True)
def test_a_refused_silent_picture_is_asked_for_again_with_the_desktops_dialog(portal: Portal) -> None:
    (frame,) = portal.backend(Display("eDP-1", Rect(0, 0, 300, 100), 1.0, True)).capture()

    assert frame.image.size == (300, 100)
    assert portal.calls() == ["interactive=False", "interactive=True"]


@pytest.mark.parametrize("portal", ["deny", "silent", "error"], indirect=True)
def test_a_refusal_is_explained(portal: Portal) -> None:
    with pytest.raises(NotAvailable) as raised:
        portal.backend().capture()

    assert "file" in raised.value.hint


@pytest.mark.parametrize("portal", ["vanished"], indirect=True)
def test_a_picture_that_vanished_is_an_error_that_may_be_retried(portal: Portal) -> None:
    with pytest.raises(HelpdeskError) as raised:
        portal.backend().capture()

    assert raised.value.retry


def test_without_a_bus_the_employee_is_told(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("DBUS_SESSION_BUS_ADDRESS", f"unix:path={tmp_path}/no-bus")
    backend = PortalBackend(LinuxSystem(), lambda: NOON)

    assert not backend.is_installed()
    with pytest.raises(NotAvailable):
        backend.capture()


def test_an_origin_left_of_and_above_zero_is_taken_into_account() -> None:
    displays = (
        Display("left", Rect(-100, -20, 100, 100), 1.0),
        Display("right", Rect(0, 0, 200, 80), 1.0, True),
    )

    left, right = split(_numbered(300, 100), displays, lambda: NOON, "portal")

    assert left.image.getpixel((0, 0)) == (0, 0, 0)
    assert right.image.size == (200, 80)
    assert right.image.getpixel((0, 0)) == (1, 0, 20)
    assert right.logical == Rect(0, 0, 200, 80)


def test_a_scaled_picture_is_cut_at_scaled_edges() -> None:
    displays = (Display("a", Rect(0, 0, 100, 50), 2.0, True), Display("b", Rect(100, 0, 50, 50), 2.0))

    first, second = split(_numbered(300, 100), displays, lambda: NOON, "portal")

    assert (first.image.size, second.image.size) == ((200, 100), (100, 100))
    assert second.image.getpixel((0, 0)) == (2, 0, 0)
    assert first.scale == 2.0


def test_a_part_the_employee_chose_is_one_frame() -> None:
    displays = (Display("a", Rect(0, 0, 1920, 1080), 1.0, True), Display("b", Rect(1920, 0, 1280, 1024), 1.0))

    (frame,) = split(_numbered(300, 100), displays, lambda: NOON, "portal", whole=False)

    assert frame.image.size == (300, 100)
    assert frame.screen_id == "all"


@pytest.mark.parametrize("portal", ["grant"], indirect=True)
def test_the_desktop_is_asked_once_and_the_answer_is_remembered(portal: Portal, tmp_path: Path) -> None:
    asked = tmp_path / "data" / "screen-allowed"
    backend = asking(portal, asked)
    assert backend.must_ask()

    backend.ask()

    assert not backend.must_ask()
    assert not asking(portal, asked).must_ask()
    assert portal.leftovers() == []


@pytest.mark.parametrize("portal", ["deny"], indirect=True)
def test_a_desktop_that_said_no_is_asked_again(portal: Portal, tmp_path: Path) -> None:
    backend = asking(portal, tmp_path / "screen-allowed")

    with pytest.raises(NotAvailable):
        backend.ask()

    assert backend.must_ask()


def asking(portal: Portal, asked: Path) -> PortalBackend:
    return PortalBackend(LinuxSystem(), lambda: NOON, tuple, silent_seconds=3.0, dialog_seconds=3.0, asked=asked)
