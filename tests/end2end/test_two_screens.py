"""A computer with two monitors, its real tray with real windows, a real server and a real browser: the agent sees the
monitor the employee has chosen, asks for the other one, and sees that one only when the employee has said so.
"""

from __future__ import annotations

import shutil
import subprocess
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from uuid import UUID

import mss
import pytest
from PIL import Image
from sqlalchemy import select

from app.system.base import Rect
from app.ui.assist.banner import HEIGHT
from server_stub.assist.courses import lines_of
from server_stub.assist.tables import AssistRecord
from server_stub.assist.verification import verify
from server_stub.devices.enrolment import TokenTerms
from tests.browser import Tabs, until
from tests.end2end.stage import Tray
from tests.server_stub.assist_desk import REASON
from tests.server_stub.test_assist_viewer import READ, decoded
from tests.server_stub.workbench_desk import Desk
from tests.server_stub.workbench_fixtures import browser, desk, sign_in, tabs
from tests.x_client import XClient
from tests.xvfb import Xvfb

__all__ = ["browser", "desk", "tabs"]
pytestmark = [pytest.mark.browser, pytest.mark.end2end]

LEFT, RIGHT = Rect(0, 0, 900, 700), Rect(900, 0, 700, 700)
BLUE, GREEN = 0x203080, 0x20C040


@dataclass
class Served:
    """Where the computer enrols."""

    url: str
    token: str


@pytest.fixture
def display() -> Iterator[Xvfb]:
    """Two monitors on one X server, one blue and one green."""
    if shutil.which("xrandr") is None:
        pytest.skip("xrandr is not installed (Debian: apt-get install x11-xserver-utils)")
    with Xvfb(LEFT.width + RIGHT.width, LEFT.height) as server:
        plug(server, "LEFT", LEFT, "screen")
        plug(server, "RIGHT", RIGHT)
        with XClient(server.display) as client:
            client.fill(LEFT, BLUE)
            client.fill(RIGHT, GREEN)
            yield server


def plug(server: Xvfb, name: str, place: Rect, output: str = "none") -> None:
    size = f"{place.width}/240x{place.height}/190+{place.x}+{place.y}"
    command = ["xrandr", "--setmonitor", name, size, output]
    subprocess.run(command, env=server.environment(), check=True, capture_output=True)


def unplug(server: Xvfb, name: str) -> None:
    subprocess.run(["xrandr", "--delmonitor", name], env=server.environment(), check=True, capture_output=True)


def strips(server: Xvfb) -> list[Rect]:
    """Where our windows of a strip's height are."""
    with XClient(server.display) as client:
        return [place for place in client.mapped() if place.height == HEIGHT]


@pytest.fixture
def tray(desk: Desk, display: Xvfb, tmp_path: Path) -> Iterator[Tray]:
    made = started(desk, display, tmp_path / "home")
    yield made
    made.close()


@pytest.fixture
def mixed_tray(desk: Desk, display: Xvfb, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Tray]:
    """One whose right monitor has twice as many pixels to an inch."""
    monkeypatch.setenv("QT_SCREEN_SCALE_FACTORS", "LEFT=1;RIGHT=2")
    made = started(desk, display, tmp_path / "home")
    yield made
    made.close()


def started(desk: Desk, display: Xvfb, home: Path) -> Tray:
    with desk.services.database.write() as session:
        token = desk.services.enrolment.make_token(session, TokenTerms())
    return Tray(Served(desk.url, token), display, home, "xcb")


def grabbed(display: Xvfb, area: Rect) -> Image.Image:
    with mss.MSS(display=display.display) as grabber:
        shot = grabber.grab({"left": area.x, "top": area.y, "width": area.width, "height": area.height})
        return Image.frombytes("RGB", shot.size, shot.rgb)


def until_seen(page, display: Xvfb, area: Rect) -> None:
    """Wait until the browser shows exactly that part of the desktop, on which a clock runs."""
    deadline = time.monotonic() + 20
    while True:
        before = grabbed(display, area)
        shown = decoded(page.evaluate(READ))
        if shown.size == before.size and shown.tobytes() in (before.tobytes(), grabbed(display, area).tobytes()):
            return
        assert time.monotonic() < deadline, f"shown are {shown.size}"
        page.wait_for_timeout(50)


def colours(page) -> set[tuple[int, int, int]]:
    return {colour for _, colour in decoded(page.evaluate(READ)).getcolors(1_000_000)}


def test_the_agent_asks_for_the_other_monitor_and_sees_it_when_the_employee_says_so(
    desk: Desk, tabs: Tabs, display: Xvfb, tray: Tray
) -> None:
    green = tuple(GREEN.to_bytes(3))
    page = watched(desk, tabs, tray)
    until_seen(page, display, LEFT)
    assert page.locator("[data-screens] option").all_inner_texts() == ["Screen 1 · 900 × 700", "Screen 2 · 700 × 700"]

    page.select_option("[data-screens]", "RIGHT")
    tray.until_asked()
    page.locator("[data-screens][data-asked]").wait_for()
    until_seen(page, display, LEFT)
    assert green not in colours(page)

    tray.order("allow")
    until_seen(page, display, RIGHT)
    assert green in colours(page)
    take_control(page, tray)
    reach(page, display, RIGHT, *middle(RIGHT))

    tray.order("stop")
    page.locator("[data-over]").wait_for()
    tray.until_free()
    both_tell_the_same(desk)
    assert tabs.watched.complaints == []


