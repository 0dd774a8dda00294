"""How long things may take in remote assistance on this computer, as its settings say."""

from __future__ import annotations

from app.protocol.assist import Terms
from app.settings import Settings


def terms_of(settings: Settings) -> Terms:
    """The settings' bounds are the protocol's."""
    return Terms(
        answer_seconds=settings.assist_answer_seconds,
        minutes=settings.assist_minutes,
        idle_minutes=settings.assist_idle_minutes,
        idle_end_minutes=settings.assist_idle_end_minutes,
    )
