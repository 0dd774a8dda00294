"""Handing files and text over from the viewer's page in a real Chromium, against a host by script."""

from __future__ import annotations

import hashlib
from pathlib import Path

import pytest

from app.protocol.handover import CHUNK_HEAD, Delivery, FileOffer, Step, TextOffer
from app.protocol.session import State
from app.protocol.stream import FromHost, FromViewer, Wanted, of_json
from tests.browser import Tabs, until
from tests.server_stub.test_assist_viewer import Watching
from tests.server_stub.workbench_desk import Desk
from tests.server_stub.workbench_fixtures import browser, desk, tabs

__all__ = ["browser", "desk", "tabs"]
pytestmark = pytest.mark.browser

CONTENT = bytes(range(256)) * 400


def tell(watching: Watching, step: Step, received: int = 0) -> None:
    told = Delivery(step=step, received=received).model_dump_json().encode()
    watching.host.send(bytes([FromHost.DELIVERY]) + told)


def offered(watching: Watching, tmp_path: Path) -> FileOffer:
    path = tmp_path / "读卡器 driver.zip"
    path.write_bytes(CONTENT)
    watching.page.set_input_files("[data-file]", str(path))
    [message] = watching.host.wait_for(FromViewer.FILE)
    return of_json(FileOffer, message.body)


def test_a_file_is_offered_and_goes_in_pieces_as_they_are_written(desk: Desk, tabs: Tabs, tmp_path: Path):
    watching = Watching(desk, tabs)
    host = watching.connect()

    offer = offered(watching, tmp_path)

    assert offer == FileOffer(name="读卡器 driver.zip", size=len(CONTENT), sha256=hashlib.sha256(CONTENT).hexdigest())
    tell(watching, Step.ASKED)
    watching.page.locator("[data-handover] [data-words]", has_text="读卡器 driver.zip").wait_for()
    assert host.of(FromViewer.CHUNK) == []
    received, count = b"", 0
    while len(received) < len(CONTENT):
        tell(watching, Step.TAKEN, len(received))
        count += 1
        body = host.wait_for(FromViewer.CHUNK, count)[-1].body
        assert CHUNK_HEAD.unpack_from(body) == (len(received),)
        received += body[CHUNK_HEAD.size :]
    assert received == CONTENT
    tell(watching, Step.KEPT)
    watching.page.locator("[data-handover]").wait_for(state="hidden")
    until(watching.page, 'document.body.textContent.includes("The file is in the employee\'s download folder")')
    assert tabs.watched.complaints == []


def test_an_offer_can_be_taken_back(desk: Desk, tabs: Tabs, tmp_path: Path):
    watching = Watching(desk, tabs)
    host = watching.connect()
    offered(watching, tmp_path)
    tell(watching, Step.ASKED)

    watching.page.click("[data-withdraw]")

    [message] = host.wait_for(FromViewer.EVENT)
    assert of_json(Wanted, message.body).event == "withdraw_offer"
    assert watching.page.locator("[data-handover]").is_hidden()


def test_text_for_the_clipboard_is_asked_for_and_sent_text_is_shown(desk: Desk, tabs: Tabs):
    watching = Watching(desk, tabs)
    host = watching.connect()
    page = watching.page

    page.click("[data-send-text]")
    page.fill("[data-clipboard-dialog] textarea", "netsh winsock reset\n重启")
    page.click("[data-clipboard-dialog] button.first")
    [message] = host.wait_for(FromViewer.TEXT)
    assert of_json(TextOffer, message.body).text == "netsh winsock reset\n重启"
    tell(watching, Step.ASKED)
    tell(watching, Step.TAKEN)
    until(page, 'document.body.textContent.includes("The text is on the employee\'s clipboard")')

    host.send(bytes([FromHost.TEXT]) + TextOffer(text="<b>序列号</b> 4431").model_dump_json().encode())
    page.locator("[data-given-dialog][open]").wait_for()
    assert page.input_value("[data-given-dialog] textarea") == "<b>序列号</b> 4431"


def test_nothing_can_be_handed_over_while_the_picture_is_paused(desk: Desk, tabs: Tabs):
    watching = Watching(desk, tabs)
    watching.connect()
    assert watching.page.locator("[data-send-file]").is_enabled()

    watching.host.epoch = 1
    watching.status(state=State.PAUSED, is_paused_by_person=True)

    watching.page.locator("[data-send-file][disabled]").wait_for()
    assert watching.page.locator("[data-send-text]").is_disabled()
