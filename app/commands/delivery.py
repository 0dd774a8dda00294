"""Waiting until something in the outbox has reached the helpdesk, whoever carries it."""

from __future__ import annotations

import threading
import time
from dataclasses import dataclass
from typing import TYPE_CHECKING
from uuid import UUID

from app.errors import HelpdeskError

if TYPE_CHECKING:
    from app.helpdesk.courier import Courier
    from app.helpdesk.outbox import Outbox
    from app.helpdesk.outbox_items import OutboxItem

LOOK_EVERY = 0.25
"""Seconds between looks when another program's courier is at work, or the server asked for patience."""


@dataclass(frozen=True, slots=True)
class Delivery:
    """How far an item came. `trouble` is why the latest attempt failed, None when it did not."""

    item: OutboxItem
    complete: bool
    trouble: HelpdeskError | None


def deliver(outbox: Outbox, courier: Courier, item_id: UUID, seconds: float) -> Delivery:
    """Carry one item and its files to the server, trying again until `seconds` have passed; at least one attempt.

    Raises StorageError.
    """
    until = time.monotonic() + seconds
    pause = threading.Event()
    while True:
        report = courier.deliver(early=True)
        item = outbox.get(item_id)
        open_files = [file for file in item.files if file.state not in ("delivered", "refused")]
        settled = item.state in ("delivered", "refused") and not (item.state == "delivered" and open_files)
        if settled or time.monotonic() >= until:
            trouble = item.trouble.error() if item.trouble is not None else report.trouble
            return Delivery(
                item, settled and item.state == "delivered", None if settled and not item.trouble else trouble
            )
        pause.wait(min(LOOK_EVERY, max(0.01, until - time.monotonic())))
