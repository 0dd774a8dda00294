"""Reading screens: accuracy and time of the project's engine beside the engines as others use them.

`python -m tests.benchmarks.reading [--data FOLDER] [--out FILE.jsonl] [--every N]`

Everything is measured in one run and one process, picture by picture, so that a busy machine slows all alike. *letters*
is the share of codes that stand in the text letter by letter; *codes* those the signature finds, of all that stand on
the screens; *spurious* the share of codes found that stand on none.
"""

from __future__ import annotations

import argparse
import json
import sys
import time
from collections.abc import Callable, Iterable
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import TypeVar

import numpy as np
from PIL import Image

from app.capture.dialog import likely_dialogs
from app.capture.engine import Deadline
from app.capture.rapid import RapidEngine
from app.capture.salience import read_picture
from app.capture.tesseract import TesseractEngine
from app.capture.wire import Request
from app.system.base import Rect
from tests.benchmarks import screens
from tests.benchmarks.transcription import Piece, Score, Signed, score, signed

T = TypeVar("T")
Read = Callable[[Image.Image], list[Piece]]
OURS, RECIPE = "deskbell", "rapidocr, reference recipe"
INSTALLED, TESSERACT = "rapidocr, as installed", "pytesseract, psm 11, 2x"
SLOW_SAMPLE = 8
FOUND = 0.8


@dataclass
class Tally:
    """Figures of one engine."""

    seconds: list[float] = field(default_factory=list)
    processor: list[float] = field(default_factory=list)
    scores: list[tuple[str, Score]] = field(default_factory=list)
    signed: list[tuple[str, Signed]] = field(default_factory=list)

    def error_rate(self, language: str) -> float:
        errors = sum(one.errors for where, one in self.scores if where == language)
        return errors / max(1, sum(one.characters for where, one in self.scores if where == language))

    def found(self, language: str) -> float:
        """The share of codes that a signature made of the reading holds."""
        some = [one for where, one in self.signed if where == language]
        return sum(one.found for one in some) / max(1, sum(one.codes for one in some))

    def spurious(self) -> float:
        """The share of a signature's codes that were never on the screen."""
        return sum(one.spurious for _, one in self.signed) / max(1, sum(one.told for _, one in self.signed))

    def word_recall(self) -> float:
        english = [one for where, one in self.scores if where == "en"]
        return sum(one.words_found for one in english) / max(1, sum(one.words for one in english))

    def codes(self) -> float:
        found = sum(one.codes_found for _, one in self.scores)
        return found / max(1, sum(one.codes for _, one in self.scores))

    def milliseconds(self, percentile: float) -> float:
        return float(np.percentile(self.seconds, percentile)) * 1000


def main(arguments: list[str] | None = None) -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    screens.add_option(parser)
    parser.add_argument("--out", type=Path, help="write every picture's result here, one JSON object a line")
    parser.add_argument("--every", type=int, default=1, help="only every N-th picture")
    options = parser.parse_args(arguments)
    if not (options.data / "truth.json").is_file():
        print(f"there are no screens in {options.data}; say --data FOLDER", file=sys.stderr)
        return 1
    cases: list[dict[str, object]] = []
    engine = RapidEngine()
    engine.load()
    _dialogs(screens.dialogs(options.data)[:: options.every], engine, cases)
    _desktops(screens.desktops(options.data)[:: options.every], engine, cases)
    if options.out:
        options.out.write_text("".join(json.dumps(case, ensure_ascii=False) + "\n" for case in cases), "utf-8")
        print(f"\nevery picture's result: {options.out}")
    return 0


def _dialogs(shown: list[screens.Screen], engine: RapidEngine, cases: list[dict[str, object]]) -> None:
    readers = _readers(engine)
    tallies = {name: Tally() for name in readers}
    for number, screen in enumerate(shown):
        image = screen.image()
        for name, read in readers.items():
            if name in {INSTALLED, TESSERACT} and number % SLOW_SAMPLE:
                continue
            tally = tallies[name]
            pieces = _timed(tally, lambda read=read, image=image: read(image))
            result = score(screen.blocks, screen.codes, pieces)
            tally.scores.append((screen.language, result))
            marked = signed(screen.blocks, screen.codes, pieces)
            tally.signed.append((screen.language, marked))
            cases.append(
                {"screen": screen.name, "engine": name, "language": screen.language, **asdict(result)}
                | {"extracted": marked.found, "spurious": marked.spurious}
                | {"milliseconds": round(tally.seconds[-1] * 1000, 1), "text": [text for text, _ in pieces]}
            )
    print(f"\nDialogs ({len(shown)} pictures; the two slow ones on every {SLOW_SAMPLE}th)")
    rows = []
    for name, tally in tallies.items():
        rows.append(
            (
                name,
                f"{tally.error_rate('zh'):.4f}",
                f"{tally.error_rate('en'):.4f}",
                f"{tally.word_recall():.3f}",
                f"{tally.codes():.3f}",
                f"{tally.found('zh'):.3f}",
                f"{tally.found('en'):.3f}",
                f"{tally.spurious():.3f}",
                f"{tally.milliseconds(50):.0f}",
                f"{tally.milliseconds(95):.0f}",
                f"{np.median(tally.processor) * 1000:.0f}",
                _ratio(tallies[OURS], tally, shared=name in {INSTALLED, TESSERACT}),
            )
        )
    head = ("engine", "CER zh", "CER en", "words en", "letters", "codes zh", "codes en", "spurious")
    _table((*head, "p50 ms", "p95 ms", "CPU ms", "ours : it"), rows)


