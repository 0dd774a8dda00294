"""`deskbell-server devices`: who may enrol."""

from __future__ import annotations

import argparse
from uuid import UUID

from server_stub.commands.parts import add_data, give


def register(verbs: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    """Add the verb."""
    parser = verbs.add_parser("devices", help="make and revoke enrolment tokens, list and shut out devices")
    actions = parser.add_subparsers(dest="action", required=True, metavar="ACTION")
    making = actions.add_parser("token", help="print a new enrolment token")
    making.add_argument("--label", default="", help="by which it can be revoked")
    making.add_argument("--site", default="", help="put on every device that enrols with it")
    making.add_argument("--max-uses", type=int, metavar="N", help="how many devices it admits; default any number")
    making.add_argument("--days", type=int, metavar="N", help="how long it is valid; default for ever")
    add_data(making)
    making.set_defaults(run=token)
    ending = actions.add_parser("revoke-token", help="let the tokens of a label admit nobody any more")
    ending.add_argument("label", metavar="LABEL")
    add_data(ending)
    ending.set_defaults(run=revoke)
    naming = actions.add_parser("list", help="name the devices that have enrolled, and when each was last seen")
    add_data(naming)
    naming.set_defaults(run=listing)
    shutting = actions.add_parser("revoke", help="shut a device out for good; its tickets stay")
    shutting.add_argument("device_id", metavar="ID", type=UUID, help="as `devices list` names it")
    add_data(shutting)
    shutting.set_defaults(run=shut_out)


def token(arguments: argparse.Namespace) -> int:
    """Make a token."""
    from server_stub.control.orders import MakeToken

    order = MakeToken(label=arguments.label, site=arguments.site, max_uses=arguments.max_uses, days=arguments.days)
    return give(arguments, order)


def revoke(arguments: argparse.Namespace) -> int:
    """Revoke tokens."""
    from server_stub.control.orders import RevokeTokens

    return give(arguments, RevokeTokens(label=arguments.label))


def listing(arguments: argparse.Namespace) -> int:
    """Name the devices."""
    from server_stub.control.orders import ListDevices

    return give(arguments, ListDevices())


def shut_out(arguments: argparse.Namespace) -> int:
    """Revoke a device."""
    from server_stub.control.orders import RevokeDevice

    return give(arguments, RevokeDevice(device_id=arguments.device_id))
