"""A Wayland monitor by a portal that is played on a real bus: asked once, seen only while somebody looks, and given up
the moment the desktop ends it."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from app.assist import portal
from app.assist.portal import PortalSession, Stream, is_of
from app.assist.screen_portal import PortalScreen, difference
from app.assist.source import Denied, Gone, TakenBack
from app.errors import NotAvailable
from app.protocol.session import Reason
from app.system.base import Rect
from tests.assist.portal_desk import HEIGHT, PATIENCE, PLACE, WIDTH, PortalDesk


def test_looking_asks_for_one_monitor_no_devices_and_nothing_that_lasts(desk: PortalDesk) -> None:
    source = desk.screen()

    assert desk.names() == ["CreateSession", "SelectSources", "Start"]
    assert {each["interface"] for each in desk.calls} == {"ScreenCast"}
    assert desk.calls[1] == {
        "call": "SelectSources",
        "interface": "ScreenCast",
        "types": 1,
        "multiple": False,
        "cursor_mode": 2,
    }
    source.close()
    assert desk.heard("Close")


@pytest.mark.parametrize("desk", ["grant", "quick"], indirect=True)
def test_pixels_are_exact_and_only_what_changed_is_told(desk: PortalDesk) -> None:
    source = desk.screen()
    assert source.wait(PATIENCE)
    assert source.changed() == PLACE
    assert source.changed() is None

    desk.do("frame 9")
    assert source.wait(PATIENCE)

    assert source.changed() == PLACE
    seen = source.grab(Rect(100, 50, 20, 10))
    assert seen.shape == (10, 20, 4)
    assert tuple(map(int, seen[3, 7, :3])) == (9, 107, 53)
    source.close()


def test_the_same_picture_again_is_no_change(desk: PortalDesk) -> None:
    source = desk.screen()
    source.wait(PATIENCE)
    source.changed()

    desk.do("frame 0")

    assert not source.wait(0.3)
    source.close()


def test_nothing_is_captured_before_the_first_look_and_while_nobody_looks(desk: PortalDesk) -> None:
    source = desk.screen()
    assert "OpenPipeWireRemote" not in desk.names()

    source.wait(PATIENCE)
    frames = source._frames
    source.rest()
    source.rest()
    assert frames.is_closed
    assert desk.names().count("OpenPipeWireRemote") == 1

    desk.do("frame 7")  # into a pipe nobody reads
    desk.names()
    assert source.grab(PLACE)[0, 0, 0] == 7
    assert desk.names().count("OpenPipeWireRemote") == 2
    source.close()


@pytest.mark.parametrize("desk", ["deny", "nothing", "elsewhere"], indirect=True)
def test_a_desktop_that_does_not_say_yes_to_this_screen_is_a_denial(desk: PortalDesk) -> None:
    with pytest.raises(Denied) as raised:
        desk.screen()

    assert raised.value.reason is Reason.DESKTOP_DENIED


@pytest.mark.parametrize("desk", ["vanish"], indirect=True)
def test_a_portal_that_dies_while_it_asks_is_told_as_that(desk: PortalDesk) -> None:
    with pytest.raises(NotAvailable, match="cannot be reached"):
        desk.screen()


@pytest.mark.parametrize("desk", ["silent"], indirect=True)
def test_a_question_nobody_answers_is_a_denial(desk: PortalDesk, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(portal, "LOOK_SECONDS", 0.05)

    with pytest.raises(Denied, match="not answered"):
        PortalSession().start(PLACE, seconds=0.2)

    assert desk.heard("Close")


@pytest.mark.parametrize("end", ["sign", "portal"])
def test_the_desktops_own_end_ends_everything(desk: PortalDesk, end: str) -> None:
    source = desk.screen()
    source.wait(PATIENCE)

    desk.do("close") if end == "sign" else desk.die()

    with pytest.raises(TakenBack) as raised:
        source.changed(), source.wait(PATIENCE)
    assert raised.value.reason is Reason.DESKTOP_STOPPED
    with pytest.raises(TakenBack):
        source.changed()
    source.close()


def test_a_stream_that_never_gives_a_picture_is_gone(desk: PortalDesk, monkeypatch: pytest.MonkeyPatch) -> None:
    class Nothing:
        has_ended = False

        def __init__(self, *_: object) -> None: ...
        def newest(self, _: float) -> None: ...
        def close(self) -> None: ...

    monkeypatch.setattr("app.assist.screen_portal.FIRST_FRAME", 0.0)
    source = PortalScreen(PLACE, None, Nothing)

    with pytest.raises(Gone, match="no picture"):
        source.grab(PLACE)
    Nothing.has_ended = True
    monkeypatch.setattr("app.assist.screen_portal.ENDING", 0.0)
    with pytest.raises(Gone, match="stream has ended") as raised:
        source.wait(1)
    assert raised.value.reason is Reason.HOST_ENDED
    source.close()


def test_without_a_portal_or_a_bus_it_is_not_available(
    bus: str, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    with pytest.raises(NotAvailable):
        PortalSession().start(PLACE)
    monkeypatch.setenv("DBUS_SESSION_BUS_ADDRESS", f"unix:path={tmp_path}/no-bus")
    with pytest.raises(NotAvailable):
        PortalSession()


@pytest.mark.parametrize(
    ("place", "monitor", "answer"),
    [
        (Rect(0, 0, 1920, 1080), Rect(0, 0, 1920, 1080), True),
        (Rect(1920, 0, 1280, 1024), Rect(0, 0, 1920, 1080), False),
        (Rect(1920, 0, 1920, 1080), Rect(0, 0, 1920, 1080), False),
        (Rect(1280, 0, 1280, 720), Rect(1920, 0, 1920, 1080), True),  # counted at 150 %
        (None, Rect(0, 0, 1920, 1080), True),
    ],
)
def test_a_stream_is_told_from_another_screens(place: Rect | None, monitor: Rect, answer: bool) -> None:
    assert is_of(Stream(1, place), monitor) is answer


def test_the_difference_is_the_rectangle_around_what_differs() -> None:
    before = np.zeros((HEIGHT, WIDTH, 4), np.uint8)
    after = before.copy()
    after[20, 30, 1] = after[60, 200, 2] = 1

    assert difference(before, after) == Rect(30, 20, 171, 41)
    assert difference(before, before) is None
