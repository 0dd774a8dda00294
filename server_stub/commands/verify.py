"""`deskbell-server verify`: whether the ledgers of remote assistance hold and agree."""

from __future__ import annotations

import argparse

from server_stub.commands.parts import add_data, give


def register(verbs: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    """Add the verb."""
    parser = verbs.add_parser("verify", help="compare the ledgers of remote assistance; 1 when they differ")
    add_data(parser)
    parser.set_defaults(run=run)


def run(arguments: argparse.Namespace) -> int:
    """Compare, and print what differs."""
    from server_stub.control.orders import VerifyAssistance

    return give(arguments, VerifyAssistance())
