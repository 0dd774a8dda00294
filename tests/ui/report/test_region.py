"""What gestures make of a region, without Qt."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from app.system.base import Rect
from app.ui.report.region import HANDLES, SMALLEST, Drag, Edges, Grip, is_click, middle, nudged, stretched

BOUNDS = Rect(0, 0, 1920, 1080)
inside_x, inside_y = st.integers(0, 1920), st.integers(0, 1080)
anywhere = st.floats(-5000, 5000)


@st.composite
def regions(draw: st.DrawFn) -> Rect:
    x, y = draw(st.integers(0, 1920 - SMALLEST)), draw(st.integers(0, 1080 - SMALLEST))
    width = draw(st.integers(SMALLEST, 1920 - x))
    return Rect(x, y, width, draw(st.integers(SMALLEST, 1080 - y)))


@given(inside_x, inside_y, anywhere, anywhere)
def test_a_drawn_region_never_leaves_the_picture(x: int, y: int, to_x: float, to_y: float) -> None:
    drawn = Drag(Grip.OUTSIDE, x, y, None).to(to_x, to_y, BOUNDS)

    assert drawn.intersection(BOUNDS) == drawn


@given(regions(), st.sampled_from([*HANDLES, Grip.INSIDE]), anywhere, anywhere)
def test_a_dragged_region_stays_in_the_picture_and_large_enough(region: Rect, grip: Grip, x: float, y: float) -> None:
    drawn = Drag(grip, region.x, region.y, region).to(x, y, BOUNDS)

    assert drawn.intersection(BOUNDS) == drawn
    assert not is_click(drawn)


@given(regions(), anywhere, anywhere)
def test_moving_keeps_the_size(region: Rect, x: float, y: float) -> None:
    moved = Drag(Grip.INSIDE, region.x, region.y, region).to(x, y, BOUNDS)

    assert (moved.width, moved.height) == (region.width, region.height)


def test_a_corner_moves_its_two_edges_only() -> None:
    drag = Drag(Grip.TOP_LEFT, 100, 100, Rect(100, 100, 200, 100))

    assert drag.to(110, 95, BOUNDS) == Rect(110, 95, 190, 105)


def test_an_edge_pulled_across_the_other_turns_the_region_over() -> None:
    drag = Drag(Grip.LEFT, 100, 100, Rect(100, 100, 200, 100))

    assert drag.to(350, 100, BOUNDS) == Rect(300, 100, 50, 100)


def test_a_finger_reaches_a_handle_from_22_pixels_away() -> None:
    edges = Edges(100, 100, 500, 400)

    assert edges.grip_at(79, 79, 22) is Grip.TOP_LEFT
    assert edges.grip_at(500, 271, 22) is Grip.RIGHT
    assert edges.grip_at(300, 250, 22) is Grip.INSIDE
    assert edges.grip_at(70, 70, 22) is Grip.OUTSIDE


def test_a_small_region_can_still_be_moved_by_its_middle() -> None:
    edges = Edges(100, 100, 130, 130)

    assert edges.grip_at(115, 115, 22) is Grip.INSIDE


def test_keys_move_and_size_by_whole_pixels() -> None:
    region = Rect(10, 10, 100, 50)

    assert nudged(region, -1, 0, BOUNDS) == Rect(9, 10, 100, 50)
    assert nudged(region, -100, 0, BOUNDS) == Rect(0, 10, 100, 50)
    assert stretched(region, 10, -1, BOUNDS) == Rect(10, 10, 110, 49)
    assert stretched(region, -500, 0, BOUNDS).width == SMALLEST


def test_the_keyboard_begins_in_the_middle() -> None:
    assert middle(BOUNDS) == Rect(480, 270, 960, 540)
