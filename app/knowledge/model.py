"""The learned part of the ranking: a few weights and small decision trees, read from a file beside this module."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache
from importlib import resources


@dataclass(frozen=True, slots=True)
class Tree:
    """One decision tree: at node n go to `left[n]` when the input `feature[n]` is at most `threshold[n]`.

    A node whose feature is negative is a leaf; its threshold is its value.
    """

    feature: tuple[int, ...]
    threshold: tuple[float, ...]
    left: tuple[int, ...]
    right: tuple[int, ...]

    def value(self, inputs: Sequence[float]) -> float:
        """What the tree adds for these inputs."""
        node = 0
        feature, threshold, left, right = self.feature, self.threshold, self.left, self.right
        while feature[node] >= 0:
            node = left[node] if inputs[feature[node]] <= threshold[node] else right[node]
        return threshold[node]


@dataclass(frozen=True, slots=True)
class Model:
    """`sift` weighs the quick features, `trees` score the chosen candidates.

    Scores of at least `good` are worded as answers, of at least `possible` as possible matches; what is more than
    `behind` the first one is left out.
    """

    sift: tuple[float, ...]
    trees: tuple[Tree, ...]
    good: float
    possible: float
    behind: float

    def quick(self, features: Sequence[float]) -> float:
        """A rough score by the quick features alone."""
        return sum(weight * value for weight, value in zip(self.sift, features, strict=True))


def inputs(rows: Sequence[Sequence[float]]) -> list[tuple[float, ...]]:
    """What the trees look at, per candidate: its features, its lead over the best other one, and the best of all."""
    best = [max(column) for column in zip(*rows, strict=True)]
    # The best of the others is the second value for the one that holds the best, and the best for everybody else.
    second = [sorted(column, reverse=True)[1] if len(rows) > 1 else 0.0 for column in zip(*rows, strict=True)]
    return [
        (
            *row,
            *(value - (other if value == top else top) for value, top, other in zip(row, best, second, strict=True)),
            *best,
        )
        for row in rows
    ]


@cache
def model() -> Model:
    """The model that ships with the program."""
    fields = json.loads(resources.files(__package__).joinpath("model.json").read_text(encoding="utf-8"))
    return Model(
        sift=tuple(fields["sift"].values()),
        trees=tuple(_tree(nodes) for nodes in fields["trees"]),
        good=float(fields["good"]),
        possible=float(fields["possible"]),
        behind=float(fields["behind"]),
    )


def _tree(nodes: Sequence[Sequence[float]]) -> Tree:
    feature, threshold, left, right = zip(*nodes, strict=True)
    return Tree(tuple(map(int, feature)), tuple(map(float, threshold)), tuple(map(int, left)), tuple(map(int, right)))
