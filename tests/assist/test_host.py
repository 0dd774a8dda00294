"""A real host process on a real X server: it shows what it may, does what it may, and is gone when it must be."""

from __future__ import annotations

import os
import subprocess
import time
from collections.abc import Iterator
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path

import mss
import numpy as np
import pytest

from app.assist.orders import Monitor
from app.protocol.session import Grade
from app.protocol.stream import FromViewer
from app.system.base import Rect
from tests.assist.relay import HEIGHT, WIDTH, HostProcess, Relay, Start, screen
from tests.end2end.stage import Painter
from tests.grabs import Grabs
from tests.x_client import XClient
from tests.xvfb import Xvfb


def test_the_viewer_sees_the_screen_exactly_and_every_change(server: Xvfb, start: Start) -> None:
    relay, _ = start(Grade.VIEW)
    relay.until_shown(screen(server))

    with XClient(server.display) as client:
        client.fill(Rect(100, 100, 300, 200), 0xCC2233)

        relay.until_shown(screen(server))


def test_a_still_screen_sends_nothing(server: Xvfb, start: Start) -> None:
    relay, _ = start(Grade.VIEW)
    relay.until_shown(screen(server))
    relay.until_quiet()
    before = relay.frames

    with pytest.raises(AssertionError, match="in vain"):
        relay.until(lambda: relay.frames > before, "another frame", seconds=1.0)


def test_input_without_the_grade_ends_the_session(start: Start) -> None:
    relay, host = start(Grade.POINT)

    relay.say(FromViewer.INPUT, kind="move", x=5, y=5)

    assert host.hear("ended")["reason"] == "violation"
    assert host.process.wait(5) == 0


def test_a_message_repeated_on_the_way_ends_the_session(start: Start) -> None:
    relay, host = start(Grade.CONTROL)
    relay.say(FromViewer.INPUT, kind="move", x=5, y=5)

    relay.send(FromViewer.INPUT, b'{"kind":"move","x":9,"y":9}', number=0)

    assert host.hear("ended")["reason"] == "violation"


def test_bytes_that_were_tampered_with_end_the_session(start: Start) -> None:
    relay, host = start(Grade.CONTROL)

    relay.send_raw(os.urandom(64))

    assert host.hear("ended")["reason"] == "violation"


def test_control_reaches_a_real_program_in_chinese_too(server: Xvfb, start: Start, tmp_path: Path) -> None:
    typed = tmp_path / "typed"
    ready = tmp_path / "ready"
    command = f"touch {ready}; cat > {typed}"
    xterm = subprocess.Popen(
        ["xterm", "-u8", "-geometry", "80x24+0+0", "-e", "sh", "-c", command],
        env=server.environment() | {"LC_ALL": "C.UTF-8"},
        stderr=subprocess.DEVNULL,
    )
    try:
        relay, _ = start(Grade.CONTROL)
        relay.until(ready.exists, "xterm")

        relay.say(FromViewer.INPUT, kind="move", x=100, y=100)
        relay.say(FromViewer.INPUT, kind="text", text="支付失败 E1023")
        relay.say(FromViewer.INPUT, kind="key_down", code="ShiftLeft")
        for code in ("KeyO", "KeyK"):
            relay.say(FromViewer.INPUT, kind="key_down", code=code)
            relay.say(FromViewer.INPUT, kind="key_up", code=code)
        relay.say(FromViewer.INPUT, kind="key_up", code="ShiftLeft")
        relay.say(FromViewer.INPUT, kind="text", text="\n")
        relay.say(FromViewer.INPUT, kind="key_down", code="ControlLeft")
        relay.say(FromViewer.INPUT, kind="key_down", code="KeyD")
        relay.say(FromViewer.INPUT, kind="release_all")

        assert xterm.wait(15) == 0
        assert typed.read_text() == "支付失败 E1023OK\n"
    finally:
        xterm.kill()
        xterm.wait()


