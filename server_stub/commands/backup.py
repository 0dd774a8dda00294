"""`deskbell-server backup` and `restore`: everything in one file, and back."""

from __future__ import annotations

import argparse
from pathlib import Path

from server_stub.commands.parts import add_data, give


def register(verbs: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    """Add both verbs."""
    writing = verbs.add_parser(
        "backup",
        help="write everything into one checked file, also while the server runs; with PostgreSQL, the files alone",
    )
    writing.add_argument("--out", type=Path, required=True, metavar="FILE")
    add_data(writing)
    writing.set_defaults(run=run)
    reading = verbs.add_parser("restore", help="make a data folder of a backup")
    reading.add_argument("backup", type=Path, metavar="FILE")
    add_data(reading)
    reading.set_defaults(run=run_restore)


def run(arguments: argparse.Namespace) -> int:
    """Back up."""
    from server_stub.control.orders import MakeBackup

    return give(arguments, MakeBackup(out=str(arguments.out.absolute())))


def run_restore(arguments: argparse.Namespace) -> int:
    """Restore."""
    from server_stub.backup import restore
    from server_stub.folder import DataFolder

    root = arguments.data.absolute()
    made = restore(arguments.backup, root)
    if DataFolder(root).marker.exists():
        print(f"{made.files} files: {arguments.data}. Bring the database back with pg_restore.")
    else:
        print(f"{made.tickets} tickets and {made.files} files: {arguments.data}")
    return 0
