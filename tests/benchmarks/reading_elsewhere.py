"""How well screens of `tests.benchmarks.elsewhere` are read, and whether the right part of them is.

`python -m tests.benchmarks.reading_elsewhere --data FOLDER [--out FILE.jsonl] [--by look --by worn …] [--only WORD]`

A desktop's reading is *right* when the dialog and little else was taken, *part* when it is another region that holds
the message, *focus* when the whole screen was read and most of it is marked as surroundings, *full* when nothing is, and
*wrong* when the message is lost. `kept` is the share of messages found in all that was read, `said` in what is not
marked as surroundings, `title` likewise for titles. Times are milliseconds of processor time.
"""

# ruff: noqa: E501 - the columns of a table stand in one line
from __future__ import annotations

import argparse
import json
import sys
import time
from collections import defaultdict
from collections.abc import Iterable
from pathlib import Path

import numpy as np
from PIL import Image
from rapidfuzz import fuzz

from app.capture.engine import Deadline
from app.capture.rapid import RapidEngine
from app.capture.reading import Line
from app.capture.salience import read_picture
from app.capture.wire import Request
from app.system.base import Rect
from tests.benchmarks import screens
from tests.benchmarks.transcription import Block, plain, score

FOUND = 0.8
KEPT = 85.0
Case = dict[str, object]


def main(arguments: list[str] | None = None) -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    screens.add_option(parser)
    parser.add_argument("--out", type=Path, help="write every picture's result here, one JSON object a line")
    parser.add_argument("--by", action="append", help="groups to show: look, worn, lang, font, scale, dark, ink, quiet")
    parser.add_argument("--only", choices=("dialogs", "desktops"))
    parser.add_argument("--every", type=int, default=1, help="only every N-th picture")
    options = parser.parse_args(arguments)
    truth = json.loads((options.data / "truth.json").read_text("utf-8"))
    engine = RapidEngine()
    engine.load()
    cases: list[Case] = []
    for kind, measure in (("dialogs", _dialog), ("desktops", _desktop)):
        if options.only in {None, kind}:
            cases += [
                {"screen": name, "kind": kind} | _tags(entry) | measure(engine, options.data, entry)
                for name, entry in list(truth[kind].items())[:: options.every]
            ]
    if options.out:
        options.out.write_text("".join(json.dumps(case, ensure_ascii=False) + "\n" for case in cases), "utf-8")
    for group in ("lang", *(options.by or ("look", "worn"))):
        _print_dialogs(group, [case for case in cases if case["kind"] == "dialogs"])
        _print_desktops(group, [case for case in cases if case["kind"] == "desktops"])
    return 0


def _tags(entry: dict[str, object]) -> Case:
    return {key: entry.get(key) for key in ("lang", "look", "worn", "font", "scale", "dark", "framed", "ink", "quiet")}


def _opened(data: Path, entry: dict[str, object]) -> Image.Image:
    with Image.open(data / "images" / str(entry["file"])) as opened:
        return opened.convert("RGB")


def _blocks(entry: dict[str, object]) -> list[Block]:
    blocks = entry["blocks"]
    assert isinstance(blocks, list)
    return [Block(block["text"], Rect(*(round(value) for value in block["box"]))) for block in blocks]


def _codes(entry: dict[str, object]) -> list[str]:
    """Those of the labelled codes that stand on the screen."""
    codes, said = entry["codes"], plain(" ".join(block.text for block in _blocks(entry)))
    assert isinstance(codes, list)
    return [code for code in map(str, codes) if plain(code) in said]


def _dialog(engine: RapidEngine, data: Path, entry: dict[str, object]) -> Case:
    image = _opened(data, entry)
    lines, milliseconds = _read(engine, image)
    result = score(_blocks(entry), _codes(entry), [(line.text, line.box) for line in lines])
    return {
        "errors": result.errors, "characters": result.characters, "codes": result.codes,
        "codes_found": result.codes_found, "milliseconds": milliseconds, "text": [line.text for line in lines],
        "truth": [block.text for block in _blocks(entry)],
    }  # fmt: skip


def _read(engine: RapidEngine, image: Image.Image) -> tuple[tuple[Line, ...], float]:
    request = Request(1, engine.name, image.width, image.height)
    used = time.process_time()
    reading = read_picture(engine, request, image.tobytes(), Deadline())
    return reading.lines, (time.process_time() - used) * 1000


