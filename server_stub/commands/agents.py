"""`deskbell-server agents`: the people who work in the workbench."""

from __future__ import annotations

import argparse
import sys
from pathlib import Path

from server_stub.commands.parts import add_data, give


def register(verbs: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    """Add the verb."""
    parser = verbs.add_parser("agents", help="add, list and shut out agents, change a password")
    actions = parser.add_subparsers(dest="action", required=True, metavar="ACTION")
    adding = actions.add_parser("add", help="take an agent on; prints the invented password once")
    adding.add_argument("login", metavar="LOGIN")
    adding.add_argument("--name", default="", help="as employees see it; the login when left out")
    adding.add_argument("--title", default="")
    adding.add_argument("--department", default="")
    adding.add_argument("--administrator", action="store_true", help="may also manage agents and knowledge")
    _add_password(adding)
    adding.set_defaults(run=add)
    changing = actions.add_parser("password", help="give an agent a new password and sign them out everywhere")
    changing.add_argument("login", metavar="LOGIN")
    _add_password(changing)
    changing.set_defaults(run=password)
    picturing = actions.add_parser("photo", help="the photo employees see when this agent asks; none takes it away")
    picturing.add_argument("login", metavar="LOGIN")
    picturing.add_argument("file", metavar="FILE", type=Path, nargs="?")
    add_data(picturing)
    picturing.set_defaults(run=photo)
    naming = actions.add_parser("list", help="name all agents")
    add_data(naming)
    naming.set_defaults(run=listing)
    for action, is_disabled, does in (
        ("disable", True, "shut an agent out at once, in every browser; what they did stays theirs"),
        ("enable", False, "let an agent sign in again"),
    ):
        turning = actions.add_parser(action, help=does)
        turning.add_argument("login", metavar="LOGIN")
        add_data(turning)
        turning.set_defaults(run=disable, is_disabled=is_disabled)


def _add_password(parser: argparse.ArgumentParser) -> None:
    add_data(parser)
    parser.add_argument("--password-stdin", action="store_true", help="read the password from the first line of input")


def _chosen(arguments: argparse.Namespace) -> str | None:
    return sys.stdin.readline().rstrip("\r\n") if arguments.password_stdin else None


def add(arguments: argparse.Namespace) -> int:
    """Take an agent on."""
    from server_stub.agents.tables import Role
    from server_stub.control.orders import AddAgent

    order = AddAgent(
        login=arguments.login,
        name=arguments.name,
        title=arguments.title,
        department=arguments.department,
        password=_chosen(arguments),
        role=Role.ADMINISTRATOR if arguments.administrator else Role.AGENT,
    )
    return give(arguments, order)


def password(arguments: argparse.Namespace) -> int:
    """Change a password."""
    from server_stub.control.orders import SetPassword

    return give(arguments, SetPassword(login=arguments.login, password=_chosen(arguments)))


def photo(arguments: argparse.Namespace) -> int:
    """Give an agent a photo."""
    from server_stub.control.orders import SetPhoto

    path = str(arguments.file.absolute()) if arguments.file is not None else ""
    return give(arguments, SetPhoto(login=arguments.login, path=path))


def listing(arguments: argparse.Namespace) -> int:
    """Name all agents."""
    from server_stub.control.orders import ListAgents

    return give(arguments, ListAgents())


def disable(arguments: argparse.Namespace) -> int:
    """Shut an agent out, or let them in again."""
    from server_stub.control.orders import DisableAgent

    return give(arguments, DisableAgent(login=arguments.login, is_disabled=arguments.is_disabled))
