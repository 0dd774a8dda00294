"""How often the right article is among the first three, how long that takes, and how large a base is.

`python -m tests.benchmarks.answers [--data FOLDER] [--base 12k --base unquoted --base 100k] [--read | --readings FILE]
[--keep FOLDER] [--out FILE.jsonl] [--against FILE.jsonl]`

The baselines run in the same process on the same questions. Bases are built anew unless `--keep` holds them. Every
single case is kept in a file; `--against` an earlier one names the screens that are answered worse or better now.
"""

from __future__ import annotations

import argparse
import json
import statistics
import sys
import tempfile
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from app.knowledge.base import KnowledgeBase
from app.knowledge.build import build
from app.knowledge.question import Question as Asked
from app.knowledge.ranking import ranked
from app.knowledge.store import Store
from app.protocol.knowledge import Fit
from tests.benchmarks import answers_data, reading, reading_worker, screens
from tests.benchmarks.answers_data import Question
from tests.benchmarks.answers_reference import Reference

OURS = "deskbell"
Answer = Callable[[Question], Sequence[str]]
TYPED = [
    "打印机缺纸",
    "outlok password",
    "vpn 691",
    "dayinji",
    "wfljwl",
    "0x80070005",
    "error ",
    "共享邮箱 权限",
    "teams meet",
]


@dataclass(slots=True)
class Tally:
    """One system on one set of questions."""

    ranks: dict[str, list[int]] = field(default_factory=dict)
    seconds: list[float] = field(default_factory=list)
    processor: list[float] = field(default_factory=list)

    def add(self, question: Question, ids: Sequence[str], seconds: float, processor: float) -> int:
        rank = next((place for place, each in enumerate(ids, 1) if each in question.relevant), 0)
        for group in ("all", question.language):
            self.ranks.setdefault(group, []).append(rank)
        self.seconds.append(seconds)
        self.processor.append(processor)
        return rank

    def hits(self, group: str, top: int) -> float:
        ranks = self.ranks.get(group) or [0]
        return sum(1 <= rank <= top for rank in ranks) / len(ranks)


def main(arguments: list[str] | None = None) -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    screens.add_option(parser)
    parser.add_argument(
        "--base", action="append", choices=list(answers_data.BASES), help="which bases; default 12k, unquoted"
    )
    parser.add_argument("--read", action="store_true", help="measure reading, too, and with that text")
    parser.add_argument("--readings", type=Path, help="file that keeps what was read; used when it exists")
    parser.add_argument("--keep", type=Path, help="folder that keeps built bases")
    kept = Path(tempfile.gettempdir()) / "deskbell-answers.jsonl"
    parser.add_argument("--out", type=Path, default=kept, help=f"per-case results, one JSON object per line ({kept})")
    parser.add_argument("--against", type=Path, help="an earlier file of per-case results")
    options = parser.parse_args(arguments)
    if not (options.data / "truth.json").is_file():
        sys.stderr.write(f"there is no benchmark data in {options.data}; name its folder with --data\n")
        return 1
    if options.read:
        shown = ["--data", str(options.data)]
        reading.main([*shown, "--out", str(options.out.with_suffix(".reading.jsonl"))])
        reading_worker.main(shown)
    with tempfile.TemporaryDirectory() as scratch:
        return _run(options, options.keep or Path(scratch))


def _run(options: argparse.Namespace, folder: Path) -> int:
    folder.mkdir(parents=True, exist_ok=True)
    sets = {"true text": answers_data.dialogs(options.data)}
    if options.read or (options.readings and options.readings.is_file()):
        kept = options.readings or folder / "readings.json"
        read = answers_data.readings(kept) if kept.is_file() else answers_data.read_screens(options.data, kept)
        sets["dialogs as read"] = answers_data.dialogs(options.data, read)
        sets["desktops as read"] = answers_data.desktops(options.data, read)
    cases: list[dict[str, object]] = []
    for name in options.base or ["12k", "unquoted"]:
        _measure(name, folder, options.data, sets, cases)
    earlier = options.against.read_text("utf-8").splitlines() if options.against else []
    options.out.write_text("".join(json.dumps(case, ensure_ascii=False) + "\n" for case in cases), encoding="utf-8")
    print(f"\n{len(cases)} cases are kept in {options.out}")
    _print_changes([json.loads(line) for line in earlier], cases)
    return 0


def _print_changes(earlier: list[dict[str, object]], cases: list[dict[str, object]]) -> None:
    """The screens whose right article has another place than in an earlier run."""
    before = {_of_case(case): case["rank"] for case in earlier}
    for case in cases:
        was, now = before.get(_of_case(case), case["rank"]), case["rank"]
        if case["system"] == OURS and was != now:
            print(f"{case['base']:9} {case['questions']:17} {case['case']:10} place {was or 'none'} -> {now or 'none'}")


def _of_case(case: dict[str, object]) -> tuple[object, ...]:
    return case["base"], case["questions"], case["system"], case["case"]


