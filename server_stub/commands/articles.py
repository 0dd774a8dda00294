"""`deskbell-server articles`: take knowledge in, give the client's pack out, take articles out of use."""

from __future__ import annotations

import argparse
from pathlib import Path

from server_stub.commands.parts import add_data, give


def register(verbs: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    """Add the verb."""
    parser = verbs.add_parser("articles", help="import, list, retire knowledge articles, write the pack")
    actions = parser.add_subparsers(dest="action", required=True, metavar="ACTION")
    taking = actions.add_parser("import", help="take in a folder of Markdown or a JSONL file")
    taking.add_argument("path", type=Path, metavar="PATH")
    add_data(taking)
    taking.set_defaults(run=take)
    packing = actions.add_parser("pack", help="write the employees' articles to a pack file")
    packing.add_argument("--out", type=Path, required=True, metavar="FILE")
    packing.add_argument("--slim", action="store_true", help="only as much as clients download, 20 MB at most")
    add_data(packing)
    packing.set_defaults(run=pack)
    naming = actions.add_parser("list", help="name the articles in use")
    naming.add_argument("--retired", action="store_true", help="the retired ones instead")
    add_data(naming)
    naming.set_defaults(run=listing)
    for name, effect in (("retire", "take articles out of use"), ("restore", "put retired articles back")):
        retiring = actions.add_parser(name, help=effect)
        retiring.add_argument("ids", metavar="ID", nargs="+", help="as `articles list` names it")
        add_data(retiring)
        retiring.set_defaults(run=retire, is_retired=name == "retire")


def take(arguments: argparse.Namespace) -> int:
    """Import."""
    from server_stub.control.orders import ImportArticles

    return give(arguments, ImportArticles(path=str(arguments.path.absolute())))


def pack(arguments: argparse.Namespace) -> int:
    """Write the pack."""
    from server_stub.control.orders import PackArticles

    return give(arguments, PackArticles(out=str(arguments.out.absolute()), slim=arguments.slim))


def listing(arguments: argparse.Namespace) -> int:
    """Name the articles."""
    from server_stub.control.orders import ListArticles

    return give(arguments, ListArticles(retired=arguments.retired))


def retire(arguments: argparse.Namespace) -> int:
    """Retire, or restore."""
    from server_stub.control.orders import RetireArticles

    return give(arguments, RetireArticles(ids=tuple(arguments.ids), is_retired=arguments.is_retired))
