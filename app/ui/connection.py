"""Whether the helpdesk can be heard, in one word and one sentence."""

from __future__ import annotations

from enum import StrEnum

from app.ui.language import tr
from app.ui.theme import Tone


class Connection(StrEnum):
    """What is known of the way to the helpdesk."""

    UNKNOWN = "unknown"
    ONLINE = "online"
    OFFLINE = "offline"
    NOT_SET_UP = "not_set_up"


TONES = {
    Connection.UNKNOWN: Tone.QUIET,
    Connection.ONLINE: Tone.GOOD,
    Connection.OFFLINE: Tone.WARNING,
    Connection.NOT_SET_UP: Tone.WARNING,
}


def word(connection: Connection) -> str:
    """The state in one or two words."""
    words = {
        Connection.UNKNOWN: tr("Connecting…"),
        Connection.ONLINE: tr("Connected"),
        Connection.OFFLINE: tr("Offline"),
        Connection.NOT_SET_UP: tr("Not set up"),
    }
    return words[connection]


def sentence(connection: Connection) -> str:
    """What the state means for the employee; empty when everything is as it should be."""
    sentences = {
        Connection.UNKNOWN: "",
        Connection.ONLINE: "",
        Connection.OFFLINE: tr(
            "The helpdesk cannot be reached now. You can still report problems and search for answers; "
            "everything you send is kept and goes out by itself."
        ),
        Connection.NOT_SET_UP: tr(
            "No helpdesk is set up on this computer yet. You can report problems; they are kept until IT sets it up."
        ),
    }
    return sentences[connection]
