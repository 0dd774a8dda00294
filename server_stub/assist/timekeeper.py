"""Ends what time has overtaken, whether or not anybody asks."""

from __future__ import annotations

import logging
from datetime import timedelta

from sqlalchemy import func, select
from sqlalchemy.exc import SQLAlchemyError
from starlette.concurrency import run_in_threadpool

from server_stub.assist.courses import LIVE
from server_stub.assist.service import Assistance
from server_stub.assist.tables import AssistRecord
from server_stub.bell import Bell
from server_stub.clock import Clock
from server_stub.database import Database

log = logging.getLogger(__name__)

LOOK = 1.0
"""Seconds between looks while any session lives; a deadline is kept to within this."""

REST = 3600.0
"""Seconds between looks while none does; the bell is rung for every invitation."""


class Timekeeper:
    """A loop for the server's lifetime."""

    def __init__(self, database: Database, assistance: Assistance, bell: Bell, now: Clock) -> None:
        self._database = database
        self._assistance = assistance
        self._bell = bell
        self._now = now

    async def run(self) -> None:
        """Sweep until the bell is closed."""
        is_told = False
        while not self._bell.closed:
            seen = self._bell.latest
            try:
                pause = await run_in_threadpool(self._sweep)
                is_told = False
            except SQLAlchemyError as problem:
                # A database that is away for a while must not end this loop for ever.
                if not is_told:
                    log.error("looking for sessions whose time is over failed: %s", problem)  # noqa: TRY400
                is_told, seen, pause = True, self._bell.latest, LOOK
            await self._bell.beyond(seen, pause)

    def _sweep(self) -> float:
        """End what is overdue; the seconds after which to look again."""
        with self._database.read() as session:
            query = select(func.count(), func.min(AssistRecord.due_at)).where(AssistRecord.state.in_(LIVE))
            live, due_at = session.execute(query).one()
        if not live:
            return REST
        if due_at is not None and due_at <= self._now():
            with self._database.write() as session:
                self._assistance.sweep(session)
            return 0.0
        left = (due_at - self._now()) if due_at is not None else timedelta(seconds=LOOK)
        return min(LOOK, max(0.01, left.total_seconds()))
