"""Connected regions of a mask, with numpy alone."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

Mask = NDArray[np.bool_]


@dataclass(frozen=True, slots=True)
class Components:
    """Regions of a mask as horizontal runs: run i covers row[i], columns start[i] to stop[i] (exclusive).

    `label[i]` is the region of run i, numbered from 0; `count` regions exist.
    """

    row: NDArray[np.int64]
    start: NDArray[np.int64]
    stop: NDArray[np.int64]
    label: NDArray[np.int64]
    count: int

    def boxes(self) -> NDArray[np.int64]:
        """Left, top, right, bottom (exclusive) of every region, shape (count, 4)."""
        boxes = np.empty((self.count, 4), dtype=np.int64)
        boxes[:, :2] = np.iinfo(np.int64).max
        boxes[:, 2:] = 0
        np.minimum.at(boxes[:, 0], self.label, self.start)
        np.minimum.at(boxes[:, 1], self.label, self.row)
        np.maximum.at(boxes[:, 2], self.label, self.stop)
        np.maximum.at(boxes[:, 3], self.label, self.row + 1)
        return boxes

    def slopes(self) -> NDArray[np.float64]:
        """How many rows every region falls per column: the straight line that fits its pixels best."""
        size = (self.stop - self.start).astype(np.float64)
        middle = (self.start + self.stop - 1) / 2
        across = self._mean(middle, size)[self.label]
        down = self._mean(self.row, size)[self.label]
        # A run of n pixels spreads (n * n - 1) / 12 around its own middle.
        spread = self._mean((middle - across) ** 2 + (size**2 - 1) / 12, size)
        together = self._mean((middle - across) * (self.row - down), size)
        return together / np.maximum(spread, 1e-9)

    def extents(self, slopes: NDArray[np.float64]) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
        """The lowest and highest row of every region once it is levelled by its slope, rows counted at column 0."""
        lean = slopes[self.label]
        ends = np.stack([self.row - lean * self.start, self.row - lean * (self.stop - 1)])
        lowest, highest = np.full(self.count, np.inf), np.full(self.count, -np.inf)
        np.minimum.at(lowest, self.label, ends.min(axis=0))
        np.maximum.at(highest, self.label, ends.max(axis=0))
        return lowest, highest

    def means(self, values: NDArray[np.float32]) -> NDArray[np.float64]:
        """The mean of `values` over the pixels of every region."""
        totals = np.zeros((values.shape[0], values.shape[1] + 1))
        np.cumsum(values, axis=1, dtype=np.float64, out=totals[:, 1:])
        sums = totals[self.row, self.stop] - totals[self.row, self.start]
        found: NDArray[np.float64] = np.bincount(self.label, weights=sums, minlength=self.count) / self.areas()
        return found

    def _mean(
        self, values: NDArray[np.float64] | NDArray[np.int64], weights: NDArray[np.float64]
    ) -> NDArray[np.float64]:
        total = np.bincount(self.label, weights=values * weights, minlength=self.count)
        found: NDArray[np.float64] = total / np.bincount(self.label, weights=weights, minlength=self.count)
        return found

    def areas(self) -> NDArray[np.int64]:
        """Number of pixels of every region."""
        return np.bincount(self.label, weights=self.stop - self.start, minlength=self.count).astype(np.int64)


def components(mask: Mask) -> Components:
    """The 8-connected regions of a boolean mask (height, width)."""
    height, width = mask.shape
    padded = np.zeros((height, width + 2), dtype=np.int8)
    padded[:, 1:-1] = mask
    steps = np.diff(padded, axis=1).ravel()
    begins, ends = np.flatnonzero(steps == 1), np.flatnonzero(steps == -1)
    row, start, stop = begins // (width + 1), begins % (width + 1), ends % (width + 1)
    first, second = _touching(row, start, stop, width)
    label = _joined(len(row), first, second)
    names, label = np.unique(label, return_inverse=True)
    return Components(row, start, stop, label, len(names))


def _touching(
    row: NDArray[np.int64], start: NDArray[np.int64], stop: NDArray[np.int64], width: int
) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    """Pairs of runs in neighbouring rows that touch, diagonally too."""
    stride = width + 2
    # Along this one axis runs are sorted, so the candidates in the row below are one slice per run.
    low = np.searchsorted(row * stride + stop, (row + 1) * stride + start, side="left")
    high = np.searchsorted(row * stride + start, (row + 1) * stride + stop, side="right")
    amount = np.maximum(high - low, 0)
    first = np.repeat(np.arange(len(row)), amount)
    offset = np.arange(len(first)) - np.repeat(np.cumsum(amount) - amount, amount)
    return first, np.repeat(low, amount) + offset


def _joined(count: int, first: NDArray[np.int64], second: NDArray[np.int64]) -> NDArray[np.int64]:
    """The smallest run number reachable from every run: labels hooked together, then shortened until they stand."""
    label = np.arange(count)
    while True:
        a, b = label[first], label[second]
        low, high = np.minimum(a, b), np.maximum(a, b)
        if np.array_equal(low, high):
            return label
        np.minimum.at(label, high, low)
        while not np.array_equal(shorter := label[label], label):
            label = shorter
