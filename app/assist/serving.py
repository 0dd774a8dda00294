"""Runs one session in a process of its own: set up by the first line of the tray, gone with the tray's pipe."""

from __future__ import annotations

import os
import sys
import threading
from functools import partial
from typing import TextIO

from app.assist.hands import Reach
from app.assist.host import Host
from app.assist.orders import Setup, Teller, order_of, setup_of
from app.assist.permit import Permit
from app.assist.source import Gone
from app.errors import HelpdeskError, NotAvailable
from app.protocol.session import Reason


def follow_tray(host: Host, orders: TextIO) -> None:
    """Obey until the tray's pipe closes; then end the process at once: nobody is left to say stop."""
    for line in orders:
        try:
            host.obey(order_of(line))
        except HelpdeskError:
            break
    os._exit(0)


def main() -> int:
    """Run one session from the orders on standard input; 0 when it ended as sessions do."""
    from app.assist.ways import warm

    tray = Teller(sys.stdout)
    warm()
    try:
        setup = setup_of(sys.stdin.readline())
        host = build(setup, tray)
    except (HelpdeskError, Gone) as error:
        otherwise = error.reason if isinstance(error, Gone) else Reason.HOST_ENDED
        reason = Reason.UNSUPPORTED if isinstance(error, NotAvailable) else otherwise
        tray.tell("ended", reason=reason, detail=str(error))
        return 1
    threading.Thread(target=follow_tray, args=(host, sys.stdin), name="tray", daemon=True).start()
    tray.tell("ended", reason=host.run())
    return 0


def build(setup: Setup, tray: Teller) -> Host:
    """A host on this system's screen, hands and line. Raises HelpdeskError or Gone."""
    from app.assist.ways import connection, covers_of, early, hands, screen

    look = partial(screen, by_portal=setup.by_portal)
    source = look(setup.monitor.rect)
    connect = early(connection(setup))  # a slow line is on its way meanwhile
    acting = hands(by_portal=setup.by_portal)
    permit = acting if isinstance(acting, Permit) else Permit()
    reach = Reach(acting, setup.monitor, setup.hold_seconds)
    return Host(setup, source, look, reach, connect, tray, covers_of(setup.monitor.rect), permit=permit)
