"""What the viewer hears of how a session stands."""

from __future__ import annotations

from app.assist.orders import Setup
from app.protocol.session import Session
from app.protocol.stream import Status


def status_of(setup: Setup, session: Session, left: float, line_rate: float) -> bytes:
    """The STATUS message; `left` seconds until the employee has to confirm, `line_rate` bytes a second."""
    monitor = setup.monitor
    return Status(
        state=session.state,
        grade=session.grade,
        epoch=session.epoch,
        asked=session.asked,
        screen=setup.screen_id,
        screens=((setup.screen_id, setup.screen_name, monitor.width, monitor.height),),
        expires_in=left,
        is_paused_by_person=session.paused_by_person,
        line_kbps=int(line_rate * 8 / 1000),
        reason=session.reason,
    ).pack()
