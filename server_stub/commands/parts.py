"""What several commands have in common: naming the data folder, and giving one order."""

from __future__ import annotations

import argparse
from pathlib import Path

from server_stub.control.orders import Order


def add_data(parser: argparse.ArgumentParser) -> None:
    """Add the option that names the data folder."""
    parser.add_argument(
        "--data", type=Path, required=True, metavar="DIR", help="the folder the server keeps its data in"
    )
    parser.add_argument(
        "--database",
        default="",
        metavar="ADDRESS",
        help="a PostgreSQL database (postgresql://user@host/name) instead of a file in the folder; or a file that "
        "holds its address, where a password belongs: other users see what stands here. Left out, the variable "
        "DESKBELL_DATABASE and the file DIR/database.address are looked at",
    )


def give(arguments: argparse.Namespace, order: Order) -> int:
    """Have an order carried out and print its report; 0, or 1 when what was compared differs. Raises HelpdeskError."""
    # Other verbs and --help need not wait for the database and the web framework.
    from server_stub.control.calling import give as call
    from server_stub.storage import address_of

    root = arguments.data.absolute()
    report = call(root, order, address_of(root, arguments.database))
    for line in report.lines:
        print(line)
    return 1 if report.differs else 0
