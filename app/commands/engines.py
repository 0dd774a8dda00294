"""`deskbell engines`: measures what can read text on this computer, and remembers the best for `auto`.

Installers call it once; without it the first reading measures.
"""

from __future__ import annotations

import argparse
from typing import TYPE_CHECKING

from app.commands.call import Call, ExitCode, add_json, print_json

if TYPE_CHECKING:
    from app.commands.call import Verbs


def declare(verbs: Verbs, shared: argparse.ArgumentParser) -> None:
    """Add the verb to the command line."""
    parser = verbs.add_parser(
        "engines", parents=[shared], help="measure what can read text in pictures here, and remember the best"
    )
    add_json(parser)
    parser.set_defaults(run=run)


def run(call: Call) -> ExitCode:
    """One line for each engine. Raises NotAvailable when there is none."""
    from app.capture.engines import all_engines, best_of, measured
    from app.errors import NotAvailable
    from app.system.processor import prepare

    prepare()
    engines = all_engines()
    installed = [engine for engine in engines if engine.is_installed()]
    if not installed:
        raise NotAvailable("Reading text in pictures is not possible on this computer.", engines[0].install_hint)
    found = measured(installed)
    best = best_of(found)
    kept = call.services.engine_choice.keep(best, for_all=True)
    if call.options.json:
        rows = [{"engine": each.engine, "errors": each.errors, "seconds": each.seconds} for each in found]
        print_json({"best": best, "measured": rows, "file": str(kept) if kept else None})
        return ExitCode.DONE
    for each in found:
        mark = "*" if each.engine == best else " "
        print(f"{mark} {each.engine:12} {each.errors:6.1%} of the characters wrong  {each.seconds * 1000:6.0f} ms")
    for engine in engines:
        if engine not in installed:
            print(f"  {engine.name:12} not here. {engine.install_hint}")
    return ExitCode.DONE