def _desktop(engine: RapidEngine, data: Path, entry: dict[str, object]) -> Case:
    image = _opened(data, entry)
    rect = Rect(*entry["rect"]) if entry["rect"] else None  # type: ignore[misc]
    used = time.process_time()
    reading = read_picture(engine, Request(1, engine.name, *image.size), image.tobytes(), Deadline())
    used = (time.process_time() - used) * 1000
    blocks = entry["blocks"]
    assert isinstance(blocks, list)
    message = plain("".join(block["text"] for block in blocks if block["role"] == "msg"))
    title = plain("".join(block["text"] for block in blocks if block["role"] == "title"))
    said = plain("\n".join(line.text for line in reading.message))
    kept = max(fuzz.partial_ratio(message, each) for each in (said, plain(reading.text))) if message else 100.0
    exact = reading.is_dialog and rect is not None and _overlap(reading.region, rect) > FOUND
    outcome = "right" if exact else "full"
    if reading.is_dialog and not exact:
        outcome = "part" if kept >= KEPT else "wrong"
    if outcome == "full" and len(said) < 0.6 * len(plain(reading.text)):
        outcome = "focus"
    codes = _codes(entry)
    return {
        "outcome": outcome, "kept": kept >= KEPT, "title": fuzz.partial_ratio(title, said) >= KEPT, "said": fuzz.partial_ratio(message, said) >= KEPT, "likeness": round(kept), "milliseconds": used,
        "codes": len(codes), "codes_found": sum(plain(code) in plain(reading.text) for code in codes),
        "region": [reading.region.x, reading.region.y, reading.region.width, reading.region.height],
        "rect": entry["rect"], "message": message, "text": [line.text for line in reading.lines],
    }  # fmt: skip


def _overlap(one: Rect, other: Rect) -> float:
    common = one.intersection(other).area
    return common / max(1, one.area + other.area - common)


def _grouped(group: str, cases: Iterable[Case]) -> dict[str, list[Case]]:
    found: dict[str, list[Case]] = defaultdict(list)
    for case in cases:
        found["all"].append(case)
        found[f"{group} {case[group]}"[-60:]].append(case)
    return dict(sorted(found.items()))


def _print_dialogs(group: str, cases: list[Case]) -> None:
    if cases:
        print(f"\n{'dialogs':44} {'n':>4} {'CER':>7} {'median':>7} {'codes':>7} {'p50cpu':>7} {'p95cpu':>7}")
    for name, some in _grouped(group, cases).items():
        rates = [int(str(case["errors"])) / max(1, int(str(case["characters"]))) for case in some]
        total = _sum(some, "errors") / max(1, _sum(some, "characters"))
        codes = f"{_sum(some, 'codes_found')}/{_sum(some, 'codes')}"
        print(f"{name:44} {len(some):4} {total:7.4f} {np.median(rates):7.4f} {codes:>7} {_times(some)}")


def _print_desktops(group: str, cases: list[Case]) -> None:
    if cases:
        print(
            f"\n{'desktops':44} {'n':>4} {'right':>6} {'part':>6} {'focus':>6} {'full':>6} {'wrong':>6} {'kept':>6} {'said':>6} {'title':>6} {'codes':>7} {'p50cpu':>7} {'p95cpu':>7}"
        )
    for name, some in _grouped(group, cases).items():
        shares = " ".join(
            f"{sum(case['outcome'] == kind for case in some) / len(some):6.3f}"
            for kind in ("right", "part", "focus", "full", "wrong")
        )
        kept = " ".join(f"{_sum(some, key) / len(some):6.3f}" for key in ("kept", "said", "title"))
        codes = f"{_sum(some, 'codes_found')}/{_sum(some, 'codes')}"
        print(f"{name:44} {len(some):4} {shares} {kept} {codes:>7} {_times(some)}")


def _sum(cases: list[Case], key: str) -> int:
    return sum(int(case[key]) for case in cases)  # type: ignore[call-overload]


def _times(cases: list[Case]) -> str:
    times = [float(str(case["milliseconds"])) for case in cases]
    return f"{np.percentile(times, 50):7.0f} {np.percentile(times, 95):7.0f}"


if __name__ == "__main__":
    sys.exit(main())
