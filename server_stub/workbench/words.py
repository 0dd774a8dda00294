"""What closed sets are called on a page, in the reader's language."""

from __future__ import annotations

from app.protocol.knowledge import Outcome, ReasonKind, Visibility
from app.protocol.language import Catalogue, Language
from app.protocol.problems import ProblemCode
from app.protocol.tickets import EntryKind, FieldName, Origin, TicketKind, TicketState
from server_stub.events.tables import ActorKind, Happening
from server_stub.tickets.agent_view import HistoryItem
from server_stub.workbench.assist_words import AssistWords

STATES = {
    TicketState.NEW: "New",
    TicketState.ASSIGNED: "Assigned",
    TicketState.IN_PROGRESS: "In progress",
    TicketState.PENDING: "Waiting",
    TicketState.RESOLVED: "Resolved",
    TicketState.CLOSED: "Closed",
    TicketState.CANCELLED: "Cancelled",
}
KINDS = {
    TicketKind.INCIDENT: "Incident",
    TicketKind.SERVICE_REQUEST: "Service request",
    TicketKind.QUESTION: "Question",
}
ORIGINS = {
    Origin.EMPLOYEE: "Employee",
    Origin.DEVICE: "Device",
    Origin.OCR: "Read from the picture",
    Origin.RULE: "Rule",
    Origin.AGENT: "Agent",
}
FIELDS = {
    FieldName.SUBJECT: "Subject",
    FieldName.DESCRIPTION: "In the employee's words",
    FieldName.APPLICATION: "Application",
    FieldName.WINDOW_TITLE: "Window title",
    FieldName.ERROR_CODE: "Error code",
    FieldName.RECOGNISED_TEXT: "Text in the picture",
}
ENTRIES = {
    EntryKind.REQUESTER_REPLY: "Employee",
    EntryKind.AGENT_REPLY: "Reply to the employee",
    EntryKind.INTERNAL_NOTE: "Internal note – the employee never sees this",
    EntryKind.SYSTEM: "",
}
OUTCOMES = {
    Outcome.SHOWN: "Shown, not opened",
    Outcome.OPENED: "Opened",
    Outcome.SOLVED: "Solved it",
    Outcome.DID_NOT_HELP: "Did not help",
}
REASONS = {
    ReasonKind.CODE: "Same code",
    ReasonKind.MESSAGE: "Same message",
    ReasonKind.WORDS: "Words in common",
}
VISIBILITIES = {Visibility.EMPLOYEES: "Employees and agents", Visibility.AGENTS: "Agents only"}
LANGUAGES = {Language.ENGLISH: "English", Language.CHINESE: "中文"}
"""Each in itself: whoever looks for their own language must be able to read it."""

GROUPS = {
    "host": "Computer",
    "os": "Computer",
    "user": "Computer",
    "client": "Computer",
    "uptime": "Computer",
    "locale": "Computer",
    "power": "Computer",
    "window": "In the foreground",
    "memory": "Memory and disks",
    "disk": "Memory and disks",
    "network": "Network",
    "server": "Network",
    "display": "Displays",
    "clock": "Clock",
}
"""Groups of device context by the first part of a fact's name, in the order they are shown in."""

OTHER_GROUP = "More"

FACTS = {
    "host.name": "Computer name",
    "os.version": "System",
    "user.name": "User",
    "client.version": "Client",
    "uptime": "Running for",
    "uptime.since": "Running since",
    "locale": "Locale",
    "power": "Power",
    "window.application": "Application",
    "window.title": "Window title",
    "memory.total": "Memory",
    "memory.free": "Free memory",
    "disk": "Disk",
    "network.link": "Connection",
    "network.addresses": "Addresses",
    "network.default_route": "Default route",
    "network.dns": "Name resolution",
    "network.proxy": "Proxy",
    "network.adapters_down": "Adapters that are down",
    "server.reachable": "Server reachable",
    "server.latency": "Answer time",
    "display": "Display",
    "display.count": "Displays",
    "clock.local": "Local time",
    "clock.zone": "Time zone",
    "clock.offset": "Clock offset",
}
MOVES = {
    TicketState.ASSIGNED: "Assign to me",
    TicketState.IN_PROGRESS: "Start work",
    TicketState.PENDING: "Wait",
    TicketState.RESOLVED: "Resolve",
    TicketState.CLOSED: "Close",
    TicketState.CANCELLED: "Cancel",
}
HAPPENINGS = {
    Happening.TICKET_RECEIVED: "Ticket received from {actor}",
    Happening.STATE_CHANGED: "{actor}: {before} → {after}",
    Happening.TAKEN: "{actor} took the ticket",
    Happening.REQUESTER_REPLIED: "The employee replied",
    Happening.AGENT_REPLIED: "{actor} replied",
    Happening.NOTED: "{actor} left an internal note",
    Happening.URGED: "The employee asked for haste",
    Happening.ATTACHMENT_STORED: "A file arrived: {file}",
    Happening.ATTACHMENT_REFUSED: "A file was refused: {file}",
    Happening.ANNOUNCED: "Announcement",
    Happening.KNOWLEDGE_PUBLISHED: "Articles published",
    Happening.ASSIST: "Remote assistance",
    Happening.PICTURE_ASKED: "{actor} asked for a picture",
}
PROBLEMS = {
    ProblemCode.NOT_FOUND: "There is nothing here",
    ProblemCode.NOT_ALLOWED: "This request was refused",
    ProblemCode.NOT_AUTHENTICATED: "Please sign in",
    ProblemCode.TOO_MANY_REQUESTS: "Too many attempts",
    ProblemCode.CHANGED_MEANWHILE: "Somebody else changed this ticket meanwhile",
    ProblemCode.TRANSITION_REFUSED: "The ticket can no longer go to that state",
    ProblemCode.STORAGE_FULL: "The server's disk is full",
    ProblemCode.UNAVAILABLE: "The server cannot do this at the moment",
    ProblemCode.MALFORMED: "The request is not understood",
    ProblemCode.TOO_LARGE: "That is too large",
    ProblemCode.KEY_REUSED: "This text was already sent to another ticket",
    ProblemCode.INTERNAL: "The server made a mistake",
}
OTHER_PROBLEM = "That did not work"
ADVICE = {
    ProblemCode.NOT_FOUND: "The address may be mistyped, or what was here has been removed.",
    ProblemCode.NOT_ALLOWED: "Go back, reload the page and try again.",
    ProblemCode.TOO_MANY_REQUESTS: "Wait a little, then try again.",
    ProblemCode.STORAGE_FULL: "Tell whoever looks after the server. Nothing that was stored is lost.",
    ProblemCode.UNAVAILABLE: "Try again in a few seconds.",
    ProblemCode.INTERNAL: "It has been noted in the server's log.",
}


