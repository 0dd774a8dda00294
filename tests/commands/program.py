"""Runs the program as a script of IT would: a process of its own, its own folders, nothing inherited."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path
from typing import Any

ROOT = Path(__file__).parent.parent.parent


@dataclass(frozen=True)
class Ended:
    """How a run ended."""

    code: int
    out: str
    err: str

    @property
    def json(self) -> Any:
        return json.loads(self.out)

    @property
    def lines(self) -> list[Any]:
        return [json.loads(line) for line in self.out.splitlines()]


class Deskbell:
    """The client's command line with a home folder of its own."""

    def __init__(self, home: Path) -> None:
        self.home = home
        kept = {name: value for name, value in os.environ.items() if not name.startswith("DESKBELL_")}
        self.environment = kept | {"DESKBELL_HOME": str(home), "QT_QPA_PLATFORM": "offscreen"}
        for display in ("DISPLAY", "WAYLAND_DISPLAY"):
            self.environment.pop(display, None)

    def command(self, *arguments: str | Path) -> list[str]:
        return [sys.executable, "-m", "app", *map(str, arguments)]

    def __call__(self, *arguments: str | Path, timeout: float = 120, **environment: str) -> Ended:
        ended = subprocess.run(
            self.command(*arguments),
            cwd=ROOT,
            env=self.environment | environment,
            capture_output=True,
            timeout=timeout,
        )
        out, err = ended.stdout.decode("utf-8"), ended.stderr.decode("utf-8")
        assert "Traceback" not in err, err
        return Ended(ended.returncode, out, err)
