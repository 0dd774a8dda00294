"""The agent's hand on a Wayland desktop: held only with the desktop's own yes, and behind the employee's hand."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator

import pytest

from app.assist.hands_portal import LISTEN_EVERY, OURS_WITHIN, PortalHands
from app.assist.orders import Monitor
from app.errors import NotAvailable
from app.protocol.session import Grade, Reason
from app.system.desktop_sharing import IdleMonitor
from tests.assist.portal_desk import PATIENCE, PLACE, PortalDesk

MONITOR = Monitor("one", "Screen 1", PLACE)


class Told:
    """What the hands tell, as events to wait for."""

    def __init__(self, hands: PortalHands) -> None:
        self.refused, self.lost = threading.Event(), threading.Event()
        self.reasons: list[Reason] = []
        self.untyped = 0
        hands.connect(self.refused.set, self._lost, self._untyped)

    def _lost(self, reason: Reason) -> None:
        self.reasons.append(reason)
        self.lost.set()

    def _untyped(self) -> None:
        self.untyped += 1


@pytest.fixture
def hands(desk: PortalDesk) -> Iterator[PortalHands]:
    hands = PortalHands(IdleMonitor())
    yield hands
    hands.close()


def until(condition: Callable[[], object]) -> None:
    waiting = threading.Event()
    for _ in range(int(PATIENCE / 0.02)):
        if condition():
            return
        waiting.wait(0.02)
    raise AssertionError("waited in vain")


def test_nothing_is_asked_for_and_nothing_done_before_control(desk: PortalDesk, hands: PortalHands) -> None:
    hands.move(5, 5)
    hands.button(0, True)
    hands.text("no")

    assert not hands.key("KeyA", True)
    assert desk.names() == []


def test_every_deed_reaches_the_portal_by_place_on_the_keyboard_and_on_the_stream(
    desk: PortalDesk, hands: PortalHands
) -> None:
    hands.arm(MONITOR)
    hands.arm(MONITOR)
    desk.heard("Start")
    until(lambda: hands.key("ShiftLeft", True))
    hands.key("ShiftLeft", False)
    hands.move(30, 40)
    for number in range(5):
        hands.button(number, True)
    hands.wheel(-1, 3)
    hands.text("a\n")

    assert not hands.key("Unheard", True)
    desk.heard("NotifyKeyboardKeysym")
    until(lambda: desk.names().count("NotifyKeyboardKeysym") == 4)
    deeds = [(each["call"].removeprefix("Notify"), *each["values"]) for each in desk.calls if "values" in each]
    assert deeds == [
        *(("KeyboardKeycode", 42, 1), ("KeyboardKeycode", 42, 0), ("PointerMotionAbsolute", 42, 30.0, 40.0)),
        *(("PointerButton", button, 1) for button in (0x110, 0x112, 0x111, 0x113, 0x114)),
        *(("PointerAxisDiscrete", 0, 3), ("PointerAxisDiscrete", 1, -1)),
        *(("KeyboardKeysym", sign, pressed) for sign in (ord("a"), 0xFF0D) for pressed in (1, 0)),
    ]
    asked = next(each for each in desk.calls if each["call"] == "SelectDevices")
    assert asked == {"call": "SelectDevices", "interface": "RemoteDesktop", "types": 3}
    assert desk.names().count("Start") == 1


def test_text_the_keyboard_lacks_is_not_begun_and_the_agent_hears_so(desk: PortalDesk, hands: PortalHands) -> None:
    told = Told(hands)
    hands.arm(MONITOR)
    until(lambda: hands.key("ShiftLeft", True))

    hands.text("E1023 支付失败")

    assert told.untyped == 1
    assert "NotifyKeyboardKeysym" not in desk.names()


def test_the_permission_is_given_back_with_the_grade(desk: PortalDesk, hands: PortalHands) -> None:
    hands.arm(MONITOR)
    until(lambda: hands.key("ShiftLeft", True))

    hands.arm(None)

    assert not hands.key("KeyA", True)
    desk.heard("Close")


@pytest.mark.parametrize("desk", ["deny", "halves", "nothing", "elsewhere", "vanish"], indirect=True)
def test_a_desktop_that_gives_less_than_all_refuses(desk: PortalDesk) -> None:
    hands = PortalHands(IdleMonitor())
    told = Told(hands)

    hands.arm(MONITOR)

    assert told.refused.wait(PATIENCE)
    assert not hands.key("KeyA", True)
    assert not told.lost.is_set()
    hands.close()
    assert "Start" in desk.names()


@pytest.mark.parametrize("desk", ["silent"], indirect=True)
def test_control_taken_back_while_the_desktop_still_asks_is_never_held(desk: PortalDesk, hands: PortalHands) -> None:
    told = Told(hands)
    hands.arm(MONITOR)
    desk.heard("Start")

    hands.arm(None)
    desk.die()  # ends the question

    assert not told.refused.wait(1)
    assert not hands.key("KeyA", True)


@pytest.mark.parametrize("end", ["sign", "portal"])
def test_the_desktops_own_sign_ends_the_session(desk: PortalDesk, hands: PortalHands, end: str) -> None:
    told = Told(hands)
    hands.arm(MONITOR)
    until(lambda: hands.key("ShiftLeft", True))

    desk.do("close") if end == "sign" else desk.die()

    assert told.lost.wait(PATIENCE)
    assert told.reasons == [Reason.DESKTOP_STOPPED]
    assert not hands.key("KeyA", True)


def test_where_nobody_tells_of_the_employees_hand_there_is_no_control(bus: str) -> None:
    with pytest.raises(NotAvailable):
        IdleMonitor()
    hands = PortalHands(None)

    hands.arm(MONITOR)

    assert hands.highest is Grade.POINT
    assert hands._monitor is None


class Desktop:
    """A clock, and a desktop that knows when the last input was. Sleeping lets time pass, and the employee act."""

    def __init__(self) -> None:
        self.now = 100.0
        self.last = 0.0
        self.is_gone = False
        self.on_sleep: Callable[[], None] = lambda: None

    def seconds(self) -> float:
        if self.is_gone:
            raise NotAvailable("gone")
        return self.now - self.last

    def sleep(self, seconds: float) -> None:
        self.now += seconds / 2
        self.on_sleep()
        self.now += seconds / 2

    def close(self) -> None: ...


@pytest.fixture
def quiet() -> tuple[Desktop, PortalHands]:
    desktop = Desktop()
    return desktop, PortalHands(desktop, clock=lambda: desktop.now, sleep=desktop.sleep)


def deed(desktop: Desktop, hands: PortalHands) -> None:
    """One of ours, which the desktop counts as input, too, a little later."""
    hands._done_at = desktop.now
    desktop.last = desktop.now + OURS_WITHIN / 4


def test_our_own_deeds_are_not_taken_for_the_employees(quiet: tuple[Desktop, PortalHands]) -> None:
    desktop, hands = quiet

    for step in range(200):
        assert hands.employee_moved_at() == 0.0
        deed(desktop, hands)
        desktop.now += (0.005, 0.02, 0.07, 0.4)[step % 4]


def test_the_employees_hand_is_noticed_after_ours_rests(quiet: tuple[Desktop, PortalHands]) -> None:
    desktop, hands = quiet
    deed(desktop, hands)
    desktop.now += 1
    desktop.last = desktop.now - 0.2

    assert hands.employee_moved_at() == pytest.approx(desktop.now - 0.2)


def test_an_agent_who_never_rests_is_held_up_to_listen_twice_a_second(quiet: tuple[Desktop, PortalHands]) -> None:
    desktop, hands = quiet
    hands.employee_moved_at()
    began = desktop.now

    def employee() -> None:
        desktop.last = desktop.now

    while hands.employee_moved_at() == 0.0:
        deed(desktop, hands)
        desktop.now += 0.016
        desktop.on_sleep = employee
        assert desktop.now < began + 2 * LISTEN_EVERY
    assert hands.employee_moved_at() > began


def test_a_desktop_that_ceases_to_tell_stops_the_agent(quiet: tuple[Desktop, PortalHands]) -> None:
    desktop, hands = quiet
    desktop.is_gone = True

    assert hands.employee_moved_at() == desktop.now
