"""What is drawn over the screen: it stays, fades, glides, follows the monitor's scale, and costs nothing at rest."""

from __future__ import annotations

from itertools import pairwise

import pytest
from PySide6.QtCore import QPoint, Qt
from PySide6.QtGui import QGuiApplication
from pytestqt.qtbot import QtBot

from app.assist.told import Drawn, Pointed
from app.ui.assist.marks import FADE, HOLD, MOST, POINTER_REST, Marks
from app.ui.assist.overlay import Overlay
from tests.ui.assist.world import HandClock


def test_a_drawing_holds_then_fades_and_is_gone() -> None:
    marks = Marks()
    marks.draw("ink", ((0, 0), (10, 10)), 100.0)
    [mark] = marks.marks

    strengths = [mark.strength(100 + HOLD + FADE * part / 20) for part in range(21)]

    assert mark.strength(100 + HOLD) == 1
    assert strengths == sorted(strengths, reverse=True)
    assert max(a - b for a, b in pairwise(strengths)) < 0.1
    marks.step(100 + HOLD + FADE + 0.01)
    assert marks.marks == []


def test_the_pointer_glides_and_arrives() -> None:
    marks = Marks()
    marks.point(0, 0, is_visible=True, now=1.0)
    marks.point(100, 0, is_visible=True, now=1.0)
    places = []

    for frame in range(1, 40):
        marks.step(1.0 + frame / 60)
        places.append(marks.place[0])

    assert places == sorted(places)
    assert 20 < places[0] < 60
    assert places[-1] == 100
    assert not marks.is_moving(1.0 + 40 / 60)


def test_a_pointer_that_rests_for_long_goes_away() -> None:
    marks = Marks()
    marks.point(5, 5, is_visible=True, now=0.0)

    assert marks.next_change(0.0) == POINTER_REST
    marks.step(POINTER_REST + FADE + 0.1)

    assert marks.place is None
    assert marks.next_change(99.0) is None


@pytest.mark.parametrize(
    ("shape", "points"), [("box", ((1, 1),)), ("arrow", ()), ("ink", ()), ("star", ((1, 1), (2, 2)))]
)
def test_what_is_no_drawing_is_passed_over(shape: str, points: tuple[tuple[int, int], ...]) -> None:
    marks = Marks()

    marks.draw(shape, points, 0.0)

    assert marks.marks == []


def test_clearing_removes_all_and_there_are_never_too_many() -> None:
    marks = Marks()
    for number in range(MOST + 50):
        marks.draw("ink", ((number, 0), (number, 9)), 0.0)
    assert len(marks.marks) == MOST

    marks.draw("clear", (), 0.0)

    assert marks.marks == []


@pytest.mark.parametrize("composited", [True, False])
@pytest.mark.parametrize("scale", [1.0, 1.5, 2.0])
def test_drawings_lie_where_the_agent_drew_them_on_every_scale(
    qapp, qtbot: QtBot, composited: bool, scale: float
) -> None:
    overlay = Overlay("Li Na", QGuiApplication.primaryScreen(), scale, HandClock(), composited=composited)
    overlay.draw(Drawn("box", ((round(100 * scale), round(100 * scale)), (round(300 * scale), round(200 * scale)))))

    covered = overlay.covered()

    assert covered.contains(QPoint(100, 150))
    assert covered.contains(QPoint(200, 200))
    assert not covered.contains(QPoint(320, 150))
    if not composited:
        assert not covered.contains(QPoint(200, 150))  # the inside of a box is not ours
    overlay.deleteLater()


def test_it_can_never_be_touched_and_takes_no_focus(qapp) -> None:
    overlay = Overlay("Li Na", QGuiApplication.primaryScreen(), 1.0, HandClock(), composited=True)

    flags = overlay.windowFlags()

    assert flags & Qt.WindowType.WindowTransparentForInput
    assert flags & Qt.WindowType.WindowDoesNotAcceptFocus
    overlay.deleteLater()


def test_nothing_is_painted_while_nothing_changes_and_it_hides_in_the_end(qapp, qtbot: QtBot) -> None:
    clock = HandClock()
    overlay = Overlay("Li Na", QGuiApplication.primaryScreen(), 1.0, clock, composited=True)
    overlay.point(Pointed(50, 50, True))
    qtbot.waitUntil(overlay.isVisible)
    qtbot.waitUntil(lambda: overlay._timer.remainingTime() > 1000)  # asleep until it begins to fade

    overlay.point(Pointed(50, 50, False))

    qtbot.waitUntil(lambda: not overlay.isVisible())
    assert not overlay._timer.isActive()
    overlay.deleteLater()
