"""`deskbell suggest FILE…`: reads pictures of errors and names the articles that explain them."""

from __future__ import annotations

import argparse
import time
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from app.commands.call import Call, ExitCode, add_json, print_error, print_json
from app.errors import HelpdeskError

if TYPE_CHECKING:
    from app.answers import Answers
    from app.capture.reading import Reading
    from app.commands.call import Verbs
    from app.protocol.knowledge import Suggestion, SuggestionList
    from app.system.base import Rect

MOST = 20
"""Articles one query may ask for."""

PATIENCE = 60.0
"""Seconds for one picture: a script rather waits for a busy machine than goes without the text."""


@dataclass(frozen=True, slots=True)
class Suggested:
    """What one file gave; times in milliseconds."""

    file: str
    reading: Reading
    found: SuggestionList
    ocr: float
    rank: float
    total: float


def declare(verbs: Verbs, shared: argparse.ArgumentParser) -> None:
    """Add the verb to the command line."""
    parser = verbs.add_parser(
        "suggest",
        parents=[shared],
        help="read pictures of errors and name the articles that explain them",
        description="Articles come from --pack FILE, else from --server URL, else from this computer's own pack.",
    )
    parser.add_argument("files", nargs="+", metavar="FILE", type=Path, help="a picture: PNG, JPEG, BMP, WebP, TIFF")
    parser.add_argument("--pack", type=Path, metavar="FILE", help="a knowledge pack; no server is asked then")
    parser.add_argument("--top", type=number_of_articles, default=3, metavar="N", help="at most N articles (3)")
    parser.add_argument("--region", type=rectangle, metavar="X,Y,W,H", help="read only this part, in pixels")
    add_json(parser)
    parser.add_argument("--jsonl", action="store_true", help="print one JSON object a file, each on a line of its own")
    parser.set_defaults(run=run, parser=parser)


def number_of_articles(text: str) -> int:
    """1 to 20. Raises ArgumentTypeError."""
    if not (text.isascii() and text.isdigit() and 1 <= int(text) <= MOST):
        raise argparse.ArgumentTypeError(f"{text} is not a number from 1 to {MOST}")
    return int(text)


def rectangle(text: str) -> Rect:
    """`10,20,300,200`. Raises ArgumentTypeError."""
    from app.system.base import Rect

    numbers = [part.strip() for part in text.split(",")]
    if len(numbers) != 4 or not all(number.isascii() and number.isdigit() for number in numbers):
        raise argparse.ArgumentTypeError(f"{text} is not four whole numbers such as 10,20,300,200")
    return Rect(*map(int, numbers))


def run(call: Call) -> ExitCode:
    """Read every file in order with one warm engine; a file that cannot be read does not stop the others."""
    options = call.options
    if options.json and (options.jsonl or len(options.files) > 1):
        options.parser.error("--json is for one file, --jsonl for several")
    answers = answers_of(call)
    call.services.reader.warm()
    code = ExitCode.DONE
    for path in options.files:
        try:
            shown = suggested(call, answers, path)
        except HelpdeskError as error:
            code = ExitCode.FAILED
            if options.jsonl:
                print_json({"file": str(path), "error": {"summary": error.summary, "hint": error.hint}})
            else:
                print_error(error)
            continue
        if options.json or options.jsonl:
            print_json(as_json(shown))
        else:
            print_text(shown)
    return code


def answers_of(call: Call) -> Answers:
    """The pack that was named, else the server that was named, else what this computer uses every day."""
    from app.answers import Answers

    if call.options.pack is not None:
        from app.knowledge.base import KnowledgeBase

        base = KnowledgeBase.open(call.options.pack)
        return Answers(lambda: base, None)
    if hasattr(call.options, "setting_server_url"):
        return Answers(lambda: None, call.services.server)
    if not call.services.settings.server_url and call.services.pack.base() is None:
        raise HelpdeskError(
            "There are no articles to suggest.", "Name a pack with --pack FILE or a helpdesk with --server URL."
        )
    return call.services.answers


def suggested(call: Call, answers: Answers, path: Path) -> Suggested:
    """Read one file and look for its articles. Raises HelpdeskError."""
    from app.capture.picture import read_picture

    services, started = call.services, time.monotonic()
    frame = read_picture(path, services.now())
    reading = services.reader.read(frame.image, region=call.options.region, deadline=PATIENCE)
    read = time.monotonic()
    found, _ = answers.suggest(reading, "", services.language, call.options.top)
    done = time.monotonic()
    return Suggested(str(path), reading, found, reading.milliseconds, (done - read) * 1000, (done - started) * 1000)


def as_json(shown: Suggested) -> dict[str, object]:
    """The object a script reads."""
    region, signature = shown.reading.region, shown.found.signature
    return {
        "file": shown.file,
        "text": shown.reading.text,
        "lines": [
            {
                "text": line.text,
                "box": [line.box.x, line.box.y, line.box.width, line.box.height],
                "confidence": round(line.confidence, 3),
            }
            for line in shown.reading.lines
        ],
        "signature": {
            "codes": list(signature.codes),
            "application": signature.application,
            "title": signature.title,
            "fingerprint": signature.fingerprint,
        },
        "articles": [article_json(article) for article in shown.found.suggestions],
        "milliseconds": {
            "ocr": round(shown.ocr, 1),
            "rank": round(shown.rank, 1),
            "total": round(shown.total, 1),
        },
        "engine": shown.reading.engine,
        "region": [region.x, region.y, region.width, region.height],
    }


def article_json(article: Suggestion) -> dict[str, object]:
    """A suggestion with why it was made."""
    return {
        "id": article.id,
        "title": article.title,
        "score": article.score,
        "fit": article.fit.value,
        "reason": {"kind": article.reason.kind.value, "evidence": list(article.reason.evidence)},
    }


def print_text(shown: Suggested) -> None:
    """The same for people."""
    print(f"{shown.file}  ({shown.total:.0f} ms)")
    for line in shown.reading.lines:
        print(f"    | {line.text}")
    if not shown.reading.lines:
        print("    No text was found in the picture.")
    for place, article in enumerate(shown.found.suggestions, 1):
        why = ", ".join(article.reason.evidence) or article.reason.kind.value
        print(f"  {place}. {article.title}  [{article.fit.value}: {why}]  {article.id}")
    if not shown.found.suggestions:
        print("  No article fits.")
