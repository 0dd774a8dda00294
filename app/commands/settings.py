"""`deskbell settings --show`: every setting, its value and where it came from."""

from __future__ import annotations

import argparse
from typing import TYPE_CHECKING

from app.commands.call import Call, ExitCode, add_json, print_json
from app.settings import OPTIONS

if TYPE_CHECKING:
    from app.commands.call import Verbs

HIDDEN = "***"


def declare(verbs: Verbs, shared: argparse.ArgumentParser) -> None:
    """Add the verb to the command line."""
    parser = verbs.add_parser("settings", parents=[shared], help="show every setting and where its value comes from")
    parser.add_argument("--show", action="store_true", help="show them (the only thing this verb does)")
    add_json(parser)
    parser.set_defaults(run=run)


def run(call: Call) -> ExitCode:
    """Print the settings in force; secrets only as set or not."""
    resolved, paths = call.services.resolved, call.services.paths
    shown = {name: shown_value(name, getattr(resolved.settings, name)) for name in OPTIONS}
    if call.options.json:
        print_json(
            {
                "settings": {
                    name: {"value": value, "source": resolved.sources[name].value} for name, value in shown.items()
                },
                "files": {
                    "policy": str(paths.policy_settings),
                    "machine": str(paths.machine_settings),
                    "user": str(paths.user_settings),
                },
            }
        )
        return ExitCode.DONE
    width = max(len(name) for name in OPTIONS)
    for name, value in shown.items():
        text = str(value).lower() if isinstance(value, bool) else str(value)
        print(f"{name:{width}}  {resolved.sources[name].value:12}  {text or '-'}")
    return ExitCode.DONE


def shown_value(name: str, value: str | int | bool) -> str | int | bool:
    """The value as it may be seen."""
    return HIDDEN if OPTIONS[name].secret and value else value
