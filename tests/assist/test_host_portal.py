"""A real host process on a desktop whose portal is played: the desktop's word counts beside the employee's."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
import pytest

from app.protocol.session import Grade
from app.protocol.stream import FromViewer
from tests.assist.portal_desk import HEIGHT, WIDTH, PortalDesk
from tests.assist.relay import HostProcess, Relay

WAYLAND = {"XDG_SESSION_TYPE": "wayland", "WAYLAND_DISPLAY": "wayland-9", "DISPLAY": ":9"}


@pytest.fixture
def relay() -> Iterator[Relay]:
    relay = Relay(WIDTH, HEIGHT)
    yield relay
    relay.close()


@pytest.fixture
def host(desk: PortalDesk, relay: Relay) -> Iterator[HostProcess]:
    host = HostProcess(
        relay, None, Grade.VIEW, WIDTH, HEIGHT, WAYLAND, module="tests.assist.portal_host", by_portal=True
    )
    yield host
    host.close()


def picture(level: int) -> np.ndarray:
    drawn = np.zeros((HEIGHT, WIDTH, 4), np.uint8)
    drawn[..., 0], drawn[..., 1] = level, np.arange(WIDTH) % 256
    drawn[..., 2] = (np.arange(HEIGHT) % 256)[:, None]
    return drawn


def grant_control(relay: Relay, host: HostProcess) -> None:
    relay.until(lambda: relay.frames > 0, "the first frame")
    relay.say(FromViewer.EVENT, event="ask_grade", grade=3)
    host.hear("status", asked=3)
    host.order(do="grant", grade=3)


def test_the_viewer_sees_what_the_desktop_gives_exactly_and_every_change(
    desk: PortalDesk, relay: Relay, host: HostProcess
) -> None:
    relay.until_shown(picture(0))

    desk.do("frame 200")

    relay.until_shown(picture(200))
    assert relay.statuses[-1]["highest"] == 3
    assert "SelectDevices" not in desk.names()
    host.order(do="stop")
    assert host.hear("ended")["reason"] == "stopped_by_employee"


def test_the_desktop_records_nothing_while_the_line_is_cut(desk: PortalDesk, relay: Relay, host: HostProcess) -> None:
    relay.until_shown(picture(0))
    relay.is_viewer_there = False
    relay.drop()
    host.hear("status", state="paused")
    relay.until(lambda: relay.links > 1, "another line")
    assert desk.names().count("OpenPipeWireRemote") == 1

    desk.do("frame 90")
    desk.names()
    relay.arrive()

    relay.until_shown(picture(90))
    assert (90, 90, 90) not in relay.colours
    assert desk.names().count("OpenPipeWireRemote") == 2
    assert desk.names().count("Start") == 1


@pytest.mark.parametrize("desk", ["deny", "elsewhere"], indirect=True)
def test_a_no_to_the_desktops_question_ends_it_before_there_is_a_line(relay: Relay, host: HostProcess) -> None:
    assert host.hear("ended")["reason"] == "desktop_denied"
    assert host.process.wait(10) == 1
    assert relay.links == 0


def test_the_desktops_own_sign_ends_the_session_and_the_server_hears_why(
    desk: PortalDesk, relay: Relay, host: HostProcess
) -> None:
    relay.until_shown(picture(0))

    desk.do("close")

    assert host.hear("ended")["reason"] == "desktop_stopped"
    relay.until(lambda: {"ended": "desktop_stopped"} in relay.witnessed, "the server's copy")


def test_mouse_and_keyboard_are_asked_of_the_desktop_with_control_and_given_back_with_it(
    desk: PortalDesk, relay: Relay, host: HostProcess
) -> None:
    grant_control(relay, host)
    desk.heard("SelectDevices")
    desk.heard("Start")
    relay.until(lambda: relay.statuses[-1]["grade"] == 3, "control")

    while "NotifyPointerMotionAbsolute" not in desk.names():  # what comes before the desktop's yes is dropped
        relay.say(FromViewer.INPUT, kind="move", x=30, y=40)
    relay.say(FromViewer.INPUT, kind="text", text="支付")
    relay.until(lambda: any(notice.get("untyped") for notice in relay.notices), "the notice")
    relay.say(FromViewer.INPUT, kind="key_down", code="KeyA")
    desk.heard("NotifyKeyboardKeycode")
    host.order(do="lower", grade=1)

    assert desk.heard("NotifyKeyboardKeycode")["values"] == [30, 0]
    desk.heard("Close")
    relay.until(lambda: relay.statuses[-1]["grade"] == 1, "viewing")


@pytest.mark.parametrize("desk", ["looking"], indirect=True)
def test_a_desktop_that_refuses_control_brings_it_back_to_looking(
    desk: PortalDesk, relay: Relay, host: HostProcess
) -> None:
    grant_control(relay, host)

    assert host.hear("by_desktop") == {"is": "by_desktop", "event": "lower_grade", "grade": 1}
    relay.until(lambda: relay.statuses[-1]["grade"] == 1, "viewing")
    relay.until(lambda: ("lower_grade", "") in relay.deeds(), "the server's copy")
    desk.do("frame 40")
    relay.until_shown(picture(40))


@pytest.mark.parametrize("desk", ["deaf"], indirect=True)
def test_control_is_refused_where_nothing_tells_of_the_employees_own_hand(relay: Relay, host: HostProcess) -> None:
    relay.until_shown(picture(0))
    assert relay.statuses[-1]["highest"] == 2

    relay.say(FromViewer.EVENT, event="ask_grade", grade=3)

    assert host.hear("by_desktop")["event"] == "refuse_grade"
    relay.until(lambda: ("refuse_grade", "") in relay.deeds(), "the server's copy")
    relay.until(lambda: relay.statuses[-1]["asked"] is None, "the answer")
    host.order(do="grant", grade=3)
    relay.say(FromViewer.EVENT, event="ask_grade", grade=2)
    host.hear("status", asked=2)
    host.order(do="grant", grade=2)
    relay.until(lambda: relay.statuses[-1]["grade"] == 2, "pointing")


def test_a_missing_plug_in_is_no_picture_and_says_so(desk: PortalDesk, relay: Relay, tmp_path: object) -> None:
    nothing = {"GST_PLUGIN_SYSTEM_PATH_1_0": str(tmp_path), "GST_REGISTRY": f"{tmp_path}/registry"}
    host = HostProcess(relay, None, Grade.VIEW, WIDTH, HEIGHT, WAYLAND | nothing, by_portal=True)

    assert host.hear("ended")["reason"] == "unsupported"
    assert "OpenPipeWireRemote" not in desk.names()[:-1]
    host.close()
