"""Hears what other servers of the same PostgreSQL database rang for."""

from __future__ import annotations

import logging
import threading
from time import monotonic
from typing import TYPE_CHECKING

from server_stub.bell import Bell
from server_stub.ringing import CHANNEL, Ring

if TYPE_CHECKING:
    from psycopg import Connection

    from server_stub.postgres import PostgresDatabase

log = logging.getLogger(__name__)

BREATH = 0.25
"""Seconds between looks whether the server ends; they cost the database nothing."""
LOOK = 10.0
"""Seconds between looks at the log itself, which is also how a connection that is dead without saying so is found."""
AGAIN = 1.0
"""Seconds before the next attempt to connect."""


class Hearing(threading.Thread):
    """One connection that listens, made anew when it breaks; whatever was rung meanwhile is found in the log."""

    def __init__(self, database: PostgresDatabase, bell: Bell) -> None:
        super().__init__(name="hearing", daemon=True)
        self._database = database
        self._bell = bell
        self.listening = threading.Event()
        """Set while the connection stands."""

    def run(self) -> None:
        """Until the bell is closed."""
        from psycopg import Error

        is_told = False
        while not self._bell.closed:
            try:
                with self._database.listening_connection() as connection:
                    connection.execute(f"LISTEN {CHANNEL}")
                    if is_told:
                        log.info("the database is there again")
                    is_told = False
                    self._hear(connection)
            except Error as problem:
                if not is_told and not self._bell.closed:
                    log.error("the database is away, trying again every second: %s", _first_line(problem))  # noqa: TRY400
                    is_told = True
            finally:
                self.listening.clear()
            self._bell.wait_for_close(AGAIN)

    def _hear(self, connection: Connection) -> None:
        """Raises psycopg.Error when the connection breaks."""
        while not self._bell.closed:
            # What other servers wrote before we listened, or while nobody did, rang here for nobody.
            row = connection.execute("SELECT coalesce(max(seq), 0) FROM events").fetchone()
            if row is not None and (row[0] > self._bell.latest or not self.listening.is_set()):
                self._bell.ring(max(row[0], self._bell.latest))
            self.listening.set()
            until = monotonic() + LOOK
            while monotonic() < until and not self._bell.closed:
                for notice in connection.notifies(timeout=BREATH):
                    self._pass_on(notice.payload)

    def _pass_on(self, payload: str) -> None:
        ring = Ring.read(payload)
        if ring is not None and ring.origin != self._bell.id:
            self._bell.ring(ring.seq or self._bell.latest, ring.device_id)


def _first_line(problem: Exception) -> str:
    return (str(problem).strip().splitlines() or [type(problem).__name__])[0]
