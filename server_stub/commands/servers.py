"""`deskbell-server servers`: who works on the PostgreSQL database now."""

from __future__ import annotations

import argparse

from server_stub.commands.parts import add_data, give


def register(verbs: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    """Add the verb."""
    parser = verbs.add_parser("servers", help="name the servers that share a PostgreSQL database, and what each relays")
    add_data(parser)
    parser.set_defaults(run=run)


def run(arguments: argparse.Namespace) -> int:
    """Name them."""
    from server_stub.control.orders import ListServers

    return give(arguments, ListServers())
