"""The two ways to Tesseract: its library in this process (the wheel `tesserocr`), and its program (`pytesseract`).

The library stays loaded, which is three times as quick as a process for every picture; when it crashes, that ends the
OCR worker and nothing else.
"""

from __future__ import annotations

import importlib.util
import os
import shutil
import subprocess
from pathlib import Path
from typing import TYPE_CHECKING, Any, Protocol

from app.errors import HelpdeskError, NotAvailable

if TYPE_CHECKING:
    from PIL import Image

LANGUAGES = ("chi_sim", "eng")
SPARSE_TEXT, LSTM_ONLY = 11, 1
DATA_VARIABLE = "TESSDATA_PREFIX"
PROGRAM_FOLDERS = ("/opt/homebrew/bin", "/usr/local/bin", "C:/Program Files/Tesseract-OCR")
DATA_FOLDERS = (
    "/usr/share/tesseract-ocr/5/tessdata", "/usr/share/tesseract-ocr/4.00/tessdata", "/usr/share/tessdata",
    "/usr/share/tesseract/tessdata", "/opt/homebrew/share/tessdata", "/usr/local/share/tessdata",
    "C:/Program Files/Tesseract-OCR/tessdata",
)  # fmt: skip


class Way(Protocol):
    """How Tesseract is reached; `languages` are those of ours that are there, at least one."""

    languages: tuple[str, ...]

    def load(self) -> None:
        """Get ready. Raises NotAvailable."""
        ...

    def table(self, grey: Image.Image, seconds: float) -> str:
        """Every word of a grey picture as a row of Tesseract's TSV. Raises HelpdeskError, also when time is over."""
        ...


def find() -> Way | None:
    """The library, else the program; None when neither is there with a language of ours."""
    return library() or program()


def library() -> Way | None:
    """The library with language data it can use."""
    if importlib.util.find_spec("tesserocr") is None:
        return None
    for folder in _data_folders():
        languages = tuple(name for name in LANGUAGES if (folder / f"{name}.traineddata").is_file())
        if languages:
            return Library(folder, languages)
    return None


def program() -> Way | None:
    """The program, with the languages it says it has."""
    if importlib.util.find_spec("pytesseract") is None:
        return None
    path = shutil.which("tesseract") or shutil.which("tesseract", path=os.pathsep.join(PROGRAM_FOLDERS))
    languages = listed_languages(path) if path else ()
    return Program(path, languages) if path and languages else None


class Library:
    """libtesseract in this process."""

    def __init__(self, folder: Path, languages: tuple[str, ...]) -> None:
        self.languages = languages
        self._folder = folder
        self._api: Any = None

    def load(self) -> None:
        """Load the library and its languages once."""
        if self._api is not None:
            return
        try:
            import tesserocr

            self._api = tesserocr.PyTessBaseAPI(
                path=f"{self._folder}{os.sep}", lang="+".join(self.languages), psm=SPARSE_TEXT, oem=LSTM_ONLY
            )
        except (ImportError, RuntimeError) as error:
            raise NotAvailable("Tesseract's library could not be loaded: {reason}", reason=error) from error

    def table(self, grey: Image.Image, seconds: float) -> str:
        """As in Way; time that is over gives the words found so far."""
        self.load()
        try:
            self._api.SetImage(grey)
            self._api.Recognize(int(seconds * 1000))
            table: str = self._api.GetTSVText(0)
        except RuntimeError as error:
            raise failed(error) from error
        finally:
            self._api.Clear()
        return table


class Program:
    """One process per picture."""

    def __init__(self, path: str, languages: tuple[str, ...]) -> None:
        self.languages = languages
        self._path = path

    def load(self) -> None:
        """Nothing stays loaded."""

    def table(self, grey: Image.Image, seconds: float) -> str:
        """As in Way."""
        import pytesseract

        pytesseract.pytesseract.tesseract_cmd = self._path
        try:
            table: str = pytesseract.image_to_data(
                grey,
                lang="+".join(self.languages),
                config=f"--psm {SPARSE_TEXT} --oem {LSTM_ONLY}",
                timeout=seconds,
            )
        except (pytesseract.TesseractError, RuntimeError, OSError, subprocess.SubprocessError) as error:
            # pytesseract raises RuntimeError for its timeout.
            raise failed(error) from error
        return table


def failed(reason: Exception) -> HelpdeskError:
    """Tesseract did not read this picture."""
    return HelpdeskError(
        "Tesseract could not read the picture: {reason}", "Try again.", retry=True, reason=str(reason) or "no reason"
    )


def listed_languages(path: str) -> tuple[str, ...]:
    """Those of our languages that the program says it has."""
    try:
        done = subprocess.run(
            [path, "--list-langs"], capture_output=True, timeout=10, check=False, stdin=subprocess.DEVNULL
        )
    except (OSError, subprocess.SubprocessError):
        return ()
    known = done.stdout.decode("utf-8", "replace").split()
    return tuple(language for language in LANGUAGES if language in known)


def _data_folders() -> list[Path]:
    named = os.environ.get(DATA_VARIABLE)
    return [Path(folder) for folder in ((named,) if named else ()) + DATA_FOLDERS]
