"""Connected regions against a slow, obvious search."""

from __future__ import annotations

import numpy as np
import pytest

from app.capture.components import Mask, components


def flooded(mask: Mask) -> set[tuple[int, int, int, int, int]]:
    """Box and area of every region, by filling one after the other."""
    left_over = {(int(y), int(x)) for y, x in np.argwhere(mask)}
    found = set()
    while left_over:
        heap, region = [left_over.pop()], []
        while heap:
            y, x = heap.pop()
            region.append((y, x))
            for neighbour in [(y + dy, x + dx) for dy in (-1, 0, 1) for dx in (-1, 0, 1)]:
                if neighbour in left_over:
                    left_over.remove(neighbour)
                    heap.append(neighbour)
        rows, columns = zip(*region, strict=True)
        found.add((min(columns), min(rows), max(columns) + 1, max(rows) + 1, len(region)))
    return found


@pytest.mark.parametrize("seed", range(12))
@pytest.mark.parametrize("share", [0.02, 0.2, 0.45, 0.8])
def test_regions_are_those_a_flood_would_find(seed: int, share: float) -> None:
    mask = np.random.default_rng(seed).random((23, 41)) < share

    found = components(mask)

    boxes = {(*map(int, box), int(area)) for box, area in zip(found.boxes(), found.areas(), strict=True)}
    assert boxes == flooded(mask)


@pytest.mark.parametrize(
    "mask", [np.zeros((5, 7), dtype=bool), np.ones((5, 7), dtype=bool), np.ones((1, 1), dtype=bool)]
)
def test_empty_and_full_masks(mask: Mask) -> None:
    assert components(mask).count == int(mask.any())


def test_a_spiral_is_one_region() -> None:
    mask = np.zeros((40, 40), dtype=bool)
    for ring in range(0, 20, 4):
        mask[ring, ring : 40 - ring] = True
        mask[ring : 40 - ring, 39 - ring] = True
        mask[39 - ring, ring + 2 : 40 - ring] = True
        mask[ring + 4 : 40 - ring, ring + 2] = True

    assert components(mask).count == len(flooded(mask))


def test_a_slanted_bar_is_levelled_by_its_slope() -> None:
    mask = np.zeros((80, 200), dtype=bool)
    for column in range(10, 190):
        top = 20 + round(column * 0.1)
        mask[top : top + 8, column] = True

    found = components(mask)
    slopes = found.slopes()
    lowest, highest = found.extents(slopes)

    assert found.count == 1
    assert slopes[0] == pytest.approx(0.1, abs=0.005)
    assert highest[0] - lowest[0] == pytest.approx(8, abs=1.5)
    assert found.means(mask.astype(np.float32))[0] == 1.0


def test_what_is_level_has_no_slope() -> None:
    mask = np.zeros((30, 100), dtype=bool)
    mask[10:16, 5:90] = True

    assert components(mask).slopes()[0] == pytest.approx(0.0, abs=1e-9)
