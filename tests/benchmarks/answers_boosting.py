"""Gradient boosting of small decision trees in numpy: enough to learn a ranking's weights with."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]
Node = list[float]  # feature or -1, threshold or value, left, right
BINS = 32
SURE = 0.1  # rows whose error is below are sampled


def boosted(
    rows: Floats, right: Floats, weights: Floats, *, trees: int, leaves: int, rate: float, seed: int
) -> list[list[Node]]:
    """Trees whose summed values are the log odds of a row being right; the first is only a constant."""
    binned, edges = _binned(rows)
    chance = np.random.default_rng(seed)
    share = float(np.average(right, weights=weights))
    start = float(np.log(share / (1 - share)))
    scores = np.full(len(rows), start)
    grown: list[list[Node]] = [[[-1, start, 0, 0]]]
    for _ in range(trees):
        odds = 1 / (1 + np.exp(-scores))
        slope, bend = (odds - right) * weights, np.maximum(odds * (1 - odds), 1e-3) * weights
        hard = np.abs(odds - right) > SURE
        kept = np.flatnonzero(hard | (chance.random(len(rows)) < 0.25))
        weight = np.where(hard, 1.0, 4.0)[kept]
        features = np.flatnonzero(chance.random(rows.shape[1]) < 0.5)
        nodes = _grown(binned[kept], edges, slope[kept] * weight, bend[kept] * weight, leaves, features)
        for node in nodes:
            if node[0] < 0:
                node[1] *= rate
        scores += values(nodes, rows)
        grown.append(nodes)
    return grown


def values(nodes: Sequence[Node], rows: Floats) -> Floats:
    """What one tree says of every row."""
    table = np.array(nodes)
    place = np.zeros(len(rows), dtype=np.intp)
    while True:
        feature = table[place, 0].astype(np.intp)
        inner = np.flatnonzero(feature >= 0)
        if not len(inner):
            return table[place, 1]
        left = rows[inner, feature[inner]] <= table[place[inner], 1]
        place[inner] = np.where(left, table[place[inner], 2], table[place[inner], 3]).astype(np.intp)


def _binned(rows: Floats) -> tuple[NDArray[np.int16], list[Floats]]:
    quantiles = np.linspace(0, 1, BINS + 1)[1:-1]
    edges = [np.unique(np.quantile(rows[:, column], quantiles)) for column in range(rows.shape[1])]
    columns = [np.searchsorted(edge, rows[:, column], side="left") for column, edge in enumerate(edges)]
    return np.stack(columns, axis=1).astype(np.int16), edges


def _grown(
    binned: NDArray[np.int16], edges: list[Floats], slope: Floats, bend: Floats, leaves: int, features: NDArray[np.intp]
) -> list[Node]:
    """One tree, grown leaf by leaf where it helps most."""
    every = np.arange(len(slope))
    nodes: list[Node] = [[-1, _leaf(slope, bend, every), 0, 0]]
    open_leaves = [(0, every, _split(binned, edges, slope, bend, every, features))]
    while len(open_leaves) < leaves:
        best = max(range(len(open_leaves)), key=lambda place: open_leaves[place][2][0])
        node, rows, (gain, feature, bin_) = open_leaves.pop(best)
        if gain <= 0:
            break
        low = binned[rows, feature] <= bin_
        nodes[node] = [float(feature), float(edges[feature][bin_]), float(len(nodes)), float(len(nodes) + 1)]
        for part in (rows[low], rows[~low]):
            open_leaves.append((len(nodes), part, _split(binned, edges, slope, bend, part, features)))
            nodes.append([-1, _leaf(slope, bend, part), 0, 0])
    return nodes


REGULAR, LEAST = 2.0, 3.0


def _leaf(slope: Floats, bend: Floats, rows: NDArray[np.intp]) -> float:
    return float(-slope[rows].sum() / (bend[rows].sum() + REGULAR))


def _split(
    binned: NDArray[np.int16],
    edges: list[Floats],
    slope: Floats,
    bend: Floats,
    rows: NDArray[np.intp],
    features: NDArray[np.intp],
) -> tuple[float, int, int]:
    """Gain, feature and bin of the best cut of these rows."""
    slopes, bends = slope[rows], bend[rows]
    whole, weight = slopes.sum(), bends.sum()
    best = (0.0, 0, 0)
    for feature in features:
        if not len(edges[feature]):
            continue
        column = binned[rows, feature]
        left = np.cumsum(np.bincount(column, slopes, BINS))
        left_weight = np.cumsum(np.bincount(column, bends, BINS))
        right, right_weight = whole - left, weight - left_weight
        gain = left**2 / (left_weight + REGULAR) + right**2 / (right_weight + REGULAR)
        gain[(left_weight < LEAST) | (right_weight < LEAST)] = -np.inf
        bin_ = int(np.argmax(gain[: len(edges[feature])]))
        gained = float(gain[bin_] - whole**2 / (weight + REGULAR))
        if gained > best[0]:
            best = (gained, int(feature), bin_)
    return best
