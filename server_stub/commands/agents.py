"""`deskbell-server agents`: the people who work in the workbench."""

from __future__ import annotations

import argparse
import sys

from server_stub.commands.parts import add_data, give


def register(verbs: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    """Add the verb."""
    parser = verbs.add_parser("agents", help="add an agent, change a password")
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
    return give(arguments.data, order)


def password(arguments: argparse.Namespace) -> int:
    """Change a password."""
    from server_stub.control.orders import SetPassword

    return give(arguments.data, SetPassword(login=arguments.login, password=_chosen(arguments)))
