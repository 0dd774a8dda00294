"""The screens with known text that benchmarks read: where they are and what stands in them."""

from __future__ import annotations

import argparse
import json
import os
from dataclasses import dataclass
from pathlib import Path

from PIL import Image

from app.system.base import Rect
from tests.benchmarks.transcription import Block

DATA_VARIABLE = "DESKBELL_BENCH_DATA"
BESIDE_THE_REPOSITORY = Path(__file__).parents[3] / "shared" / "data" / "answers"


@dataclass(frozen=True, slots=True)
class Screen:
    """One picture. `dialog` is where its dialog lies; the whole picture when it is nothing but the dialog."""

    name: str
    path: Path
    language: str
    blocks: list[Block]
    codes: list[str]
    dialog: Rect | None

    def image(self) -> Image.Image:
        """The picture, decoded."""
        with Image.open(self.path) as opened:
            return opened.convert("RGB")


def add_option(parser: argparse.ArgumentParser) -> None:
    """`--data`, by default from the environment or beside the repository."""
    default = os.environ.get(DATA_VARIABLE) or BESIDE_THE_REPOSITORY
    parser.add_argument("--data", type=Path, default=default, help="folder with truth.json and images")


def dialogs(data: Path) -> list[Screen]:
    """Pictures that are a dialog."""
    truth = json.loads((data / "truth.json").read_text("utf-8"))["dialogs"]
    return [_screen(name, entry, data, None) for name, entry in truth.items()]


def desktops(data: Path) -> list[Screen]:
    """Whole desktops with a dialog somewhere."""
    truth = json.loads((data / "truth.json").read_text("utf-8"))
    screens = []
    for name, entry in truth["desktops"].items():
        shown = truth["dialogs"].get(entry["spec"], {})
        merged = {"codes": shown.get("codes", []), "blocks": shown.get("blocks", []), **entry}
        screens.append(_screen(name, merged, data, Rect(*entry["rect"])))
    return screens


def _screen(name: str, entry: dict[str, object], data: Path, dialog: Rect | None) -> Screen:
    blocks = entry["blocks"]
    codes = entry["codes"]
    assert isinstance(blocks, list)
    assert isinstance(codes, list)
    return Screen(
        name=name,
        path=data / "images" / str(entry["file"]),
        language=str(entry["lang"]),
        blocks=[Block(block["text"], Rect(*(round(value) for value in block["box"]))) for block in blocks],
        codes=[str(code) for code in codes],
        dialog=dialog,
    )