def _ratio(ours: Tally, other: Tally, *, shared: bool) -> str:
    """Our time by the other's on the same pictures, median of the single ratios."""
    mine = ours.seconds[::SLOW_SAMPLE] if shared else ours.seconds
    return f"{np.median(np.array(mine) / np.array(other.seconds)):.2f}"


def _desktops(shown: list[screens.Screen], engine: RapidEngine, cases: list[dict[str, object]]) -> None:
    finding, reading, blind = Tally(), Tally(), Tally()
    recipe = _recipe()
    right = wrong = 0
    for number, screen in enumerate(shown):
        image = screen.image()
        assert screen.dialog is not None
        rect = _timed(finding, lambda image=image: next((each.rect for each in likely_dialogs(image)), None))
        if rect is not None:
            good = _overlap(rect, screen.dialog) > FOUND
            right, wrong = right + good, wrong + (not good)
        request = Request(1, engine.name, image.width, image.height)
        pixels = image.tobytes()
        read = _timed(reading, lambda request=request, pixels=pixels: read_picture(engine, request, pixels, Deadline()))
        if number % SLOW_SAMPLE == 0:
            _timed(blind, lambda image=image: recipe(image))
        cases.append(
            {"screen": screen.name, "found": rect is not None, "overlap": _overlap(read.region, screen.dialog)}
            | {"milliseconds": round(reading.seconds[-1] * 1000, 1), "text": [line.text for line in read.lines]}
        )
    print(f"\nDesktops ({len(shown)} pictures)")
    share = right / max(1, len(shown))
    rows = [
        ("dialog found, overlap > 0.8", f"{share:.3f}", "", ""),
        ("wrong part taken for the dialog", f"{wrong / max(1, len(shown)):.3f}", "", ""),
    ]
    for name, tally in (
        ("finding it", finding),
        ("finding and reading it", reading),
        (f"{RECIPE}, full screen", blind),
    ):
        rows.append((name, "", f"{tally.milliseconds(50):.0f}", f"{tally.milliseconds(95):.0f}"))
    _table(("what", "share", "p50 ms", "p95 ms"), rows)


def _timed(tally: Tally, work: Callable[[], T]) -> T:
    started, used = time.perf_counter(), time.process_time()
    result = work()
    tally.seconds.append(time.perf_counter() - started)
    tally.processor.append(time.process_time() - used)
    return result


def _readers(engine: RapidEngine) -> dict[str, Read]:
    readers: dict[str, Read] = {
        OURS: lambda image: [(line.text, line.box) for line in engine.read(image, Deadline())],
        RECIPE: _recipe(),
        INSTALLED: _rapidocr({"Global.log_level": "error"}),
    }
    second = TesseractEngine()
    if second.is_installed():
        readers[TESSERACT] = lambda image: [(line.text, line.box) for line in second.read(image, Deadline())]
    for read in readers.values():
        read(Image.new("RGB", (320, 120), "white"))  # everything is loaded before the clock runs
    return readers


def _recipe() -> Read:
    return _rapidocr(
        {
            "Global.log_level": "error",
            "Global.use_cls": False,
            "Global.max_side_len": 4000,
            "Det.limit_type": "max",
            "Det.limit_side_len": 960,
            "Rec.rec_batch_num": 1,
            "Rec.rec_img_shape": [3, 48, 128],
            "EngineConfig.onnxruntime.intra_op_num_threads": 1,
        }
    )


def _rapidocr(parameters: dict[str, object]) -> Read:
    from rapidocr import RapidOCR

    program = RapidOCR(params=parameters)

    def read(image: Image.Image) -> list[Piece]:
        result = program(np.asarray(image)[:, :, ::-1].copy())
        if result.boxes is None:
            return []
        return [(text, _around(box)) for box, text in zip(result.boxes, result.txts, strict=True)]

    return read


def _around(corners: np.ndarray) -> Rect:
    left, top = (int(value) for value in corners.min(axis=0))
    right, bottom = (int(value) for value in corners.max(axis=0))
    return Rect(left, top, right - left, bottom - top)


def _overlap(one: Rect, other: Rect) -> float:
    common = one.intersection(other).area
    return common / max(1, one.area + other.area - common)


def _table(head: tuple[str, ...], rows: Iterable[tuple[str, ...]]) -> None:
    lines = [head, *rows]
    widths = [max(len(line[column]) for line in lines) for column in range(len(head))]
    for line in lines:
        cells = [
            line[0].ljust(widths[0]),
            *(cell.rjust(width) for cell, width in zip(line[1:], widths[1:], strict=True)),
        ]
        print("  ".join(cells))


if __name__ == "__main__":
    sys.exit(main())