def test_a_grade_is_asked_granted_and_given_back(start: Start) -> None:
    relay, host = start(Grade.VIEW)
    relay.say(FromViewer.EVENT, event="ask_grade", grade=3)
    host.hear("status", asked=3)

    host.order(do="grant", grade=3)
    relay.until(lambda: relay.statuses and relay.statuses[-1]["grade"] == 3, "control")
    relay.say(FromViewer.INPUT, kind="move", x=5, y=5)
    relay.say(FromViewer.EVENT, event="lower_grade", grade=1)
    host.hear("status", grade=1)

    relay.until(lambda: relay.statuses[-1]["grade"] == 1, "viewing")
    relay.say(FromViewer.INPUT, kind="move", x=5, y=5)
    assert host.hear("ended")["reason"] == "violation"


LEFT, RIGHT = Rect(0, 0, WIDTH, HEIGHT), Rect(WIDTH, 0, 500, 400)


GREEN = 0x20C040
GREEN_SEEN = (0x40, 0xC0, 0x20)


@dataclass
class TwoScreens:
    """A machine with two monitors, of which the left one is shown; the right one is green all over."""

    server: Xvfb
    relay: Relay
    host: HostProcess
    client: XClient

    def seen(self, area: Rect) -> np.ndarray:
        with mss.MSS(display=self.server.display) as grabber:
            shot = grabber.grab({"left": area.x, "top": area.y, "width": area.width, "height": area.height})
            return np.frombuffer(shot.bgra, np.uint8).reshape(area.height, area.width, 4)

    def turned(self) -> None:
        self.relay.until(lambda: self.relay.statuses[-1]["screen"] == "two", "the other screen")
        self.relay.until(lambda: not self.relay.statuses[-1]["turning"], "the turn")


@pytest.fixture
def two_screens() -> Iterator[TwoScreens]:
    with Xvfb(WIDTH + 500, HEIGHT) as server, XClient(server.display) as client:
        client.fill(RIGHT, GREEN)
        relay = Relay(WIDTH, HEIGHT)
        host = HostProcess(relay, server, Grade.CONTROL, WIDTH, HEIGHT, others=(Monitor("two", "Screen 2", RIGHT),))
        relay.until(lambda: relay.frames > 0, "the first frame")
        yield TwoScreens(server, relay, host, client)
        host.close()
        relay.close()


def test_another_screen_is_seen_only_after_the_employee_has_chosen_it(two_screens: TwoScreens) -> None:
    relay, host, client = two_screens.relay, two_screens.host, two_screens.client
    told = [["one", "Screen 1", WIDTH, HEIGHT], ["two", "Screen 2", 500, 400]]
    relay.until(lambda: relay.statuses and relay.statuses[-1]["screens"] == told, "the names of both screens")

    relay.say(FromViewer.EVENT, event="ask_screen", screen="two")
    host.hear("status", screen="one", screen_asked="two")
    client.fill(Rect(10, 10, 50, 50), 0xFF0000)
    relay.until_shown(two_screens.seen(LEFT))
    relay.until_quiet()
    assert GREEN_SEEN not in relay.colours

    host.order(do="choose_screen", screen="two")
    host.hear("status", screen="two", screen_asked="")
    two_screens.turned()
    relay.until_shown(two_screens.seen(RIGHT))
    relay.until(lambda: ("choose_screen", "two") in relay.deeds(), "the server's record")
    assert ("ask_screen", "two") in relay.deeds()

    client.fill(Rect(10, 10, 50, 50), 0x0000FF)
    relay.until_quiet()
    assert (0xFF, 0x00, 0x00) not in relay.colours


def test_the_hand_goes_where_the_agent_sees_and_never_to_the_screen_before(two_screens: TwoScreens) -> None:
    relay, host, client = two_screens.relay, two_screens.host, two_screens.client
    relay.say(FromViewer.INPUT, kind="move", x=20, y=30)
    relay.until(lambda: client.pointer() == (20, 30), "the hand on the left")

    epoch = relay.epoch
    host.order(do="choose_screen", screen="two")
    two_screens.turned()
    relay.send(FromViewer.INPUT, b'{"kind":"move","x":300,"y":300}', epoch=epoch)
    relay.say(FromViewer.INPUT, kind="move", x=7, y=9)

    relay.until(lambda: client.pointer() == (WIDTH + 7, 9), "the hand on the right")
    assert host.process.poll() is None


