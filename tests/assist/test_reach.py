"""The agent's hands stay on the shared monitor, off our own windows, behind the employee, and let go of everything."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.assist.hands import Reach
from app.assist.hands_none import NoHands
from app.assist.orders import LOCAL_PRIORITY, Monitor
from app.protocol.stream import InputEvent, InputKind
from app.system.base import Rect

PLACE = Rect(-1920, 100, 1920, 1080)
MONITOR = Monitor("DP-1", "Screen 1", PLACE)
OTHER = Monitor("DP-2", "Screen 2", Rect(0, 0, 1280, 1024))
BANNER = Rect(-1920, 100, 400, 40)


class Writing(NoHands):
    """Hands that write down what they do. Knows two keys less than a keyboard has."""

    def __init__(self) -> None:
        self.done: list[tuple[object, ...]] = []
        self.pressed: set[object] = set()
        self.employee_at = 0.0

    def move(self, x: int, y: int) -> None:
        self.done.append(("move", x, y))

    def button(self, number: int, pressed: bool) -> None:
        self.done.append(("button", number, pressed))
        (self.pressed.add if pressed else self.pressed.discard)(number)

    def wheel(self, dx: int, dy: int) -> None:
        self.done.append(("wheel", dx, dy))

    def key(self, code: str, pressed: bool) -> bool:
        if code == "Unknown":
            return False
        self.done.append(("key", code, pressed))
        (self.pressed.add if pressed else self.pressed.discard)(code)
        return True

    def text(self, text: str) -> None:
        self.done.append(("text", text))

    def employee_moved_at(self) -> float:
        return self.employee_at


class Clock:
    def __init__(self) -> None:
        self.seconds = 100.0

    def __call__(self) -> float:
        return self.seconds


def reach() -> tuple[Reach, Writing, Clock]:
    hands, clock = Writing(), Clock()
    return Reach(hands, MONITOR, clock=clock, ours=(BANNER,)), hands, clock


def deed(kind: InputKind, **values: object) -> InputEvent:
    return InputEvent.model_validate({"kind": kind, **values})


def test_places_are_those_of_the_shared_monitor_and_never_beyond_it() -> None:
    limited, hands, _ = reach()

    limited.apply(deed(InputKind.MOVE, x=500, y=500), "DP-1")
    limited.apply(deed(InputKind.MOVE, x=65535, y=65535), "DP-1")

    assert hands.done == [("move", -1420, 600), ("move", -1, 1179)]


@pytest.mark.parametrize(
    "event",
    [
        deed(InputKind.DOWN, x=10, y=10, button=0),
        deed(InputKind.WHEEL, x=10, y=10, dy=1),
    ],
)
def test_our_own_windows_are_out_of_reach(event: InputEvent) -> None:
    limited, hands, _ = reach()

    assert not limited.apply(event, "DP-1")

    assert hands.done == []


def test_nothing_is_typed_while_one_of_our_windows_has_the_keyboard() -> None:
    limited, hands, _ = reach()
    limited.apply(deed(InputKind.KEY_DOWN, code="Enter"), "DP-1")

    limited.keep_off((BANNER,), is_focused=True)

    assert hands.pressed == set(), "a held key would repeat into the question"
    assert not limited.apply(deed(InputKind.KEY_DOWN, code="Enter"), "DP-1")
    assert not limited.apply(deed(InputKind.TEXT, text="yes"), "DP-1")
    assert hands.done == [("key", "Enter", True), ("key", "Enter", False)]


def test_the_employees_own_hand_comes_first_for_two_seconds() -> None:
    limited, hands, clock = reach()
    limited.apply(deed(InputKind.KEY_DOWN, code="ShiftLeft"), "DP-1")
    limited.apply(deed(InputKind.DOWN, x=500, y=500, button=0), "DP-1")
    hands.employee_at = clock.seconds
    clock.seconds += LOCAL_PRIORITY - 0.01

    assert not limited.apply(deed(InputKind.MOVE, x=600, y=600), "DP-1")
    assert hands.pressed == set(), "what was held is let go"
    assert not limited.apply(deed(InputKind.TEXT, text="a"), "DP-1")

    clock.seconds += 0.02
    assert limited.apply(deed(InputKind.TEXT, text="a"), "DP-1")


def test_a_release_passes_even_while_the_employee_is_at_work() -> None:
    limited, hands, clock = reach()
    limited.apply(deed(InputKind.KEY_DOWN, code="ControlLeft"), "DP-1")
    hands.employee_at = clock.seconds

    assert limited.apply(deed(InputKind.KEY_UP, code="ControlLeft"), "DP-1")

    assert hands.pressed == set()


def test_only_what_the_agent_pressed_can_be_released() -> None:
    limited, hands, _ = reach()

    assert not limited.apply(deed(InputKind.KEY_UP, code="ShiftLeft"), "DP-1")
    assert not limited.apply(deed(InputKind.UP, button=0), "DP-1")

    assert hands.done == []


def test_an_unknown_key_is_not_remembered_as_held() -> None:
    limited, hands, _ = reach()

    assert not limited.apply(deed(InputKind.KEY_DOWN, code="Unknown"), "DP-1")
    limited.release_all()

    assert hands.done == []


def test_hands_that_cannot_act_refuse_without_an_error() -> None:
    limited = Reach(NoHands(), MONITOR)

    assert not limited.apply(deed(InputKind.KEY_DOWN, code="KeyA"), "DP-1")
    assert not limited.apply(deed(InputKind.SECURE_ATTENTION), "DP-1")


deeds = st.one_of(
    st.builds(deed, st.just(InputKind.KEY_DOWN), code=st.sampled_from(["KeyA", "ShiftLeft", "Unknown"])),
    st.builds(deed, st.just(InputKind.KEY_UP), code=st.sampled_from(["KeyA", "ShiftLeft", "KeyB"])),
    st.builds(deed, st.just(InputKind.DOWN), button=st.integers(0, 4), x=st.integers(0, 3000)),
    st.builds(deed, st.just(InputKind.UP), button=st.integers(0, 4)),
    st.builds(deed, st.just(InputKind.MOVE), x=st.integers(0, 65535), y=st.integers(0, 65535)),
    st.builds(deed, st.just(InputKind.RELEASE_ALL)),
)


@given(st.lists(st.tuples(deeds, st.booleans(), st.booleans())))
def test_whatever_was_done_nothing_stays_pressed_at_the_end(history: list[tuple[InputEvent, bool, bool]]) -> None:
    limited, hands, clock = reach()
    for event, is_employee_at_work, is_focused in history:
        hands.employee_at = clock.seconds if is_employee_at_work else 0.0
        limited.keep_off((BANNER,), is_focused)
        limited.apply(event, "DP-1")

    limited.release_all()

    assert hands.pressed == set()
    places = [done for done in hands.done if done[0] == "move"]
    assert all(PLACE.contains(x, y) for _, x, y in places)


def test_nothing_is_typed_into_a_secret_and_what_was_held_is_let_go() -> None:
    made, hands, _ = reach()
    made.apply(InputEvent(kind=InputKind.KEY_DOWN, code="ShiftLeft"), "DP-1")

    made.keep_out_of_secrets(True)

    assert hands.pressed == set()
    assert not made.apply(InputEvent(kind=InputKind.TEXT, text="Pa55word"), "DP-1")
    assert not made.apply(InputEvent(kind=InputKind.KEY_DOWN, code="KeyP"), "DP-1")
    made.keep_out_of_secrets(False)
    assert made.apply(InputEvent(kind=InputKind.TEXT, text="hello"), "DP-1")


def test_what_was_meant_for_a_screen_that_is_no_longer_shared_does_nothing() -> None:
    limited, hands, _ = reach()
    limited.apply(deed(InputKind.DOWN, x=500, y=500, button=0), "DP-1")

    limited.turn_to(OTHER)

    assert hands.pressed == set()
    assert not limited.apply(deed(InputKind.DOWN, x=500, y=500, button=0), "DP-1")
    assert limited.apply(deed(InputKind.MOVE, x=5000, y=10), "DP-2")
    assert hands.done[-1] == ("move", 1279, 10)


@pytest.mark.parametrize("seconds", [1.0, 5.0])
def test_the_employees_hand_goes_first_for_as_long_as_was_set(seconds: float) -> None:
    hands, clock = Writing(), Clock()
    limited = Reach(hands, MONITOR, seconds, clock=clock)
    hands.employee_at = clock.seconds

    clock.seconds += seconds - 0.1
    assert not limited.apply(deed(InputKind.TEXT, text="a"), "DP-1")
    clock.seconds += 0.2

    assert limited.apply(deed(InputKind.TEXT, text="a"), "DP-1")
