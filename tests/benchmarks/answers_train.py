"""Learns the ranking's weights and writes app/knowledge/model.json.

`python -m tests.benchmarks.answers_train [--data FOLDER] [--keep FOLDER] [--dialogs N] [--sift] [--check]
[--without FEATURE] [--write FILE]`

Learned are dialogs made from the 12,000 articles' own messages: once with the article as it is, once with the message
taken out of it, and both again with the right article gone, so that the score also tells when nothing fits; and the
same against bases of forty to two thousand articles, most of whose dialogs have no answer; and dialogs in one language
whose articles are in the other (`answers_translated`). The dialogs with known text and their articles are not among
them.

With `--check` a fifth of the articles is first kept out of what is learned, and how well their dialogs are answered is
printed; `--without` leaves features out, to see what they are worth, and writes nothing.
"""

from __future__ import annotations

import argparse
import hashlib
import json
import random
import sys
import tempfile
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from app.knowledge.features import CLOSE, QUICK, close_look
from app.knowledge.model import inputs, model
from app.knowledge.ranking import CHOSEN, SIFT_SCALE
from tests.benchmarks import answers_data, screens
from tests.benchmarks.answers_boosting import Floats, Node, boosted, values
from tests.benchmarks.answers_cases import Case, cases_of
from tests.benchmarks.answers_dialogs import Dialog, answered_by, dialogs
from tests.benchmarks.answers_translated import translated

SHIPPED = Path(__file__).parents[2] / "app" / "knowledge" / "model.json"
# A score is the log odds of being right. In a base that quotes its messages 99 of a hundred right ones are at least
# possible and one of seven wrong ones; as a good fit 97 of a hundred and one of eleven.
GOOD, POSSIBLE, BEHIND = 0.0, -0.5, 5.0
TREES, LEAVES, RATE = 140, 16, 0.1
KEPT_OUT = 5  # one article in five, with --check


@dataclass(frozen=True, slots=True)
class Table:
    """The rows of all cases: the trees' inputs, whether each is right, what it counts, and the number of its case."""

    rows: Floats
    right: Floats
    weights: Floats
    case: NDArray[np.intp]


