"""Text cut and cleaned to what the protocol takes, and the English labels of what a report sends."""

from __future__ import annotations

from app.protocol.knowledge import Outcome
from app.protocol.message import one_line, printable
from app.protocol.tickets import FieldName

LONGEST_LINE = 300
LONGEST_TEXT = 20_000

FIELD_LABELS = {
    FieldName.SUBJECT: "Subject",
    FieldName.DESCRIPTION: "What you wrote",
    FieldName.APPLICATION: "Application",
    FieldName.WINDOW_TITLE: "Window title",
    FieldName.ERROR_CODE: "Error code",
    FieldName.RECOGNISED_TEXT: "Text read in the picture",
}
CONTEXT_LABELS = {
    "client.version": "Deskbell version",
    "clock.local": "Local time",
    "clock.offset": "Clock compared with the server",
    "clock.zone": "Time zone",
    "display.count": "Number of displays",
    "host.name": "Computer name",
    "locale": "Language and region",
    "memory.free": "Free memory",
    "memory.total": "Memory",
    "network.adapters_down": "Network adapters that are down",
    "network.addresses": "Network addresses",
    "network.default_route": "Way to the network",
    "network.dns": "Name of the helpdesk",
    "network.link": "Network",
    "network.proxy": "Proxy",
    "os.version": "Operating system",
    "power": "Power supply",
    "server.latency": "Time the helpdesk takes to answer",
    "server.reachable": "Helpdesk reachable",
    "uptime": "Running since start",
    "uptime.since": "Started at",
    "user.name": "User name",
    "window.application": "Application in front",
    "window.title": "Window in front",
}
RECORD_LABELS = {
    "record.id": "Number of this report",
    "record.created_at": "Time of the report",
    "record.language": "Language",
    "record.kind": "Kind of ticket",
}
SIGNATURE_LABEL = "What the error is recognised by"
SUGGESTION_LABELS = {
    Outcome.SHOWN: "Suggestion you were shown",
    Outcome.OPENED: "Suggestion you opened",
    Outcome.SOLVED: "Suggestion that helped",
    Outcome.DID_NOT_HELP: "Suggestion that did not help",
}


def context_label(name: str) -> str:
    """The label of a context item: its own, that of its family (`disk.c.free`: that of `disk`), or its name."""
    families = {
        "disk": "Disk",
        "display": "Display",
        "network": "Network",
        "power": "Power supply",
        "step": "Recorded step",
    }
    return CONTEXT_LABELS.get(name) or families.get(name.partition(".")[0]) or name


def clipped_line(text: str, limit: int = LONGEST_LINE) -> str:
    """One line of at most `limit` characters that the protocol takes as it is."""
    return one_line(whole(text[: limit * 4]))[:limit].strip()


def clipped_text(text: str, limit: int = LONGEST_TEXT) -> str:
    """Text of at most `limit` characters that the protocol takes as it is."""
    return printable(whole(text[: limit * 2]))[:limit]


def whole(text: str) -> str:
    """The text with halves of characters, which no store can keep, replaced by question marks."""
    return text.encode("utf-8", "replace").decode()
