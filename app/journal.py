"""The log file: rotated, and without what must not be written down."""

from __future__ import annotations

import logging
import re
from collections.abc import Iterable
from logging.handlers import RotatingFileHandler
from pathlib import Path

SECRETS = re.compile(
    r"""(?i)(authorization["']?\s*[:=]\s*["']?\w+\s+|(?:token|secret|password)["']?\s*[:=]\s*["']?)([^\s,;"']+)"""
)


class Masking(logging.Formatter):
    """Writes a record with every known and every recognisable secret replaced by `***`."""

    def __init__(self, secrets: Iterable[str] = ()) -> None:
        super().__init__("%(asctime)s %(levelname)s %(name)s %(message)s", "%Y-%m-%dT%H:%M:%S%z")
        self._secrets = tuple(secret for secret in secrets if secret)

    def format(self, record: logging.LogRecord) -> str:
        line = super().format(record)
        for secret in self._secrets:
            line = line.replace(secret, "***")
        return SECRETS.sub(r"\1***", line)


def open_journal(path: Path, level: str, secrets: Iterable[str] = ()) -> None:
    """Send the program's log to `path` (at most 1 MB, three old files kept).

    A log that cannot be written is no reason to refuse help: it then goes to standard error.
    """
    handler: logging.Handler
    try:
        path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
        handler = RotatingFileHandler(path, maxBytes=1_000_000, backupCount=3, encoding="utf-8", delay=True)
    except OSError:
        handler = logging.StreamHandler()
    handler.setFormatter(Masking(secrets))
    root = logging.getLogger()
    root.addHandler(handler)
    root.setLevel(level.upper())
    # One line per request would show addresses and drown what matters.
    logging.getLogger("httpx").setLevel(logging.WARNING)
    logging.getLogger("httpcore").setLevel(logging.WARNING)
