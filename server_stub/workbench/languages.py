"""Which language a page is in, and its sentences."""

from __future__ import annotations

from functools import cache
from pathlib import Path

from fastapi import Request

from app.protocol.language import Catalogue, Language, choose
from server_stub.agents.doorway import SignedIn

FOLDER = Path(__file__).parent / "translations"
COOKIE = "deskbell_language"

SCRIPT_SENTENCES = (
    "just now",
    "Live",
    "Reconnecting…",
    "Signed out",
    "Copied",
    "Sent",
    "1 new ticket",
    "{count} new tickets",
    "New ticket: {subject}",
    "Draft kept on this computer",
    "Your draft is still here",
    "This article does not exist any more.",
    "The server cannot be reached.",
    "The server cannot be reached. Your text stays here; try again.",
    "That did not work. Your text is still here; reload the page and try again.",
    "Allowed: {grade}",
    "Asked. The picture will come as a reply on the ticket.",
    "Not kept on the ticket",
    "That did not work. Reload the page and try again.",
    "The connection is cut. It comes back by itself within two minutes, or ends.",
    "The employee did not allow more",
    "Not on this desktop: it does not tell when the employee's own hand is at work",
    "This desktop only types what is on its keyboard. Offer the text for the clipboard.",
    "The employee does not show another screen",
    "The employee shows screen {number} now",
    "Screen {number} · {width} × {height}",
    "Asked: {screen}",
    "The employee has paused the picture",
    "The keyboard is yours again",
    "The picture is on the ticket",
    "The picture was not kept",
    "Waiting for the picture…",
    "Asked for. Where no program may press it, the employee is asked to.",
    "Pause",
    "Watch",
    "The recording cannot be played.",
    "The recording is being fetched…",
    "The employee did not take it",
    "The file is in the employee's download folder",
    "The file arrived changed and was deleted",
    "There is no room for the file on the employee's computer",
    "The employee's virus scanner objected to the file",
    "The text is on the employee's clipboard",
    "A file may have 64 MB at most, and not be empty.",
    "Text for the clipboard",
    "That did not get through. Try again.",
    "{name}: {share} % sent",
    "The employee is asked: {name}",
    "{name}: being checked",
)
"""What the scripts say; a test compares this list with them."""


@cache
def catalogue(language: Language) -> Catalogue:
    """The workbench's sentences in a language, read once."""
    return Catalogue.load(FOLDER, language)


def language_of(request: Request, signed_in: SignedIn | None) -> Language:
    """The agent's choice; else this browser's choice; else what the browser asks for."""
    if signed_in is not None and signed_in.language is not None:
        return signed_in.language
    try:
        return Language(request.cookies.get(COOKIE, ""))
    except ValueError:
        return choose(preferred(request.headers.get("accept-language", "")))


def preferred(header: str) -> list[str]:
    """The tags of an `Accept-Language` header, most wanted first; unwanted (`q=0`) and malformed ones left out."""
    weighted: list[tuple[float, str]] = []
    for part in header[:1000].split(","):
        tag, _, parameter = part.strip().partition(";")
        name, _, value = parameter.strip().partition("=")
        try:
            weight = float(value) if name == "q" else 1.0
        except ValueError:
            continue
        if tag and 0 < weight <= 1:
            weighted.append((weight, tag.strip()))
    return [tag for _, tag in sorted(weighted, key=lambda entry: -entry[0])]
