"""The recognition models inside the rapidocr wheel: found without importing it, and verified before use."""

from __future__ import annotations

import hashlib
import importlib.util
from dataclasses import dataclass
from enum import Enum
from pathlib import Path

from app.errors import NotAvailable

REINSTALL = "Install Deskbell again; it brings rapidocr 3.10 with the models inside."


@dataclass(frozen=True, slots=True)
class Model:
    """A file of the wheel and the SHA-256 of the one version that was measured."""

    file: str
    sha256: str


class Models(Enum):
    """PP-OCRv6 small: one recogniser for Chinese and English."""

    DETECTOR = Model("PP-OCRv6_det_small.onnx", "090f04abcd9d9a7498bc4ebf677e4cb9bdce1fe4197ddb7e529f1ef44e1ff94f")
    RECOGNISER = Model("PP-OCRv6_rec_small.onnx", "6f327246b50388f3c176ae304bd95767ea6dc0c9ae92153ef8cbe210b3c14884")


def folder() -> Path | None:
    """Where the wheel keeps its models; None when rapidocr is not installed. Imports nothing."""
    found = importlib.util.find_spec("rapidocr")
    if found is None or not found.submodule_search_locations:
        return None
    return Path(next(iter(found.submodule_search_locations))) / "models"


def present() -> bool:
    """Whether both model files are there (their content is checked when they are loaded)."""
    where = folder()
    return where is not None and all((where / model.value.file).is_file() for model in Models)


def verified(model: Models) -> Path:
    """The file of a model, its content checked.

    Raises NotAvailable when it is missing or is not the one that was measured.
    """
    where = folder()
    if where is None:
        raise NotAvailable("The text recognition models are not installed.", REINSTALL)
    path = where / model.value.file
    try:
        with path.open("rb") as file:
            digest = hashlib.file_digest(file, "sha256").hexdigest()
    except OSError as error:
        raise NotAvailable("The text recognition model {name} is missing.", REINSTALL, name=path.name) from error
    if digest != model.value.sha256:
        raise NotAvailable("The text recognition model {name} is damaged.", REINSTALL, name=path.name)
    return path
