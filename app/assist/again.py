"""The employee's word that an agent may look again after a restart of the computer: once, soon, and looking only.

It is given by a tick in the question and kept in a file, for the program does not outlive a restart. It counts for the
same agent and ticket, only when the computer was really started anew meanwhile, and for ten minutes from the last
moment the session was seen alive. Whatever else ends the session takes it back.
"""

from __future__ import annotations

import json
import os
from contextlib import suppress
from dataclasses import asdict, dataclass
from datetime import datetime, timedelta
from pathlib import Path
from uuid import UUID

from app.errors import StorageError

LASTS = timedelta(minutes=10)


@dataclass(frozen=True, slots=True)
class Word:
    """Who may look again about which ticket at which screen; `boot` names the start of the computer, `at` is aware."""

    agent: UUID
    ticket: UUID
    screen: str
    boot: str
    at: datetime


class RestartConsent:
    """At most one word, in a file that only this user reads."""

    def __init__(self, path: Path) -> None:
        self._path = path

    def keep(self, word: Word) -> None:
        """Write it down, replacing what was there. Raises StorageError."""
        fresh = self._path.with_suffix(".new")
        try:
            self._path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
            with open(fresh, "w", encoding="utf-8", opener=private) as file:
                json.dump({name: str(value) for name, value in asdict(word).items()}, file)
                file.flush()
                os.fsync(file.fileno())
            fresh.replace(self._path)
        except OSError as error:
            raise StorageError(
                "{path} cannot be used: {reason}.",
                "Free some space on the disk or check the permissions of the folder, then try again.",
                path=self._path,
                reason=error.strerror,
            ) from error

    def drop(self) -> None:
        """Take it back."""
        with suppress(OSError):
            self._path.unlink()

    def take(self, agent: UUID, ticket: UUID, boot: str, now: datetime) -> str | None:
        """The screen that may be seen again; None when nothing of the kind was said. Once: it is gone afterwards."""
        word = self._read()
        if word is None:
            return None
        self.drop()
        is_meant = (word.agent, word.ticket) == (agent, ticket)
        was_restarted = bool(boot) and word.boot != boot
        is_soon = timedelta() <= now - word.at <= LASTS
        return word.screen if is_meant and was_restarted and is_soon and not self._path.exists() else None

    def _read(self) -> Word | None:
        try:
            raw = json.loads(self._path.read_text(encoding="utf-8"))
            at = datetime.fromisoformat(raw["at"])
            word = Word(UUID(raw["agent"]), UUID(raw["ticket"]), str(raw["screen"]), str(raw["boot"]), at)
        except (OSError, ValueError, KeyError, TypeError):
            return None
        return word if at.tzinfo is not None else None


def private(path: str, flags: int) -> int:
    """Open a file for nobody else."""
    return os.open(path, flags, 0o600)
