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


def give(root: Path, order: Order) -> int:
    """Have an order carried out and print its report; 0. Raises HelpdeskError."""
    # Other verbs and --help need not wait for the database and the web framework.
    from server_stub.control.calling import give as call

    for line in call(root.absolute(), order).lines:
        print(line)
    return 0