def test_a_screen_that_was_unplugged_meanwhile_cannot_be_asked_for_nor_chosen(two_screens: TwoScreens) -> None:
    relay, host = two_screens.relay, two_screens.host

    host.order(do="screens", screens=[["one", "Screen 1", [0, 0, WIDTH, HEIGHT]]])
    relay.until(lambda: len(relay.statuses[-1]["screens"]) == 1, "one screen less")
    relay.say(FromViewer.EVENT, event="ask_screen", screen="two")
    host.order(do="choose_screen", screen="two")
    relay.say(FromViewer.CHAT, text="still here")

    host.hear("chat", text="still here")
    assert relay.statuses[-1]["screen_asked"] == ""


def test_the_shown_screen_is_followed_when_the_desktop_is_arranged_anew(two_screens: TwoScreens) -> None:
    relay, host = two_screens.relay, two_screens.host

    host.order(
        do="screens", screens=[["two", "Screen 2", [0, 0, 500, 400]], ["one", "Screen 1", [500, 0, WIDTH, HEIGHT]]]
    )

    relay.until_shown(two_screens.seen(Rect(500, 0, WIDTH, HEIGHT)))


def test_the_session_is_over_when_the_shown_screen_is_unplugged(two_screens: TwoScreens) -> None:
    two_screens.host.order(do="screens", screens=[["two", "Screen 2", [WIDTH, 0, 500, 400]]])

    assert two_screens.host.hear("ended")["reason"] == "host_ended"


def test_pointing_and_drawing_come_to_the_tray(start: Start) -> None:
    relay, host = start(Grade.POINT)

    relay.send(FromViewer.POINT, bytes([0, 100, 0, 50, 1]))
    assert host.hear("pointer") == {"is": "pointer", "x": 100, "y": 50, "is_visible": True}

    relay.say(FromViewer.INK, shape="arrow", points=[[1, 2], [3, 4]])
    assert host.hear("ink")["points"] == [[1, 2], [3, 4]]


def test_words_go_both_ways(start: Start) -> None:
    relay, host = start(Grade.VIEW)
    relay.say(FromViewer.CHAT, text="您好")
    assert host.hear("chat")["text"] == "您好"

    host.order(do="chat", text="hello")
    relay.until(lambda: relay.chats == ["hello"], "the answer")


@pytest.mark.parametrize("order", ["stop", "lock"])
def test_the_employees_word_ends_it_at_once(server: Xvfb, start: Start, order: str) -> None:
    """By the X server's own clock and order, whatever else this machine is busy with."""
    _, host = start(Grade.CONTROL)
    with closing(Painter(server.display)), Grabs(server.display) as grabs:
        first = grabs.mark()
        while len(grabs.since(first)) < 3:
            time.sleep(0.01)

        asked = grabs.mark()
        host.order(do=order)
        host.hear("status", state="ended")
        told = grabs.mark()

        assert host.process.wait(20) == 0  # the tray itself waits for 0.3 s and then kills
        assert len(grabs.since(told)) <= 1  # the one that was under way
        assert max(grabs.since(asked), default=0) < 1000


def test_the_end_of_the_tray_is_the_end_of_the_host_within_a_second(start: Start) -> None:
    _, host = start(Grade.VIEW)
    began = time.monotonic()

    host.process.stdin.close()

    host.process.wait(5)
    assert time.monotonic() - began < 1.0


def test_a_pause_shows_nothing_of_what_happens_meanwhile(server: Xvfb, start: Start) -> None:
    relay, host = start(Grade.VIEW)
    relay.until_shown(screen(server))
    host.order(do="pause")
    relay.until(lambda: relay.statuses[-1]["state"] == "paused", "the pause")
    before = relay.frames

    with XClient(server.display) as client:
        client.fill(Rect(0, 0, 400, 300), 0x00AA00)
        with pytest.raises(AssertionError, match="in vain"):
            relay.until(lambda: relay.frames > before, "a frame", seconds=0.7)

        host.order(do="resume")
        relay.until_shown(screen(server))


def test_a_cut_line_lets_go_of_everything_and_comes_back_without_a_question(server: Xvfb, start: Start) -> None:
    relay, host = start(Grade.CONTROL)
    relay.say(FromViewer.INPUT, kind="key_down", code="ControlLeft")

    relay.drop()

    host.hear("status", state="paused")
    host.hear("status", state="active")
    relay.until(lambda: relay.links == 2, "another line")
    relay.until_shown(screen(server))


