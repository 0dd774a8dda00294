"""Words for grades and for how a session ended."""

from __future__ import annotations

from app.protocol.session import Grade, Reason
from app.ui.language import tr

BACKS = {Grade.VIEW: "#1a6b45", Grade.POINT: "#8a5300", Grade.CONTROL: "#b3261e"}
"""The banner's ground for each grade; white is legible on all of them."""
PAUSED_BACK = "#4b5361"
SYMBOLS = {Grade.VIEW: "eye", Grade.POINT: "pointer", Grade.CONTROL: "mouse"}


def grade_word(grade: Grade) -> str:
    """What the agent may do, in a word or two."""
    words = {Grade.VIEW: tr("View only"), Grade.POINT: tr("Pointing"), Grade.CONTROL: tr("Control")}
    return words[grade]


def doing(name: str, grade: Grade, screen: str) -> str:
    """The banner's sentence; `screen` is empty on the shared monitor itself."""
    if screen:
        sentences = {
            Grade.VIEW: tr("{name} is viewing {screen}", name=name, screen=screen),
            Grade.POINT: tr("{name} is pointing on {screen}", name=name, screen=screen),
            Grade.CONTROL: tr("{name} is controlling {screen}", name=name, screen=screen),
        }
        return sentences[grade]
    sentences = {
        Grade.VIEW: tr("{name} is viewing this screen", name=name),
        Grade.POINT: tr("{name} is pointing on this screen", name=name),
        Grade.CONTROL: tr("{name} is controlling this screen", name=name),
    }
    return sentences[grade]


def end_word(reason: Reason | None) -> str:
    """How a session ended."""
    words = {
        Reason.DENIED: tr("You denied it"),
        Reason.NOT_ANSWERED: tr("Nobody answered"),
        Reason.NOT_STARTED: tr("It never began"),
        Reason.STOPPED_BY_EMPLOYEE: tr("You ended it"),
        Reason.STOPPED_BY_AGENT: tr("The agent ended it"),
        Reason.HOST_ENDED: tr("Ended by this computer"),
        Reason.LOCKED: tr("The screen was locked"),
        Reason.EXPIRED: tr("It was not extended"),
        Reason.IDLE: tr("Nothing was done for a long time"),
        Reason.LINK_LOST: tr("The connection was lost"),
        Reason.VIOLATION: tr("Ended for your safety"),
        Reason.SHUT_OUT: tr("Ended by IT: this computer or the agent is not admitted any more"),
        Reason.UNSUPPORTED: tr("This desktop cannot share its screen"),
        Reason.DESKTOP_DENIED: tr("Your desktop's own question was not answered with yes for the same screen"),
        Reason.DESKTOP_STOPPED: tr("It was ended by your desktop's own sign for sharing"),
    }
    return words[reason] if reason is not None else tr("Not ended yet")


def length(seconds: float) -> str:
    """How long something lasted, in words."""
    minutes = round(seconds / 60)
    if seconds < 60:
        return tr("less than a minute")
    return tr("1 minute") if minutes == 1 else tr("{count} minutes", count=minutes)


def elapsed(seconds: float) -> str:
    """A running clock: `03:12`, `1:03:12`."""
    whole = max(0, int(seconds))
    hours, minutes, rest = whole // 3600, whole // 60 % 60, whole % 60
    return f"{hours}:{minutes:02}:{rest:02}" if hours else f"{minutes:02}:{rest:02}"
