"""Learns the ranking's weights and writes app/knowledge/model.json.

`python -m tests.benchmarks.answers_train [--data FOLDER] [--keep FOLDER] [--write FILE]`

Learned are dialogs made from the 12,000 articles' own messages: once with the article as it is, once with the message
taken out of it, and both again with the right article gone, so that the score also tells when nothing fits. The
dialogs with known text and their articles are not among them.
"""

from __future__ import annotations

import argparse
import json
import sys
import tempfile
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np

from app.knowledge.build import build
from app.knowledge.candidates import FirstLook, first_look
from app.knowledge.features import CLOSE, QUICK, Look, close_look, quick_look
from app.knowledge.model import inputs
from app.knowledge.question import Question
from app.knowledge.ranking import CHOSEN, SIFT_SCALE
from app.knowledge.store import Store
from app.knowledge.texts import texts_of
from app.protocol.knowledge import Article
from tests.benchmarks import answers_data, screens
from tests.benchmarks.answers_boosting import Floats, Node, boosted
from tests.benchmarks.answers_dialogs import MOST_PER_ARTICLE, Dialog, answered_by, dialogs

SHIPPED = Path(__file__).parents[2] / "app" / "knowledge" / "model.json"
# Kinds that differ from one another in their code only count more, for there are few of them.
COUNTS = {"nt": 2.0, "hr": 1.5}
GONE_COUNTS = 2.0
# A score is the log odds of being right: an answer is more likely right than not, a possible match is so once in
# about thirteen times.
GOOD, POSSIBLE, BEHIND = 0.0, -2.5, 5.0
TREES, LEAVES, RATE, FORESTS = 70, 10, 0.15, 2


@dataclass(frozen=True, slots=True)
class Base:
    """A base to ask, and the numbers of its articles."""

    store: Store
    numbers: Mapping[str, int]


@dataclass(frozen=True, slots=True)
class Case:
    """One dialog to ask one base; with `gone` the right articles are taken away."""

    base: Base
    dialog: Dialog
    wanted: frozenset[int]
    gone: bool

    @property
    def weight(self) -> float:
        """What the case counts."""
        return COUNTS.get(self.dialog.kind, 1.0) * (GONE_COUNTS if self.gone else 1.0)

    def looked(self) -> tuple[Question, FirstLook, list[Look]]:
        """The candidates with their quick features; too large to keep for all cases."""
        question = Question.of(self.dialog.lines)
        look = first_look(self.base.store, question, len(self.base.numbers))
        if self.gone:
            look = replace(look, candidates=tuple(each for each in look.candidates if each.document not in self.wanted))
        texts = texts_of(self.base.store, [each.document for each in look.candidates])
        return question, look, quick_look(question, look, texts)


def main(arguments: list[str] | None = None) -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    screens.add_option(parser)
    parser.add_argument("--keep", type=Path, help="folder that keeps built bases")
    parser.add_argument("--write", type=Path, default=SHIPPED)
    options = parser.parse_args(arguments)
    articles = list(answers_data.articles(options.data, "12k"))
    known = answers_data.dialogs(options.data)
    held_out = frozenset(identity for question in known for identity in question.relevant)
    made = dialogs(articles, held_out)
    answers = answered_by(made, articles)
    print(f"{len(made)} dialogs from {len({dialog.right for dialog in made})} articles")
    with tempfile.TemporaryDirectory() as scratch:
        cases = list(_cases(options.keep or Path(scratch), articles, made, answers))
        sift = _sift(cases)
        print({name: round(float(weight), 2) for name, weight in zip(QUICK, sift, strict=True)})
        rows, right, weights = _rows(cases, sift)
    print(f"{len(cases)} cases, {len(rows)} rows")
    forests = [
        boosted(rows, right, weights, trees=TREES, leaves=LEAVES, rate=RATE, seed=seed) for seed in range(FORESTS)
    ]
    trees = [[_shared(node) for node in tree] for forest in forests for tree in forest]
    options.write.write_text(_written(sift, trees), encoding="utf-8")
    print(f"wrote {options.write} with {len(trees)} trees")
    return 0


def _cases(
    folder: Path, articles: Sequence[Article], made: Sequence[Dialog], answers: Sequence[frozenset[str]]
) -> Iterator[Case]:
    folder.mkdir(parents=True, exist_ok=True)
    pairs = list(zip(made, answers, strict=True))
    yield from _against(_base(folder / "train.kb", articles), pairs)
    for turn in range(MOST_PER_ARTICLE):
        # With several articles quoting one message, taking it out of one of them proves nothing.
        quoting = [pair for pair in pairs if pair[0].turn == turn and pair[0].quoted and len(pair[1]) == 1]
        out = {dialog.right: dialog.quoted for dialog, _ in quoting}
        unquoted = [_without(article, out.get(article.id, ())) for article in articles]
        yield from _against(_base(folder / f"train{turn}.kb", unquoted), quoting)


def _against(base: Base, pairs: Sequence[tuple[Dialog, frozenset[str]]]) -> Iterator[Case]:
    """Every dialog as it is, and every second one again without its right articles."""
    for place, (dialog, right) in enumerate(pairs):
        wanted = frozenset(base.numbers[identity] for identity in right)
        yield Case(base, dialog, wanted, gone=False)
        if place % 2:
            yield Case(base, dialog, wanted, gone=True)


def _base(path: Path, articles: Sequence[Article]) -> Base:
    if not path.is_file():
        build(articles, path, "1")
    store = Store(path)
    rows = store.rows("SELECT id, doc FROM articles")
    return Base(store, {str(row[0]): int(row[1] or 0) for row in rows})


def _without(article: Article, messages: Sequence[str]) -> Article:
    title, body = article.title, article.body
    for message in messages:
        title, body = title.replace(message, " "), body.replace(message, " ")
    return article.model_copy(update={"title": title, "body": body})


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


def _rows(cases: Sequence[Case], sift: Floats) -> tuple[Floats, Floats, Floats]:
    """What the trees learn from: the chosen candidates' inputs, which are right, and what each counts."""
    rows: list[tuple[float, ...]] = []
    right: list[bool] = []
    weights: list[float] = []
    for case in cases:
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
    return np.array(rows), np.array(right, dtype=float), np.array(weights)


def _shared(node: Node) -> Node:
    """A node of one forest among several, whose leaves are averaged."""
    return [node[0], node[1] / FORESTS, *node[2:]] if node[0] < 0 else node


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
