"""Renders screens of a kind the benchmark data does not hold, in the same form, so that every benchmark can read them.

`python -m tests.benchmarks.elsewhere --into FOLDER [--count N] [--seed N] [--data FOLDER] [--style S]`, then
`python -m tests.benchmarks.reading --data FOLDER` or `python -m tests.benchmarks.answers --read --data FOLDER`.

The messages are those of the data, so that the right articles are known; everything else is another: toolkits, fonts,
scales, colours, wallpapers, windows around, artefacts, photographs. The reader was made better on all
three styles, `programs` the last and least: only a seed nobody looked at measures what is new.
"""

from __future__ import annotations

import argparse
import json
import random
import sys
from pathlib import Path
from typing import Any

from playwright.sync_api import sync_playwright

from app.capture.reading import Line
from app.capture.trouble import CLEAR, weight
from app.system.base import Rect
from tests.benchmarks import screens
from tests.benchmarks.elsewhere import looks
from tests.benchmarks.elsewhere.studio import PHOTOS, STYLES, Studio
from tests.browser import ARGUMENTS, chromium

QUIET = 0.3
"""Of the messages: such as tell of no trouble in any word."""


def main(arguments: list[str] | None = None) -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    screens.add_option(parser)
    parser.add_argument("--into", type=Path, required=True, help="where truth.json and images are put")
    parser.add_argument("--count", type=int, default=160, help="dialogs, and as many desktops")
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--style", choices=sorted(STYLES), default="toolkits")
    parser.add_argument("--photos", type=float, default=PHOTOS, help="share of the pictures that a phone takes")
    options = parser.parse_args(arguments)
    known = json.loads((options.data / "truth.json").read_text("utf-8"))["dialogs"]
    truth: dict[str, dict[str, Any]] = {"dialogs": {}, "desktops": {}}
    (options.into / "images").mkdir(parents=True, exist_ok=True)
    for base in options.data.glob("kb*"):
        link = options.into / base.name
        if not link.exists():
            link.symlink_to(base.resolve())
    with sync_playwright() as play:
        browser = play.chromium.launch(executable_path=chromium(), args=ARGUMENTS)
        studio = Studio(browser, STYLES[options.style], options.photos)
        names = sorted(known)
        random.Random(options.seed).shuffle(names)
        quiet = [name for name in names if _is_quiet(known[name])]
        for number in range(options.count):
            dice = random.Random(options.seed * 100_003 + number)
            some = quiet if quiet and dice.random() < QUIET else names
            name = some[number % len(some)]
            message = _message(name, known[name])
            for kind, draw in (("dialogs", studio.dialog), ("desktops", studio.desktop)):
                picture, entry = draw(message, dice)
                identity = f"{'e' if kind == 'dialogs' else 'f'}{options.seed}_{number:03d}_{name}"
                file = f"{identity}.{'jpg' if entry['worn'] == 'photo' else 'png'}"
                picture.save(options.into / "images" / file, quality=90)
                entry["quiet"] = name in quiet
                shared = {key: known[name].get(key) for key in ("codes", "target", "relevant", "unquoted", "lang")}
                truth[kind][identity] = {**shared, **entry, "file": file, "spec": identity.replace("f", "e", 1)}
        browser.close()
    (options.into / "truth.json").write_text(json.dumps(truth, ensure_ascii=False, indent=0), "utf-8")
    return 0


def _is_quiet(entry: dict[str, Any]) -> bool:
    return weight(Line(text, Rect(0, 0, 1, 1), 1.0) for text in (entry["title"] or "", *entry["msg"])) < CLEAR


def _message(name: str, entry: dict[str, Any]) -> looks.Message:
    lines = tuple(line for line in entry["msg"] if line.strip())
    return looks.Message(name, entry["lang"], entry["title"] or "Error", lines, tuple(entry["buttons"] or ("OK",)))


if __name__ == "__main__":
    sys.exit(main())
