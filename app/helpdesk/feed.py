"""Follows what happens at the helpdesk, one long poll at a time."""

from __future__ import annotations

from dataclasses import dataclass

from app.errors import Refused
from app.helpdesk.ledger import Ledger
from app.helpdesk.server import Server
from app.protocol.events import Event
from app.protocol.problems import ProblemCode
from app.protocol.tickets import TicketSummary

PAGE = 100
MOST_PAGES = 5


@dataclass(frozen=True, slots=True)
class News:
    """What one step brought. `resynced`: the list of tickets was fetched anew, whatever happened before."""

    events: tuple[Event, ...] = ()
    resynced: bool = False


class Feed:
    """Keeps the ledger in step with the server. Each method raises what the server's and the ledger's do."""

    def __init__(self, server: Server, ledger: Ledger) -> None:
        self._server = server
        self._ledger = ledger

    def refresh(self) -> tuple[TicketSummary, ...]:
        """Fetch the list of tickets and keep it, newest first; what happened is still to be followed."""
        return self._fetched()[0]

    def _fetched(self) -> tuple[tuple[TicketSummary, ...], int]:
        """The list of tickets, and the event to follow from when those before it need not be looked at."""
        first = page = self._server.tickets(limit=PAGE)
        found = list(page.tickets)
        for _ in range(MOST_PAGES - 1):
            if page.cursor is None:
                break
            page = self._server.tickets(limit=PAGE, cursor=page.cursor)
            found += page.tickets
        unique = tuple({ticket.id: ticket for ticket in found}.values())
        self._ledger.keep_tickets(unique)
        return unique, first.as_of

    def _resync(self) -> News:
        self._ledger.keep_cursor(self._fetched()[1])
        return News(resynced=True)

    def step(self, wait: int = 25) -> News:
        """Wait up to `wait` seconds for something to happen; the list is fetched anew when it may have changed.

        Closing the server ends the wait at once with Unreachable.
        """
        cursor = self._ledger.cursor
        if cursor is None:
            return self._resync()
        try:
            page = self._server.events(cursor, wait)
        except Refused as refusal:
            if refusal.code != ProblemCode.CURSOR_EXPIRED:
                raise
            return self._resync()
        if page.next < cursor:  # the server was restored from a backup and counts anew
            return self._resync()
        if any(event.ticket_id is not None for event in page.events):
            self.refresh()
        self._ledger.keep_cursor(page.next)
        return News(page.events, resynced=False)
