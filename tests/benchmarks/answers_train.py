"""Learns the ranking's weights and writes app/knowledge/model.json.

`python -m tests.benchmarks.answers_train [--data FOLDER] [--keep FOLDER] [--dialogs N] [--sift] [--check]
[--without FEATURE] [--write FILE]`

Learned are dialogs made from the 12,000 articles' own messages: once with the article as it is, once with the message
taken out of it, and both again with the right article gone, so that the score also tells when nothing fits; and the
same against bases of forty to two thousand articles, most of whose dialogs have no answer. The dialogs with known
text and their articles are not among them.

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
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from app.knowledge.build import build
from app.knowledge.candidates import FirstLook, first_look
from app.knowledge.features import CLOSE, QUICK, Look, close_look, quick_look
from app.knowledge.model import inputs, model
from app.knowledge.question import Question
from app.knowledge.ranking import CHOSEN, SIFT_SCALE
from app.knowledge.store import Store
from app.knowledge.texts import texts_of
from app.protocol.knowledge import Article
from tests.benchmarks import answers_data, screens
from tests.benchmarks.answers_boosting import Floats, Node, boosted, values
from tests.benchmarks.answers_dialogs import Dialog, answered_by, dialogs

SHIPPED = Path(__file__).parents[2] / "app" / "knowledge" / "model.json"
# Kinds that differ from one another in their code only count more, for there are few of them.
COUNTS = {"nt": 2.0, "hr": 1.5}
GONE_COUNTS, UNQUOTED_COUNTS = 2.0, 2.0
# Notes and instructions that an article quotes are no errors; they count less.
MUTE_COUNTS = 0.3
# A score is the log odds of being right. As a good fit nine in ten of the wrong ones are not shown in a base that
# quotes its messages; lower, as a possible match, stand the right ones of a base that does not.
GOOD, POSSIBLE, BEHIND = 0.0, -1.75, 5.0
TREES, LEAVES, RATE = 140, 16, 0.1
# Articles of a small base, how many such bases, and what their dialogs count.
SMALL, SMALL_COUNTS = ((40, 8), (300, 3), (2000, 1)), 0.7
MASKED_TURNS = 2
QUOTED = 3_600  # dialogs to ask the base that quotes them; more teach nothing
KEPT_OUT = 5  # one article in five, with --check


@dataclass(frozen=True, slots=True)
class Table:
    """The rows of all cases: the trees' inputs, whether each is right, what it counts, and the number of its case."""

    rows: Floats
    right: Floats
    weights: Floats
    case: NDArray[np.intp]


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
    kind: str

    @property
    def weight(self) -> float:
        """What the case counts."""
        counts = COUNTS.get(self.dialog.kind, 1.0) * (GONE_COUNTS if self.gone else 1.0)
        counts *= (1.0 if self.dialog.telling else MUTE_COUNTS) * (UNQUOTED_COUNTS if self.kind == "unquoted" else 1.0)
        return counts * (SMALL_COUNTS if self.kind.isdigit() else 1.0)

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
        cases = list(_cases(options.keep or Path(scratch), articles, pairs))
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


Pair = tuple[Dialog, frozenset[str]]


def _cases(folder: Path, articles: Sequence[Article], pairs: Sequence[Pair]) -> Iterator[Case]:
    folder.mkdir(parents=True, exist_ok=True)
    chance = random.Random(4)
    yield from _against(_base(folder / "train.kb", articles), pairs[:QUOTED], "quoted", chance)
    for turn in range(MASKED_TURNS):
        # With several articles quoting one message, taking it out of one of them proves nothing.
        quoting = [pair for pair in pairs if pair[0].turn == turn and _alone(pair)]
        out = {dialog.right: dialog.quoted for dialog, _ in quoting}
        unquoted = [_without(article, out.get(article.id, ())) for article in articles]
        yield from _against(_base(folder / f"train{turn}-{len(pairs)}.kb", unquoted), quoting, "unquoted", chance)
    for size, count in SMALL:
        for number in range(count):
            yield from _small(folder / f"small{size}-{number}-{len(pairs)}.kb", articles, pairs, size, number, chance)


def _small(
    path: Path, articles: Sequence[Article], pairs: Sequence[Pair], size: int, number: int, chance: random.Random
) -> Iterator[Case]:
    """A small base, every second one without the messages; as many dialogs with an answer as without."""
    asked = chance.sample(list(pairs), min(size // 2, 250, len(pairs)))
    ids = {dialog.right for dialog, _ in asked}
    out = {pair[0].right: pair[0].quoted for pair in asked if _alone(pair)} if number % 2 or size >= 2000 else {}
    others = chance.sample([article for article in articles if article.id not in ids], size - len(ids))
    held = [_without(article, out.get(article.id, ())) for article in articles if article.id in ids]
    base = _base(path, [*held, *others])
    unanswered = [pair for pair in pairs if not any(identity in base.numbers for identity in pair[1])]
    for dialog, right in asked:
        yield Case(base, dialog, _numbers(base, right), gone=False, kind=str(size))
    for dialog, _ in chance.sample(unanswered, min(len(asked), len(unanswered))):
        yield Case(base, dialog, frozenset(), gone=True, kind=str(size))


def _alone(pair: Pair) -> bool:
    return bool(pair[0].quoted) and len(pair[1]) == 1


def _numbers(base: Base, identities: frozenset[str]) -> frozenset[int]:
    return frozenset(base.numbers[identity] for identity in identities if identity in base.numbers)


def _against(base: Base, pairs: Sequence[Pair], kind: str, chance: random.Random) -> Iterator[Case]:
    """Every dialog as it is, and about every second one again without its right articles."""
    for dialog, right in pairs:
        wanted = _numbers(base, right)
        yield Case(base, dialog, wanted, gone=False, kind=kind)
        if chance.random() < 0.45:
            yield Case(base, dialog, wanted, gone=True, kind=kind)


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
