"""What the host tells the tray, line by line."""

from __future__ import annotations

import base64
import json
from dataclasses import dataclass
from typing import Any

from app.protocol.handover import FileOffer, Step, TextOffer
from app.protocol.session import Event, Grade, Reason, State


@dataclass(frozen=True, slots=True)
class Standing:
    """The session as the host has it."""

    state: State
    grade: Grade
    asked: Grade | None
    expires_in: float
    reason: Reason | None
    screen: str = ""
    """The id of the chosen screen."""
    screen_asked: str = ""


@dataclass(frozen=True, slots=True)
class Pointed:
    """Where the agent points, in pixels of the shared screen."""

    x: int
    y: int
    is_visible: bool


@dataclass(frozen=True, slots=True)
class Drawn:
    """Something the agent drew, in pixels of the shared screen; shape is arrow, box, ink or clear."""

    shape: str
    points: tuple[tuple[int, int], ...]


@dataclass(frozen=True, slots=True)
class Lowered:
    """The agent has given a grade back."""

    grade: Grade


@dataclass(frozen=True, slots=True)
class ByDesktop:
    """A grade was refused or taken back because of the desktop: `event` is REFUSE_GRADE or LOWER_GRADE."""

    event: Event
    grade: Grade | None


@dataclass(frozen=True, slots=True)
class Heard:
    """What the agent wrote."""

    text: str


@dataclass(frozen=True, slots=True)
class Attention:
    """The agent asks for Ctrl+Alt+Del, which no program may press here."""


@dataclass(frozen=True, slots=True)
class Gone:
    """The host process is no more; `reason` is None when it did not say why."""

    reason: Reason | None = None
    detail: str = ""


@dataclass(frozen=True, slots=True)
class FileOffered:
    """The agent would like to send a file; `number` names the offer."""

    number: int
    offer: FileOffer


@dataclass(frozen=True, slots=True)
class TextOffered:
    """The agent would like to put text on the clipboard."""

    number: int
    offer: TextOffer


@dataclass(frozen=True, slots=True)
class Piece:
    """Bytes of the file that was taken."""

    number: int
    offset: int
    data: bytes


@dataclass(frozen=True, slots=True)
class Taken:
    """The employee's yes to an offer was accepted."""

    number: int


@dataclass(frozen=True, slots=True)
class OfferOver:
    """An offer was refused, withdrawn or has ended; `detail` is what the records say of it."""

    number: int
    step: Step
    detail: str = ""


@dataclass(frozen=True, slots=True)
class Given:
    """The employee's own text went to the agent."""

    detail: str


@dataclass(frozen=True, slots=True)
class ToClipboard:
    """Text that the employee has taken."""

    number: int
    text: str


@dataclass(frozen=True, slots=True)
class Recorded:
    """The server can open what is shown from now on, and records it."""


Told = (
    Standing
    | Lowered
    | ByDesktop
    | Pointed
    | Drawn
    | Heard
    | FileOffered
    | TextOffered
    | Piece
    | Taken
    | OfferOver
    | Given
    | ToClipboard
    | Recorded
    | Attention
    | Gone
)


def told_of(line: bytes) -> Told | None:
    """What a line of the host says; None for kinds this tray does not know. Raises ValueError for garbage."""
    raw = json.loads(line)
    try:
        match raw["is"]:
            case "status":
                asked, reason = raw.get("asked"), raw.get("reason")
                return Standing(
                    state=State(raw["state"]),
                    grade=Grade(raw["grade"]),
                    asked=None if asked is None else Grade(asked),
                    expires_in=float(raw.get("expires_in", 0.0)),
                    reason=None if reason is None else Reason(reason),
                    screen=str(raw.get("screen", "")),
                    screen_asked=str(raw.get("screen_asked", "")),
                )
            case "pointer":
                return Pointed(int(raw["x"]), int(raw["y"]), bool(raw["is_visible"]))
            case "ink":
                return Drawn(str(raw["shape"]), tuple((int(x), int(y)) for x, y in raw["points"]))
            case "lowered":
                return Lowered(Grade(raw["grade"]))
            case "by_desktop":
                grade = raw.get("grade")
                return ByDesktop(Event(raw["event"]), None if grade is None else Grade(grade))
            case "chat":
                return Heard(str(raw["text"])[:20_000])
            case "file" | "text" | "piece" | "taken" | "offer_over" | "clipboard":
                return told_of_offer(raw, int(raw["offer"]))
            case "given":
                return Given(str(raw["detail"]))
            case "recorded":
                return Recorded()
            case "attention":
                return Attention()
            case "ended":
                reason = raw.get("reason")
                return Gone(None if reason is None else Reason(reason), str(raw.get("detail", "")))
            case _:
                return None
    except (KeyError, TypeError, AttributeError) as error:
        raise ValueError(f"not a line of the host: {error}") from error


def told_of_offer(raw: dict[str, Any], number: int) -> Told:
    """A line about something the agent would like to hand over. Raises ValueError."""
    match raw["is"]:
        case "file":
            return FileOffered(number, FileOffer(name=raw["name"], size=raw["size"], sha256=raw["sha256"]))
        case "text":
            return TextOffered(number, TextOffer(text=raw["text"]))
        case "piece":
            return Piece(number, int(raw["offset"]), base64.b64decode(raw["data"], validate=True))
        case "clipboard":
            return ToClipboard(number, TextOffer(text=raw["text"]).text)
        case "taken":
            return Taken(number)
        case _:
            return OfferOver(number, Step(raw["step"]), str(raw.get("detail", "")))
