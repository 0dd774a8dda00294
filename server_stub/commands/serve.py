"""`deskbell-server serve`: run the server."""

from __future__ import annotations

import argparse

from server_stub.commands.parts import add_data

MOST_DAYS = 90


def register(verbs: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    """Add the verb."""
    parser = verbs.add_parser("serve", help="run the server on a data folder; an empty one just works")
    add_data(parser)
    parser.add_argument("--port", type=port, default=8440, metavar="N", help="default 8440; 0 takes any free one")
    parser.add_argument("--host", default="127.0.0.1", metavar="ADDRESS", help="default 127.0.0.1; 0.0.0.0 for all")
    parser.add_argument(
        "--allowed-host",
        action="append",
        default=[],
        metavar="NAME",
        help="a name the server answers to, may be repeated; all when none is given",
    )
    parser.add_argument(
        "--record-assist",
        type=days,
        default=0,
        metavar="DAYS",
        help="record remote assistance, as employees are told before they answer, and keep it so long (1 to 90)",
    )
    parser.add_argument(
        "--announce",
        default="",
        metavar="URL",
        help="with PostgreSQL: where other servers of the same database reach this one, such as http://10.0.0.5:8440; "
        "default where it listens",
    )
    parser.set_defaults(run=run)


def port(text: str) -> int:
    """A port's number. Raises ArgumentTypeError."""
    if not (text.isascii() and text.isdigit() and int(text) < 65_536):
        raise argparse.ArgumentTypeError(f"{text} is not a number from 0 to 65535")
    return int(text)


def run(arguments: argparse.Namespace) -> int:
    """Serve until told to end."""
    from server_stub.serving import Wish, serve
    from server_stub.storage import address_of

    root = arguments.data.absolute()
    serve(
        Wish(
            root,
            arguments.host,
            arguments.port,
            arguments.allowed_host,
            arguments.record_assist,
            address_of(root, arguments.database),
            arguments.announce,
        )
    )
    return 0


def days(text: str) -> int:
    """For how long recordings are kept. Raises ArgumentTypeError."""
    if not text.isdecimal() or not 0 <= int(text) <= MOST_DAYS:
        raise argparse.ArgumentTypeError(f"a number of days from 0 to {MOST_DAYS}")
    return int(text)
