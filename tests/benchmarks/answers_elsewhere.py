"""From a screen's pixels to the articles shown, as the program does it, on screens of `tests.benchmarks.elsewhere`.

`python -m tests.benchmarks.answers_elsewhere --data FOLDER [--base FILE.kb] [--readings FILE] [--by look --by worn …]
[--misses]`

The baseline asks for all that was read at once, as if no text of a whole screen were asked by itself. `wrong` is the
share of screens that are shown something when the right articles are taken away, `good` that of a good fit among them.
"""

from __future__ import annotations

import argparse
import json
import pickle
import sys
import tempfile
import time
from collections import defaultdict
from collections.abc import Collection, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

from PIL import Image

from app.answers import Answers, has_good_fit
from app.capture.engine import Deadline
from app.capture.rapid import RapidEngine
from app.capture.reading import Reading
from app.capture.salience import read_picture
from app.capture.wire import Request
from app.knowledge.base import KnowledgeBase
from app.knowledge.build import build
from app.knowledge.store import Store
from app.protocol.knowledge import SuggestionList
from app.protocol.message import one_line
from tests.benchmarks import answers_data, screens

Screens = dict[str, dict[str, Any]]


class Without(KnowledgeBase):
    """A base some articles of which are taken away."""

    gone: Collection[str] = ()

    def suggest(self, lines: Sequence[str], **options: Any) -> SuggestionList:
        """As the base does."""
        return super().suggest(lines, **{**options, "without": self.gone})


@dataclass(slots=True)
class Tally:
    """Some screens and what became of them."""

    first: list[bool] = field(default_factory=list)
    three: list[bool] = field(default_factory=list)
    wrong: list[bool] = field(default_factory=list)
    good: list[bool] = field(default_factory=list)
    seconds: list[float] = field(default_factory=list)

    def row(self) -> str:
        """Shares, and processor milliseconds of the asking alone."""
        shares = (sum(each) / max(len(each), 1) for each in (self.first, self.three, self.wrong, self.good))
        taken = sorted(self.seconds)
        times = (taken[len(taken) * part // 100] * 1000 for part in (50, 95))
        return f"{len(self.first):4}" + "".join(f"{each:8.3f}" for each in shares) + "".join(f"{t:6.0f}" for t in times)


def main(arguments: list[str] | None = None) -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    screens.add_option(parser)
    parser.add_argument("--base", type=Path, help="a built base of the 12,000 articles; default: one is built")
    parser.add_argument("--readings", type=Path, help="file that keeps what was read; used when it exists")
    parser.add_argument("--by", action="append", default=[], help="groups to show: look, worn, lang, font, scale, dark")
    parser.add_argument("--misses", action="store_true", help="name the screens whose article is not shown")
    options = parser.parse_args(arguments)
    truth = json.loads((options.data / "truth.json").read_text("utf-8"))
    shown = {name: truth["dialogs"].get(one.get("spec"), {}) | one for name, one in truth["desktops"].items()}
    asked = {name: one for name, one in shown.items() if one.get("target")}
    readings = _readings(options.data, asked, options.readings)
    with tempfile.TemporaryDirectory() as scratch:
        path = options.base or Path(scratch) / "12k.kb"
        if not path.is_file():
            build(answers_data.articles(options.data, "12k"), path, "1")
        base = Without(Store(path))
        print(f"{'':26}{'n':>4}{'hit@1':>8}{'hit@3':>8}{'wrong':>8}{'good':>8}{'p50':>6}{'p95':>6}")
        _measure("at once", base, {name: _as_one(each) for name, each in readings.items()}, asked, options)
        _measure("deskbell", base, readings, asked, options)
        base.close()
    return 0


def _readings(data: Path, asked: Screens, kept: Path | None) -> dict[str, Reading]:
    if kept and kept.is_file():
        found: dict[str, Reading] = pickle.loads(kept.read_bytes())  # noqa: S301 - the benchmark's own file
        return found
    engine = RapidEngine()
    engine.load()
    readings = {}
    for name, screen in asked.items():
        picture = Image.open(data / "images" / screen["file"]).convert("RGB")
        readings[name] = read_picture(engine, Request(1, "x", *picture.size), picture.tobytes(), Deadline())
    if kept:
        kept.write_bytes(pickle.dumps(readings))
    return readings


def _as_one(reading: Reading) -> Reading:
    """The same as if somebody had cut it out: it is not taken apart."""
    return replace(reading, region=replace(reading.region, width=1, height=1))


def _measure(
    system: str, base: Without, readings: dict[str, Reading], asked: Screens, options: argparse.Namespace
) -> None:
    answers = Answers(lambda: base, None)
    tallies: dict[str, Tally] = defaultdict(Tally)
    for name, screen in asked.items():
        right = {one_line(each) for each in screen["relevant"]}
        language = "en" if screen["lang"] == "en" else "zh-CN"
        base.gone = ()
        started = time.process_time()
        ids = [each.id for each in answers.suggest(readings[name], "", language, 3)[0].suggestions]
        taken = time.process_time() - started
        base.gone = right
        gone = answers.suggest(readings[name], "", language, 3)[0]
        for group in ("all", *(f"{kind} {screen.get(kind)}" for kind in ("lang", *options.by))):
            tally = tallies[group]
            tally.first.append(bool(ids) and ids[0] in right)
            tally.three.append(not right.isdisjoint(ids))
            tally.wrong.append(bool(gone.suggestions))
            tally.good.append(has_good_fit(gone))
            tally.seconds.append(taken)
        if options.misses and right.isdisjoint(ids):
            print(f"  {name}: {ids[:1] or 'nothing'}")
    for group, tally in sorted(tallies.items()):
        print(f"{system:10}{group:16}{tally.row()}")


if __name__ == "__main__":
    sys.exit(main())
