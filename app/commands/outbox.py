"""`deskbell outbox`: what still has to reach the helpdesk, sending it now, writing it to a folder."""

from __future__ import annotations

import argparse
from pathlib import Path
from typing import TYPE_CHECKING
from uuid import UUID

from app.commands.call import Call, ExitCode, add_json, print_json
from app.errors import HelpdeskError

if TYPE_CHECKING:
    from app.commands.call import Verbs
    from app.helpdesk.outbox_items import OutboxItem


def declare(verbs: Verbs, shared: argparse.ArgumentParser) -> None:
    """Add the verb to the command line."""
    parser = verbs.add_parser("outbox", parents=[shared], help="list, retry or export what still has to be sent")
    parser.add_argument("action", choices=("list", "retry", "export"))
    parser.add_argument("folder", nargs="?", type=Path, help="export: where to write, a folder for each entry")
    parser.add_argument("--id", type=UUID, metavar="ID", help="retry: only this entry")
    parser.add_argument("--all", action="store_true", help="list: delivered entries too")
    add_json(parser)
    parser.set_defaults(run=run, keeps_log=True, parser=parser)


def run(call: Call) -> ExitCode:
    """Do what was asked; retrying ends with code 1 when something is still not delivered."""
    action = call.options.action
    if action == "export":
        return export(call)
    if call.options.folder is not None:
        call.options.parser.error(f"{action} takes no folder")
    return retry(call) if action == "retry" else show(call)


def show(call: Call) -> ExitCode:
    """List the entries, oldest first."""
    outbox = call.services.outbox
    items = outbox.items() if call.options.all else outbox.waiting()
    if call.options.json:
        print_json({"items": [as_json(item) for item in items]})
        return ExitCode.DONE
    for item in items:
        print(f"{item.id}  {item.kind:8}  {item.state:9}  {item.number or '-':10}  {item.subject}")
        if item.trouble is not None:
            print(f"    {item.trouble.error().summary}")
    if not items:
        print("Nothing is waiting.")
    return ExitCode.DONE


def retry(call: Call) -> ExitCode:
    """Send everything that waits (or one entry) now, whatever its back-off says."""
    outbox, wanted = call.services.outbox, call.options.id
    chosen = [wanted] if wanted is not None else [item.id for item in outbox.waiting()]
    for item_id in chosen:
        try:
            outbox.retry(item_id)
        except KeyError as error:
            raise HelpdeskError("There is no entry {id} in the outbox.", id=item_id) from error
    if chosen:
        call.services.courier.deliver()
    items = [item for item in outbox.items() if item.id in chosen]
    left = {item.id for item in outbox.waiting()}
    if call.options.json:
        print_json({"items": [as_json(item) for item in items], "left": len(left & set(chosen))})
    else:
        for item in items:
            print(f"{item.id}  {item.state:9}  {item.number or '-':10}  {item.subject}")
            if item.trouble is not None:
                print(f"    {item.trouble.error().summary}")
        if not items:
            print("Nothing is waiting.")
    return ExitCode.FAILED if left & set(chosen) else ExitCode.DONE


def export(call: Call) -> ExitCode:
    """Write every unfinished entry into a folder of its own."""
    folder = call.options.folder
    if folder is None:
        call.options.parser.error("export needs a folder")
    written = call.services.outbox.export(folder)
    if call.options.json:
        print_json({"written": [str(path) for path in written]})
    else:
        print("\n".join(str(path) for path in written) or "Nothing is waiting.")
    return ExitCode.DONE


def as_json(item: OutboxItem) -> dict[str, object]:
    """An entry as scripts read it."""
    trouble = None if item.trouble is None else item.trouble.error()
    return {
        "id": str(item.id),
        "kind": item.kind.value,
        "state": item.state.value,
        "subject": item.subject,
        "number": item.number or None,
        "created_at": item.created_at.isoformat(),
        "attempts": item.attempts,
        "next_attempt_at": item.next_attempt_at.isoformat(),
        "trouble": None if trouble is None else {"summary": trouble.summary, "hint": trouble.hint},
        "files": [
            {"id": str(file.id), "name": file.name, "size": file.size, "sent": file.sent, "state": file.state.value}
            for file in item.files
        ],
    }
