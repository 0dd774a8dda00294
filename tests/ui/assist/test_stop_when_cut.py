"""Each way to stop ends the looking on this machine, also when the network is cut at that very moment: the X server
itself tells who still asks it for pictures.
"""

from __future__ import annotations

import os
import shutil
import subprocess
import time
from collections.abc import Iterator

import pytest
from PySide6.QtGui import QAction
from PySide6.QtWidgets import QPushButton
from pytestqt.qtbot import QtBot

from app.assembly import Services, assemble
from app.protocol.stream import FromHost
from app.ui.assist.doorway import Doorway
from app.ui.assist.prompt import Said
from app.ui.background import Background
from app.ui.desk import Desk as ClientDesk
from app.ui.following import Following
from app.ui.tray import Tray
from server_stub.devices.enrolment import TokenTerms
from tests.end2end.stage import Painter
from tests.grabs import Grabs
from tests.server_stub.assist_desk import Browser
from tests.server_stub.workbench_desk import Desk
from tests.server_stub.workbench_fixtures import desk
from tests.server_stub.workbench_visitor import Visitor
from tests.ui.assist.viewing import LinkedViewer
from tests.ui.world import draft
from tests.wire import Wire
from tests.xvfb import Xvfb

__all__ = ["desk"]

PATIENCE = 20_000
SECOND = 1.0
WATCHED = 0.5
"""Seconds after that second in which the X server must still not be asked."""


@pytest.fixture
def display(monkeypatch: pytest.MonkeyPatch) -> Iterator[Xvfb]:
    """Where the host process looks and the stop keys are pressed; the windows of this process stay offscreen."""
    with Xvfb(900, 900) as server:
        monkeypatch.setenv("DISPLAY", server.display)
        monkeypatch.setenv("XDG_SESSION_TYPE", "x11")
        monkeypatch.delenv("WAYLAND_DISPLAY", raising=False)
        painter = Painter(server.display)
        yield server
        painter.close()


@pytest.fixture
def wire(desk: Desk) -> Iterator[Wire]:
    made = Wire(desk.port)
    yield made
    made.close()


@pytest.fixture
def client(desk: Desk, wire: Wire, home: dict[str, str]) -> Iterator[Services]:
    with desk.services.database.write() as session:
        token = desk.services.enrolment.make_token(session, TokenTerms())
    made = assemble({"server_url": f"http://127.0.0.1:{wire.port}", "enrolment_token": token}, home)
    made.paths.make()
    yield made
    made.close()


@pytest.fixture
def tray(qtbot: QtBot) -> Tray:
    return Tray(lambda: "en", host_exists=lambda: False)


@pytest.fixture
def doorway(
    client: Services, background: Background, display: Xvfb, wire: Wire, tray: Tray, qtbot: QtBot
) -> Iterator[Doorway]:
    client_desk = ClientDesk(client, background)
    made = Doorway(client_desk, tray)
    following = Following(client_desk)
    following.assist_told.connect(made.heard)
    following.start()
    qtbot.waitUntil(lambda: not following._running, timeout=PATIENCE)  # it knows where the feed is
    yield made
    wire.close()  # what still waits for an answer gives up
    made.close()
    following.stop()
    client.close()


@pytest.fixture
def viewer(doorway: Doorway, client: Services, desk: Desk, qtbot: QtBot) -> Iterator[LinkedViewer]:
    """An agent who sees the screen."""
    ticket, _ = draft("The card reader is silent")
    client.server.submit(ticket)
    visitor = Visitor(desk)
    visitor.sign_in()
    browser = Browser(visitor, ticket.id)
    assert browser.invite()["id"]
    qtbot.waitUntil(lambda: browser.standing()["state"] == "shown", timeout=PATIENCE)
    assert browser.reveal().status_code == 204
    qtbot.waitUntil(lambda: doorway.reception.dialog is not None, timeout=PATIENCE)
    doorway.reception.dialog.say(Said.ALLOW)
    qtbot.waitUntil(lambda: browser.standing()["state"] in ("allowed", "active"), timeout=PATIENCE)
    made = LinkedViewer(browser)
    qtbot.waitUntil(lambda: made.count(FromHost.FRAME) > 3, timeout=PATIENCE)
    yield made
    made.close()


def by_banner(doorway: Doorway, tray: Tray) -> None:
    banner = doorway.reception.scene.banners[0]
    (button,) = (each for each in banner.findChildren(QPushButton) if each.text() == "Stop")
    button.click()


def by_tray(doorway: Doorway, tray: Tray) -> None:
    (action,) = (each for each in tray.menu.findChildren(QAction) if "stop" in each.text().lower())
    action.trigger()


def by_keys(doorway: Doorway, tray: Tray) -> None:
    if shutil.which("xdotool") is None:
        pytest.skip("xdotool is not installed (Debian: apt-get install xdotool)")
    subprocess.run(["xdotool", "key", "ctrl+alt+shift+x"], env=os.environ, check=True, timeout=10)


def by_leaving(doorway: Doorway, tray: Tray) -> None:
    doorway._brakes.left.emit()


def by_closing(doorway: Doorway, tray: Tray) -> None:
    doorway.close()


@pytest.mark.parametrize("stop", [by_banner, by_tray, by_keys, by_leaving, by_closing])
def test_nobody_looks_any_more_whatever_the_network_does(
    doorway: Doorway, tray: Tray, viewer: LinkedViewer, wire: Wire, display: Xvfb, qtbot: QtBot, stop
) -> None:
    visit = doorway.reception.visit
    with Grabs(display.display) as grabs:
        began = time.monotonic()
        qtbot.waitUntil(lambda: len(grabs.after(began)) > 3, timeout=PATIENCE)

        wire.cut()
        stopped = time.monotonic()
        stop(doorway, tray)
        qtbot.waitUntil(lambda: visit.is_over, timeout=1000)
        qtbot.wait(int((stopped + SECOND + WATCHED - time.monotonic()) * 1000))

        assert grabs.after(stopped + SECOND) == []
        last = max(grabs.after(stopped), default=stopped) - stopped
        print(f"{stop.__name__}: the last look was {last * 1000:.0f} ms after the stop")
