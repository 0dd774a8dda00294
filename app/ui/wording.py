"""Words for what the protocol counts and enumerates: states, ages, reasons, connection."""

from __future__ import annotations

from datetime import datetime, timedelta

from PySide6.QtCore import QDateTime, QLocale, QTimeZone

from app.protocol.knowledge import Reason, ReasonKind
from app.protocol.tickets import TicketState
from app.ui.language import tr
from app.ui.theme import Tone

TONES = {
    TicketState.NEW: Tone.ACCENT,
    TicketState.ASSIGNED: Tone.ACCENT,
    TicketState.IN_PROGRESS: Tone.WARNING,
    TicketState.PENDING: Tone.WAITING,
    TicketState.RESOLVED: Tone.GOOD,
    TicketState.CLOSED: Tone.QUIET,
    TicketState.CANCELLED: Tone.QUIET,
}


def state_word(state: TicketState) -> str:
    """A ticket's state as the employee sees it."""
    words = {
        TicketState.NEW: tr("Received"),
        TicketState.ASSIGNED: tr("Assigned"),
        TicketState.IN_PROGRESS: tr("In progress"),
        TicketState.PENDING: tr("Waiting for you"),
        TicketState.RESOLVED: tr("Resolved"),
        TicketState.CLOSED: tr("Closed"),
        TicketState.CANCELLED: tr("Cancelled"),
    }
    return words[state]


def age(moment: datetime, now: datetime) -> str:
    """How long ago, in words for minutes and hours and as a date after that."""
    passed = now - moment
    minutes = int(passed.total_seconds() // 60)
    if minutes < 1:
        return tr("just now")
    if minutes < 60:
        return tr("1 minute ago") if minutes == 1 else tr("{count} minutes ago", count=minutes)
    if passed < timedelta(hours=24):
        hours = minutes // 60
        return tr("1 hour ago") if hours == 1 else tr("{count} hours ago", count=hours)
    if passed < timedelta(days=7):
        return tr("yesterday") if passed.days == 1 else tr("{count} days ago", count=passed.days)
    return day(moment)


def local(moment: datetime) -> QDateTime:
    """The moment on this machine's clock."""
    return QDateTime.fromMSecsSinceEpoch(round(moment.timestamp() * 1000), QTimeZone.systemTimeZone())


def day(moment: datetime) -> str:
    """The date, written the language's way."""
    return QLocale().toString(local(moment).date(), QLocale.FormatType.ShortFormat)


def moment_text(moment: datetime) -> str:
    """Date and time to the minute, written the language's way."""
    return QLocale().toString(local(moment), QLocale.FormatType.ShortFormat)


def clock(moment: datetime) -> str:
    """The time of day to the minute."""
    return QLocale().toString(local(moment).time(), QLocale.FormatType.ShortFormat)


def reason_text(reason: Reason) -> str:
    """Why an article matched, with the code or the words themselves."""
    evidence = " · ".join(reason.evidence)
    if not evidence:
        return ""
    if reason.kind is ReasonKind.CODE:
        return tr("Same error code: {evidence}", evidence=evidence)
    if reason.kind is ReasonKind.MESSAGE:
        return tr("Same message: {evidence}", evidence=evidence)
    return tr("Words found: {evidence}", evidence=evidence)


def replies(count: int) -> str:
    """How many unread replies."""
    return tr("1 new reply") if count == 1 else tr("{count} new replies", count=count)
