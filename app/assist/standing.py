"""What the viewer hears of how a session stands."""

from __future__ import annotations

from collections.abc import Sequence

from app.assist.orders import Monitor
from app.protocol.session import Grade, Session
from app.protocol.stream import Status


def status_of(
    seen: Monitor,
    screens: Sequence[Monitor],
    session: Session,
    left: float,
    line_rate: float,
    highest: Grade = Grade.CONTROL,
) -> bytes:
    """The STATUS message: frames are of `seen`, one of `screens`; `left` seconds until the employee has to confirm,
    `line_rate` bytes a second, `highest` the grade beyond which this desktop allows nothing. What is told of `seen` is
    its size as frames have it, whatever became of it meanwhile.
    """
    now = {each.id: each for each in screens} | {seen.id: seen}
    return Status(
        state=session.state,
        grade=session.grade,
        epoch=session.epoch,
        asked=session.asked,
        screen=seen.id,
        screen_asked=session.screen_asked,
        is_turning=session.is_turning,
        screens=tuple((each.id, each.name, each.rect.width, each.rect.height) for each in now.values()),
        expires_in=left,
        is_paused_by_person=session.paused_by_person,
        line_kbps=int(line_rate * 8 / 1000),
        reason=session.reason,
        highest=highest,
    ).pack()
