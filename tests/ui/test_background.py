"""Background carries tasks off the GUI thread and their outcomes back, every one and in order."""

from __future__ import annotations

import gc
import threading
from collections.abc import Iterator

import pytest
from pytestqt.qtbot import QtBot

from app.errors import HelpdeskError
from app.ui.background import Background


@pytest.fixture
def background(qapp) -> Iterator[Background]:
    made = Background({"net": 4, "ocr": 1})
    yield made
    made.close()


def unexpected(error: HelpdeskError) -> None:
    pytest.fail(error.summary)


def test_an_outcome_arrives_on_the_gui_thread(background: Background, qtbot: QtBot) -> None:
    seen: list[tuple[int, int]] = []

    background.run("net", threading.get_ident, lambda worker: seen.append((worker, threading.get_ident())), unexpected)
    qtbot.waitUntil(lambda: bool(seen))

    worker, here = seen[0]
    assert here == threading.get_ident() != worker


def test_what_the_world_did_reaches_failed(background: Background, qtbot: QtBot) -> None:
    seen: list[HelpdeskError] = []

    def task() -> None:
        raise HelpdeskError("The disk is full.")

    background.run("net", task, pytest.fail, seen.append)
    qtbot.waitUntil(lambda: bool(seen))

    assert seen[0].summary == "The disk is full."


def test_a_bug_of_ours_is_raised_where_it_can_be_seen(background: Background, qtbot: QtBot) -> None:
    with qtbot.captureExceptions() as exceptions:
        background.run("net", lambda: 1 // 0, pytest.fail, unexpected)
        qtbot.waitUntil(lambda: bool(exceptions))

    assert exceptions[0][0] is ZeroDivisionError


def test_a_lane_of_one_does_one_thing_after_the_other(background: Background, qtbot: QtBot) -> None:
    order: list[tuple[str, int]] = []
    seen: list[int] = []

    def task(number: int) -> int:
        order.append(("in", number))
        order.append(("out", number))
        return number

    for number in range(20):
        background.run("ocr", lambda number=number: task(number), seen.append, unexpected)
    qtbot.waitUntil(lambda: len(seen) == 20)

    assert order == [step for number in range(20) for step in (("in", number), ("out", number))]


def test_closing_forgets_what_waits_and_delivers_nothing(qapp, qtbot: QtBot) -> None:
    background = Background({"ocr": 1})
    started, let_go = threading.Event(), threading.Event()
    seen: list[object] = []
    background.run("ocr", lambda: (started.set(), let_go.wait(10)), seen.append, unexpected)
    for number in range(10):
        background.run("ocr", lambda number=number: number, seen.append, unexpected)
    started.wait(10)

    threading.Timer(0.05, let_go.set).start()
    background.close()
    background.run("ocr", lambda: 1, seen.append, unexpected)
    qapp.processEvents()

    assert seen == []


def test_three_thousand_outcomes_all_arrive(background: Background, qtbot: QtBot) -> None:
    seen: list[int] = []

    for number in range(3000):
        background.run("net", lambda number=number: number, seen.append, unexpected)
        if number % 500 == 0:
            gc.collect()
    qtbot.waitUntil(lambda: len(seen) == 3000, timeout=20_000)

    assert sorted(seen) == list(range(3000))


def test_one_bad_callback_does_not_swallow_the_next(background: Background, qtbot: QtBot) -> None:
    seen: list[int] = []

    with qtbot.captureExceptions() as exceptions:
        background.run("ocr", lambda: 1, lambda _: 1 // 0, unexpected)
        background.run("ocr", lambda: 2, seen.append, unexpected)
        qtbot.waitUntil(lambda: bool(seen))

    assert len(exceptions) == 1


def test_garbage_is_collected_on_the_gui_thread_only(background: Background, qtbot: QtBot) -> None:
    collected: list[int] = []

    class Knot:
        def __init__(self) -> None:
            self.me = self

        def __del__(self) -> None:
            collected.append(threading.get_ident())

    def tie() -> int:
        return len([Knot() for _ in range(5_000)])

    made: list[int] = []
    background.run("ocr", tie, made.append, unexpected)
    qtbot.waitUntil(lambda: bool(made))
    assert collected == []

    qtbot.waitUntil(lambda: len(collected) == 5_000, timeout=5_000)

    assert set(collected) == {threading.get_ident()}
