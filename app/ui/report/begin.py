"""Begins a report; loads nothing of it before."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING
from uuid import UUID

if TYPE_CHECKING:
    from app.capture.recorder import RecordedStep
    from app.protocol.announcements import Announcement
    from app.ui.background import Background
    from app.ui.capture_menu import Order
    from app.ui.report.flow import ReportFlow
    from app.ui.report.services import Services


def start_report(
    services: Services,
    background: Background,
    *,
    image: Path | None = None,
    from_menu: bool = False,
    quick: bool | None = None,
    order: Order | None = None,
    draft: UUID | None = None,
    steps: Sequence[RecordedStep] = (),
    incidents: Sequence[Announcement] = (),
) -> ReportFlow:
    """Begin a report and return at once; our windows are hidden, the screen is taken, then the window appears.

    `image` is a picture to report instead of the screen. `from_menu` says that a menu of the desktop was used,
    which needs a moment to fade. `quick` opens the page with *Send* at once; None: on screens of a till's size.

    `order` asks for another picture than that of the screen now, `draft` for an unsent report, `steps` for recorded
    ones. `incidents` is what IT knows of already.

    There is one report at a time: a second call brings the first one's window to the front and returns its flow.
    Connect to `flow.delivery_wanted` (something was put into the outbox: deliver it, refresh badges) and
    `flow.finished` (the window is gone, hidden windows are back). Call `flow.look_again()` when a delivery ended, so
    that the number shows at once, and `flow.cancel()` to end it at any moment. The flow deletes itself.
    """
    from app.ui.report.flow import ReportFlow

    running = background.findChild(ReportFlow)
    if running is not None and not running.is_over:
        running.show()
        return running
    flow = ReportFlow(services, background, quick=quick, incidents=incidents)
    if steps:
        flow.show_steps(steps)
    elif draft is not None:
        flow.resume(draft)
    else:
        flow.start(image, from_menu=from_menu, order=order)
    return flow
