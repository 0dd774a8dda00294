"""Which editions are in use, for other servers on the same folder: one small file beside them, replaced whole."""

from __future__ import annotations

from pathlib import Path

from pydantic import ValidationError

from app.protocol.message import Message


class Named(Message):
    """An edition by the name of its file."""

    file: str
    version: str
    content: str


class Standing(Message):
    """What every audience looks things up in."""

    employees: Named
    clients: Named
    agents: Named


class StandingFile:
    """Written by the server that publishes, read by the others."""

    def __init__(self, folder: Path) -> None:
        self._path = folder / "standing.json"

    def write(self, standing: Standing) -> None:
        """Say what stands from now on. Raises OSError."""
        unfinished = self._path.with_suffix(".new")
        unfinished.write_text(standing.model_dump_json(), "utf-8")
        unfinished.replace(self._path)

    def read(self) -> Standing | None:
        """What stands; None before anything was published."""
        try:
            return Standing.model_validate_json(self._path.read_bytes())
        except (OSError, ValidationError):
            return None

    def written_at(self) -> float:
        """When that was said last, in seconds since 1970; 0 for never."""
        try:
            return self._path.stat().st_mtime
        except OSError:
            return 0.0
