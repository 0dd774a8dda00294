"""What is made of a text that was read: whether its codes are found, and whether one fault keeps one fingerprint.

`python -m tests.benchmarks.signatures [--data FOLDER] [--elsewhere FOLDER …] [--count N]`

Noise is drawn on the messages of the articles; real noise comes from dialogs of `tests.benchmarks.elsewhere`, where one
message is drawn in several clothes (several `--elsewhere`, of different seeds), and every reading is compared with what
was drawn.
"""

from __future__ import annotations

import argparse
import random
import sys
from collections import Counter, defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import combinations
from pathlib import Path

from app.capture.engine import Deadline
from app.capture.rapid import RapidEngine
from app.knowledge.signature import extract
from tests.benchmarks import answers_data, screens
from tests.benchmarks.answers_dialogs import drafted, misread

RATES = (0.005, 0.008, 0.01)
LOST_SPACES = 0.02
READINGS = 4


@dataclass(frozen=True, slots=True)
class Told:
    """A dialog as it was drawn: its kind, its article, its lines."""

    kind: str
    right: str
    lines: tuple[str, ...]


def main(arguments: list[str] | None = None) -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    screens.add_option(parser)
    parser.add_argument("--elsewhere", type=Path, action="append", default=[], help="folders of rendered dialogs")
    parser.add_argument("--count", type=int, default=1500, help="messages of articles")
    parser.add_argument("--seed", type=int, default=5)
    options = parser.parse_args(arguments)
    told = _told(options.data, options.count, options.seed)
    _noisy(told, options.seed)
    _collisions(told)
    folders = [options.data, *options.elsewhere]
    engine = RapidEngine()
    engine.load()
    _read(engine, folders)
    return 0


def _told(data: Path, count: int, seed: int) -> list[Told]:
    chance = random.Random(seed)
    articles = answers_data.articles(data, "12k")
    made = [
        Told(article.id.split(":")[0], article.id, (title, *message))
        for article in articles
        for title, message, _ in drafted(article, chance)
    ]
    chance.shuffle(made)
    return made[:count]


def _fingerprint(lines: Sequence[str]) -> str:
    return extract(lines).fingerprint


def _noisy(told: Sequence[Told], seed: int) -> None:
    print(f"\none fingerprint for {READINGS} noisy readings of {len(told)} messages and the message itself")
    for rate in RATES:
        chance = random.Random(seed)
        same: dict[str, list[bool]] = defaultdict(list)
        for each in told:
            clean = _fingerprint(each.lines)
            for _ in range(READINGS):
                read = [misread(line, rate, LOST_SPACES, chance) for line in each.lines]
                alike = _fingerprint(read) == clean
                same["all"].append(alike)
                same[each.kind].append(alike)
        shares = "  ".join(f"{kind} {sum(some) / len(some):.3f}" for kind, some in sorted(same.items()))
        print(f"  {rate:.1%} of the characters wrong: {shares}")


def _collisions(told: Sequence[Told]) -> None:
    by_print: dict[str, set[tuple[str, str]]] = defaultdict(set)
    for each in told:
        by_print[_fingerprint(each.lines)].add((each.right, " ".join(each.lines)))
    shared = sum(one[0] != other[0] for group in by_print.values() for one, other in combinations(sorted(group), 2))
    pairs = len(told) * (len(told) - 1) / 2
    alone = sum(len({right for right, _ in group}) > 1 for group in by_print.values())
    print(f"\ndifferent dialogs with one fingerprint: {shared} of {pairs:.0f} pairs = {shared / pairs:.6f}")
    print(f"fingerprints of more than one article: {alone} of {len(by_print)}")


def _read(engine: RapidEngine, folders: Sequence[Path]) -> None:
    total: Counter[tuple[str, str]] = Counter()
    prints: dict[str, list[str]] = defaultdict(list)
    for folder in folders:
        for screen in screens.dialogs(folder):
            drawn = [block.text for block in screen.blocks]
            read = [line.text for line in engine.read(screen.image(), Deadline())]
            kind = "given" if folder is folders[0] else "elsewhere"
            total[kind, "dialogs"] += 1
            total[kind, "same"] += _fingerprint(read) == _fingerprint(drawn)
            prints[screen.name.rsplit("_", 1)[-1]].append(_fingerprint(read))
    for kind in ("given", "elsewhere"):
        if total[kind, "dialogs"]:
            print(f"\none fingerprint as read and as drawn, {kind}: {total[kind, 'same']} of {total[kind, 'dialogs']}")
    several = [some for some in prints.values() if len(some) > 1]
    usual = sum(max(Counter(some).values()) for some in several)
    if several:
        share = usual / sum(map(len, several))
        print(f"renderings that have their message's usual fingerprint: {share:.3f} of {sum(map(len, several))}")


if __name__ == "__main__":
    sys.exit(main())