def watched(desk: Desk, tabs: Tabs, tray: Tray):
    """A page of an agent's who sees the first picture."""
    page = tabs.open()
    sign_in(page, desk, to=f"/workbench/tickets/{tray.ticket}/assist")
    page.fill("[name=reason]", REASON)
    page.click("[data-invite] button.first")
    until(page, 'document.querySelector("[data-assist]").dataset.drawn !== undefined', 60)
    return page


def test_monitors_come_and_go_and_the_session_ends_with_the_one_that_is_seen(
    desk: Desk, tabs: Tabs, display: Xvfb, tray: Tray
) -> None:
    page = watched(desk, tabs, tray)
    until_seen(page, display, LEFT)
    options = page.locator("[data-screens] option")
    assert [sum(area.contains(*middle(each)) for each in strips(display)) for area in (LEFT, RIGHT)] == [1, 1]

    unplug(display, "RIGHT")
    until(page, "document.querySelectorAll('[data-screens] option').length === 1")
    until_strips(display, RIGHT, 0)
    smaller = Rect(RIGHT.x, 0, RIGHT.width, 500)
    plug(display, "RIGHT", smaller)
    until(page, "document.querySelectorAll('[data-screens] option').length === 2")
    assert options.nth(1).inner_text() == "Screen 2 · 700 × 500"
    until_strips(display, smaller, 1)
    until_seen(page, display, LEFT)

    unplug(display, "LEFT")
    page.locator("[data-over]").wait_for()
    tray.until_free()
    assert strips(display) == []


def until_strips(display: Xvfb, area: Rect, count: int) -> None:
    """The browser may hear of a monitor a moment before our strip is there."""
    deadline = time.monotonic() + 10
    while sum(area.contains(*middle(each)) for each in strips(display)) != count:
        assert time.monotonic() < deadline, f"{strips(display)}, and not {count} on {area}"


def test_on_monitors_of_different_density_the_hand_lands_where_it_points_and_never_on_our_strip(
    desk: Desk, tabs: Tabs, display: Xvfb, mixed_tray: Tray
) -> None:
    page = watched(desk, tabs, mixed_tray)
    until_seen(page, display, LEFT)
    page.select_option("[data-screens]", "RIGHT")
    mixed_tray.until_asked()
    mixed_tray.order("allow")
    until_seen(page, display, RIGHT)
    take_control(page, mixed_tray)

    reach(page, display, RIGHT, RIGHT.x + 650, 600)
    with XClient(display.display) as client:
        [strip] = [each for each in client.mapped() if each.height == 2 * HEIGHT]
    assert RIGHT.intersection(strip) == strip
    reach(page, display, RIGHT, strip.right - 20, strip.y + HEIGHT)
    page.mouse.down()
    page.mouse.up()
    reach(page, display, RIGHT, *middle(RIGHT))
    page.wait_for_timeout(500)

    assert page.locator("[data-over]").is_hidden()
    mixed_tray.order("stop")
    page.locator("[data-over]").wait_for()


def take_control(page, tray: Tray) -> None:
    page.click('[data-grade="3"]')
    tray.until_asked()
    tray.order("allow")
    page.locator('[data-draw="hand"]').wait_for()


def reach(page, display: Xvfb, area: Rect, x: int, y: int) -> None:
    """Point at a place of the desktop in the browser, and wait until the employee's pointer is there."""
    box = page.locator("[data-sheet]").bounding_box()
    along, down = (x - area.x + 0.5) / area.width, (y - area.y + 0.5) / area.height
    page.mouse.move(box["x"] + box["width"] * along, box["y"] + box["height"] * down)
    deadline = time.monotonic() + 10
    with XClient(display.display) as client:
        while max(abs(client.pointer()[0] - x), abs(client.pointer()[1] - y)) > 2:
            assert time.monotonic() < deadline, (client.pointer(), (x, y))
            page.wait_for_timeout(30)


def middle(area: Rect) -> tuple[int, int]:
    return area.x + area.width // 2, area.y + area.height // 2


def both_tell_the_same(desk: Desk) -> None:
    """The records of both sides tell of the asking and of the choice."""
    deadline = time.monotonic() + 20
    while True:
        with desk.services.database.read() as session:
            record = session.scalars(select(AssistRecord)).one()
            if record.device_ledger is not None:
                break
        assert time.monotonic() < deadline, "the computer has sent no account"
        time.sleep(0.05)
    with desk.services.database.read() as session:
        told = [(line.event, line.detail) for line in lines_of(session, UUID(str(record.id)))]
        assert verify(session).differences == ()
    assert ("ask_screen", "RIGHT") in told
    assert ("choose_screen", "RIGHT") in told
