"""Tiles and movement, against what comparing every pixel says."""

from __future__ import annotations

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st

from app.assist import motion, tiles
from app.assist.motion import Copy
from app.assist.tiles import TILE
from app.system.base import Rect

WIDTH, HEIGHT = 200, 150
WHOLE = Rect(0, 0, WIDTH, HEIGHT)


@st.composite
def areas(draw: st.DrawFn) -> Rect:
    x, y = draw(st.integers(0, WIDTH - 1)), draw(st.integers(0, HEIGHT - 1))
    return Rect(x, y, draw(st.integers(1, WIDTH - x)), draw(st.integers(1, HEIGHT - y)))


def changed(rects: list[Rect]) -> tuple[np.ndarray, np.ndarray]:
    shown = np.full((HEIGHT, WIDTH, 4), 7, np.uint8)
    now = shown.copy()
    for rect in rects:
        now[rect.y : rect.bottom, rect.x : rect.right] = 9
    return shown, now


@settings(deadline=None)
@given(st.lists(areas(), max_size=5))
def test_the_rectangles_cover_every_changed_pixel_once_and_no_untouched_tile(rects: list[Rect]) -> None:
    shown, now = changed(rects)

    dirty = tiles.differing(shown, now, WHOLE)
    covered = np.zeros((HEIGHT, WIDTH), np.int8)
    for rect in tiles.rectangles(dirty, WIDTH, HEIGHT):
        covered[rect.y : rect.bottom, rect.x : rect.right] += 1

    differs = (shown != now).any(axis=2)
    assert (covered[differs] == 1).all()
    assert covered.max(initial=0) <= 1
    for row, column in np.argwhere(dirty):
        part = slice(row * TILE, row * TILE + TILE), slice(column * TILE, column * TILE + TILE)
        assert differs[part].any()


@settings(deadline=None)
@given(areas())
def test_trimming_leaves_exactly_what_changed(rect: Rect) -> None:
    shown, now = changed([rect])

    assert tiles.trimmed(shown, now, WHOLE) == rect


@settings(deadline=None, max_examples=50)
@given(st.integers(-60, 60).filter(bool), st.integers(0, 1000), st.booleans())
def test_whatever_scrolled_is_found_and_the_copy_is_right(step: int, seed: int, is_across: bool) -> None:
    shown = np.random.default_rng(seed).integers(0, 255, (HEIGHT, WIDTH, 4), np.uint8)
    now = np.roll(shown, step, axis=1 if is_across else 0)

    found = motion.scrolled(shown, now, WHOLE)

    assert found is not None
    assert (found.target.x - found.source.x, found.target.y - found.source.y) == ((step, 0) if is_across else (0, step))
    motion.apply(shown, found)
    target = found.target
    part = slice(target.y, target.bottom), slice(target.x, target.right)
    assert np.array_equal(shown[part], now[part])


@settings(deadline=None)
@given(areas(), st.integers(-300, 300), st.integers(-300, 300))
def test_a_clipped_copy_stays_inside_the_picture(source: Rect, dx: int, dy: int) -> None:
    found = motion.clipped(Copy(source, source.moved(dx, dy)), WIDTH, HEIGHT)

    if found is not None:
        assert (found.source.width, found.source.height) == (found.target.width, found.target.height)
        for rect in (found.source, found.target):
            assert rect.intersection(WHOLE) == rect
