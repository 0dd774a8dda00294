"""`deskbell open`: shows a window of the bell that is running, or starts it."""

from __future__ import annotations

import argparse
from typing import TYPE_CHECKING

from app.commands.call import Call, ExitCode

if TYPE_CHECKING:
    from app.commands.call import Verbs

WINDOWS = ("report", "tickets", "search", "settings")


def declare(verbs: Verbs, shared: argparse.ArgumentParser) -> None:
    """Add the verb to the command line."""
    parser = verbs.add_parser("open", parents=[shared], help="show a window: " + ", ".join(WINDOWS))
    parser.add_argument("window", nargs="?", choices=WINDOWS, help="which one; the help window when left out")
    parser.set_defaults(run=run, keeps_log=True)


def run(call: Call) -> ExitCode:
    """Hand the wish to the running bell; when there is none, this becomes it."""
    from app.assembly import desktop

    return ExitCode(desktop(call.services, call.options.window or "open"))