def _measure(
    name: str, folder: Path, data: Path, sets: dict[str, list[Question]], cases: list[dict[str, object]]
) -> None:
    pack, index = folder / f"{name}.kb", folder / f"{name}.fts"
    if not pack.is_file():
        started, processor = time.perf_counter(), time.process_time()
        build(answers_data.articles(data, name), pack, "1")
        wall, cpu = time.perf_counter() - started, time.process_time() - processor
        print(f"{name}: built in {wall:.1f} s ({cpu:.1f} s of processor)")
    index.unlink(missing_ok=True)
    reference = Reference(index, answers_data.articles(data, name))
    started = time.perf_counter()
    base = KnowledgeBase.open(pack)
    opened = time.perf_counter() - started
    sizes = f"{pack.stat().st_size / 1e6:.1f} MB (FTS5 {index.stat().st_size / 1e6:.1f} MB)"
    print(f"\n{name}: {base.count} articles, {sizes}, opened in {opened * 1000:.1f} ms")
    store = Store(pack)
    systems: dict[str, Answer] = {
        "FTS5 bigram": lambda asked: reference.bigram([asked.title, *asked.lines]),
        "FULL recipe": lambda asked: reference.full([asked.title, *asked.lines]),
        OURS: lambda asked: _order(store, base.count, asked),
        "deskbell, as shown": lambda asked: _ids(base, asked),
    }
    print(f"{'questions':18} {'system':20} {'all 1/3':>12} {'zh 1/3':>12} {'en 1/3':>12} {'ms p50/p95':>12} cpu p95")
    for kind, questions in sets.items():
        asked = [each for each in questions if each.relevant and (each.unquoted or name != "unquoted")]
        for system, answer in systems.items():
            _print_row(kind, system, _tally(asked, answer, {"base": name, "questions": kind, "system": system}, cases))
        about = {"base": name, "questions": kind, "system": OURS, "rank": 1}
        right = {str(case["case"]) for case in cases if about.items() <= case.items()}
        _print_honesty(base, kind, questions, asked, right)
    _print_typing(base)
    base.close()
    store.close()
    reference.close()


def _tally(
    asked: Sequence[Question], answer: Answer, about: dict[str, object], cases: list[dict[str, object]]
) -> Tally:
    tally = Tally()
    for question in asked:
        started, processor = time.perf_counter(), time.process_time()
        ids = answer(question)
        rank = tally.add(question, ids, time.perf_counter() - started, time.process_time() - processor)
        cases.append(
            {**about, "case": question.name, "language": question.language, "rank": rank, "first": list(ids[:3])}
        )
    return tally


def _ids(base: KnowledgeBase, asked: Question) -> list[str]:
    return [each.id for each in base.suggest(asked.lines, title=asked.title, top=3).suggestions]


def _order(store: Store, count: int, asked: Question) -> list[str]:
    """The whole order, whether or not it would be shown."""
    _, found = ranked(store, Asked.of(asked.lines, asked.title), count)
    rows = [store.rows("SELECT id FROM articles WHERE doc = ?", (each.look.candidate.document,)) for each in found[:3]]
    return [str(row[0][0]) for row in rows]


def _print_row(kind: str, system: str, tally: Tally) -> None:
    hits = " ".join(f"{tally.hits(group, 1):6.3f}/{tally.hits(group, 3):.3f}" for group in ("all", "zh", "en"))
    p50, p95 = _percentiles(tally.seconds)
    print(f"{kind:18} {system:20} {hits} {p50:6.1f}/{p95:5.1f} {_percentiles(tally.processor)[1]:8.1f}")


def _print_honesty(
    base: KnowledgeBase, kind: str, questions: Sequence[Question], asked: Sequence[Question], right: set[str]
) -> None:
    """What is shown when the right article is there, when it was taken away, and when there never was one.

    `right` are the questions whose first place is right, shown or not.
    """
    firsts = [base.suggest(each.lines, title=each.title).suggestions for each in asked if each.name in right]
    taken = [base.suggest(each.lines, title=each.title, without=each.relevant).suggestions for each in asked]
    none = [base.suggest(each.lines, title=each.title).suggestions for each in questions if not each.relevant]
    print(
        f"{kind:18} right first places shown: {_share(firsts):.3f} ({_share(firsts, Fit.GOOD):.3f} as a good fit); "
        f"shown with the right article taken away: {_share(taken):.3f} ({_share(taken, Fit.GOOD):.3f} as a good "
        f"fit); although there is none: {_share(none):.3f} ({_share(none, Fit.GOOD):.3f})"
    )


def _share(found: Sequence[Sequence[object]], fit: Fit | None = None) -> float:
    shown = [each for each in found if each and (fit is None or getattr(each[0], "fit", None) is fit)]
    return len(shown) / max(len(found), 1)


def _print_typing(base: KnowledgeBase) -> None:
    seconds, processor = [], []
    for text in TYPED:
        for end in range(1, len(text) + 1):
            started, busy = time.perf_counter(), time.process_time()
            base.search(text[:end])
            seconds.append(time.perf_counter() - started)
            processor.append(time.process_time() - busy)
    p50, p95 = _percentiles(seconds)
    print(
        f"search box, every keystroke of {len(TYPED)} searches: p50 {p50:.1f} ms, p95 {p95:.1f} ms; "
        f"of processor p95 {_percentiles(processor)[1]:.1f} ms"
    )


def _percentiles(seconds: Sequence[float]) -> tuple[float, float]:
    """Median and 95th percentile in milliseconds."""
    if len(seconds) < 2:
        return (0.0, 0.0)
    cuts = statistics.quantiles(seconds, n=20)
    return cuts[9] * 1000, cuts[18] * 1000


if __name__ == "__main__":
    sys.exit(main())
