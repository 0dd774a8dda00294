"""Carries the outbox to the server, one pass at a time; decides nothing that a crash could lose."""

from __future__ import annotations

import random
import threading
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from app.errors import HelpdeskError
from app.helpdesk.backoff import Backoff
from app.helpdesk.delivery import Delivered, Delivery, LineDownError, Progress
from app.helpdesk.dispatch import Dispatch
from app.helpdesk.outbox import Outbox
from app.helpdesk.server import Server


@dataclass(frozen=True, slots=True)
class DeliveryReport:
    """What one pass did. `busy`: another courier is at work and nothing was done here.

    `refused` and `files_refused` are ids of items and files the server will not have; `waiting` counts what is not
    done, refused things included; `trouble` is the latest failure; `next_attempt_at` is when to call again.
    """

    delivered: tuple[Delivered, ...] = ()
    refused: tuple[UUID, ...] = ()
    files_delivered: tuple[UUID, ...] = ()
    files_refused: tuple[UUID, ...] = ()
    waiting: int = 0
    next_attempt_at: datetime | None = None
    trouble: HelpdeskError | None = None
    busy: bool = False

    @property
    def numbers(self) -> tuple[str, ...]:
        """The numbers of the tickets delivered in this pass."""
        return tuple(each.number for each in self.delivered if each.number)


class Courier:
    """Delivers what is due. May be called from several threads and programs; only the first finds work to do.

    `random` spreads the attempts of many computers; `progress` is told about each piece of a file, on the thread
    that called `deliver`.
    """

    def __init__(
        self,
        outbox: Outbox,
        server: Server,
        *,
        now: Callable[[], datetime],
        random: random.Random,
        progress: Callable[[Progress], None] = lambda _: None,
    ) -> None:
        self._outbox = outbox
        self._server = server
        self._dispatch = Dispatch(outbox)
        self._backoff = Backoff(now, random)
        self._progress = progress
        self._silences = 0

    @property
    def next_attempt_at(self) -> datetime | None:
        """When `deliver` has something to do again; None when all is delivered or refused. Raises StorageError."""
        return self._dispatch.next_attempt_at()

    def deliver(self, cancel: threading.Event | None = None, *, early: bool = False) -> DeliveryReport:
        """One pass over everything due: tickets and messages first, then files, piece by piece.

        `early`: the network has just come back or somebody asked for it, so our own back-off does not count (the
        server's does). Ends soon after `cancel` is set, at once when the server is closed as well.
        Raises StorageError only; other trouble is in the report.
        """
        with self._dispatch.alone() as alone:
            if not alone:
                return DeliveryReport(busy=True, next_attempt_at=self.next_attempt_at)
            self._dispatch.recover()
            delivery = Delivery(
                self._outbox,
                self._server,
                self._backoff,
                cancel=cancel or threading.Event(),
                progress=self._progress,
                early=early,
                silences=self._silences,
            )
            try:
                delivery.items()
                delivery.files()
            except LineDownError:
                pass  # the report says why
            self._dispatch.tidy()
            self._silences = delivery.silences
            return DeliveryReport(
                delivered=tuple(delivery.delivered),
                refused=tuple(delivery.refused),
                files_delivered=tuple(delivery.files_delivered),
                files_refused=tuple(delivery.files_refused),
                waiting=len(self._outbox.waiting()),
                next_attempt_at=self.next_attempt_at,
                trouble=delivery.trouble,
            )
