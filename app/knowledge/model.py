"""The learned part of the ranking: a few weights and small decision trees, read from a file beside this module."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache
from importlib import resources
from typing import TypeAlias

Node: TypeAlias = tuple[int, float, int, int]
"""Feature, threshold, left, right: go left when the input of that feature is at most the threshold. A node whose
feature is negative is a leaf; its threshold is its value."""


@dataclass(frozen=True, slots=True)
class Tree:
    """One decision tree."""

    nodes: tuple[Node, ...]

    def value(self, inputs: Sequence[float]) -> float:
        """What the tree adds for these inputs."""
        nodes = self.nodes
        feature, threshold, left, right = nodes[0]
        while feature >= 0:
            feature, threshold, left, right = nodes[left if inputs[feature] <= threshold else right]
        return threshold


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
    # Sums in another order differ in the last digit, and a lead of nought must stay one.
    rows = [tuple(round(value, 6) for value in row) for row in rows]
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
    return Tree(tuple((int(node[0]), float(node[1]), int(node[2]), int(node[3])) for node in nodes))