def test_a_private_window_is_covered_wherever_it_goes(server: Xvfb, start: Start) -> None:
    with XClient(server.display) as client:
        rect = Rect(200, 150, 200, 100)
        window = client.window(rect, "Payroll", "Payroll", 0xFFFF00)
        client.numbers(client.root, "_NET_CLIENT_LIST_STACKING", window)
        relay, host = start(Grade.VIEW)
        relay.until_shown(screen(server))

        host.order(do="cover", windows=[window])

        def is_covered() -> bool:
            part = relay.viewer.picture[150:250, 200:400, :3]
            return bool((part == 0x60).all())

        client.fill(Rect(0, 0, 20, 20), 0x123456)
        relay.until(is_covered, "the cover")


def test_a_notification_is_never_seen_not_even_in_its_first_frame(server: Xvfb, start: Start) -> None:
    with XClient(server.display) as client:
        relay, _ = start(Grade.VIEW)
        relay.until_shown(screen(server))

        for step in range(12):
            toast = client.window(Rect(500, 20 + 40 * step, 200, 36), "Message", "Dunst", 0xFF00AA)
            client.fill(Rect(10 + step, 10, 5, 5), 0x123456)
            client.close(toast)
            client.window(Rect(500, 20 + 40 * step, 200, 36), "Message", "Dunst", 0xFF00AA)
        relay.until(lambda: bool((relay.viewer.picture[20:500, 500:700, :3] == 0x60).all(axis=2).any()), "a cover")
        relay.until_quiet()

        assert (0xAA, 0x00, 0xFF) not in relay.colours


def test_nothing_is_typed_while_a_secret_is_asked_for(server: Xvfb, start: Start) -> None:
    relay, _ = start(Grade.CONTROL)
    with XClient(server.display) as client:
        prompt = client.window(
            Rect(100, 100, 300, 200), "Authenticate", "Polkit-gnome-authentication-agent-1", 0xFFFFFF
        )
        relay.until(lambda: relay.notices[-1:] == [{"secret": True}], "the notice")
        relay.until_quiet()
        assert (relay.viewer.picture[100:300, 100:400, :3] == 0x60).all()

        client.close(prompt)
        relay.until(lambda: relay.notices[-1:] == [{"secret": False}], "its end")


def test_a_viewer_that_does_not_answer_is_not_flooded(server: Xvfb, start: Start) -> None:
    relay, _ = start(Grade.VIEW)
    relay.until_shown(screen(server))
    relay.until_quiet()
    relay.is_answering = False
    before = relay.frames

    with XClient(server.display) as client:
        for step in range(30):
            client.fill(Rect(step * 10, step * 10, 50, 50), step * 5000)
        with pytest.raises(AssertionError, match="in vain"):
            relay.until(lambda: relay.frames > before + 3, "a fourth frame", seconds=1.0)


def test_ctrl_alt_del_is_asked_of_the_employee_where_no_program_may_press_it(start: Start) -> None:
    relay, host = start(Grade.CONTROL)

    relay.say(FromViewer.INPUT, kind="secure_attention")

    host.hear("attention")


def test_a_desktop_that_cannot_be_shared_says_so(server: Xvfb) -> None:
    relay = Relay(WIDTH, HEIGHT)
    environment = {"XDG_SESSION_TYPE": "wayland", "WAYLAND_DISPLAY": "wayland-0"}

    host = HostProcess(relay, server, Grade.VIEW, WIDTH, HEIGHT, environment)

    assert host.hear("ended")["reason"] == "unsupported"
    host.close()
    relay.close()


def test_a_screen_that_goes_away_ends_the_session() -> None:
    relay = Relay(WIDTH, HEIGHT)
    with Xvfb(WIDTH, HEIGHT) as server:
        host = HostProcess(relay, server, Grade.VIEW, WIDTH, HEIGHT)
        relay.until(lambda: relay.frames > 0, "the first frame")

    assert host.hear("ended")["reason"] == "host_ended"
    host.close()
    relay.close()
