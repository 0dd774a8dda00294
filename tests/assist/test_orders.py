"""What goes through the pipe between tray and host: everything survives, nothing else is obeyed."""

from __future__ import annotations

import io
import json
from datetime import timedelta
from uuid import uuid4

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.assist.orders import Do, Order, Teller, order_of, setup_of
from app.assist.seal import as_text
from app.errors import HelpdeskError
from app.protocol.session import Grade
from app.system.base import Rect


def setup_line(**changed: object) -> str:
    values: dict[str, object] = {
        "server": "https://help.example",
        "session": str(uuid4()),
        "ticket": str(uuid4()),
        "agent": str(uuid4()),
        "device": str(uuid4()),
        "token": "t" * 40,
        "shared": as_text(b"s" * 32),
        "grade": 1,
        "screen": "one",
        "screens": [["one", "Screen 1", [-1920, 0, 1920, 1080]], ["two", "Screen 2", [0, 0, 1280, 1024]]],
        "limits": {"answer": 60, "confirm": 300, "idle_to_view": 120, "idle_to_end": 600},
        "hold_seconds": 1,
    }
    return json.dumps({key: value for key, value in (values | changed).items() if value is not None})


def test_a_setup_is_read_as_it_was_written() -> None:
    setup = setup_of(setup_line())

    assert (setup.grade, setup.monitor.rect, setup.shared) == (Grade.VIEW, Rect(-1920, 0, 1920, 1080), b"s" * 32)
    assert [each.name for each in setup.screens] == ["Screen 1", "Screen 2"]
    assert setup.limits.confirm == timedelta(minutes=5)


@pytest.mark.parametrize(
    "line",
    [
        "",
        "no JSON",
        "[]",
        "null",
        setup_line(session="x"),
        setup_line(grade=9),
        setup_line(screens=[["one", "", [1, 2]]]),
        setup_line(screen="three"),
        setup_line(screens=[]),
        setup_line(limits={}),
        setup_line(hold_seconds="long"),
    ]
    + [setup_line(**{name: None}) for name in ("server", "token", "shared", "grade", "screens", "screen")],
)
def test_a_setup_that_lacks_anything_starts_nothing(line: str) -> None:
    with pytest.raises(HelpdeskError):
        setup_of(line)


def test_an_order_carries_what_it_needs() -> None:
    told = order_of('{"do": "ours", "areas": [[1, 2, 3, 4]], "is_focused": true}')

    assert told == Order(Do.OURS, areas=(Rect(1, 2, 3, 4),), is_focused=True)
    assert order_of('{"do": "grant", "grade": 3}').grade is Grade.CONTROL
    assert order_of('{"do": "cover", "windows": [7]}').windows == (7,)


@given(st.one_of(st.text(), st.recursive(st.none() | st.integers() | st.text(), st.lists).map(json.dumps)))
def test_no_line_makes_the_host_do_what_is_not_an_order(line: str) -> None:
    with pytest.raises(HelpdeskError):
        order_of(line)


@pytest.mark.parametrize(
    "line",
    [
        '{"do": "run"}',
        '{"do": "grant", "grade": 4}',
        '{"do": "cover", "windows": "all"}',
        '{"do": "ours", "areas": [1]}',
    ],
)
def test_an_order_with_wrong_values_is_refused(line: str) -> None:
    with pytest.raises(HelpdeskError):
        order_of(line)


def test_the_host_tells_one_line_at_a_time_and_does_not_mind_a_tray_that_is_gone() -> None:
    out = io.StringIO()

    Teller(out).tell("chat", text="两\n行")

    assert out.getvalue().count("\n") == 1
    assert json.loads(out.getvalue()) == {"is": "chat", "text": "两\n行"}
    out.close()
    Teller(out).tell("chat", text="nobody hears")
