"""`deskbell-server demo`: run the server on a folder that is gone afterwards."""

from __future__ import annotations

import argparse
import tempfile
from pathlib import Path


def register(verbs: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    """Add the verb."""
    parser = verbs.add_parser("demo", help="run the server on a temporary folder with the starter articles")
    parser.add_argument("--port", type=int, default=0, metavar="N", help="default: any free one")
    parser.set_defaults(run=run)


def run(arguments: argparse.Namespace) -> int:
    """Serve until told to end, then remove everything."""
    from server_stub.serving import Wish, serve

    with tempfile.TemporaryDirectory(prefix="deskbell-demo-") as folder:
        serve(Wish(Path(folder), port=arguments.port))
    return 0
