"""What every verb gets and gives: the parsed line, the services, an exit code."""

from __future__ import annotations

import argparse
import json
import sys
from collections.abc import Callable
from dataclasses import dataclass
from enum import IntEnum
from typing import TYPE_CHECKING, Any, TypeAlias

from app.errors import HelpdeskError

if TYPE_CHECKING:
    from app.assembly import Services


class ExitCode(IntEnum):
    """What the shell is told."""

    DONE = 0
    FAILED = 1
    WRONG_USAGE = 2
    INTERRUPTED = 130


@dataclass(frozen=True, slots=True)
class Call:
    """One run of one verb."""

    options: argparse.Namespace
    services: Services


Verb = Callable[[Call], ExitCode]
Verbs: TypeAlias = "argparse._SubParsersAction[argparse.ArgumentParser]"


def print_json(value: Any) -> None:
    """One JSON document on one line of standard output, readable in every language."""
    print(json.dumps(value, ensure_ascii=False), flush=True)


def print_error(error: HelpdeskError) -> None:
    """What went wrong and what to do about it, on standard error."""
    print(f"deskbell: {error_line(error)}", file=sys.stderr)


def error_line(error: HelpdeskError) -> str:
    """Summary and hint in one line."""
    summary = error.summary if error.summary.endswith((".", "?", "!", "。", "？", "！")) else f"{error.summary}."
    return f"{summary} {error.hint}".strip()


def add_json(parser: argparse.ArgumentParser) -> None:
    """The flag every verb has for programs that read its answer."""
    parser.add_argument("--json", action="store_true", help="print one JSON object instead of text")
