"""The questions and articles that answers are measured with: dialogs with their right articles, and three bases."""

from __future__ import annotations

import gzip
import json
import lzma
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from app.protocol.knowledge import Article
from app.protocol.message import one_line, printable

BASES = {"12k": "kb12k.jsonl.gz", "unquoted": "kb12k-unquoted.jsonl.gz", "100k": "kb100k.jsonl.xz"}


@dataclass(frozen=True, slots=True)
class Question:
    """What stands on a screen, and which articles answer it; `relevant` is empty when none does."""

    name: str
    language: str
    title: str
    lines: tuple[str, ...]
    relevant: frozenset[str]
    unquoted: bool


@dataclass(frozen=True, slots=True)
class Read:
    """A screen as an engine read it."""

    title: str
    lines: tuple[str, ...]
    milliseconds: float


def articles(data: Path, base: str) -> Iterator[Article]:
    """The articles of one of BASES."""
    path = data / BASES[base]
    opener = lzma.open if path.suffix == ".xz" else gzip.open
    with opener(path, "rt", encoding="utf-8") as file:
        for line in file:
            fields = json.loads(line)
            yield Article(
                id=one_line(fields["id"]),
                title=one_line(fields["title"] or fields["id"])[:300],
                body=printable(fields["body"] or "")[:400_000],
                locale=fields.get("locale") or "en",
                tags=tuple(fields.get("tags") or ()),
                signatures=tuple(fields.get("signatures") or ()),
            )


def dialogs(data: Path, readings: dict[str, Read] | None = None) -> list[Question]:
    """The dialogs with their true text, or as they were read."""
    truth = json.loads((data / "truth.json").read_text("utf-8"))
    return [_question(name, entry, entry, readings) for name, entry in truth["dialogs"].items()]


def desktops(data: Path, readings: dict[str, Read]) -> list[Question]:
    """Whole desktops as they were read, each with the articles of the dialog it shows."""
    truth = json.loads((data / "truth.json").read_text("utf-8"))
    return [
        _question(name, entry, truth["dialogs"][entry["spec"]], readings) for name, entry in truth["desktops"].items()
    ]


def _question(
    name: str, entry: dict[str, object], dialog: dict[str, object], readings: dict[str, Read] | None
) -> Question:
    blocks = entry["blocks"]
    relevant = dialog.get("relevant") or ()
    assert isinstance(blocks, list)
    assert isinstance(relevant, list | tuple)
    read = readings[name] if readings is not None else Read("", tuple(block["text"] for block in blocks), 0.0)
    return Question(
        name=name,
        language=str(entry["lang"]),
        title=read.title,
        lines=read.lines,
        relevant=frozenset(one_line(str(each)) for each in relevant) if dialog["target"] else frozenset(),
        unquoted=bool(dialog.get("unquoted")),
    )


def readings(path: Path) -> dict[str, Read]:
    """Screens read before, by name."""
    return {
        name: Read(fields["title"], tuple(fields["lines"]), float(fields["milliseconds"]))
        for name, fields in json.loads(path.read_text("utf-8")).items()
    }


def read_screens(data: Path, path: Path) -> dict[str, Read]:
    """Reads every picture with the project's own reader and keeps the result in `path`."""
    from app.capture.reader import Reader
    from app.system import current
    from tests.benchmarks import screens

    reader = Reader(current())
    found: dict[str, Read] = {}
    try:
        for screen in [*screens.dialogs(data), *screens.desktops(data)]:
            reading = reader.read(screen.image(), deadline=60.0)
            lines = tuple(line.text for line in reading.message)
            found[screen.name] = Read(reading.title, lines, reading.milliseconds)
    finally:
        reader.close()
    kept = {
        name: {"title": read.title, "lines": read.lines, "milliseconds": read.milliseconds}
        for name, read in found.items()
    }
    path.write_text(json.dumps(kept, ensure_ascii=False), encoding="utf-8")
    return found
