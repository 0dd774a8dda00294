"""`deskbell-server move`: from one server on SQLite to several on PostgreSQL."""

from __future__ import annotations

import argparse

from server_stub.commands.parts import add_data


def register(verbs: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    """Add the verb."""
    parser = verbs.add_parser(
        "move", help="move what a stopped server's folder holds to the empty PostgreSQL database --database names"
    )
    add_data(parser)
    parser.set_defaults(run=run)


def run(arguments: argparse.Namespace) -> int:
    """Move."""
    from server_stub.folder import DataFolder
    from server_stub.moving import move
    from server_stub.storage import address_of

    root = arguments.data.absolute()
    made = move(DataFolder(root), address_of(root, arguments.database))
    print(f"{made.tickets} tickets, {made.rows} rows in all, moved and checked.")
    print(f"The files stay where they are; the old database is kept as {made.kept}.")
    return 0