def main(arguments: list[str] | None = None) -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    screens.add_option(parser)
    parser.add_argument("--keep", type=Path, help="folder that keeps built bases")
    parser.add_argument("--dialogs", type=int, default=10_000, help="at most so many; default all")
    parser.add_argument("--sift", action="store_true", help="learn the quick score anew, too")
    parser.add_argument("--check", action="store_true", help="learn from four fifths and ask the fifth first")
    parser.add_argument("--without", action="append", default=[], choices=[*QUICK, *CLOSE], help="leave a feature out")
    parser.add_argument("--write", type=Path, default=SHIPPED)
    options = parser.parse_args(arguments)
    articles = list(answers_data.articles(options.data, "12k"))
    known = answers_data.dialogs(options.data)
    held_out = frozenset(identity for question in known for identity in question.relevant)
    made = dialogs(articles, held_out)
    pairs = list(zip(made, answered_by(made, articles), strict=True))
    random.Random(3).shuffle(pairs)
    pairs = pairs[: options.dialogs]
    print(f"{len(pairs)} dialogs from {len({dialog.right for dialog, _ in pairs})} articles", flush=True)
    with tempfile.TemporaryDirectory() as scratch:
        cases = list(cases_of(options.keep or Path(scratch), articles, pairs, translated(articles, held_out)))
        sift = _sift(cases) if options.sift else np.array(model().sift)
        table = tabulated(cases, sift)
    print(f"{len(cases)} cases, {len(table.rows)} rows", flush=True)
    out = [place for place, name in enumerate((*QUICK, *CLOSE, "sift")) if name in options.without]
    table.rows[:, [place + part * (table.rows.shape[1] // 3) for place in out for part in range(3)]] = 0.0
    if options.check:
        learned = np.array([not kept_out(case.dialog) for case in cases])[table.case]
        scores = sum(values(tree, table.rows) for tree in _grown(table, learned))
        print_check(cases, table, np.asarray(scores))
    if options.without:
        return 0
    trees = _grown(table, np.ones(len(table.rows), dtype=bool))
    options.write.write_text(_written(sift, trees), encoding="utf-8")
    print(f"wrote {options.write} with {len(trees)} trees")
    return 0


def kept_out(dialog: Dialog) -> bool:
    """Whether a dialog's article is of the fifth that `--check` asks for."""
    return int(hashlib.sha256(dialog.right.encode()).hexdigest(), 16) % KEPT_OUT == 0


def _grown(table: Table, learned: NDArray[np.bool_]) -> list[list[Node]]:
    return boosted(
        table.rows[learned],
        table.right[learned],
        table.weights[learned],
        trees=TREES,
        leaves=LEAVES,
        rate=RATE,
        seed=0,
    )


def _sift(cases: Sequence[Case], rounds: int = 600, rate: float = 0.05) -> Floats:
    """Weights of the quick features that put right candidates before the others of the same dialog (Adam)."""
    rows, right, sizes, counts = _quick_rows(cases)
    starts = np.concatenate(([0], np.cumsum(sizes)[:-1])).astype(np.intp)
    owner = np.repeat(np.arange(len(sizes)), sizes)
    weights, mean, spread = (np.zeros(rows.shape[1]) for _ in range(3))
    for step in range(1, rounds + 1):
        scores = rows @ weights
        grown = np.exp(scores - np.maximum.reduceat(scores, starts)[owner])
        every = grown / np.add.reduceat(grown, starts)[owner]
        wanted = grown * right / np.add.reduceat(grown * right, starts)[owner]
        slope = ((every - wanted) * counts[owner]) @ rows / counts.sum() + 1e-4 * weights
        mean, spread = 0.9 * mean + 0.1 * slope, 0.99 * spread + 0.01 * slope**2
        weights -= rate * (mean / (1 - 0.9**step)) / (np.sqrt(spread / (1 - 0.99**step)) + 1e-8)
    return weights


def _quick_rows(cases: Sequence[Case]) -> tuple[Floats, Floats, list[int], Floats]:
    """Quick features of all candidates, which are right, how many belong to each dialog, and what it counts."""
    rows: list[tuple[float, ...]] = []
    right: list[bool] = []
    sizes: list[int] = []
    counts: list[float] = []
    for case in cases:
        looks = [] if case.gone else case.looked()[2]
        wanted = [look.candidate.document in case.wanted for look in looks]
        if any(wanted):
            rows += [look.quick for look in looks]
            right += wanted
            sizes.append(len(looks))
            counts.append(case.weight)
    return np.array(rows), np.array(right, dtype=float), sizes, np.array(counts)


def tabulated(cases: Sequence[Case], sift: Floats) -> Table:
    """What the trees learn from: the chosen candidates' inputs, which are right, what each counts, and its case."""
    rows: list[tuple[float, ...]] = []
    right: list[bool] = []
    weights: list[float] = []
    owner: list[int] = []
    for number, case in enumerate(cases):
        question, look, looks = case.looked()
        chosen = sorted(looks, key=lambda each: -float(np.dot(sift, each.quick)))[:CHOSEN]
        if chosen:
            close = close_look(question, look, chosen)
            rows += inputs(
                [
                    (*each.quick, *more, float(np.dot(sift, each.quick)) / SIFT_SCALE)
                    for each, more in zip(chosen, close, strict=True)
                ]
            )
            right += [each.candidate.document in case.wanted for each in chosen]
            weights += [case.weight] * len(chosen)
            owner += [number] * len(chosen)
    return Table(np.array(rows), np.array(right, dtype=float), np.array(weights), np.array(owner))


def print_check(cases: Sequence[Case], table: Table, scores: Floats) -> None:
    """How the dialogs kept out are answered, by kind of base and by language, and what is shown at three thresholds."""
    for kind in dict.fromkeys(case.kind for case in cases):
        for language in ("all", "zh", "en", "telling"):
            ranks: list[int] = []
            firsts: list[float] = []
            wrong: list[float] = []
            for number, case in enumerate(cases):
                groups = ("all", case.dialog.language, "telling" if case.dialog.telling else "")
                if case.kind != kind or not kept_out(case.dialog) or language not in groups:
                    continue
                mine = table.case == number
                order = np.argsort(-scores[mine], kind="stable")
                best = float(scores[mine][order[0]]) if len(order) else -9.0
                if case.gone:
                    wrong.append(best)
                    continue
                rank = next((place for place, row in enumerate(order, 1) if table.right[mine][row]), 0)
                ranks.append(rank)
                if rank == 1:
                    firsts.append(best)
            shown = "  ".join(
                f"{at}: {np.mean(np.array(firsts) >= at):.3f}/{np.mean(np.array(wrong) >= at):.3f}"
                for at in (-2.0, -1.5, -1.0)
                if firsts and wrong
            )
            hits = [sum(1 <= rank <= top for rank in ranks) / max(len(ranks), 1) for top in (1, 3)]
            print(f"{kind:9} {language:7} {len(ranks):5}  {hits[0]:.3f}/{hits[1]:.3f}  right/wrong shown at {shown}")


def _written(sift: Floats, trees: Sequence[Sequence[Sequence[float]]]) -> str:
    shipped = {
        "features": [*QUICK, *CLOSE, "sift"],
        "sift": {name: round(float(weight), 4) for name, weight in zip(QUICK, sift, strict=True)},
        "trees": [
            [[int(node[0]), round(float(node[1]), 4), int(node[2]), int(node[3])] for node in tree] for tree in trees
        ],
        "good": GOOD,
        "possible": POSSIBLE,
        "behind": BEHIND,
    }
    return json.dumps(shipped, separators=(",", ":")) + "\n"


if __name__ == "__main__":
    sys.exit(main())
