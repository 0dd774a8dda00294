"""`deskbell enrol`: makes this computer known to the helpdesk."""

from __future__ import annotations

import argparse
from typing import TYPE_CHECKING

from app.commands.call import Call, ExitCode, add_json, print_json

if TYPE_CHECKING:
    from app.commands.call import Verbs


def declare(verbs: Verbs, shared: argparse.ArgumentParser) -> None:
    """Add the verb to the command line."""
    parser = verbs.add_parser(
        "enrol", parents=[shared], help="make this computer known to the helpdesk (--server URL --token TOKEN)"
    )
    parser.add_argument("--again", action="store_true", help="ask for a new secret even when there is one")
    add_json(parser)
    parser.set_defaults(run=run, keeps_log=True)


def run(call: Call) -> ExitCode:
    """Exchange the token for a secret of this computer's own; one that is known stays as it is."""
    services = call.services
    server = services.server
    known = None if call.options.again else services.enrolment.credential(server.base_url)
    credential = known or server.enrol()
    if call.options.json:
        print_json(
            {"server": credential.server, "device_id": str(credential.device_id), "already_known": known is not None}
        )
    elif known:
        print(f"This computer is already known to {credential.server} as {credential.device_id}.")
    else:
        print(f"This computer is now known to {credential.server} as {credential.device_id}.")
    return ExitCode.DONE
