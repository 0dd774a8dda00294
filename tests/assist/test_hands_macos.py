"""What Quartz gets, from a library that only writes down."""

from __future__ import annotations

import ctypes
import time
from typing import Any

import pytest

from app.assist.hands_macos import MacHands, pieces
from app.errors import NotAvailable


class Function:
    """Something ctypes would have found: callable, with a result type one may set."""

    def __init__(self, name: str, quartz: Quartz) -> None:
        self._name, self._quartz = name, quartz

    def __call__(self, *given: Any) -> Any:
        return self._quartz.called(self._name, given)


class Quartz:
    """Events are numbers; what was made of each is kept."""

    def __init__(self, *, is_trusted: bool = True) -> None:
        self.is_trusted = is_trusted
        self.idle = 1000.0
        self.made: dict[int, tuple[Any, ...]] = {}
        self.posted: list[tuple[Any, ...]] = []
        self.texts: list[str] = []
        self.clicks: list[int] = []
        self.released = 0
        self._functions: dict[str, Function] = {}

    def __getattr__(self, name: str) -> Function:
        return self._functions.setdefault(name, Function(name, self))

    def called(self, name: str, given: tuple[Any, ...]) -> Any:
        match name:
            case "AXIsProcessTrusted":
                return self.is_trusted
            case "CGEventSourceSecondsSinceLastEventType":
                return self.idle
            case "CGEventPost":
                self.posted.append(self.made[number(given[1])])
            case "CFRelease":
                self.released += 1
            case "CGEventKeyboardSetUnicodeString":
                assert len(given[2]) == given[1] * 2
                self.texts.append(given[2].decode("utf-16-le"))
            case "CGEventSetIntegerValueField":
                self.clicks.append(given[2])
            case _:
                self.made[len(self.made) + 1] = (name.removeprefix("CGEventCreate"), *given[1:])
                return len(self.made)
        return None


def number(event: Any) -> int:
    return int(event.value if isinstance(event, ctypes.c_void_p) else event)


@pytest.fixture
def quartz() -> Quartz:
    return Quartz()


@pytest.fixture
def hands(quartz: Quartz) -> MacHands:
    return MacHands(quartz)


def test_without_the_permission_it_says_where_to_give_it() -> None:
    with pytest.raises(NotAvailable) as refused:
        MacHands(Quartz(is_trusted=False))

    assert "Accessibility" in refused.value.hint


def test_a_move_with_a_button_held_is_a_drag(hands: MacHands, quartz: Quartz) -> None:
    hands.move(10, 20)
    hands.button(2, True)
    hands.move(30, 40)
    hands.button(2, False)
    hands.move(50, 60)

    assert [(event[1], event[2].x, event[2].y, event[3]) for event in quartz.posted] == [
        (5, 10.0, 20.0, 0),
        (3, 10.0, 20.0, 1),
        (7, 30.0, 40.0, 1),
        (4, 30.0, 40.0, 1),
        (5, 50.0, 60.0, 0),
    ]


def test_a_second_press_in_the_same_place_is_a_double_click(hands: MacHands, quartz: Quartz) -> None:
    hands.move(10, 20)
    for _ in range(2):
        hands.button(0, True)
        hands.button(0, False)
    hands.move(200, 20)
    hands.button(0, True)

    assert quartz.clicks == [1, 1, 2, 2, 1]


def test_keys_are_places_and_unknown_ones_are_refused(hands: MacHands, quartz: Quartz) -> None:
    assert hands.key("KeyA", True)
    assert hands.key("Numpad8", False)
    assert not hands.key("KanaMode", True)

    assert quartz.posted == [("KeyboardEvent", 0, True), ("KeyboardEvent", 91, False)]


def test_text_travels_whole_in_short_pieces_with_return_as_a_key(hands: MacHands, quartz: Quartz) -> None:
    hands.text("支付失败\n" + "😀" * 15)

    pressed = quartz.texts[::2]
    assert pressed == quartz.texts[1::2] == ["支付失败", "😀" * 10, "😀" * 5]
    assert ("KeyboardEvent", 36, True) in quartz.posted


def test_no_character_is_ever_cut_in_two() -> None:
    text = "a" + "😀" * 25 + "中"

    found = pieces(text)

    assert b"".join(found).decode("utf-16-le") == text
    assert all(piece.decode("utf-16-le") and len(piece) <= 40 for piece in found)


def test_every_event_that_was_made_is_given_back(hands: MacHands, quartz: Quartz) -> None:
    hands.move(1, 1)
    hands.wheel(1, -2)
    hands.text("a")

    assert quartz.released == len(quartz.made) == len(quartz.posted)
    assert ("ScrollWheelEvent2", 1, 2, 2, -1, 0) in quartz.posted


def test_the_employees_input_is_told_from_ours(hands: MacHands, quartz: Quartz) -> None:
    quartz.idle = 0.0
    hands.move(1, 1)
    assert hands.employee_moved_at() == 0.0

    quartz.idle = -1.0  # after our last
    assert hands.employee_moved_at() == pytest.approx(time.monotonic() + 1.0, abs=0.05)
