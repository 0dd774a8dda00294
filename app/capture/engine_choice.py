"""Remembers which engine was found to suit this machine, so that it is measured once and not at every start."""

from __future__ import annotations

import json
import os
import platform
from pathlib import Path

from app import __version__

FILE = "reading-engine.json"


class EngineChoice:
    """A small file of the user, and one the installer may have left for everybody on this machine."""

    def __init__(self, own: Path, machine: Path) -> None:
        """Folders; neither needs to exist."""
        self._own, self._machine = own / FILE, machine / FILE

    def known(self) -> str:
        """The engine measured on this machine with this version; empty when that has to be found out."""
        return next((engine for engine in (_read(self._own), _read(self._machine)) if engine), "")

    def keep(self, engine: str, *, for_all: bool = False) -> Path | None:
        """Remember it; `for_all` users where that is allowed. Returns the file, None when nothing could be written.

        No folder is made for this: a computer on which Deskbell was only tried stays as it was.
        """
        return next(
            (path for path in ((self._machine, self._own) if for_all else (self._own,)) if _wrote(path, engine)), None
        )

    def forget(self) -> None:
        """The engine no longer works: find out anew."""
        _wrote(self._own, "")


def _stamp() -> str:
    """Changes when another version or another computer could choose differently."""
    return f"{__version__} {platform.machine()} {platform.python_version()} {os.cpu_count()}"


def _read(path: Path) -> str:
    try:
        kept = json.loads(path.read_text("utf-8"))
        return str(kept["engine"]) if kept["stamp"] == _stamp() else ""
    except (OSError, ValueError, KeyError, TypeError):
        return ""


def _wrote(path: Path, engine: str) -> bool:
    try:
        part = path.with_suffix(".part")
        part.write_text(json.dumps({"engine": engine, "stamp": _stamp()}), "utf-8")
        part.replace(path)
    except OSError:
        return False
    return True