class Words:
    """Names for members of closed sets; what has none is shown by its own value, never hidden."""

    def __init__(self, tr: Catalogue) -> None:
        self._tr = tr

    def state(self, state: TicketState) -> str:
        """A state's name."""
        return self._tr(STATES[state])

    def move(self, to: TicketState, since: TicketState) -> str:
        """What the button says that moves a ticket from one state to another."""
        if to is TicketState.IN_PROGRESS and since is TicketState.RESOLVED:
            return self._tr("Reopen")
        if to is TicketState.IN_PROGRESS and since is TicketState.PENDING:
            return self._tr("Go on")
        return self._tr(MOVES[to])

    def kind(self, kind: TicketKind) -> str:
        """A ticket kind's name."""
        return self._tr(KINDS[kind])

    def origin(self, origin: Origin) -> str:
        """Who a value comes from."""
        return self._tr(ORIGINS[origin])

    def field(self, name: FieldName) -> str:
        """A prefilled field's label."""
        return self._tr(FIELDS[name])

    def entry(self, kind: EntryKind) -> str:
        """What a line of the conversation is."""
        return self._tr(ENTRIES[kind])

    def outcome(self, outcome: Outcome) -> str:
        """What became of a suggestion."""
        return self._tr(OUTCOMES[outcome])

    def reason(self, kind: ReasonKind) -> str:
        """Why an article fits."""
        return self._tr(REASONS[kind])

    def visibility(self, visibility: Visibility) -> str:
        """Who may read an article."""
        return self._tr(VISIBILITIES[visibility])

    def language(self, language: Language) -> str:
        """A language's own name."""
        return LANGUAGES[language]

    def locale(self, tag: str) -> str:
        """The language of an article, by its own name where we speak it."""
        return LANGUAGES[Language(tag)] if tag in set(Language) else tag

    def group(self, name: str) -> str:
        """The group a fact of device context belongs to."""
        return self._tr(GROUPS.get(name.split(".")[0], OTHER_GROUP))

    def fact(self, name: str) -> str:
        """The label of a fact: by its whole name, else by its first part with the rest behind it."""
        if name in FACTS:
            return self._tr(FACTS[name])
        first, _, rest = name.partition(".")
        if first in FACTS and rest:
            return f"{self._tr(FACTS[first])} {rest}"
        return name

    def problem(self, code: ProblemCode) -> str:
        """What went wrong."""
        return self._tr(PROBLEMS.get(code, OTHER_PROBLEM))

    def advice(self, code: ProblemCode) -> str:
        """What the reader can do about it."""
        return self._tr(ADVICE[code]) if code in ADVICE else ""

    def happening(self, item: HistoryItem, file: str) -> str:
        """One event of a ticket's history; `file` is the name of the file it is about."""
        if item.kind is Happening.ASSIST:
            return AssistWords(self._tr).step(item.details, item.actor_name)
        before = item.details.before
        after = item.details.after
        if item.kind is Happening.STATE_CHANGED and item.actor_kind is ActorKind.DEVICE:
            if after in (TicketState.RESOLVED, TicketState.CLOSED):
                return self._tr("The employee says it works again")
            if after is TicketState.IN_PROGRESS and before is TicketState.RESOLVED:
                return self._tr("The employee says it does not work")
        return self._tr(
            HAPPENINGS[item.kind],
            actor=item.actor_name or self._tr("The server"),
            before=self.state(before) if before else "",
            after=self.state(after) if after else "",
            file=file,
        )

    def size(self, count: int) -> str:
        """Bytes for people: `812 B`, `34 KB`, `1.2 MB`."""
        if count < 1000:
            return f"{count} B"
        if count < 1_000_000:
            return f"{count / 1000:.0f} KB"
        return f"{count / 1_000_000:.1f} MB"
