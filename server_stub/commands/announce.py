"""`deskbell-server announce`, `announcements` and `withdraw`: tell everybody before they report it, and no longer."""

from __future__ import annotations

import argparse
from uuid import UUID

from server_stub.commands.parts import add_data, give


def register(verbs: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    """Add the verb."""
    parser = verbs.add_parser("announce", help="tell every device something")
    parser.add_argument("title", metavar="TITLE")
    parser.add_argument("--body", default="", metavar="MARKDOWN")
    parser.add_argument("--incident", action="store_true", help="something is broken; otherwise a notice")
    parser.add_argument("--locale", default="", metavar="TAG", help="the language it is written in, such as zh-CN")
    parser.add_argument("--site", default="", help="tell this site only")
    parser.add_argument("--hours", type=float, metavar="N", help="how long it is told; default until it is withdrawn")
    add_data(parser)
    parser.set_defaults(run=run)
    naming = verbs.add_parser("announcements", help="name what every device is told now")
    add_data(naming)
    naming.set_defaults(run=listing)
    ending = verbs.add_parser("withdraw", help="stop telling something")
    ending.add_argument("announcement_id", metavar="ID", type=UUID, help="as `announcements` names it")
    add_data(ending)
    ending.set_defaults(run=withdraw)


def run(arguments: argparse.Namespace) -> int:
    """Announce."""
    from app.protocol.announcements import Severity
    from server_stub.control.orders import MakeAnnouncement

    order = MakeAnnouncement(
        title=arguments.title,
        body=arguments.body,
        severity=Severity.INCIDENT if arguments.incident else Severity.NOTICE,
        locale=arguments.locale,
        site=arguments.site,
        hours=arguments.hours,
    )
    return give(arguments, order)


def listing(arguments: argparse.Namespace) -> int:
    """Name what is told."""
    from server_stub.control.orders import ListAnnouncements

    return give(arguments, ListAnnouncements())


def withdraw(arguments: argparse.Namespace) -> int:
    """Stop telling something."""
    from server_stub.control.orders import WithdrawAnnouncement

    return give(arguments, WithdrawAnnouncement(announcement_id=arguments.announcement_id))
